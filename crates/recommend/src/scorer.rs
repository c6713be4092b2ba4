//! What is known about each candidate beside the sources' confidence: one column per scorer.
//!
//! A scorer never drops and never reorders; it fills in a number, mostly between 0 and 1, and can say it in words.

mod anchor;
mod artist;
mod fresh;
mod habit;
mod known;
mod mainstream;
mod mood;
mod rejection;
mod rest;
mod sound;
mod tags;
mod taste_vector;

use std::fmt;

use music::{Target, Track};
use taste::TrackTaste;

use crate::gathered::Gathered;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// One view of all candidates.
pub trait Scorer: Send + Sync + fmt::Debug {
    /// Its name in traces and weights; never changes.
    fn name(&self) -> &'static str;

    /// The weight of its column as long as nothing was learnt.
    ///
    /// These weights are a judgement; training replaces them, see [`crate::combination`].
    fn weight(&self) -> f32;

    /// Fills in one finite number per target.
    fn fill(&self, all: &Gathered<'_>, column: &mut [f32]);

    /// Whether its words name something of this very target, such as an artist or a number of plays, and do not fit
    /// half the slate as well.
    fn is_particular(&self) -> bool {
        false
    }

    /// What a value of this column says about a target, for people.
    fn words(&self, query: &Query, snapshot: &Snapshot, target: Target, value: f32) -> String;
}

/// All scorers, each listed once; a scorer's place here decides its column.
pub static SCORERS: &[&dyn Scorer] = &[
    &taste_vector::TasteVector,
    &tags::Tags,
    &sound::SoundFit,
    &artist::Artist,
    &known::Known,
    &rest::Rest,
    &fresh::Fresh,
    &mainstream::Mainstream,
    &habit::Habit,
    &anchor::Anchor,
    &rejection::Rejection,
    &mood::MoodFit,
];

/// Fills `column` by asking `value` for each row that is a track of the catalogue; others keep 0.
fn fill_tracks(all: &Gathered<'_>, column: &mut [f32], mut value: impl FnMut(&Track) -> f32) {
    for (track, cell) in all.tracks.iter().zip(column) {
        if let Some(track) = track {
            *cell = value(track);
        }
    }
}

/// Fills `column` by asking `value` for each row of which the listener has done something; others keep 0.
fn fill_heard(all: &Gathered<'_>, column: &mut [f32], mut value: impl FnMut(&TrackTaste) -> f32) {
    for (taste, cell) in all.tastes.iter().zip(column) {
        if let Some(taste) = taste {
            *cell = value(taste);
        }
    }
}
