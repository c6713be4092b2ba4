//! The products: which sources, weights and constraints make what a listener sees under one name.
//!
//! A mix is one file and is listed once, in [`MIXES`]; the API, the command line and the pages take their lists and
//! labels from there.

mod autoplay;
mod daily_mix;
mod focus;
mod fresh_releases;
mod home;
mod radio;
mod sleep;
mod time_capsule;
mod weekly_discovery;
mod workout;
mod year_in_review;

use music::surface::Mood;

use crate::query::Aim;

/// One product.
#[derive(Debug, PartialEq)]
pub struct Mix {
    /// Its name in addresses and commands.
    pub name: &'static str,
    /// Its name on the page.
    pub title: &'static str,
    /// What it promises, in one line.
    pub promise: &'static str,
    /// Whether it may bring what the listener knows.
    pub aim: Aim,
    /// The sources it asks for tracks, by name; lists of artists come from all sources that propose artists.
    pub sources: &'static [&'static str],
    /// Shifts of the weights of columns, by name, in units of the score.
    pub tilts: &'static [(&'static str, f32)],
    /// What counts of what listeners choose by themselves, where there are heads to say what becomes of the rest.
    pub choice: f32,
    /// What the log-odds of heads count, by action; see [`crate::heads`].
    pub heads: &'static [(&'static str, f32)],
    /// What the music is for, where the mix itself says so.
    pub mood: Option<Mood>,
    /// Hours for which a track rests after it was heard.
    pub rest_hours: f32,
    /// How much it costs to repeat earlier picks, in units of the score.
    pub diversity: f32,
    /// How much the genres are kept to their shares in what the listener likes, in units of the score.
    pub calibration: f32,
    /// How much new and known music are kept to what the listener seeks, in units of the score.
    pub novelty: f32,
    /// Places of its own length that are drawn among hardly known tracks.
    pub explore: usize,
    /// How much an even course of tempo, key and energy counts against the order of the scores; 0 for not at all.
    pub flow: f32,
    /// Tracks between two of the same artist.
    pub artist_gap: usize,
    /// Tracks of one artist at most.
    pub artist_max: usize,
    /// Picks, unless somebody asks for another number.
    pub length: usize,
    /// Whether its first slate of a week stands until the next.
    pub stands_for_a_week: bool,
    /// Whether it starts from something: a track, an artist, a release, a playlist.
    pub needs_seed: bool,
}

/// All mixes, each listed once, in the order in which a page shows them.
pub static MIXES: &[&Mix] = &[
    &home::MIX,
    &daily_mix::MIX,
    &weekly_discovery::MIX,
    &fresh_releases::MIX,
    &time_capsule::MIX,
    &year_in_review::MIX,
    &focus::MIX,
    &workout::MIX,
    &sleep::MIX,
    &radio::MIX,
    &autoplay::MIX,
];

/// No product, but a mix that asks for nothing beside the scores.
const PLAIN: Mix = Mix {
    name: "",
    title: "",
    promise: "",
    aim: Aim::Enjoy,
    sources: &[],
    tilts: &[],
    choice: 1.0,
    heads: &[],
    mood: None,
    rest_hours: 0.0,
    diversity: 0.0,
    calibration: 0.0,
    novelty: 0.0,
    explore: 0,
    flow: 0.0,
    artist_gap: 0,
    artist_max: usize::MAX,
    length: 30,
    stands_for_a_week: false,
    needs_seed: false,
};

/// No product, but what the mixes for an occasion have in common: how it sounds decides, and taste after that.
const OCCASION: Mix = Mix {
    sources: &[
        "activity",
        "again",
        "personas",
        "long_term",
        "item_neighbours",
        "playlist_neighbours",
        "sound_neighbours",
        "deep_cuts",
        "popular_in_tags",
        "forgotten",
        "trending",
    ],
    // What it is for comes before all else, and who likes something else is not asked to run to it.
    tilts: &[("mood", 5.0)],
    choice: 0.5,
    heads: &[("finish", 1.0)],
    rest_hours: 12.0,
    diversity: 0.2,
    flow: 1.0,
    artist_gap: 3,
    artist_max: 4,
    ..PLAIN
};

/// Every source of tracks, for measuring them all at once.
const EVERY_SOURCE: &[&str] = &[
    "long_term",
    "personas",
    "item_neighbours",
    "playlist_neighbours",
    "session",
    "artist_neighbours",
    "deep_cuts",
    "fresh_from_artists",
    "fresh_near_taste",
    "trending",
    "popular_in_tags",
    "sound_neighbours",
    "alike",
    "forgotten",
    "again",
    "habits",
    "explore",
    "followers",
    "similar_listeners",
    "company",
    "rising_in_tags",
    "rising_niche",
    "onboarding",
    "local_scene",
    "activity",
    "era",
    "rest_of_release",
    "kept",
    "next_genre",
    "year_in_review",
    "trending_in_segment",
    "search_intent",
    "lyrics_neighbours",
    "art_neighbours",
];

/// No product, but all sources at once without any tilt: what learning looks at.
pub fn whole(aim: Aim) -> &'static Mix {
    const ENJOY: Mix = Mix { name: "whole-enjoy", sources: EVERY_SOURCE, length: 1, ..PLAIN };
    static WHOLE: [Mix; 2] = [ENJOY, Mix { name: "whole-discover", aim: Aim::Discover, ..ENJOY }];
    &WHOLE[aim as usize]
}

impl Mix {
    /// The mix with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        MIXES.iter().copied().find(|mix| mix.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Column;
    use crate::query::Answer;
    use crate::source::SOURCES;

    #[test]
    fn every_name_in_a_mix_exists() {
        for mix in MIXES {
            assert_eq!(Mix::named(mix.name), Some(*mix), "{} is listed twice", mix.name);
            for name in mix.sources {
                let source = SOURCES.iter().find(|source| source.name() == *name);
                let answer = source.unwrap_or_else(|| panic!("{}: no source {name}", mix.name)).answer();
                assert_eq!(answer, Answer::Tracks, "{}: {name} brings no tracks", mix.name);
            }
            for (name, _) in mix.tilts {
                assert!(Column::named(name).is_some(), "{}: no column {name}", mix.name);
            }
            for (name, _) in mix.heads {
                assert!(crate::heads::ACTIONS.iter().any(|(action, _)| action == name), "{}", mix.name);
            }
            assert!(mix.length > 0 && mix.artist_max > 0, "{}", mix.name);
        }
    }

    #[test]
    fn every_source_of_tracks_is_used_by_some_mix_and_measured() {
        for source in SOURCES.iter().filter(|source| source.answer() == Answer::Tracks) {
            assert!(MIXES.iter().any(|mix| mix.sources.contains(&source.name())), "{}", source.name());
            assert!(whole(Aim::Enjoy).sources.contains(&source.name()), "{}", source.name());
        }
        assert_eq!(whole(Aim::Discover).aim, Aim::Discover);
    }
}
