//! How much a track has of each trait.

use music::{Catalogue, Id as _, SoundFeature, TagId, Track, Trait};

use crate::snapshot::Snapshot;

/// From this on an audience is likely to be heard.
const LIVE_MIN: f32 = 0.8;

/// How much of `of` a track has, on a scale that is even to the ear: octaves of tempo, doublings of length, years, LUFS,
/// percentiles; 0 or 1 for what a track is or is not. None where it is not known.
///
/// `language` is the one that is meant where `of` is [`Trait::Language`].
pub fn measure(of: Trait, track: &Track, snapshot: &Snapshot, language: Option<TagId>) -> Option<f32> {
    let catalogue = &*snapshot.catalogue;
    let sound = |feature| track.sound.as_deref().and_then(|sound| sound.get(feature));
    let flag = |is: bool| f32::from(u8::from(is));
    match of {
        Trait::Tempo => sound(SoundFeature::Tempo).filter(|&bpm| bpm > 0.0).map(f32::log2),
        Trait::Length => Some((track.duration?.get() as f32 / 1000.0).max(1.0).log2()),
        Trait::Explicit => track.explicit.map(flag),
        Trait::Language => language.map(|language| flag(has_tag(track, language))),
        Trait::Era => Some(catalogue.released(track)?.get() as f32 / YEAR_MS),
        Trait::Loudness => sound(SoundFeature::Loudness),
        Trait::Live => {
            let heard = sound(SoundFeature::Liveness).is_some_and(|liveness| liveness >= LIVE_MIN);
            Some(flag(heard || snapshot.kinds.has(track, LIVE)))
        }
        Trait::Cover => Some(flag(snapshot.kinds.has(track, COVER))),
        Trait::Instrumental => sound(SoundFeature::Instrumentalness)
            .or_else(|| snapshot.kinds.has(track, INSTRUMENTAL).then_some(1.0)),
        Trait::Popularity => snapshot.percentile(track.id),
    }
}

/// A mean year.
const YEAR_MS: f32 = 365.25 * music::unit::DAY_MS as f32;

fn has_tag(track: &Track, tag: TagId) -> bool {
    track.tags.iter().any(|weight| weight.tag == tag)
}

/// What the words about each track say it is, by the row of the track; worked out once for a catalogue.
#[derive(Clone, Debug, Default)]
pub struct Kinds(Vec<u8>);

const LIVE: u8 = 1;
const COVER: u8 = 2;
const INSTRUMENTAL: u8 = 4;

impl Kinds {
    /// Reads the tags and titles of all tracks.
    pub fn of(catalogue: &Catalogue) -> Self {
        let of_tags: Vec<u8> = catalogue.tags().iter().map(|tag| said(&tag.name)).collect();
        Self(catalogue.tracks().iter().map(|track| kinds(track, &of_tags)).collect())
    }

    fn has(&self, track: &Track, kind: u8) -> bool {
        self.0.get(track.id.row()).is_some_and(|kinds| kinds & kind != 0)
    }
}

/// What the tags of a track say, and its title in brackets or behind a dash.
fn kinds(track: &Track, of_tags: &[u8]) -> u8 {
    let tagged =
        track.tags.iter().filter_map(|weight| of_tags.get(weight.tag.row())).fold(0, |all, one| all | one);
    let mark = ["(", "[", " - "].iter().filter_map(|mark| track.title.find(mark)).min();
    tagged | mark.filter(|&mark| mark > 0).map_or(0, |mark| said(&track.title[mark..]))
}

/// What a text has a word for.
fn said(text: &str) -> u8 {
    let words = [("live", LIVE), ("cover", COVER), ("instrumental", INSTRUMENTAL)];
    let of_word = |word: &str| {
        let kind = words.iter().find(|(known, _)| word.eq_ignore_ascii_case(known));
        kind.map_or(0, |(_, kind)| *kind)
    };
    text.split(|c: char| !c.is_alphanumeric()).map(of_word).fold(0, |all, one| all | one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::snapshot;

    #[test]
    fn titles_and_tags_say_what_a_recording_is() {
        let snapshot = snapshot();
        let plain = &snapshot.catalogue.tracks()[0];
        let titled = |title: &str| Track { title: title.into(), sound: None, ..plain.clone() };
        let kinds = |title: &str| kinds(&titled(title), &[]);
        for title in ["Song (Live at Home)", "Song - Live", "Song [live]"] {
            assert_eq!(kinds(title), LIVE, "{title}");
        }
        assert_eq!(kinds("Song (Live Cover, Instrumental)"), LIVE | COVER | INSTRUMENTAL);
        // A title that merely has the word, or begins with a bracket, is no proof.
        for title in ["Live Forever", "Song (Alive)", "(Live) and Let Die"] {
            assert_eq!(kinds(title), 0, "{title}");
        }
        assert_eq!(measure(Trait::Tempo, &titled("Song"), &snapshot, None), None);
        assert_eq!(measure(Trait::Language, plain, &snapshot, None), None);
    }
}
