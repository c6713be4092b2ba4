//! Any bytes are an annotation or an error: `cargo +nightly fuzz run annotation_jams`.

#![no_main]

use audio::annotation::jams;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = jams::read("file", bytes);
});
