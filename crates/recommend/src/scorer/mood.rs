//! How far a track sounds like what the music is for.

use music::Target;

use super::{Scorer, fill_tracks};
use crate::explain::mood_words;
use crate::gathered::Gathered;
use crate::query::Query;
use crate::snapshot::Snapshot;
use crate::source::activity::{mood_of, sound_fit};

/// The fit of the sound to the mood that is asked for, from −½ for what does not fit at all to ½; 0 where no mood is asked
/// for, or the sound is not known.
#[derive(Debug)]
pub(super) struct MoodFit;

impl Scorer for MoodFit {
    fn name(&self) -> &'static str {
        "mood"
    }

    fn weight(&self) -> f32 {
        1.0
    }

    fn fill(&self, all: &Gathered<'_>, column: &mut [f32]) {
        let Some(mood) = mood_of(all.query) else { return };
        fill_tracks(all, column, |track| sound_fit(track, mood).map_or(0.0, |fit| fit - 0.5));
    }

    fn words(&self, query: &Query, _: &Snapshot, _: Target, value: f32) -> String {
        let what = mood_of(query).map_or("this moment", mood_words);
        if value > 0.0 {
            format!("it sounds right for {what}")
        } else {
            format!("it does not sound right for {what}")
        }
    }
}
