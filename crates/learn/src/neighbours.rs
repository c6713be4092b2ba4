//! The nearest items of each item, with how near they are.
//!
//! It holds lists; the models in [`crate::knn`] and [`crate::cooccurrence`] fill them.

use crate::error::{LearnError, check_finite, check_length};
use crate::sparse::check_below;

/// Lists of neighbours, one per item, nearest first.
///
/// *Shape*: `item_count` lists; similarities are finite and descend within a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbours {
    starts: Vec<usize>,
    items: Vec<u32>,
    similarities: Vec<f32>,
}

impl Neighbours {
    /// The lists with these parts, as [`starts`](Self::starts), [`items`](Self::items) and
    /// [`similarities`](Self::similarities) return them.
    ///
    /// # Errors
    /// When the parts do not describe such lists: wrong lengths, an item out of range or its own neighbour,
    /// similarities that rise or are not finite.
    pub fn from_parts(
        starts: Vec<usize>,
        items: Vec<u32>,
        similarities: Vec<f32>,
    ) -> Result<Self, LearnError> {
        check_length("similarities of neighbours", items.len(), similarities.len())?;
        if starts.first() != Some(&0) {
            return Err(LearnError::Unordered { what: "list starts, which begin with 0", index: 0 });
        }
        check_length("the last list start", items.len(), starts[starts.len() - 1])?;
        if let Some(index) = starts.windows(2).position(|pair| pair[0] > pair[1]) {
            return Err(LearnError::Unordered { what: "list starts", index: index + 1 });
        }
        check_finite("similarities of neighbours", &similarities)?;
        let item_count = starts.len() - 1;
        for (item, list) in starts.windows(2).enumerate() {
            for index in list[0]..list[1] {
                check_below("neighbour", index, items[index] as usize, item_count)?;
                let rises = index > list[0] && similarities[index] > similarities[index - 1];
                if rises || items[index] as usize == item {
                    return Err(LearnError::Unordered {
                        what: "neighbours of another item, nearest first",
                        index,
                    });
                }
            }
        }
        Ok(Self { starts, items, similarities })
    }

    /// The neighbours with these lists, one per item, each sorted as [`crate::top_k`] sorts.
    #[cfg(feature = "train")]
    pub fn from_lists(lists: Vec<Vec<(u32, f32)>>) -> Self {
        let entry_count = lists.iter().map(Vec::len).sum();
        let mut neighbours = Self {
            starts: Vec::with_capacity(lists.len() + 1),
            items: Vec::with_capacity(entry_count),
            similarities: Vec::with_capacity(entry_count),
        };
        neighbours.starts.push(0);
        for list in lists {
            neighbours.items.extend(list.iter().map(|&(item, _)| item));
            neighbours.similarities.extend(list.iter().map(|&(_, similarity)| similarity));
            neighbours.starts.push(neighbours.items.len());
        }
        neighbours
    }

    /// The same pairs the other way round: `b` is a neighbour of `a` where `a` was one of `b`.
    #[cfg(feature = "train")]
    pub(crate) fn reversed(&self) -> Self {
        let mut lists = vec![Vec::new(); self.item_count()];
        for item in 0..self.item_count() as u32 {
            let (items, similarities) = self.of(item);
            for (&neighbour, &similarity) in items.iter().zip(similarities) {
                lists[neighbour as usize].push((item, similarity));
            }
        }
        for list in &mut lists {
            list.sort_unstable_by(crate::top_k::order);
        }
        Self::from_lists(lists)
    }

    /// The neighbours of an item and their similarities, nearest first; empty for an item beyond the end.
    pub fn of(&self, item: u32) -> (&[u32], &[f32]) {
        let item = item as usize;
        match (self.starts.get(item), self.starts.get(item + 1)) {
            (Some(&start), Some(&end)) => (&self.items[start..end], &self.similarities[start..end]),
            _ => (&[], &[]),
        }
    }

    /// Adds `weight` times the similarity of each neighbour of `item` to `scores`, which is indexed by item.
    ///
    /// Neighbours beyond the end of `scores` are left out.
    pub fn add_scores(&self, item: u32, weight: f32, scores: &mut [f32]) {
        let (items, similarities) = self.of(item);
        for (&neighbour, &similarity) in items.iter().zip(similarities) {
            if let Some(score) = scores.get_mut(neighbour as usize) {
                *score += weight * similarity;
            }
        }
    }

    /// How many items have a list, empty ones included.
    pub fn item_count(&self) -> usize {
        self.starts.len() - 1
    }

    /// Where each list starts in [`items`](Self::items), and after the last one where it ends.
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// The neighbours of all items, list after list.
    pub fn items(&self) -> &[u32] {
        &self.items
    }

    /// The similarities that belong to [`items`](Self::items).
    pub fn similarities(&self) -> &[f32] {
        &self.similarities
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_survive_being_stored() {
        let neighbours =
            Neighbours::from_parts(vec![0, 2, 2, 3], vec![1, 2, 0], vec![0.9, 0.5, 0.1]).unwrap();
        assert_eq!(neighbours.of(0), (&[1, 2][..], &[0.9, 0.5][..]));
        assert_eq!((neighbours.of(1), neighbours.of(7)), ((&[][..], &[][..]), (&[][..], &[][..])));
        let mut scores = [0.0; 2];
        neighbours.add_scores(0, 2.0, &mut scores);
        assert_eq!(scores, [0.0, 1.8]);
    }

    #[test]
    fn parts_that_are_no_lists_are_refused() {
        for (starts, items, similarities) in [
            (&[][..], &[][..], &[][..]),
            (&[0, 1], &[0], &[1.0]),
            (&[0, 1], &[1], &[1.0]),
            (&[0, 2, 2], &[1, 1], &[0.1, 0.2]),
            (&[0, 1, 1], &[1], &[f32::NAN]),
            (&[0, 1, 0], &[1], &[1.0]),
            (&[0, 1, 1], &[1], &[1.0, 2.0]),
        ] {
            let parts = Neighbours::from_parts(starts.to_vec(), items.to_vec(), similarities.to_vec());
            assert!(parts.is_err(), "{starts:?} {items:?} {similarities:?}");
        }
    }
}
