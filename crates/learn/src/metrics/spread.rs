//! What lists are like besides being right: how they spread, how far they reach, and whom they suit.
//!
//! None of these figures is better when it is larger; they say what a model does with its accuracy.

use std::collections::BTreeMap;

use super::distribution::{coverage, gini};
use crate::factors::Factors;
use crate::kernel;
use crate::sparse::{Sparse, check_below};

/// The lists' heads that are looked at.
const DEPTH: usize = 10;
/// Items are sorted by fame into so many groups, of which each has an equal share of all plays.
const FAME_GROUPS: usize = 3;
/// The share of the recommended mix that is taken from the consumed one, so that no logarithm is of zero.
///
/// *Source*: Steck (2018), "Calibrated Recommendations", section 3.1.
const SMOOTHING: f64 = 0.01;

/// What lists are held against: who turned to what, and vectors in which items that are alike point the same way.
///
/// The same yardstick must serve all models that are compared.
#[derive(Clone, Debug)]
pub struct Yardstick<'a> {
    consumed: &'a Sparse,
    /// *Shape*: `[items, dim]`, each of length 1 or all zeros.
    directions: Factors,
    listener_counts: Vec<u32>,
    /// 0 for items that few turned to, the last for the most famous.
    fame_group: Vec<u8>,
    /// What lists are made of, where that is not everything.
    rankable: Option<Vec<u32>>,
}

impl<'a> Yardstick<'a> {
    /// The yardstick from what was consumed and any vectors of the items.
    ///
    /// *Shape*: `consumed` is `[listeners, items]`, `vectors` `[items, dim]`.
    ///
    /// # Errors
    /// When the shapes do not fit.
    pub fn new(consumed: &'a Sparse, vectors: &Factors) -> Result<Self, crate::LearnError> {
        crate::error::check_length("vectors of items", consumed.column_count(), vectors.row_count())?;
        let mut values = vectors.values().to_vec();
        for row in values.chunks_exact_mut(vectors.dim()) {
            let length = kernel::dot(row, row).sqrt();
            let scale = if length > 0.0 { length.recip() } else { 0.0 };
            row.iter_mut().for_each(|value| *value *= scale);
        }
        let mut listener_counts = vec![0_u32; consumed.column_count()];
        for &item in consumed.columns() {
            listener_counts[item as usize] += 1;
        }
        let mut order: Vec<usize> = (0..listener_counts.len()).collect();
        order.sort_by_key(|&item| listener_counts[item]);
        let (mut fame_group, mut seen) = (vec![0_u8; order.len()], 0_usize);
        for item in order {
            fame_group[item] =
                (seen * FAME_GROUPS / consumed.entry_count().max(1)).min(FAME_GROUPS - 1) as u8;
            seen += listener_counts[item] as usize;
        }
        let directions = Factors::new(vectors.dim(), values)?;
        Ok(Self { consumed, directions, listener_counts, fame_group, rankable: None })
    }

    /// The yardstick for lists that are made of these items only; coverage and Gini then look at these alone.
    ///
    /// # Errors
    /// When an item is none of the yardstick's.
    pub fn among(self, items: &[u32]) -> Result<Self, crate::LearnError> {
        for (index, &item) in items.iter().enumerate() {
            check_below("items of lists", index, item as usize, self.listener_counts.len())?;
        }
        Ok(Self { rankable: Some(items.to_vec()), ..self })
    }

    /// What lists are like; lists that are empty are left out.
    ///
    /// *Shape*: one list per listener of what was consumed, best first.
    ///
    /// | figure | means | range |
    /// |---|---|---|
    /// | `coverage@10` | the share of all items that are in some list | 0 to 1 |
    /// | `gini@10` | how unequally items share the places | 0 (alike) to 1 |
    /// | `novelty@10` | the mean of −log₂ of the share of listeners who had turned to an item (one imagined) | bits |
    /// | `diversity@10` | one minus the mean cosine of two items of a list | 0 to 2 |
    /// | `miscalibration@10` | the divergence of a list's mix of little known, known and famous items from the consumed mix | 0 (alike) and more, nats |
    /// | `gs@10` | generalist–specialist score of a list: the mean cosine of its items with their centre | −1 to 1 (specialist) |
    /// | `gs_consumed` | the same of what the listener had consumed, whatever the model | −1 to 1 |
    ///
    /// *Sources*: Steck (2018), "Calibrated Recommendations"; Anderson, Maystre, Mehrotra, Anderson, Lalmas (2020),
    /// "Algorithmic Effects on the Diversity of Consumption on Spotify" (the score).
    pub fn figures(&self, lists: &[Vec<u32>]) -> BTreeMap<String, f64> {
        let consumed = |row| self.consumed.row(row).0;
        self.figures_beside(lists.iter().enumerate().map(|(row, list)| (list.as_slice(), consumed(row))))
    }

