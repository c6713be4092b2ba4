//! How much passion and care went into a playlist.
//!
//! A playlist that somebody built over weeks, track by track, under a title of their own, says more about which songs
//! belong together than a thousand tracks poured into "New Playlist".
//! The weight is a sum of named parts, so that anybody can read why a playlist counts.
//! All coefficients of [`care`] are judgements; see the constants.
//! Where it can be seen what came of playlists, [`LearnedCare`] learns them instead.

mod outcome;

pub use outcome::{CareOutcome, LearnedCare};

/// What is known about how a playlist came about.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct CareFeatures {
    /// Tracks on it.
    pub track_count: u32,
    /// Edits that made it; 0 where unknown.
    pub edit_count: u32,
    /// Different days on which it was edited.
    pub edit_day_count: u32,
    /// Days from the first edit to the last.
    pub lifetime_days: f32,
    /// The most tracks that one edit added.
    pub largest_addition: u32,
    /// Whether its title is more than what an app gives by itself.
    pub has_title: bool,
    /// Words of the title.
    pub title_word_count: u32,
    /// Whether something was written about it.
    pub has_description: bool,
    /// Followers; 0 where unknown.
    pub follower_count: u32,
    /// Whether several people edit it.
    pub is_collaborative: bool,
    /// Different artists per track, 0 to 1.
    pub distinct_artist_share: f32,
    /// Mean likeness of pairs of its tracks, 0 to 1, where it is known.
    pub cohesion: Option<f32>,
    /// Tracks that are on it twice, as a share.
    pub duplicate_share: f32,
    /// Whether a person made it, and no machine.
    pub is_made_by_person: bool,
}

/// What a playlist is worth, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Care {
    /// *Range*: 0.05 to 1.
    pub weight: f32,
    /// What each feature adds to the weight before it is brought into its range.
    pub parts: Vec<(&'static str, f32)>,
}

/// The weight of a playlist about which nothing speaks for or against.
const NEUTRAL: f32 = 0.4;
/// No playlist is worth nothing: somebody did put these tracks together.
const WEIGHT_MIN: f32 = 0.05;
/// Tracks at which a playlist is neither a snippet nor a dump.
const GOOD_TRACK_COUNT: f32 = 40.0;
/// The mean likeness of two tracks drawn by chance, and by how much a good playlist exceeds it.
const CHANCE_COHESION: f32 = 0.2;
const GOOD_COHESION_GAIN: f32 = 0.2;

/// Weighs a playlist.
pub fn care(features: &CareFeatures) -> Care {
    let parts = vec![
        ("size", size(features.track_count)),
        ("coming back", 0.15 * saturating(features.edit_day_count.saturating_sub(1) as f32, 8.0)),
        ("lasting", 0.05 * saturating(features.lifetime_days, 60.0)),
        ("picked one by one", picked(features)),
        ("title", title(features)),
        ("description", if features.has_description { 0.05 } else { 0.0 }),
        ("followers", 0.1 * saturating(features.follower_count as f32, 20.0)),
        ("made together", if features.is_collaborative { 0.05 } else { 0.0 }),
        ("cohesion", features.cohesion.map_or(0.0, cohesion)),
        // One artist throughout is a discography, and says nothing about which artists belong together.
        ("variety of artists", if features.distinct_artist_share < 0.1 { -0.1 } else { 0.0 }),
        ("duplicates", -0.3 * features.duplicate_share.clamp(0.0, 1.0)),
        ("made by a machine", if features.is_made_by_person { 0.0 } else { -0.2 }),
    ];
    let sum: f32 = parts.iter().map(|(_, part)| part).sum();
    Care { weight: (NEUTRAL + sum).clamp(WEIGHT_MIN, 1.0), parts }
}

/// 0 at nothing, one half at `half`, towards 1 beyond.
fn saturating(value: f32, half: f32) -> f32 {
    let value = value.max(0.0);
    value / (value + half)
}

/// Best around forty tracks; each factor of five away costs a tenth.
fn size(track_count: u32) -> f32 {
    let away = (track_count.max(1) as f32 / GOOD_TRACK_COUNT).ln() / 5.0_f32.ln();
    0.05 - 0.1 * away * away
}

