//! What each playlist is worth to the others: nothing said, judged, or learnt from what is hidden.

use rustc_hash::FxHashMap;

use super::base_models::Counts;
use super::read::Playlists;
use crate::care::{CareFeatures, CareOutcome, LearnedCare, care};
use crate::error::LearnError;

/// Where the weights of playlists come from.
#[derive(Clone, Debug)]
pub(super) enum Worth {
    /// All are worth the same.
    Even,
    /// [`care`], whose coefficients are judgements.
    Judged,
    /// [`LearnedCare`], from the hidden tracks of the playlists that the ranker learns from too.
    Learnt(LearnedCare),
}

impl Worth {
    /// What the model that uses it is called.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Even => "blend",
            Self::Judged => "blend-care",
            Self::Learnt(_) => "blend-learnt-care",
        }
    }

    /// How the weights come about, for the report.
    pub(super) fn params(&self) -> serde_json::Value {
        match self {
            Self::Even => serde_json::json!({ "care": false }),
            Self::Judged => serde_json::json!({ "care": true }),
            Self::Learnt(learnt) => {
                let weights: std::collections::BTreeMap<_, _> =
                    learnt.named_weights().filter(|&(_, weight)| weight != 0.0).collect();
                serde_json::json!({ "care": true, "log_weights": weights })
            }
        }
    }

    /// The weight of each playlist; around 1.
    pub(super) fn weights(&self, playlists: &Playlists, train: &[Vec<u32>]) -> Vec<f32> {
        let of = |row: usize| match self {
            Self::Even => 1.0,
            // The scale of likeness that [`care`] knows is that of sound, which is not here.
            Self::Judged => {
                care(&CareFeatures { cohesion: None, ..features(playlists, row, &train[row]) }).weight
            }
            Self::Learnt(learnt) => learnt.weight(&features(playlists, row, &train[row])),
        };
        (0..train.len()).map(of).collect()
    }
}

fn features(playlists: &Playlists, row: usize, tracks: &[u32]) -> CareFeatures {
    let (edits, followers) = playlists.care[row];
    let mut artists: Vec<u32> = tracks.iter().map(|&track| playlists.tracks[track as usize].artist).collect();
    artists.sort_unstable();
    artists.dedup();
    CareFeatures {
        track_count: tracks.len() as u32,
        edit_count: edits as u32,
        // Days are not known; edits on which nothing else was done come close.
        edit_day_count: edits as u32,
        largest_addition: (tracks.len() as f32 / edits.max(1.0)).ceil() as u32,
        follower_count: followers as u32,
        distinct_artist_share: artists.len() as f32 / tracks.len().max(1) as f32,
        cohesion: Some(cohesion(playlists, tracks)),
        // What is not known speaks for nobody and against nobody.
        has_title: true,
        is_made_by_person: true,
        ..CareFeatures::default()
    }
}

/// The root of the probability that two tracks of the playlist share an album or, for half as much, an artist.
fn cohesion(playlists: &Playlists, tracks: &[u32]) -> f32 {
    let share = |owner: &dyn Fn(u32) -> u32| {
        let mut owners: Vec<u32> = tracks.iter().map(|&track| owner(track)).collect();
        owners.sort_unstable();
        let pairs = |count: usize| (count * count.saturating_sub(1)) as f32;
        let same: f32 = owners.chunk_by(|a, b| a == b).map(|same| pairs(same.len())).sum();
        same / pairs(tracks.len()).max(1.0)
    };
    let facts = |track: u32| playlists.tracks[track as usize];
    (0.5 * share(&|track| facts(track).album) + 0.5 * share(&|track| facts(track).artist)).sqrt()
}

/// Playlists that hold a track, at most, for its playlists to be compared; a hit says little and costs much.
const HOLDERS_MAX: usize = 400;

/// What came of each playlist's suggestions to the playlists `rows`, whose hidden tracks are known.
///
/// Expected is what playlists that share as many tracks, and as large a part of themselves, had by their suggestions'
/// fame, in the mean over all.
///
/// # Errors
/// Never but for numbers that are not finite.
pub(super) fn learn_worth(
    playlists: &Playlists,
    shown: &[Vec<u32>],
    hidden: &[Vec<u32>],
    rows: &[usize],
) -> Result<Worth, LearnError> {
    let counts = Counts::of(playlists, shown).tracks;
    let mut holders = vec![Vec::new(); counts.len()];
    for (row, tracks) in shown.iter().enumerate() {
        tracks.iter().for_each(|&track| holders[track as usize].push(row as u32));
    }
    // Hits and the fame of what was suggested, by likeness and by playlist and likeness.
    let mut of_likeness = vec![(0.0_f32, 0.0_f32); LIKENESS_COUNT];
    let mut of_playlist: FxHashMap<(u32, usize), (f32, f32)> = FxHashMap::default();
    for &row in rows {
        let known = shown[row].iter().filter(|&&track| holders[track as usize].len() <= HOLDERS_MAX);
        let mut shared: Vec<u32> = known.flat_map(|&track| holders[track as usize].iter().copied()).collect();
        shared.sort_unstable();
        for same in shared.chunk_by(|a, b| a == b).filter(|same| same[0] as usize != row) {
            let other = &shown[same[0] as usize];
            let (mut hits, mut fame) = (0.0, 0.0);
            for track in other.iter().filter(|track| !shown[row].contains(track)) {
                hits += f32::from(u8::from(hidden[row].binary_search(track).is_ok()));
                fame += counts[*track as usize] / shown.len() as f32;
            }
            let likeness = likeness(same.len(), other.len());
            let sums = of_playlist.entry((same[0], likeness)).or_default();
            for sums in [&mut of_likeness[likeness], sums] {
                *sums = (sums.0 + hits, sums.1 + fame);
            }
        }
    }
    let mut outcomes: Vec<(f32, f32)> = vec![(0.0, 0.0); shown.len()];
    let mut sorted: Vec<_> = of_playlist.into_iter().collect();
    sorted.sort_unstable_by_key(|&(key, _)| key);
    for ((other, likeness), (hits, fame)) in sorted {
        let (all_hits, all_fame) = of_likeness[likeness];
        outcomes[other as usize].0 += hits;
        outcomes[other as usize].1 += fame * all_hits / all_fame.max(1e-9);
    }
    let outcome = |(row, (hit_count, expected))| CareOutcome {
        features: features(playlists, row, &shown[row]),
        hit_count,
        expected,
    };
    LearnedCare::fit(&outcomes.into_iter().enumerate().map(outcome).collect::<Vec<_>>()).map(Worth::Learnt)
}

const LIKENESS_COUNT: usize = 60;

/// A number for how alike playlists are: shared tracks up to five, and which tenth of the other they are.
fn likeness(shared: usize, length: usize) -> usize {
    shared.min(5) * 10 + (10 * shared / length.max(1)).min(9)
}
