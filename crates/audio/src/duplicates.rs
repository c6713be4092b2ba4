//! Which of many recordings are the same one.

use std::collections::BTreeMap;

use crate::fingerprint::{ERROR_MAX, Fingerprint};

/// One word of this many is looked up: the same ones in every recording, chosen by the word itself.
const SAMPLED_ONE_OF: u32 = 4;
/// A word that more recordings share than this says nothing, like that of a held chord.
const POSTING_COUNT_MAX: usize = 64;
/// Pairs of shared words at one shift before two recordings are compared bit by bit.
const VOTE_COUNT_MIN: u32 = 2;

/// Groups of fingerprints that are the same recording: their places in `fingerprints`, in order, two or more each.
///
/// *Complexity*: a sort of a quarter of all words, and a comparison for each pair that shares some.
pub fn duplicates(fingerprints: &[Fingerprint]) -> Vec<Vec<usize>> {
    let mut groups = Groups::new(fingerprints.len());
    for ((a, b), shift) in candidates(fingerprints) {
        let error = fingerprints[a].error(&fingerprints[b], shift);
        if error.is_some_and(|error| error <= ERROR_MAX) {
            groups.join(a, b);
        }
    }
    groups.of_two_or_more()
}

/// Pairs that share words, with the shift at which they share most.
fn candidates(fingerprints: &[Fingerprint]) -> BTreeMap<(usize, usize), isize> {
    let mut postings: Vec<(u32, u32, u32)> = Vec::new();
    for (of, fingerprint) in (0..).zip(fingerprints) {
        let words = (0..).zip(fingerprint.words().iter().copied());
        postings.extend(words.filter(|&(_, word)| is_sampled(word)).map(|(at, word)| (word, of, at)));
    }
    postings.sort_unstable();
    let mut votes: BTreeMap<(usize, usize, isize), u32> = BTreeMap::new();
    for same in postings.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() <= POSTING_COUNT_MAX) {
        for (index, &(_, a, at_a)) in same.iter().enumerate() {
            for &(_, b, at_b) in &same[index + 1..] {
                if a != b {
                    *votes.entry((a as usize, b as usize, at_a as isize - at_b as isize)).or_default() += 1;
                }
            }
        }
    }
    let mut best: BTreeMap<(usize, usize), (u32, isize)> = BTreeMap::new();
    for ((a, b, shift), count) in votes {
        let known = best.entry((a, b)).or_insert((0, 0));
        if count > known.0 {
            *known = (count, shift);
        }
    }
    let sure = best.into_iter().filter(|(_, (count, _))| *count >= VOTE_COUNT_MIN);
    sure.map(|(pair, (_, shift))| (pair, shift)).collect()
}

/// Whether a word is looked up; words without change (all bits alike) never are.
const fn is_sampled(word: u32) -> bool {
    // Fibonacci hashing: the high bits of the product depend on all bits of the word.
    let mixed = word.wrapping_mul(0x9E37_79B1) >> 16;
    mixed.is_multiple_of(SAMPLED_ONE_OF) && word != 0 && word != u32::MAX
}

/// Sets that are joined one by one.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn first_of(&self, mut place: usize) -> usize {
        while self.0[place] != place {
            place = self.0[place];
        }
        place
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first_of(a), self.first_of(b));
        self.0[a.max(b)] = a.min(b);
    }

    fn of_two_or_more(&self) -> Vec<Vec<usize>> {
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for place in 0..self.0.len() {
            members.entry(self.first_of(place)).or_default().push(place);
        }
        members.into_values().filter(|group| group.len() > 1).collect()
    }
}
