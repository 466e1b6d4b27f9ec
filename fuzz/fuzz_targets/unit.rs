#![no_main]

#[path = "../judge.rs"]
#[allow(dead_code)]
mod judge;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    judge::unit(input);
});
