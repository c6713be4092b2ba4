//! Kinds of listeners: who turns to the same artists, where and when they listen, and what they play more than others.
//!
//! How many kinds there are is chosen by how well they tell what listeners like of whom little was shown
//! ([`learn::segments::telling`]); where no number tells more than fame does, there are none.
//! Nothing is said of a kind with fewer than [`SegmentParams::listener_count_min`] listeners, nor of a track that fewer
//! than [`TRACK_LISTENERS_MIN`] of a kind play.

use learn::ials::{ItemModel, Observation};
use learn::popularity::{Play, Popularity, PopularityParams};
use learn::segments::{Fitted, SegmentParams, SegmentTable, Telling, fit, tabulate, telling};
use learn::{Factors, Sparse};
use music::{Catalogue, TrackId};
use rayon::prelude::*;
use recommend::Models;
use recommend::segments::{
    DEVICE_COUNT, ListenerSegments, REGION_COUNT, SegmentTrack, device_category, region_category,
};
use taste::DayPart;

use super::guard::Guard;
use super::history::History;
use crate::error::EngineError;

/// Listeners that segments are looked for among; with more, they are drawn evenly.
const LISTENERS_MAX: usize = 50_000;
/// Listeners of a segment that must play a track for it to be named.
const TRACK_LISTENERS_MIN: u32 = 5;
/// Tracks kept of each segment.
const TRACKS_MAX: usize = 300;
/// From this probability on a listener's plays are those of a segment.
const MEMBER_FROM: f32 = 0.5;

/// What is counted of listeners beside what they like. *Shape*: (listener, category, share of that listener).
#[derive(Debug, Default)]
pub(super) struct Around {
    pub(super) tags: Vec<(u32, u32, f32)>,
    pub(super) regions: Vec<(u32, u32, f32)>,
    pub(super) devices: Vec<(u32, u32, f32)>,
    pub(super) day_parts: Vec<(u32, u32, f32)>,
}

impl Around {
    /// Adds what is around the events of one listener.
    pub(super) fn add_events(&mut self, listener: u32, events: &[music::Event]) {
        let contexts = || events.iter().map(|event| &event.context);
        shares(
            listener,
            contexts().filter_map(|context| context.region.map(region_category)),
            &mut self.regions,
        );
        shares(
            listener,
            contexts().filter_map(|context| context.device.map(device_category)),
            &mut self.devices,
        );
        // Without an offset it is not known what time it was there.
        let told = events.iter().filter(|event| event.context.utc_offset_minutes.is_some());
        let day_part = |event: &music::Event| DayPart::of(event.context.local(event.at)).index() as u32;
        shares(listener, told.map(day_part), &mut self.day_parts);
    }
}

/// The share of each category among those of one listener, so that everybody counts once.
fn shares(listener: u32, categories: impl Iterator<Item = u32>, out: &mut Vec<(u32, u32, f32)>) {
    let mut counts = std::collections::BTreeMap::<u32, f32>::new();
    categories.for_each(|category| *counts.entry(category).or_default() += 1.0);
    let total: f32 = counts.values().sum();
    out.extend(counts.into_iter().map(|(category, count)| (listener, category, count / total)));
}

