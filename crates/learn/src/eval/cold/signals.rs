//! What is known about new artists, for each listener.

use rayon::prelude::*;

use crate::error::LearnError;
use crate::eval::tagged::{Tagged, Tagging};
use crate::eval::two_stage::Query;
use crate::sparse::Sparse;
use crate::user_knn::{UserKnn, UserKnnParams};

/// The signals, in the order of a query's columns.
pub(super) const SIGNALS: [&str; 4] = ["most_tagged", "tag_profile", "like_minded", "friends"];

/// A data set in which the plays of some artists are unknown.
pub(super) struct World<'a> {
    tagged: &'a Tagged,
    /// The new artists, ascending.
    new: Vec<u32>,
    /// `ln(1 + plays)` of the others. *Shape*: `[listeners, artists]`.
    history: Sparse,
    /// Who played new artists. *Shape*: `[listeners, new]`.
    targets: Sparse,
    /// Who tagged new artists. *Shape*: `[listeners, new]`.
    taggers: Sparse,
    alike: UserKnn,
    tags: TagSpace,
}

/// Artists as their tags.
struct TagSpace {
    /// How often. *Shape*: `[artists, tags]`.
    counts: Sparse,
    /// How much each tag says: the logarithm of one in how many artists has it.
    rarities: Vec<f32>,
    /// `ln(1 + count) · rarity`, rows of length 1.
    vectors: Sparse,
}

impl<'a> World<'a> {
    /// The world in which artists are new whose id ends in `digit`, and the plays of those that end in one of `hidden`
    /// are unknown, too.
    ///
    /// # Errors
    /// When the numbers overflow.
    pub(super) fn new(tagged: &'a Tagged, digit: u64, hidden: &[u64]) -> Result<Self, LearnError> {
        let artist_count = tagged.artist_ids.len();
        let mut has_tag = vec![false; artist_count];
        tagged.taggings.iter().for_each(|tagging| has_tag[tagging.artist as usize] = true);
        let mut has_plays = vec![false; artist_count];
        tagged.plays.columns().iter().for_each(|&artist| has_plays[artist as usize] = true);
        let ends_in = |artist: usize, digit: u64| tagged.artist_ids[artist] % 10 == digit;
        let is_new = |artist: usize, digit| ends_in(artist, digit) && has_tag[artist] && has_plays[artist];
        let new: Vec<u32> =
            (0..artist_count as u32).filter(|&artist| is_new(artist as usize, digit)).collect();
        let unknown =
            |artist: usize| is_new(artist, digit) || hidden.iter().any(|&digit| is_new(artist, digit));
        let (mut known, mut targets) = (Vec::new(), Vec::new());
        for listener in 0..tagged.plays.row_count() {
            let (artists, counts) = tagged.plays.row(listener);
            for (&artist, &count) in artists.iter().zip(counts).filter(|&(_, &count)| count > 0.0) {
                if let Ok(place) = new.binary_search(&artist) {
                    targets.push((listener as u32, place as u32, 1.0));
                } else if !unknown(artist as usize) {
                    known.push((listener as u32, artist, count.ln_1p()));
                }
            }
        }
        let listeners = tagged.plays.row_count();
        let history = Sparse::from_triplets(listeners, artist_count, known)?;
        let tagged_new = tagged.taggings.iter().filter_map(|tagging| {
            Some((tagging.listener, new.binary_search(&tagging.artist).ok()? as u32, 1.0))
        });
        let taggers = Sparse::from_triplets(listeners, new.len(), tagged_new)?.map(|_, _, _| 1.0)?;
        let alike = UserKnn::fit(&history.map(|_, _, _| 1.0)?, &UserKnnParams::default())?;
        let targets = Sparse::from_triplets(listeners, new.len(), targets)?;
        Ok(Self { tags: TagSpace::new(tagged)?, tagged, new, history, targets, taggers, alike })
    }

    /// How many artists are new.
    pub(super) fn new_count(&self) -> usize {
        self.new.len()
    }

    /// The new artists, ascending; candidates are places here.
    pub(super) fn new_artists(&self) -> &[u32] {
        &self.new
    }

    /// `ln(1 + plays)` of the artists that are not new. *Shape*: `[listeners, artists]`.
    pub(super) const fn history(&self) -> &Sparse {
        &self.history
    }

    /// How often each tag was given to each artist, new ones too. *Shape*: `[tags, artists]`.
    pub(super) fn artists_by_tag(&self) -> Sparse {
        self.tags.counts.transpose()
    }

