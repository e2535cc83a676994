#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::decoder::workbook::take(data));
