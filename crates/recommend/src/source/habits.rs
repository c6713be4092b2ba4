//! What belongs to this part of the listener's week.

use music::Target;

use super::gathering::Gathering;
use super::{Source, SourceError, nothing_is_played_at_a_time};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Looks for tracks that are played in this part of the week more than the listener's habits explain.
#[derive(Debug)]
pub(super) struct HabitualTracks;

/// Plays that a track must have before a habit is read into it.
const PLAY_COUNT_MIN: u32 = 2;

impl Source for HabitualTracks {
    fn name(&self) -> &'static str {
        "habits"
    }

    fn purpose(&self) -> &'static str {
        "tracks the listener plays in this part of the week"
    }

    fn prior(&self) -> f32 {
        0.25
    }

    fn propose(&self, query: &Query, _: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let part = query.day_part;
        let usual = query.listener.summary.day_parts[part.index()];
        let mut gathering = Gathering::default();
        for &(track, affinity) in &query.listener.summary.liked {
            let Some(taste) = query.listener.profile.track(track) else { continue };
            let all: u32 = taste.day_parts.iter().map(|&count| u32::from(count)).sum();
            let here = f32::from(taste.day_parts[part.index()]);
            // One imagined play that follows the listener's habits keeps chance from looking like a habit.
            let share = (here + usual) / (all as f32 + 1.0);
            if all >= PLAY_COUNT_MIN && share > usual && query.is_open_to(track) {
                gathering.add(Target::Track(track), affinity * (share - usual), Evidence::Habit { part });
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, _: &Snapshot) -> Option<&'static str> {
        nothing_is_played_at_a_time(query)
    }
}