    /// The listeners who played a new artist, in the order of [`queries`](Self::queries).
    pub(super) fn asked(&self) -> Vec<usize> {
        (0..self.targets.row_count()).filter(|&row| self.targets.row_len(row) > 0).collect()
    }

    /// One query for each listener who played a new artist; candidates are places among the new artists.
    ///
    /// # Errors
    /// Never, since all parts have the shapes of the world; the type allows for it.
    pub(super) fn queries(&self) -> Result<Vec<Query>, LearnError> {
        self.asked()
            .into_par_iter()
            .map_init(Room::default, |room, listener| self.query(listener, room))
            .collect()
    }

    fn query(&self, listener: usize, room: &mut Room) -> Result<Query, LearnError> {
        let own = self.tagged.taggings_of(listener as u32);
        room.profile.clear();
        room.profile.resize(self.tagged.tag_count, 0.0);
        let (artists, weights) = self.history.row(listener);
        for (&artist, &weight) in artists.iter().zip(weights) {
            let (tags, values) = self.tags.vectors.row(artist as usize);
            for (&tag, &value) in tags.iter().zip(values) {
                room.profile[tag as usize] += weight * value;
            }
        }
        room.alike.resize(self.alike.listener_count(), 0.0);
        self.alike.alike(listener, &mut room.alike);
        room.like_minded.clear();
        room.like_minded.resize(self.new.len(), 0.0);
        self.alike.add_scores(&room.alike, &self.taggers, &mut room.like_minded)?;
        room.friends.clear();
        room.friends.resize(self.new.len(), 0.0);
        for &friend in
            self.tagged.friends.row(listener).0.iter().filter(|&&friend| friend as usize != listener)
        {
            self.taggers.row(friend as usize).0.iter().for_each(|&place| room.friends[place as usize] += 1.0);
        }
        let mut features = Vec::with_capacity(self.new.len() * SIGNALS.len());
        for (place, &artist) in self.new.iter().enumerate() {
            let (most_tagged, tag_profile) = self.tags.look(artist, own, &room.profile);
            features.extend([most_tagged, tag_profile, room.like_minded[place], room.friends[place]]);
        }
        let relevant = self.targets.row(listener).0.to_vec();
        Ok(Query { items: (0..self.new.len() as u32).collect(), features, relevant })
    }
}

/// Memory that is kept from listener to listener.
#[derive(Default)]
struct Room {
    profile: Vec<f32>,
    alike: Vec<f32>,
    like_minded: Vec<f32>,
    friends: Vec<f32>,
}

impl TagSpace {
    fn new(tagged: &Tagged) -> Result<Self, LearnError> {
        let artist_count = tagged.artist_ids.len();
        let ones = tagged.taggings.iter().map(|tagging| (tagging.artist, tagging.tag, 1.0));
        let counts = Sparse::from_triplets(artist_count, tagged.tag_count, ones)?;
        let mut artists_with = vec![0.0_f32; tagged.tag_count];
        counts.columns().iter().for_each(|&tag| artists_with[tag as usize] += 1.0);
        let rarities: Vec<f32> =
            artists_with.iter().map(|&with| (artist_count as f32 / with.max(1.0)).ln()).collect();
        let vectors = counts.map(|_, tag, count| count.ln_1p() * rarities[tag as usize])?;
        let length = |row| vectors.row(row).1.iter().map(|value| value * value).sum::<f32>().sqrt();
        let lengths: Vec<f32> = (0..artist_count).map(length).collect();
        let vectors = vectors.map(|row, _, value| value / lengths[row as usize].max(f32::MIN_POSITIVE))?;
        Ok(Self { counts, rarities, vectors })
    }

    /// How much an artist was tagged and how well its tags fit a profile, without one listener's `own` tags.
    fn look(&self, artist: u32, own: &[Tagging], profile: &[f32]) -> (f32, f32) {
        let start = own.partition_point(|tagging| tagging.artist < artist);
        let own = &own[start..start + own[start..].partition_point(|tagging| tagging.artist == artist)];
        let (tags, counts) = self.counts.row(artist as usize);
        let (mut count_sum, mut product, mut squares) = (0.0, 0.0, 0.0);
        for (&tag, &count) in tags.iter().zip(counts) {
            let is_own = own.binary_search_by_key(&tag, |tagging| tagging.tag).is_ok();
            let count = if is_own { count - 1.0 } else { count };
            let value = count.ln_1p() * self.rarities[tag as usize];
            count_sum += count;
            product += value * profile[tag as usize];
            squares += value * value;
        }
        let fit = if squares > 0.0 { product / squares.sqrt() } else { 0.0 };
        (count_sum.ln_1p(), fit)
    }
}
