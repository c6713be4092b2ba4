//! What a skip means, learnt from what listeners did with the track later.
//!
//! The table of [`taste::signal`] says how much skips mean on each surface; a model that has seen what came after says
//! which of them mean more: its scores are given the evidence that the table gives as often. So all skips together weigh
//! what they weighed before, and nothing else of a profile changes its scale.
//!
//! It says what stays of a skip in the taste, for it was taught by what came later. What a skip says of the moment, by which
//! the next slate turns away from what is like it, is read by the table, by where it happened.
//!
//! When a model takes over is the business of `engine`.

use learn::blocks::Blocks;
use learn::boost::{Boosted, RankingModel as _};
use learn::calibration::Isotonic;
use music::{Millis, TrackId};
use serde::{Deserialize, Serialize};
use taste::circumstances::CIRCUMSTANCES;
use taste::{Background, Reading, SkipMoment, circumstances};

use crate::snapshot::Snapshot;
use crate::sound_space::square_distance;

/// The numbers around one skip, in the order of [`CIRCUMSTANCES`].
pub type SkipNumbers = [f32; CIRCUMSTANCES.len()];

/// A model of what skips mean.
#[derive(Clone, Debug, PartialEq)]
pub struct SkipMeaning {
    /// Trees over the numbers of [`skip_numbers`]; the higher, the likelier a track was left for good.
    trees: Boosted,
    /// From the score to how much it speaks against the track, 0 to 1.
    strength: Isotonic,
    /// How well it tells.
    pub quality: SkipQuality,
}

/// How well the meaning of skips is told, on listeners whom the model had not seen.
///
/// Each is the probability that a skip after which the track was left for good is told from one after which it was not.
/// *Range*: 0 to 1; .5 is chance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkipQuality {
    /// Skips that it was judged on.
    pub skip_count: usize,
    /// The table.
    pub table: f64,
    /// A model that sees listener and track alone, wherever and whenever the skip was.
    pub context_free: f64,
    /// The model.
    pub model: f64,
    /// By how much the model is better than the table, less one standard error; it takes over where this is above 0.
    pub surely_better_by: f64,
}

impl SkipMeaning {
    /// The model of these parts; none where the trees read other numbers than there are.
    pub fn new(trees: Boosted, strength: Isotonic, quality: SkipQuality) -> Option<Self> {
        (trees.feature_count() == CIRCUMSTANCES.len()).then_some(Self { trees, strength, quality })
    }

    /// How much a skip says: preference times confidence, −1 to 0.
    pub fn evidence(&self, numbers: &SkipNumbers) -> f32 {
        -self.strength.apply(self.trees.score(numbers)).clamp(0.0, 1.0)
    }

    /// The scores of many skips, whose numbers stand one after the other.
    pub fn scores(trees: &Boosted, numbers: &[f32]) -> Vec<f32> {
        trees.scores(&Blocks::of(numbers, CIRCUMSTANCES.len()))
    }

    /// The trees.
    pub const fn trees(&self) -> &Boosted {
        &self.trees
    }

    /// From the score to how much it speaks against the track.
    pub const fn strength(&self) -> &Isotonic {
        &self.strength
    }
}

/// Reads events by a snapshot: it knows how long tracks are, and what skips mean where that was learnt.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotReading<'a>(pub &'a Snapshot);

impl Reading for SnapshotReading<'_> {
    fn duration(&self, track: TrackId) -> Option<Millis> {
        self.0.catalogue.track(track).and_then(|track| track.duration)
    }

    fn skip(&self, moment: &SkipMoment<'_>) -> Option<f32> {
        let meaning = self.0.models.skip_meaning.as_ref()?;
        Some(meaning.evidence(&skip_numbers(self.0, moment)?))
    }
}

/// Tracks heard out lately that a skipped one is compared with.
const LATELY_LIMIT: usize = 24;
/// Tracks of an artist whose plays and skips are counted.
const TRACKS_PER_ARTIST: usize = 40;

