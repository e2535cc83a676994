#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::decoder::time_stamp::take(data));
