//! Any bytes are sound or an error: `cargo +nightly fuzz run decode`.

#![no_main]

use std::io::Cursor;

use audio::{Decoder, Sound};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let source = || Box::new(Cursor::new(bytes.to_vec()));
    if let Ok(mut decoder) = Decoder::new(source(), None) {
        let _ = Sound::read(&mut decoder);
    }
    if let Ok(mut decoder) = Decoder::new(source(), None) {
        while decoder.next_packet().is_some() {}
    }
});
