//! What a profile asks of the world to make something of an event.

use music::{Event, Millis, Session, TrackId};

use crate::profile::TasteProfile;
use crate::signal::Familiarity;

/// What is known beside an event: how long tracks are, and what a model has learnt of skips.
///
/// Any function that tells how long a track is will do; skips then mean what the table says.
pub trait Reading {
    /// How long a track is, where known.
    fn duration(&self, track: TrackId) -> Option<Millis>;

    /// How much a skip says of the track for good: preference times confidence, −1 to 0. None where the table's word
    /// stands; what it says of the moment, in [`Recent`](crate::profile::Recent), is the table's in any case.
    fn skip(&self, _: &SkipMoment<'_>) -> Option<f32> {
        None
    }
}

impl<F: Fn(TrackId) -> Option<Millis>> Reading for F {
    fn duration(&self, track: TrackId) -> Option<Millis> {
        self(track)
    }
}

/// A skip with all that was known before it.
#[derive(Clone, Copy, Debug)]
pub struct SkipMoment<'a> {
    /// Who skipped, before the event.
    pub profile: &'a TasteProfile,
    /// The skip.
    pub event: &'a Event,
    /// The session it stands in, before the event.
    pub session: &'a Session,
    /// What listener and track had to do with each other.
    pub familiarity: &'a Familiarity,
}
