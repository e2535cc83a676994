#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::decoder::request::take(data));
