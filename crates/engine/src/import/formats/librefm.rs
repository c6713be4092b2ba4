//! Libre.fm and other GNU FM servers: their exports and API pages, and the lines that `lastexport.py` writes.
//!
//! A table there has a header, or is one of the two forms of lines:
//! `time, track, artist, album, track mbid, artist mbid, album mbid` (since 2010) and `artist, track, time` (before).
//!
//! *Source*: GNU FM's `lastexport.py`, `lastscrape.py` and `import.py`.

use super::{lastfm, lastfm_csv};
use crate::import::error::ImportError;
use crate::import::format::ImportFormat;
use crate::import::input::Input;
use crate::import::sink::Sink;

/// Reads one file.
pub(super) fn read(input: Input<'_>, sink: &mut Sink) -> Result<(), ImportError> {
    let first = input.head().iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(first, Some(b'{' | b'[')) {
        return lastfm::read_json(input, ImportFormat::Librefm, sink);
    }
    let act = lastfm::act_of_file(input.file());
    lastfm_csv::read(input, ImportFormat::Librefm, act, sink)
}