/// How far the tracks came one by one and not in bulk; unknown where the whole list was seen at once.
fn picked(features: &CareFeatures) -> f32 {
    let track_count = features.track_count.max(1) as f32;
    if features.edit_count <= 1 {
        return if features.largest_addition > 200 { -0.15 } else { 0.0 };
    }
    let edits_per_track = (features.edit_count as f32 / track_count).min(1.0);
    let bulk_share = (features.largest_addition as f32 / track_count).min(1.0);
    let is_small = features.track_count <= 10;
    0.2 * edits_per_track - if is_small { 0.0 } else { 0.15 * bulk_share }
}

fn title(features: &CareFeatures) -> f32 {
    if features.has_title { 0.05 + 0.02 * features.title_word_count.min(4) as f32 } else { -0.1 }
}

fn cohesion(cohesion: f32) -> f32 {
    0.25 * ((cohesion - CHANCE_COHESION) / GOOD_COHESION_GAIN).clamp(-1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: CareFeatures = CareFeatures {
        track_count: 40,
        edit_count: 10,
        edit_day_count: 2,
        lifetime_days: 5.0,
        largest_addition: 10,
        has_title: true,
        title_word_count: 2,
        has_description: false,
        follower_count: 0,
        is_collaborative: false,
        distinct_artist_share: 0.7,
        cohesion: Some(0.25),
        duplicate_share: 0.0,
        is_made_by_person: true,
    };

    fn weight(features: CareFeatures) -> f32 {
        care(&features).weight
    }

    #[test]
    fn a_playlist_built_with_care_outweighs_one_thrown_together() {
        let careful = CareFeatures { edit_count: 38, edit_day_count: 15, cohesion: Some(0.4), ..PLAIN };
        let thrown = CareFeatures {
            track_count: 400,
            edit_count: 1,
            edit_day_count: 1,
            lifetime_days: 0.0,
            largest_addition: 400,
            has_title: false,
            title_word_count: 0,
            cohesion: Some(0.18),
            duplicate_share: 0.1,
            ..PLAIN
        };
        assert!(weight(careful) > 3.0 * weight(thrown), "{:?} {:?}", care(&careful), care(&thrown));
    }

    #[test]
    fn each_sign_of_care_raises_the_weight() {
        let better = [
            ("edits", CareFeatures { edit_count: 20, ..PLAIN }),
            ("days", CareFeatures { edit_day_count: 6, ..PLAIN }),
            ("lifetime", CareFeatures { lifetime_days: 50.0, ..PLAIN }),
            ("smaller additions", CareFeatures { largest_addition: 3, ..PLAIN }),
            ("longer title", CareFeatures { title_word_count: 4, ..PLAIN }),
            ("description", CareFeatures { has_description: true, ..PLAIN }),
            ("followers", CareFeatures { follower_count: 10, ..PLAIN }),
            ("cohesion", CareFeatures { cohesion: Some(0.35), ..PLAIN }),
        ];
        for (name, features) in better {
            assert!(weight(features) > weight(PLAIN), "{name}");
        }
        let worse = [
            ("duplicates", CareFeatures { duplicate_share: 0.5, ..PLAIN }),
            ("machine", CareFeatures { is_made_by_person: false, ..PLAIN }),
            ("no title", CareFeatures { has_title: false, ..PLAIN }),
            ("dump", CareFeatures { track_count: 1500, ..PLAIN }),
            ("snippet", CareFeatures { track_count: 2, ..PLAIN }),
        ];
        for (name, features) in worse {
            assert!(weight(features) < weight(PLAIN), "{name}");
        }
    }

    #[test]
    fn the_parts_make_the_weight_and_it_stays_in_range() {
        let care_of = care(&PLAIN);
        let sum: f32 = care_of.parts.iter().map(|(_, part)| part).sum();
        assert!((NEUTRAL + sum - care_of.weight).abs() < 1e-6);
        let extreme = CareFeatures { track_count: u32::MAX, duplicate_share: 9.0, ..CareFeatures::default() };
        assert_eq!(weight(extreme), WEIGHT_MIN);
        assert!(weight(CareFeatures::default()) >= WEIGHT_MIN);
    }
}
