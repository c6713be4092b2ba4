//! Tags that come row by row, until it is known how often each was given.

use std::sync::Arc;

use music::TagKind;
use music::event::Target;
use rustc_hash::FxHashMap;

use super::error::Place;
use crate::catalogue::normal_form;

/// Counts how often each tag was given to each thing.
#[derive(Debug)]
pub(super) struct TagCounter {
    words: FxHashMap<Box<str>, u32>,
    vocabulary: Vec<(Box<str>, TagKind)>,
    counts: FxHashMap<(Target, u32), Counted>,
    /// The files that rows came from, in order, and what their places are.
    files: Vec<(Arc<str>, MakePlace)>,
    pair_count_max: usize,
}

/// Makes a place from its number.
type MakePlace = fn(u64) -> Place;

/// How often a pair was counted, and where it came first; small, for there are millions.
#[derive(Clone, Copy, Debug)]
struct Counted {
    count: u32,
    file: u32,
    number: u32,
}

/// How often a tag was given to a thing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CountedTag {
    /// The word as it was first written.
    pub(super) name: Box<str>,
    pub(super) kind: TagKind,
    pub(super) count: u32,
    /// The count in parts of that of the thing's strongest tag.
    pub(super) weight: f32,
    /// Where it was given first.
    pub(super) file: Arc<str>,
    pub(super) place: Place,
}

impl TagCounter {
    /// A counter of up to `pair_count_max` different pairs.
    pub(super) fn new(pair_count_max: usize) -> Self {
        Self {
            words: FxHashMap::default(),
            vocabulary: Vec::new(),
            counts: FxHashMap::default(),
            files: Vec::new(),
            pair_count_max,
        }
    }

    /// Counts one row; says whether there was room for it.
    pub(super) fn add(
        &mut self,
        target: Target,
        tag: &str,
        kind: TagKind,
        (file, place): (&Arc<str>, Place),
    ) -> bool {
        let normal: Box<str> = normal_form(tag).into();
        let known = self.words.get(&normal).copied();
        let is_full = self.counts.len() >= self.pair_count_max;
        if is_full && !known.is_some_and(|word| self.counts.contains_key(&(target, word))) {
            return false;
        }
        let word = known.unwrap_or_else(|| {
            let word =
                u32::try_from(self.vocabulary.len()).expect("there are at most as many words as pairs");
            self.vocabulary.push((tag.trim().into(), kind));
            self.words.insert(normal, word);
            word
        });
        let file = self.file_index(file, place);
        let first = Counted { count: 0, file, number: u32::try_from(place.number()).unwrap_or(u32::MAX) };
        let counted = self.counts.entry((target, word)).or_insert(first);
        counted.count = counted.count.saturating_add(1);
        true
    }

    /// The place of a file in the list; rows come file by file.
    fn file_index(&mut self, file: &Arc<str>, place: Place) -> u32 {
        if self.files.last().is_none_or(|(last, _)| last != file) {
            self.files.push((Arc::clone(file), place.with_number()));
        }
        // There are at most as many files as an import takes.
        self.files.len() as u32 - 1
    }

    /// Takes everything out: each thing with its tags, the strongest first.
    pub(super) fn take(&mut self) -> Vec<(Target, Vec<CountedTag>)> {
        let vocabulary = std::mem::take(&mut self.vocabulary);
        self.words.clear();
        let files = std::mem::take(&mut self.files);
        let mut pairs: Vec<((Target, u32), Counted)> = std::mem::take(&mut self.counts).into_iter().collect();
        // Of equal counts the word that came first is the stronger.
        pairs.sort_by_key(|((target, word), counted)| (*target, std::cmp::Reverse(counted.count), *word));
        let mut things: Vec<(Target, Vec<CountedTag>)> = Vec::new();
        for ((target, word), Counted { count, file, number }) in pairs {
            let (file, place) = &files[file as usize];
            let (file, place) = (Arc::clone(file), place(number.into()));
            let (name, kind) = vocabulary[word as usize].clone();
            let tags = match things.last_mut() {
                Some((last, tags)) if *last == target => tags,
                _ => &mut things.push_mut((target, Vec::new())).1,
            };
            let strongest = tags.first().map_or(count, |tag| tag.count);
            let weight = (f64::from(count) / f64::from(strongest)) as f32;
            tags.push(CountedTag { name, kind, count, weight, file, place });
        }
        things
    }
}

#[cfg(test)]
mod tests {
    use music::{ArtistId, TrackId};

    use super::*;

    const ARTIST: Target = Target::Artist(ArtistId::new(3));
    const TRACK: Target = Target::Track(TrackId::new(1));

    fn add(counter: &mut TagCounter, target: Target, tag: &str) -> bool {
        counter.add(target, tag, TagKind::Genre, (&"a.csv".into(), Place::Line(1)))
    }

    #[test]
    fn a_tag_weighs_as_much_as_it_was_given() {
        let mut counter = TagCounter::new(100);
        for tag in ["rock", "Trip Hop", "trip hop", "TRIP  HOP", "pop"] {
            assert!(add(&mut counter, ARTIST, tag));
        }
        assert!(add(&mut counter, TRACK, "rock"));
        let shown: Vec<String> = counter
            .take()
            .into_iter()
            .flat_map(|(target, tags)| {
                tags.into_iter()
                    .map(move |tag| format!("{target:?} {} {} {:.2}", tag.name, tag.count, tag.weight))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "Track(t1) rock 1 1.00",
                "Artist(a3) Trip Hop 3 1.00",
                "Artist(a3) rock 1 0.33",
                "Artist(a3) pop 1 0.33",
            ]
        );
        assert!(counter.take().is_empty());
    }

    #[test]
    fn memory_is_bounded_and_known_pairs_are_counted_on() {
        let mut counter = TagCounter::new(1);
        assert!(add(&mut counter, ARTIST, "rock"));
        assert!(!add(&mut counter, ARTIST, "pop"));
        assert!(!add(&mut counter, TRACK, "rock"));
        assert!(add(&mut counter, ARTIST, "rock"));
        assert_eq!(counter.take()[0].1[0].count, 2);
    }
}