/// The numbers around a skip, as training and serving read them; none for what is no skip.
///
/// *Complexity*: constant: a few dozen likenesses.
pub fn skip_numbers(snapshot: &Snapshot, moment: &SkipMoment<'_>) -> Option<SkipNumbers> {
    let SkipMoment { profile, event, session, familiarity } = *moment;
    let track = event.prompt.track()?;
    let heard = || profile.recent().rev().filter(|recent| !recent.skipped && recent.track != track);
    let lately: Vec<f32> =
        heard().take(LATELY_LIMIT).map(|recent| snapshot.likeness(recent.track, track)).collect();
    let in_session =
        || heard().take_while(|recent| recent.session_start == session.started).take(LATELY_LIMIT);
    let place = snapshot.sound.place(track);
    let far = |other: TrackId| Some(square_distance(snapshot.sound.place(other)?, place?).sqrt());
    let (mut artist_plays, mut artist_skips) = (0, 0);
    let by_artist = snapshot.main_artist(track).map_or(&[][..], |artist| snapshot.tracks_of_artist(artist));
    for taste in by_artist.iter().take(TRACKS_PER_ARTIST).filter_map(|&other| profile.track(other)) {
        artist_plays += taste.play_count;
        artist_skips += taste.skip_count;
    }
    let background = Background {
        track_skips: profile.track(track).map_or(0, |taste| taste.skip_count),
        artist_plays,
        artist_skips,
        listener_fit: mean(lately.iter().copied()),
        persona_fit: lately.iter().copied().max_by(f32::total_cmp),
        session_fit: mean(in_session().map(|recent| snapshot.likeness(recent.track, track))),
        session_distance: mean(in_session().filter_map(|recent| far(recent.track))),
    };
    circumstances(event, session, familiarity, &background)
}

fn mean(values: impl Iterator<Item = f32>) -> Option<f32> {
    let (sum, count) = values.fold((0.0_f32, 0.0_f32), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use learn::boost::{Node, Tree};
    use music::{Context, Event, EventKey, ListenerId, Prompt, Surface, UnixMillis};
    use taste::TasteProfile;

    use super::*;
    use crate::fixture::snapshot;
    use crate::models::Models;

    fn skip(track: u32, surface: Surface, at: i64) -> Event {
        Event {
            key: EventKey::from_bytes([at as u8; 16]),
            listener: ListenerId::new(0),
            at: UnixMillis::new(at),
            prompt: Prompt::skipped(TrackId::new(track), Millis::new(5_000)),
            context: Context { surface, ..Context::default() },
        }
    }

    /// Says that whatever is skipped on the radio is left for good, and nothing else.
    fn meaning() -> SkipMeaning {
        let feature = CIRCUMSTANCES.iter().position(|name| *name == "surface").unwrap() as u32;
        let node = Node { feature, threshold: 11.5, left: -1, right: -2, mean: 0.0 };
        let tree = Tree { nodes: vec![node], leaves: vec![-1.0, 1.0] };
        let trees = Boosted::from_parts(CIRCUMSTANCES.len(), 0.0, vec![tree]).unwrap();
        let strength = Isotonic::from_knots(vec![(-1.0, 0.0), (1.0, 0.64)]).unwrap();
        let quality = SkipQuality {
            skip_count: 1_000,
            table: 0.6,
            context_free: 0.6,
            model: 0.7,
            surely_better_by: 0.08,
        };
        SkipMeaning::new(trees, strength, quality).unwrap()
    }

    #[test]
    fn a_profile_follows_the_model_where_there_is_one_and_the_table_where_there_is_none() {
        let plain = snapshot();
        let models = Models { skip_meaning: Some(Arc::new(meaning())), ..(*plain.models).clone() };
        let taught = Snapshot::new("", Arc::clone(&plain.catalogue), Arc::new(models));
        let events = [skip(1, Surface::Home, 1_000), skip(2, Surface::Radio, 2_000)];
        let by = |snapshot: &Snapshot| -> Vec<f32> {
            let profile = TasteProfile::fold(ListenerId::new(0), &events, &SnapshotReading(snapshot));
            let against = |event: &Event| {
                let taste = profile.track(event.prompt.track().unwrap()).unwrap();
                taste.standing.evidence_against(event.at)
            };
            assert!(profile.recent().all(|recent| recent.evidence < 0.0), "the moment is the table's");
            events.iter().map(against).collect()
        };
        let table = by(&plain);
        assert!(table.iter().all(|against| *against > 0.0 && *against < 0.6), "{table:?}");
        let learnt = by(&taught);
        assert!(learnt[0].abs() < 1e-6 && (learnt[1] - 0.64).abs() < 1e-5, "{learnt:?}");
    }

    #[test]
    fn numbers_know_what_was_heard_before() {
        let snapshot = snapshot();
        let mut profile = TasteProfile::new(ListenerId::new(0));
        let played = Event { prompt: Prompt::played(TrackId::new(1)), ..skip(1, Surface::Radio, 1_000) };
        profile.observe(&played, &SnapshotReading(&snapshot));
        let event = skip(2, Surface::Radio, 2_000);
        let numbers = profile
            .before_skip(&event, &SnapshotReading(&snapshot), |moment| skip_numbers(&snapshot, moment))
            .flatten()
            .unwrap();
        let of = |name: &str| numbers[CIRCUMSTANCES.iter().position(|known| *known == name).unwrap()];
        let alike = snapshot.likeness(TrackId::new(1), TrackId::new(2));
        assert_eq!((of("session fit"), of("persona fit")), (alike, alike));
        assert_eq!(profile.before_skip(&played, &SnapshotReading(&snapshot), |_| ()), None);
    }
}
