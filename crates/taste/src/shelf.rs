//! What Segue showed a listener, mix by mix, and what they made of it.
//!
//! It shows which rows of a start page a listener plays from, and keeps the slate of a mix that stands for a week.

use std::collections::{BTreeMap, VecDeque};

use music::{Context, Event, Impression, Prompt, SlateId, Target, TrackId, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::decay::{Decayed, HalfLife};

/// The rows of one listener.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Shelf {
    rows: BTreeMap<Box<str>, Row>,
    /// The latest slates with their mixes, the latest last.
    slates: VecDeque<(SlateId, Box<str>)>,
    /// How often the slate of a week was set down or grew.
    change_count: u64,
}

/// One mix.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Row {
    shown: Decayed,
    played: Decayed,
    week: i64,
    picks: Vec<TrackId>,
}

/// What was shown a month ago counts half; a judgement.
const HALF_LIFE: HalfLife = HalfLife::days(30.0);
/// Slates that an answer can be told to: a start page shows some ten at once.
const SLATE_LIMIT: usize = 64;
/// Mixes that are kept apart; names come from the log, and a log may hold anything.
const ROW_LIMIT: usize = 64;
/// Picks of a week that are kept.
const PICK_LIMIT: usize = 200;

impl Row {
    /// How often it was shown and how many of its tracks were heard out, both faded.
    pub fn shown_and_played(&self, now: UnixMillis) -> (f32, f32) {
        (self.shown.at(now, HALF_LIFE), self.played.at(now, HALF_LIFE))
    }
}

impl Shelf {
    /// What is known of a mix.
    pub fn row(&self, mix: &str) -> Option<&Row> {
        self.rows.get(mix)
    }

    /// The first slate of `mix` in the week of `at`, and what was added to it since; empty where there was none yet.
    pub fn of_week(&self, mix: &str, at: UnixMillis, context: &Context) -> &[TrackId] {
        let row = self.rows.get(mix).filter(|row| row.week == week(at, context));
        row.map_or(&[], |row| &row.picks)
    }

    /// A number that changes whenever the slate of a week does.
    pub const fn change_count(&self) -> u64 {
        self.change_count
    }

    /// Takes in a slate that was shown.
    pub(crate) fn shown(&mut self, shown: &Impression, event: &Event) {
        // Artists, records and playlists are rows of their own, from which nothing is heard out as such.
        if shown.picks.iter().any(|pick| !matches!(pick.target, Target::Track(_))) {
            return;
        }
        let mix = &shown.mix;
        if self.rows.len() >= ROW_LIMIT && !self.rows.contains_key(mix) {
            return;
        }
        if self.slates.len() == SLATE_LIMIT {
            self.slates.pop_front();
        }
        self.slates.push_back((shown.slate, mix.clone()));
        let row = self.rows.entry(mix.clone()).or_default();
        row.shown.add(1.0, event.at, HALF_LIFE);
        let tracks = shown.picks.iter().filter_map(|pick| match pick.target {
            Target::Track(track) => Some(track),
            _ => None,
        });
        let picks: Vec<TrackId> = tracks.take(PICK_LIMIT).collect();
        let week = week(event.at, &event.context);
        // It goes on where it begins with what it still has of the slate before, and has more.
        let still: Vec<TrackId> = row.picks.iter().copied().filter(|track| picks.contains(track)).collect();
        let goes_on = week == row.week && picks.starts_with(&still) && picks.len() > still.len();
        let begins = week > row.week || row.picks.is_empty();
        if shown.stands && !picks.is_empty() && (begins || goes_on) {
            (row.week, row.picks) = (week, picks);
            self.change_count += 1;
        }
    }

    /// Takes in what was heard out of a slate.
    pub(crate) fn heard_out(&mut self, event: &Event) {
        let Some(slate) = event.context.slate.filter(|_| matches!(event.prompt, Prompt::Played { .. }))
        else {
            return;
        };
        let mix = self.slates.iter().rev().find(|(known, _)| *known == slate).map(|(_, mix)| mix);
        if let Some(row) = mix.and_then(|mix| self.rows.get_mut(mix)) {
            row.played.add(1.0, event.at, HALF_LIFE);
        }
    }
}

