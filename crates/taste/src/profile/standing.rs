//! What was said and shown about one track, artist or release.

use music::UnixMillis;
use music::unit::DAY_MS;
use serde::{Deserialize, Serialize};

use crate::decay::{Decayed, HalfLife};
use crate::habits::DayPart;
use crate::opinion::Opinion;
use crate::signal::Judgement;

/// What behaviour showed half a year ago counts half; what was said counts until it is taken back.
///
/// A judgement, not tuned.
pub const SHOWN_HALF_LIFE: HalfLife = HalfLife::days(180.0);
/// A week after a play, half of it is still in the ear.
///
/// A judgement: Anderson, Kumar, Tomkins, Vassilvitskii, "The Dynamics of Repeat Consumption", 2014, find weariness that
/// lasts for days to weeks; what it is worth is learnt.
pub const EAR_HALF_LIFE: HalfLife = HalfLife::days(7.0);
/// Evidence that stands against every small sample: one full play is not yet love.
const PRIOR_EVIDENCE: f32 = 1.0;
/// A skip leaves so much of a play in the ear; a judgement.
const SKIPPED_IN_EAR: f32 = 0.3;

/// What was said and shown about one thing.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Standing {
    said: Option<Opinion>,
    summed: Option<Opinion>,
    shown_for: Decayed,
    shown_against: Decayed,
}

impl Standing {
    pub(super) fn judge(&mut self, judgement: Judgement, at: UnixMillis) {
        match judgement {
            Judgement::Says(opinion) => self.said = Some(opinion),
            Judgement::Unsays => self.said = None,
            Judgement::SumsUp(opinion) => self.summed = Some(opinion),
            Judgement::Shows(opinion) if opinion.preference >= 0.0 => {
                self.shown_for.add(opinion.evidence(), at, SHOWN_HALF_LIFE);
            }
            Judgement::Shows(opinion) => {
                self.shown_against.add(-opinion.evidence(), at, SHOWN_HALF_LIFE);
            }
        }
    }

    /// What the listener said in plain words, if it still stands.
    pub const fn said(&self) -> Option<Opinion> {
        self.said
    }

    /// Evidence for it: 0 for none; each full, chosen play adds about 0.3.
    pub fn evidence_for(&self, now: UnixMillis) -> f32 {
        // A sum of plays has no date, so it does not fade; at most it weighs like a dozen full plays.
        let summed = self.summed.map_or(0.0, |opinion| 6.0 * opinion.evidence());
        self.shown_for.at(now, SHOWN_HALF_LIFE) + summed
    }

    /// Evidence against it, 0 for none.
    pub fn evidence_against(&self, now: UnixMillis) -> f32 {
        self.shown_against.at(now, SHOWN_HALF_LIFE)
    }

    /// How much the listener likes it, −1 to 1; 0 where nothing is known.
    pub fn affinity(&self, now: UnixMillis) -> f32 {
        affinity(self.said, self.evidence_for(now), self.evidence_against(now))
    }
}

/// The affinity that follows from what was said and from the evidence for and against.
pub(crate) fn affinity(said: Option<Opinion>, evidence_for: f32, evidence_against: f32) -> f32 {
    let evidence = evidence_for + evidence_against;
    let shown = (evidence_for - evidence_against) / (evidence + PRIOR_EVIDENCE);
    said.map_or(shown, |said| said.evidence() + (1.0 - said.confidence) * shown)
}

/// What is known about listener and track.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct TrackTaste {
    /// What was said and shown.
    pub standing: Standing,
    /// Plays that were not skipped, those from before Segue watched included.
    pub play_count: u32,
    /// Skips.
    pub skip_count: u32,
    /// When it was first heard, skipped or not, where that is known.
    pub first_heard: Option<UnixMillis>,
    /// When it was last heard, skipped or not, where that is known.
    pub last_heard: Option<UnixMillis>,
    /// Plays in each part of the week, see [`DayPart`].
    pub day_parts: [u16; DayPart::COUNT],
    plays_before: u32,
    in_ear: Decayed,
    /// The two latest years with plays, and how many, the later first.
    #[serde(default)]
    years: [(i16, u16); 2],
}

impl TrackTaste {
    /// How much the listener likes it, −1 to 1.
    pub fn affinity(&self, now: UnixMillis) -> f32 {
        self.standing.affinity(now)
    }

    /// Whether the listener has heard it at all.
    pub const fn is_heard(&self) -> bool {
        self.play_count + self.skip_count > 0
    }

    /// Days since it was last heard, where that is known.
    pub fn days_since_heard(&self, now: UnixMillis) -> Option<f32> {
        Some(now.since(self.last_heard?) as f32 / DAY_MS as f32)
    }

    /// How present it is in the listener's ears: plays and half-heard skips of the last days, faded by
    /// [`EAR_HALF_LIFE`].
    pub fn in_ear(&self, now: UnixMillis) -> f32 {
        self.in_ear.at(now, EAR_HALF_LIFE)
    }

    /// How often it was played in a calendar year, in UTC; known of the two latest years in which it was played.
    pub fn plays_in(&self, year: i16) -> u16 {
        self.years.iter().find(|(known, _)| *known == year).map_or(0, |(_, plays)| *plays)
    }

    fn count_in_year(&mut self, year: i16) {
        if let Some((_, plays)) = self.years.iter_mut().find(|(known, plays)| *known == year && *plays > 0) {
            *plays = plays.saturating_add(1);
        } else if year >= self.years[1].0 || self.years[1].1 == 0 {
            self.years[1] = (year, 1);
            self.years.sort_unstable_by_key(|&(year, plays)| std::cmp::Reverse((plays > 0, year)));
        }
    }

    pub(super) fn heard(&mut self, at: UnixMillis, day_part: DayPart, skipped: bool) {
        self.in_ear.add(if skipped { SKIPPED_IN_EAR } else { 1.0 }, at, EAR_HALF_LIFE);
        let counter = if skipped { &mut self.skip_count } else { &mut self.play_count };
        *counter = counter.saturating_add(1);
        self.first_heard = Some(self.first_heard.map_or(at, |first| first.min(at)));
        self.last_heard = Some(self.last_heard.map_or(at, |last| last.max(at)));
        if !skipped {
            let part = &mut self.day_parts[day_part.index()];
            *part = part.saturating_add(1);
            self.count_in_year(at.year());
        }
    }

    /// A later sum replaces an earlier one.
    pub(super) fn summed(&mut self, plays: u32) {
        self.play_count = self.play_count.saturating_sub(self.plays_before).saturating_add(plays);
        self.plays_before = plays;
    }
}

/// What is known about listener and artist directly, apart from the artist's tracks.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ArtistTaste {
    /// What was said and shown.
    pub standing: Standing,
    /// Whether the listener follows the artist.
    pub followed: bool,
    /// Plays from before Segue watched.
    pub plays_before: u32,
}
