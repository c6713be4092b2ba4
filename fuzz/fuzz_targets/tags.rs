//! Any bytes are tags or none: `cargo +nightly fuzz run tags`.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use scan::tags::Tags;

fuzz_target!(|bytes: &[u8]| {
    let mut tags = Tags::read(&mut Cursor::new(bytes));
    tags.add_sidecar_lyrics(&String::from_utf8_lossy(bytes));
});