/// Finds segments; none where listeners are too few or too much alike.
pub(super) fn segments(
    history: &History,
    guard: &Guard,
    catalogue: &Catalogue,
    models: &Models,
    seed: u64,
) -> Result<Option<ListenerSegments>, EngineError> {
    let params = SegmentParams { seed, ..SegmentParams::default() };
    let Some(artist_model) = &models.artist_factors else { return Ok(None) };
    let artists = catalogue.artists().len();
    let likes = Sparse::from_triplets(history.listener_count, artists, history.artist_likes.iter().copied())?;
    let step = history.listener_count.div_ceil(LISTENERS_MAX).max(1);
    let say = guard.listeners.weights.iter().enumerate();
    let say: Vec<f32> = say.map(|(row, &say)| if row.is_multiple_of(step) { say } else { 0.0 }).collect();
    let heard = (0..say.len()).filter(|&row| say[row] > 0.0 && likes.row_len(row) > 0);
    // Two segments, and a fifth more to choose by.
    if heard.map(|row| say[row]).sum::<f32>() < 2.5 * params.listener_count_min {
        return Ok(None);
    }
    let vectors = folded(artist_model, &likes, &say)?;
    let tellings = match telling(&likes, &say, &vectors, &params) {
        Ok(tellings) => tellings,
        // Nobody likes more than is shown.
        Err(learn::LearnError::Empty { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let Some(count) = Telling::best(&tellings) else { return Ok(None) };
    let Fitted { segments: taste, memberships } =
        fit(&likes, &say, &vectors, &SegmentParams { count, ..params })?;
    if taste.count() < 2 {
        return Ok(None);
    }
    let table = |facts: &[(u32, u32, f32)], count: usize| -> Result<SegmentTable, EngineError> {
        let facts = Sparse::from_triplets(history.listener_count, count, facts.iter().copied())?;
        Ok(tabulate(&facts, &say, &memberships, params.smoothing)?)
    };
    let around = &history.around;
    let found = ListenerSegments {
        tags: table(&around.tags, catalogue.tags().len())?,
        regions: table(&around.regions, REGION_COUNT)?,
        devices: table(&around.devices, DEVICE_COUNT)?,
        day_parts: table(&around.day_parts, DayPart::COUNT)?,
        tracks: tracks(history, &memberships, &say, models.track_popularity.as_ref())?,
        taste,
    };
    found.check()?;
    Ok(Some(found))
}

/// Where each listener with a say stands among the vectors; the others stand at the origin.
fn folded(model: &ItemModel, likes: &Sparse, say: &[f32]) -> Result<Factors, EngineError> {
    let vector = |row: usize| {
        if say[row] <= 0.0 || likes.row_len(row) == 0 {
            return vec![0.0; model.dim()];
        }
        let (items, values) = likes.row(row);
        let observation = |(&item, &value): (&u32, &f32)| Observation {
            item,
            weight: value.abs(),
            target: if value > 0.0 { 1.0 } else { 0.0 },
        };
        model.fold_in(&items.iter().zip(values).map(observation).collect::<Vec<_>>())
    };
    let vectors: Vec<Vec<f32>> = (0..likes.row_count()).into_par_iter().map(vector).collect();
    Ok(Factors::new(model.dim(), vectors.concat())?)
}

/// What stands out in each segment, best first.
fn tracks(
    history: &History,
    memberships: &Factors,
    say: &[f32],
    popularity: Option<&Popularity>,
) -> Result<Vec<Vec<SegmentTrack>>, EngineError> {
    let Some(all) = popularity else { return Ok(vec![Vec::new(); memberships.dim()]) };
    let segment_of = |listener: u32| -> Option<usize> {
        memberships.row(listener as usize).iter().position(|&membership| membership > MEMBER_FROM)
    };
    let mut plays: Vec<Vec<Play>> = vec![Vec::new(); memberships.dim()];
    for play in &history.plays {
        if let Some(segment) = segment_of(play.listener) {
            plays[segment].push(*play);
        }
    }
    let params = PopularityParams::default();
    let total = |scores: &[f32]| scores.iter().map(|&score| f64::from(score)).sum::<f64>();
    let everywhere = total(all.scores()).max(f64::MIN_POSITIVE);
    let standing_out = |plays: Vec<Play>| -> Result<Vec<SegmentTrack>, EngineError> {
        let here = Popularity::count_by_say(all.item_count(), plays, |row| say[row as usize], &params)?;
        let share = (total(here.scores()) / everywhere) as f32;
        let mut found: Vec<SegmentTrack> = (0..all.item_count() as u32)
            .filter_map(|row| {
                let listener_count =
                    here.listener_count(row).filter(|&count| count >= TRACK_LISTENERS_MIN)?;
                let (score, expected) = (here.score(row)?, share * all.score(row)?);
                let lift = (score + LIFT_PRIOR) / (expected + LIFT_PRIOR);
                let rise = here.trend(row)?.max(0.0);
                let score = score * lift.ln() * (1.0 + rise);
                (score > 0.0).then_some(SegmentTrack {
                    track: TrackId::new(row),
                    listener_count,
                    score,
                    lift,
                })
            })
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.track.cmp(&b.track)));
        found.truncate(TRACKS_MAX);
        Ok(found)
    };
    plays.into_par_iter().map(standing_out).collect()
}

/// Plays, as popularity counts them, that keep few plays from standing out; a judgement.
const LIFT_PRIOR: f32 = 5.0;

#[cfg(test)]
mod tests {
    use rand::{RngExt as _, SeedableRng as _};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// A hundred and fifty listeners of two kinds, of whom the second lives in France, and a track that only three play.
    fn history() -> History {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let mut history = History { listener_count: 150, ..History::default() };
        for listener in 0..150_u32 {
            let kind = u32::from(listener >= 90);
            for artist in (0..60).filter(|_| random.random_range(0..5) == 0).collect::<Vec<u32>>() {
                let artist = kind * 60 + artist;
                history.artist_likes.push((listener, artist, 1.0));
                for track in [2 * artist, 2 * artist + 1] {
                    history.track_likes.push((listener, track, 1.0));
                    history.plays.push(Play { item: track, listener, age_days: 5.0, weight: 1.0 });
                }
            }
            let region = region_category(if kind == 0 { "DE" } else { "FR" }.parse().unwrap());
            history.around.regions.push((listener, region, 1.0));
        }
        for listener in 0..3 {
            history.plays.push(Play { item: 240, listener, age_days: 1.0, weight: 3.0 });
        }
        history
    }

    fn found(history: &History) -> Option<ListenerSegments> {
        let fit = |rows: &[(u32, u32, f32)], count: usize| {
            let matrix = Sparse::from_triplets(history.listener_count, count, rows.iter().copied()).unwrap();
            let params = learn::ials::IalsParams { dim: 8, epochs: 6, ..Default::default() };
            Some(learn::ials::Ials::fit(&matrix, &params, &mut |_| ()).unwrap().items)
        };
        let popularity = Popularity::count(241, history.plays.clone(), &PopularityParams::default()).unwrap();
        let models = Models {
            artist_factors: fit(&history.artist_likes, 121),
            track_popularity: Some(popularity),
            ..Models::default()
        };
        let guard = Guard::of(history, 241, 121).unwrap();
        segments(history, &guard, &catalogue(), &models, 3).unwrap()
    }

    fn catalogue() -> Catalogue {
        let artist = |row| music::Artist {
            id: music::ArtistId::new(row),
            name: format!("Artist {row}").into(),
            tags: Box::default(),
        };
        let track = |row: u32| music::Track {
            id: TrackId::new(row),
            title: format!("Track {row}").into(),
            artists: [music::ArtistId::new(row / 2)].into_iter().collect(),
            release: None,
            duration: None,
            date: None,
            explicit: None,
            tags: Box::default(),
            sound: None,
        };
        Catalogue::new((0..241).map(track).collect(), (0..121).map(artist).collect(), vec![], vec![])
    }

    #[test]
    fn kinds_of_listeners_are_found_with_where_they_live_and_what_they_play() {
        let found = found(&history()).unwrap();
        assert!(found.taste.count() >= 2);
        assert!(found.taste.listener_counts().iter().all(|&count| count >= 20.0));
        let lives_in =
            |segment, code: &str| found.regions.ln_lift(segment, region_category(code.parse().unwrap()));
        let mut kinds = Vec::new();
        for (segment, tracks) in found.tracks.iter().enumerate() {
            assert!(!tracks.is_empty() && tracks.is_sorted_by(|a, b| a.score >= b.score));
            assert!(tracks.iter().all(|one| one.listener_count >= TRACK_LISTENERS_MIN && one.lift > 1.0));
            let is_second = tracks[0].track.get() >= 120;
            assert!(tracks.iter().all(|one| (one.track.get() >= 120) == is_second), "{tracks:?}");
            let (home, abroad) = if is_second { ("FR", "DE") } else { ("DE", "FR") };
            assert!(lives_in(segment, home) > 0.2 && lives_in(segment, abroad) < -0.5);
            kinds.push(is_second);
        }
        assert!(kinds.contains(&true) && kinds.contains(&false));
    }

    #[test]
    fn among_few_listeners_there_are_no_kinds() {
        let mut few = history();
        few.listener_count = 30;
        few.track_likes.retain(|like| like.0 < 30);
        few.artist_likes.retain(|like| like.0 < 30);
        few.plays.retain(|play| play.listener < 30);
        few.around.regions.retain(|fact| fact.0 < 30);
        assert_eq!(found(&few), None);
    }
}
