//! Where candidates come from: many small sources, each with one idea.
//!
//! A source reads the query and the snapshot and nothing else, so all of them run side by side.
//! One that fails, breaks or is late is named in the trace and missed by nobody else.

pub(crate) mod activity;
mod again;
mod alike;
mod art_neighbours;
mod artist_neighbours;
mod artist_taste;
mod company;
mod deep_cuts;
mod era;
mod explore;
mod followers;
mod forgotten;
mod fresh_from_artists;
mod fresh_near_taste;
mod gathering;
mod habits;
mod item_neighbours;
mod kept;
mod local_scene;
mod long_term;
mod lyrics_neighbours;
mod next_genre;
mod onboarding;
mod personas;
mod playlist_neighbours;
mod popular_artists;
mod popular_in_tags;
mod rest_of_release;
mod rising;
mod search_intent;
mod session;
mod similar_artists;
mod similar_listeners;
mod sound_neighbours;
mod trending;
mod trending_in_segment;
pub(crate) mod year_in_review;

use std::fmt;

use crate::candidate::Candidate;
use crate::models::Ranking;
use crate::query::{Answer, Query};
use crate::snapshot::Snapshot;

/// One idea of what a listener may enjoy.
pub trait Source: Send + Sync + fmt::Debug {
    /// Its name in traces, calibrations and weights; never changes.
    fn name(&self) -> &'static str;

    /// Its idea in one line.
    fn purpose(&self) -> &'static str;

    /// What it proposes.
    fn answer(&self) -> Answer {
        Answer::Tracks
    }

    /// The confidence of its first proposal as long as nothing was measured, 0 to 1.
    fn prior(&self) -> f32;

    /// Its proposals, best first, at most [`PROPOSAL_LIMIT`].
    ///
    /// # Errors
    /// When what it reads from is missing; having nothing to say is no error.
    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError>;

    /// Why it has nothing to say, where all that it looks into is empty; asked where it proposed nothing.
    fn silence(&self, _: &Query, _: &Snapshot) -> Option<&'static str> {
        None
    }
}

/// Why a source cannot answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// A model it needs was not learnt yet.
    #[error("{what} were not learnt yet; run `segue train` once there is more history")]
    NotLearnt {
        /// Which model, in the plural.
        what: &'static str,
    },
}

/// Proposals of one source at most: beyond them the ranker would only see noise.
pub const PROPOSAL_LIMIT: usize = 200;

/// All sources, each listed once; a source's place here is the number of its column.
pub static SOURCES: &[&dyn Source] = &[
    &long_term::LongTerm,
    &personas::Personas,
    &item_neighbours::ItemNeighbours,
    &playlist_neighbours::PlaylistNeighbours,
    &session::SessionContinuation,
    &artist_neighbours::ArtistNeighbours,
    &deep_cuts::DeepCuts,
    &fresh_from_artists::FreshFromArtists,
    &fresh_near_taste::FreshNearTaste,
    &trending::Trending,
    &popular_in_tags::PopularInTags,
    &sound_neighbours::SoundNeighbours,
    &forgotten::ForgottenFavourites,
    &again::Again,
    &habits::HabitualTracks,
    &explore::Explore,
    &alike::Alike,
    &followers::Followers,
    &similar_listeners::SimilarListeners,
    &rising::RisingInTags,
    &rising::RisingNiche,
    &onboarding::Onboarding,
    &local_scene::LocalScene,
    &activity::ActivitySound,
    &era::Era,
    &rest_of_release::RestOfRelease,
    &kept::Kept,
    &next_genre::NextGenre,
    &year_in_review::YearInReview,
    &trending_in_segment::TrendingInSegment,
    &search_intent::SearchIntent,
    &artist_taste::ArtistTaste,
    &similar_artists::SimilarArtists,
    &popular_artists::PopularArtists,
    &lyrics_neighbours::LyricsNeighbours,
    &art_neighbours::ArtNeighbours,
    &company::InCompany,
];

/// Why nothing can be remembered where it is so.
fn nothing_is_played(query: &Query) -> Option<&'static str> {
    let is_played = query.listener.profile.tracks().any(|(_, taste)| taste.play_count > 0);
    (!is_played).then_some("no plays of tracks are known of this listener")
}

/// Why nothing can be known of when something is played where it is so.
fn nothing_is_played_at_a_time(query: &Query) -> Option<&'static str> {
    let now = query.request.now;
    let is_dated = query.listener.profile.tracks().any(|(_, taste)| taste.days_since_heard(now).is_some());
    (!is_dated).then_some("no plays of tracks with their times are known of this listener")
}

/// How probable it is that the listener enjoys each proposal of `source`.
///
/// Measured where there is a calibration; else falling with the rank from the source's prior to the base rate.
pub fn confidences(source: &dyn Source, ranking: &Ranking, proposals: &[Candidate]) -> Vec<f32> {
    let by_rank = |rank: usize| {
        let place = rank as f32 / proposals.len() as f32;
        source.prior() + (ranking.base_rate - source.prior()) * place
    };
    let measured = ranking.sources.get(source.name());
    let confidence = |(rank, proposal): (usize, &Candidate)| match measured {
        Some(calibration) => calibration.curve.apply(proposal.score).clamp(0.0, 1.0),
        None => by_rank(rank),
    };
    proposals.iter().enumerate().map(confidence).collect()
}

/// By how much a confidence exceeds the base rate, in log-odds.
///
/// Added up over sources that know nothing of each other, such numbers are Bayes' rule.
pub fn lift(confidence: f32, base_rate: f32) -> f32 {
    let odds = |probability: f32| probability.max(PROBABILITY_MIN) / (1.0 - probability).max(PROBABILITY_MIN);
    (odds(confidence) / odds(base_rate)).ln()
}

/// Nothing is surer than this, or than its opposite.
const PROBABILITY_MIN: f32 = 0.001;

#[cfg(test)]
mod tests;
