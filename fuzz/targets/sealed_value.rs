#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::decoder::sealed_value::take(data));
