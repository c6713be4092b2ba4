//! What must not be in a slate, each with the reason why.

mod disliked;
mod known;
mod occasion;
mod rested;
mod seed;
mod unknown;
mod unreleased;

use std::fmt;

use music::Target;
use serde::Serialize;

use crate::query::Query;
use crate::snapshot::Snapshot;

/// One rule that drops targets.
pub trait Filter: Send + Sync + fmt::Debug {
    /// Why `target` must be dropped, or none to keep it.
    fn verdict(&self, query: &Query, snapshot: &Snapshot, target: Target) -> Option<DropReason>;
}

/// Why a target was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// The catalogue does not know it.
    NotInCatalogue,
    /// It is what was started from.
    Seed,
    /// The listener disliked it.
    Disliked,
    /// The listener disliked its artist.
    ArtistDisliked,
    /// Behaviour shows that the listener does not want it.
    Rejected,
    /// The slate is to bring something new, and the listener knows it.
    Known,
    /// It was heard too short a time ago.
    HeardLately,
    /// It is not out yet.
    NotReleased,
    /// Releases are asked for, and none is known of the track.
    NoRelease,
    /// Playlists are asked for, and this one is the listener's own.
    Own,
    /// Playlists are asked for, and much of this one is what the listener does not want.
    Unwanted,
    /// Playlists are asked for, and too little of this one could be played now.
    TooLittle,
    /// Playlists are asked for, and nearly all of this one stands on a better one.
    Alike,
    /// Playlists are asked for, and its maker has others that are better.
    SameMaker,
    /// The mix is for an occasion, and nobody knows how the track sounds.
    SoundUnknown,
}

impl DropReason {
    /// The reason in words, as the end of "left out because …".
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotInCatalogue => "it is not in the catalogue",
            Self::Seed => "you started from it",
            Self::Disliked => "you disliked it",
            Self::ArtistDisliked => "you disliked the artist",
            Self::Rejected => "you keep skipping it",
            Self::Known => "you know it already",
            Self::HeardLately => "you heard it a short while ago",
            Self::NotReleased => "it is not out yet",
            Self::NoRelease => "no release of it is known",
            Self::Own => "it is your own",
            Self::Unwanted => "much of it is what you do not want to hear",
            Self::TooLittle => "too little of it could be played now",
            Self::Alike => "nearly all of it stands on a better one",
            Self::SameMaker => "its maker has better ones",
            Self::SoundUnknown => {
                "its sound is not known; `segue scan` hears files, and catalogues may bring it"
            }
        }
    }
}

/// All filters, in the order in which they are asked; the first reason counts.
pub static FILTERS: &[&dyn Filter] = &[
    &unknown::Unknown,
    &seed::SeedItself,
    &disliked::Disliked,
    &unreleased::Unreleased,
    &known::Known,
    &rested::Rested,
    &occasion::Occasion,
];

/// The first reason to drop `target`, if any filter has one.
pub fn verdict(query: &Query, snapshot: &Snapshot, target: Target) -> Option<DropReason> {
    FILTERS.iter().find_map(|filter| filter.verdict(query, snapshot, target))
}
