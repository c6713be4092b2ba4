//! What to ask newcomers: few artists and tracks on which every kind of listener finds something.

use learn::Sparse;
use learn::onboarding::{OnboardingParams, items_to_ask};
use music::{ArtistId, TrackId};
use recommend::Questions;

use super::guard::Guard;
use super::history::History;
use crate::error::EngineError;

/// Questions kept of each kind: more than anybody answers.
const QUESTION_COUNT: usize = 100;

/// Learns what to ask from who likes what; a pushed account asks for nothing, as its word is worth little.
pub(super) fn questions(
    history: &History,
    guard: &Guard,
    (track_count, artist_count): (usize, usize),
) -> Result<Questions, EngineError> {
    let params = OnboardingParams { count: QUESTION_COUNT, ..OnboardingParams::default() };
    let ask = |likes: &[(u32, u32, f32)], count: usize| -> Result<Vec<u32>, EngineError> {
        let known = Sparse::from_triplets(history.listener_count, count, likes.iter().copied())?;
        Ok(items_to_ask(&known, &guard.listeners.weights, params, |_| true)?)
    };
    let artists = ask(&history.artist_likes, artist_count)?;
    let tracks = ask(&history.track_likes, track_count)?;
    Ok(Questions {
        artists: artists.into_iter().map(ArtistId::new).collect(),
        tracks: tracks.into_iter().map(TrackId::new).collect(),
    })
}
