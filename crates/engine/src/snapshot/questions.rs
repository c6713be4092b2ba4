//! What to ask newcomers, as a file small enough to read.

use music::{ArtistId, TrackId};
use recommend::Questions;
use serde::{Deserialize, Serialize};

/// Rows, since ids are what catalogues are indexed by.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    artists: Vec<u32>,
    tracks: Vec<u32>,
}

/// The file's bytes.
pub(super) fn encode(questions: &Questions) -> serde_json::Result<Vec<u8>> {
    let artists = questions.artists.iter().map(|artist| artist.get()).collect();
    let tracks = questions.tracks.iter().map(|track| track.get()).collect();
    serde_json::to_vec(&Stored { artists, tracks })
}

/// What the bytes say; ids may lie beyond the catalogue, so whoever shows them looks them up.
pub(super) fn decode(bytes: &[u8]) -> serde_json::Result<Questions> {
    let Stored { artists, tracks } = serde_json::from_slice(bytes)?;
    Ok(Questions {
        artists: artists.into_iter().map(ArtistId::new).collect(),
        tracks: tracks.into_iter().map(TrackId::new).collect(),
    })
}
