//! Any bytes are an annotation or an error: `cargo +nightly fuzz run annotation_manifest`.

#![no_main]

use audio::annotation::manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = manifest::read("file", bytes);
});