/// The number of the week, which begins on Monday in local time; weeks of different years differ.
fn week(at: UnixMillis, context: &Context) -> i64 {
    let local_ms = at.get() + i64::from(context.utc_offset_minutes.unwrap_or(0)) * music::unit::MINUTE_MS;
    // The first of January 1970 was a Thursday.
    (local_ms.div_euclid(music::unit::DAY_MS) + 3).div_euclid(7)
}

#[cfg(test)]
mod tests {
    use music::{EventKey, ListenerId, ShownPick};

    use super::*;

    fn show(shelf: &mut Shelf, seconds: i64, slate: u128, tracks: &[u32]) {
        let pick = |&track: &u32| ShownPick {
            target: Target::Track(TrackId::new(track)),
            score: 0.0,
            propensity: 1.0,
        };
        let shown = Impression {
            slate: SlateId::new(slate),
            mix: "weekly-discovery".into(),
            snapshot: "".into(),
            picks: tracks.iter().map(pick).collect(),
            stands: true,
            trial: None,
        };
        let event = Event {
            key: EventKey::from_bytes([0; 16]),
            listener: ListenerId::new(0),
            at: UnixMillis::from_seconds(seconds),
            prompt: Prompt::Shown(shown.clone()),
            context: Context::default(),
        };
        shelf.shown(&shown, &event);
    }

    /// Monday the first of December 2025, midnight UTC.
    const MONDAY: i64 = 1_764_547_200;
    const DAY: i64 = 86_400;

    #[test]
    fn the_first_slate_of_a_week_stands_and_may_grow() {
        let mut shelf = Shelf::default();
        let at = |shelf: &Shelf, seconds| {
            let picks =
                shelf.of_week("weekly-discovery", UnixMillis::from_seconds(seconds), &Context::default());
            picks.iter().map(|track| track.get()).collect::<Vec<_>>()
        };
        show(&mut shelf, MONDAY, 1, &[4, 7]);
        show(&mut shelf, MONDAY + DAY, 2, &[9, 4, 7]);
        assert_eq!(at(&shelf, MONDAY + 2 * DAY), [4, 7], "another slate changes nothing");
        show(&mut shelf, MONDAY + 2 * DAY, 3, &[4, 7, 1]);
        show(&mut shelf, MONDAY + 2 * DAY, 4, &[4]);
        assert_eq!(at(&shelf, MONDAY + 3 * DAY), [4, 7, 1]);
        // One was taken out, and another one stands behind.
        show(&mut shelf, MONDAY + 3 * DAY, 6, &[4, 1, 8]);
        assert_eq!(at(&shelf, MONDAY + 7 * DAY - 1), [4, 1, 8]);
        assert_eq!(at(&shelf, MONDAY + 7 * DAY), [0_u32; 0], "a new week");
        show(&mut shelf, MONDAY + 8 * DAY, 5, &[2]);
        assert_eq!(at(&shelf, MONDAY + 8 * DAY), [2]);
        assert_eq!(shelf.change_count(), 4);
    }

    #[test]
    fn what_is_played_from_a_row_counts_for_it() {
        let mut shelf = Shelf::default();
        show(&mut shelf, MONDAY, 1, &[4, 7]);
        let heard = |slate| Event {
            key: EventKey::from_bytes([0; 16]),
            listener: ListenerId::new(0),
            at: UnixMillis::from_seconds(MONDAY),
            prompt: Prompt::played(TrackId::new(4)),
            context: Context { slate, ..Context::default() },
        };
        shelf.heard_out(&heard(Some(SlateId::new(1))));
        shelf.heard_out(&heard(Some(SlateId::new(99))));
        shelf.heard_out(&heard(None));
        let row = shelf.row("weekly-discovery").unwrap();
        assert_eq!(row.shown_and_played(UnixMillis::from_seconds(MONDAY)), (1.0, 1.0));
    }
}
