//! Calibration: the genres of a slate have the shares that they have in what the listener likes.
//!
//! Without it the strongest taste takes every place, and whoever likes a third jazz never hears any.
//!
//! *Source* of the aim: Steck, "Calibrated recommendations", 2018. Instead of the divergence itself, of which the first
//! few picks of a slate change much and the last hardly any, each pick is credited with the direction in which the
//! divergence falls: the logarithm of the share wanted over the share so far.

use learn::blocks::Blocks;
use music::{Catalogue, TagId, Target};
use taste::summary::{names_a_style, tags_of};

use super::{Aspect, Because};
use crate::query::{Answer, Query};
use crate::reranker::Ranked;
use crate::snapshot::Snapshot;

/// Genres whose shares are kept apart, the largest; all others are one.
const GENRE_COUNT: usize = 12;
/// Liked tracks below which shares say nothing.
const LIKED_MIN: usize = 8;
/// The share of other genres is at least this, so that new ones are not shut out; a judgement.
const OTHERS_MIN: f32 = 0.1;
/// A slate begins as if it had so many picks with the wanted shares, so that the first places are free; a judgement.
const PICKS_BEFORE: f32 = 3.0;

/// Shares wanted, shares so far, and those of each candidate.
#[derive(Debug)]
pub(super) struct Genres {
    strength: f32,
    tags: Vec<TagId>,
    /// The shares that are wanted; the last is that of all others. *Shape*: `[tags + 1]`, sums to 1.
    wanted: Vec<f32>,
    /// The picks of each genre so far, those before the first included.
    so_far: Vec<f32>,
    /// How much is lacking of each.
    lacks: Vec<f32>,
    /// The genres of each candidate; all 0 where none is known. *Shape*: `[pool, tags + 1]`.
    of_candidates: Vec<f32>,
    /// The same, to be weighed all at once.
    blocks: Blocks,
}

impl Genres {
    /// The aspect where the mix wants it and enough is known of the listener.
    pub(super) fn of(strength: f32, query: &Query, snapshot: &Snapshot, pool: &[Ranked]) -> Option<Self> {
        let summary = &query.listener.summary;
        let is_alone = !query.is_seeded && !query.request.is_shared;
        let is_wanted = strength > 0.0 && is_alone && query.request.answer == Answer::Tracks;
        if !is_wanted || summary.liked.len() < LIKED_MIN {
            return None;
        }
        let catalogue = &snapshot.catalogue;
        let styles = summary.tags.iter().filter(|(tag, _)| names_a_style(catalogue, *tag));
        let (tags, mut wanted): (Vec<TagId>, Vec<f32>) = styles.clone().take(GENRE_COUNT).copied().unzip();
        let all: f32 = styles.map(|(_, share)| share).sum();
        if tags.len() < 2 || all <= 0.0 {
            return None;
        }
        let others = (1.0 - wanted.iter().sum::<f32>() / all).max(OTHERS_MIN);
        let kept: f32 = wanted.iter().sum();
        wanted.iter_mut().for_each(|share| *share *= (1.0 - others) / kept);
        wanted.push(others);
        let mut of_candidates = Vec::with_capacity(pool.len() * wanted.len());
        for ranked in pool {
            of_candidates.extend(shares(catalogue, &tags, ranked.target));
        }
        let so_far = wanted.iter().map(|share| share * PICKS_BEFORE).collect();
        let blocks = Blocks::of(&of_candidates, wanted.len());
        let mut genres = Self { strength, tags, wanted, so_far, lacks: Vec::new(), of_candidates, blocks };
        genres.weigh();
        Some(genres)
    }

    fn candidate(&self, index: usize) -> &[f32] {
        &self.of_candidates[index * self.wanted.len()..][..self.wanted.len()]
    }

    /// What a candidate adds by each genre it has of itself.
    fn parts(&self, index: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let shares = self.candidate(index).iter().enumerate().filter(|(_, share)| **share > 0.0);
        shares.map(|(genre, share)| (genre, share * self.lacks[genre]))
    }

    /// How much more of each genre is wanted than there is so far, as a logarithm.
    fn weigh(&mut self) {
        let picks: f32 = self.so_far.iter().sum();
        let lack = |(wanted, so_far): (&f32, &f32)| (wanted * picks / so_far).ln();
        self.lacks = self.wanted.iter().zip(&self.so_far).map(lack).collect();
    }
}

impl Aspect for Genres {
    fn name(&self) -> &'static str {
        "calibration"
    }

    fn gain(&self, index: usize) -> f32 {
        self.strength * self.parts(index).map(|(_, part)| part).sum::<f32>()
    }

    fn add_gains(&self, worth: &mut [f32]) {
        let mut gains = vec![0.0; worth.len()];
        self.blocks.products(0..self.blocks.block_count(), &self.lacks, &mut gains);
        worth.iter_mut().zip(gains).for_each(|(worth, gain)| *worth += self.strength * gain);
    }

    fn because(&self, index: usize) -> Because {
        // Of the genres that pull to where the sum lies.
        let side = self.gain(index).signum();
        let most = self.parts(index).max_by(|a, b| (side * a.1).total_cmp(&(side * b.1)));
        let genre = most.and_then(|(genre, _)| self.tags.get(genre));
        genre.map_or(Because::OtherGenres, |&tag| Because::Genre(tag))
    }

    fn take(&mut self, index: usize) {
        let width = self.wanted.len();
        let shares = &self.of_candidates[index * width..][..width];
        self.so_far.iter_mut().zip(shares).for_each(|(so_far, share)| *so_far += share);
        self.weigh();
    }
}

/// How a track is spread over genres, by the weights of its tags; the last number is that of all others.
fn shares(catalogue: &Catalogue, genres: &[TagId], target: Target) -> Vec<f32> {
    let mut shares = vec![0.0; genres.len() + 1];
    let Target::Track(track) = target else { return shares };
    let tags = catalogue.track(track).map_or(&[][..], |track| tags_of(catalogue, track));
    let styles = || tags.iter().filter(|weight| names_a_style(catalogue, weight.tag));
    let all: f32 = styles().map(|weight| weight.weight).sum();
    for weight in styles().filter(|_| all > 0.0) {
        let place = genres.iter().position(|&genre| genre == weight.tag).unwrap_or(genres.len());
        shares[place] += weight.weight / all;
    }
    shares
}