    /// The same of lists for others than the listeners of what was consumed: each list stands with what the one whom it is
    /// for had turned to.
    pub fn figures_beside<'b>(
        &self,
        lists: impl IntoIterator<Item = (&'b [u32], &'b [u32])>,
    ) -> BTreeMap<String, f64> {
        let mut counts = vec![0_u32; self.listener_counts.len()];
        let mut means: [Mean; 5] = Default::default();
        let listener_count = self.consumed.row_count() as f64;
        for (list, consumed) in lists.into_iter().filter(|(list, _)| !list.is_empty()) {
            let list = &list[..list.len().min(DEPTH)];
            for &item in list {
                counts[item as usize] += 1;
                let known_by = f64::from(self.listener_counts[item as usize]) + 1.0;
                means[0].add(-(known_by / (listener_count + 1.0)).log2());
            }
            let length = self.length_of_sum(list);
            if let Some(count) = pair_count(list) {
                let own = self.directed_count(list);
                means[1].add(1.0 - (length * length - own) / count);
            }
            if !consumed.is_empty() {
                means[2].add(self.divergence(consumed, list));
                means[4].add(self.length_of_sum(consumed) / consumed.len() as f64);
            }
            means[3].add(length / list.len() as f64);
        }
        let names = ["novelty@10", "diversity@10", "miscalibration@10", "gs@10", "gs_consumed"];
        let mut figures: BTreeMap<String, f64> =
            names.iter().zip(&means).map(|(name, mean)| ((*name).to_owned(), mean.value())).collect();
        if let Some(rankable) = &self.rankable {
            counts = rankable.iter().map(|&item| counts[item as usize]).collect();
        }
        figures.insert("coverage@10".to_owned(), coverage(&counts));
        figures.insert("gini@10".to_owned(), gini(&counts));
        figures
    }

    /// The length of the sum of the items' directions.
    ///
    /// Its square is the sum of all cosines of two of them, and its share of their number their mean cosine with
    /// their centre.
    fn length_of_sum(&self, items: &[u32]) -> f64 {
        let mut sum = vec![0.0; self.directions.dim()];
        for &item in items {
            kernel::add_scaled(1.0, self.directions.row(item as usize), &mut sum);
        }
        f64::from(kernel::dot(&sum, &sum)).sqrt()
    }

    /// How many of the items have a direction.
    fn directed_count(&self, items: &[u32]) -> f64 {
        let length = |item: &u32| {
            let row = self.directions.row(*item as usize);
            f64::from(kernel::dot(row, row))
        };
        items.iter().map(length).sum()
    }

    /// The divergence of the mix of fame of `list` from that of `consumed`.
    fn divergence(&self, consumed: &[u32], list: &[u32]) -> f64 {
        let mix = |items: &[u32]| {
            let mut shares = [0.0; FAME_GROUPS];
            for &item in items {
                shares[usize::from(self.fame_group[item as usize])] += 1.0 / items.len() as f64;
            }
            shares
        };
        let (wanted, got) = (mix(consumed), mix(list));
        let part = |(&wanted, got): (&f64, &f64)| {
            let smoothed = (1.0 - SMOOTHING) * got + SMOOTHING * wanted;
            if wanted > 0.0 { wanted * (wanted / smoothed).ln() } else { 0.0 }
        };
        wanted.iter().zip(&got).map(part).sum()
    }
}

/// Ordered pairs of two different places; none where there is no pair.
fn pair_count(items: &[u32]) -> Option<f64> {
    (items.len() > 1).then(|| (items.len() * (items.len() - 1)) as f64)
}

#[derive(Default)]
struct Mean {
    sum: f64,
    count: usize,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn value(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Item 0 is known to all, the others to one listener each; 0 and 1 point one way, 2 and 3 another.
    fn figures(lists: &[Vec<u32>]) -> BTreeMap<String, f64> {
        let pairs = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 2), (2, 3)];
        let consumed = Sparse::from_triplets(3, 4, pairs.map(|(row, item)| (row, item, 1.0))).unwrap();
        let vectors = Factors::new(2, vec![3.0, 0.0, 1.0, 0.0, 0.0, 2.0, 0.0, 5.0]).unwrap();
        Yardstick::new(&consumed, &vectors).unwrap().figures(lists)
    }

    #[test]
    fn figures_agree_with_the_hand() {
        let same = figures(&[vec![2, 3], vec![], vec![1, 0]]);
        assert_eq!(same["coverage@10"], 1.0);
        assert_eq!(same["gini@10"], 0.0);
        assert_eq!((same["diversity@10"], same["gs@10"]), (0.0, 1.0));
        // Three items are known to half of four, with the imagined one, and one to all.
        assert!((same["novelty@10"] - 0.75).abs() < 1e-12);
        let apart = figures(&[vec![0, 2]]);
        assert!((apart["diversity@10"] - 1.0).abs() < 1e-6);
        assert!((apart["gs@10"] - 0.5_f64.sqrt()).abs() < 1e-6);
        assert_eq!(apart["coverage@10"], 0.5);
        assert_eq!(apart["gs_consumed"], 1.0);
    }

    #[test]
    fn lists_for_strangers_are_held_against_what_these_turned_to() {
        let consumed = Sparse::from_triplets(3, 4, [(0, 0, 1.0), (1, 0, 1.0), (2, 2, 1.0)]).unwrap();
        let vectors = Factors::new(2, vec![3.0, 0.0, 1.0, 0.0, 0.0, 2.0, 0.0, 5.0]).unwrap();
        let yardstick = Yardstick::new(&consumed, &vectors).unwrap();
        let list: &[u32] = &[2, 3];
        let figures = yardstick.figures_beside([(list, &[0, 2][..]), (&[], &[1])]);
        assert!((figures["gs_consumed"] - 0.5_f64.sqrt()).abs() < 1e-6 && figures["gs@10"] == 1.0);
        assert_eq!(figures["coverage@10"], 0.5);
        let among = yardstick.clone().among(&[2, 3]).unwrap().figures_beside([(list, &[0][..])]);
        assert_eq!((among["coverage@10"], among["gini@10"]), (1.0, 0.0));
        assert!(yardstick.among(&[4]).is_err());
    }

    #[test]
    fn a_list_of_the_consumed_mix_is_calibrated_and_no_list_is_not_a_number() {
        assert!(figures(&[vec![0, 2]])["miscalibration@10"].abs() < 1e-9);
        assert!(figures(&[vec![0]])["miscalibration@10"] > 1.0);
        assert!(figures(&[vec![], vec![]]).values().all(|value| *value == 0.0));
    }
}
