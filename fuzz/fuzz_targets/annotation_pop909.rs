//! Any bytes are an annotation or an error: `cargo +nightly fuzz run annotation_pop909`.

#![no_main]

use audio::annotation::pop909;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = pop909::read("file", bytes);
    let _ = pop909::beats("file", bytes);
});
