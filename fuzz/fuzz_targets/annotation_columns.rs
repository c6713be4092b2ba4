//! Any bytes are columns of an annotation or an error: `cargo +nightly fuzz run annotation_columns`.

#![no_main]

use audio::annotation;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = annotation::beats("file", bytes);
    let _ = annotation::intervals("file", bytes);
    let _ = annotation::pitches("file", bytes);
    let _ = annotation::drums("file", bytes);
    let _ = annotation::key("file", bytes);
    let _ = annotation::key_named(&String::from_utf8_lossy(bytes));
});
