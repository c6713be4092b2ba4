//! What to ask somebody of whom nothing is known: a short list on which every kind of listener finds something.
//!
//! The most popular items are a poor list, since those who know the first know the next ten as well.
//! Here an item counts for a listener the less the more of the list the listener knows already:
//!
//! ```text
//! worth of a list = Σ over listeners of their weight · (1 + r + r² + … as often as they know an item of it)
//! ```
//!
//! With r = 1 that is popularity, with r = 0 it is the number of listeners who know anything at all.
//! The worth is monotone and submodular in the list, so that taking the best next item again and again reaches at least
//! 1 − 1/e of the best list.
//!
//! *Source*: Nemhauser, Wolsey, Fisher (1978), "An analysis of approximations for maximizing submodular set functions",
//! section 4; the lazy evaluation is that of Minoux (1978).

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::error::LearnError;
use crate::sparse::Sparse;

/// How a list is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnboardingParams {
    /// Items on the list, at most.
    pub count: usize,
    /// What the next known item counts after one that is known. *Range*: 0 to 1.
    pub repeat: f64,
}

impl Default for OnboardingParams {
    /// Twenty fit on a page.
    ///
    /// `repeat` was chosen among 0, .25, .5, .75, .9 and 1 on the validation listeners of lastfm-hetrec-cf by
    /// `segue eval onboarding`.
    fn default() -> Self {
        Self { count: 20, repeat: 0.25 }
    }
}

/// An item and what it would add, as far as it was last worked out.
struct Offer {
    gain: f64,
    item: u32,
    /// How long the list was then.
    at: usize,
}

impl PartialEq for Offer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Offer {}

impl PartialOrd for Offer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Offer {
    /// By gain; of equal ones the smaller id is the greater.
    fn cmp(&self, other: &Self) -> Ordering {
        self.gain.total_cmp(&other.gain).then(other.item.cmp(&self.item))
    }
}

/// The items to ask about, the most useful first; fewer where nobody knows more.
///
/// *Shape*: `known` is `[listeners, items]`, of which positive entries count as known; `weights` has one for each
/// listener, what the listener may say, 0 or more.
/// Items for which `is_offered` is false are left out.
///
/// *Complexity*: a pass over `known` and, for each item taken, a few evaluations of the number of its listeners.
///
/// # Errors
/// When a weight is negative or not finite, their number is not that of the listeners, or `repeat` is out of its range.
pub fn items_to_ask(
    known: &Sparse,
    weights: &[f32],
    params: OnboardingParams,
    is_offered: impl Fn(u32) -> bool,
) -> Result<Vec<u32>, LearnError> {
    if weights.len() != known.row_count() {
        return Err(LearnError::Shape {
            what: "the weights of listeners",
            expected: known.row_count(),
            got: weights.len(),
        });
    }
    if let Some(index) = weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
        return Err(LearnError::NotFinite { what: "what listeners may say", index });
    }
    if !(0.0..=1.0).contains(&params.repeat) {
        let (name, value) = ("repeat", params.repeat);
        return Err(LearnError::Parameter { name, value, expected: "from 0 to 1" });
    }
    let by_item = known.transpose();
    // What the next known item is worth to each listener.
    let mut next: Vec<f64> = weights.iter().map(|&weight| f64::from(weight)).collect();
    let listeners = |item: u32| {
        let (rows, values) = by_item.row(item as usize);
        rows.iter().zip(values).filter(|&(_, &value)| value > 0.0).map(|(&row, _)| row as usize)
    };
    let gain = |item: u32, next: &[f64]| listeners(item).map(|row| next[row]).sum::<f64>();
    let offered = (0..known.column_count() as u32).filter(|&item| is_offered(item));
    let mut offers: BinaryHeap<Offer> =
        offered.map(|item| Offer { gain: gain(item, &next), item, at: 0 }).collect();
    let mut list = Vec::new();
    while list.len() < params.count
        && let Some(offer) = offers.pop()
    {
        if offer.gain <= 0.0 {
            break;
        }
        if offer.at < list.len() {
            // Gains only fall, so what is still on top after being worked out anew is the best.
            offers.push(Offer { gain: gain(offer.item, &next), at: list.len(), ..offer });
            continue;
        }
        listeners(offer.item).for_each(|row| next[row] *= params.repeat);
        list.push(offer.item);
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two camps: the larger knows items 0 to 3, the smaller 4 and 5; item 6 is known by nobody.
    fn camps() -> Sparse {
        let large = (0..10).flat_map(|row| (0..4).map(move |item| (row, item, 1.0)));
        let small = (10..16).flat_map(|row| (4..6).map(move |item| (row, item, 1.0)));
        Sparse::from_triplets(16, 7, large.chain(small)).unwrap()
    }

    fn list(repeat: f64, count: usize) -> Vec<u32> {
        items_to_ask(&camps(), &[1.0; 16], OnboardingParams { count, repeat }, |_| true).unwrap()
    }

    #[test]
    fn every_camp_finds_something_unless_only_popularity_counts() {
        assert_eq!(list(1.0, 4), [0, 1, 2, 3]);
        assert_eq!(list(0.5, 4), [0, 4, 1, 5]);
        assert_eq!(list(0.0, 4), [0, 4], "more adds nothing");
        assert_eq!(list(0.9, 20).len(), 6, "what nobody knows is not asked");
    }

    #[test]
    fn a_listener_without_a_say_and_an_item_that_is_not_offered_do_not_count() {
        let mut weights = [1.0; 16];
        weights[..10].fill(0.0);
        let params = OnboardingParams { count: 3, repeat: 0.5 };
        assert_eq!(items_to_ask(&camps(), &weights, params, |_| true).unwrap(), [4, 5]);
        assert_eq!(items_to_ask(&camps(), &[1.0; 16], params, |item| item != 0).unwrap(), [1, 4, 2]);
    }

    #[test]
    fn the_lazy_list_is_the_one_that_asks_everybody_every_time() {
        let entries = (0..400_u32).map(|n| (n * 7_919 % 61, n * 104_729 % 37, 1.0));
        let known = Sparse::from_triplets(61, 37, entries).unwrap();
        let lazy = items_to_ask(&known, &[1.0; 61], OnboardingParams { count: 37, repeat: 0.6 }, |_| true);
        let mut next = [1.0_f64; 61];
        let mut eager: Vec<u32> = Vec::new();
        for _ in 0..37 {
            let gain = |item: u32, next: &[f64; 61]| -> f64 {
                (0..61).filter(|&row| known.row(row).0.contains(&item)).map(|row| next[row]).sum()
            };
            let left = (0..37).filter(|item| !eager.contains(item));
            let best = left.max_by(|&a, &b| gain(a, &next).total_cmp(&gain(b, &next)).then(b.cmp(&a)));
            let best = best.unwrap();
            (0..61).filter(|&row| known.row(row).0.contains(&best)).for_each(|row| next[row] *= 0.6);
            eager.push(best);
        }
        assert_eq!(lazy.unwrap(), eager);
    }

    #[test]
    fn what_makes_no_sense_is_refused_and_nothing_gives_nothing() {
        let params = OnboardingParams::default();
        for weights in [&[1.0; 15][..], &[f32::NAN; 16], &[-1.0; 16]] {
            assert!(items_to_ask(&camps(), weights, params, |_| true).is_err());
        }
        let wrong = OnboardingParams { repeat: f64::NAN, ..params };
        assert!(items_to_ask(&camps(), &[1.0; 16], wrong, |_| true).is_err());
        let nothing = Sparse::from_triplets(2, 3, []).unwrap();
        assert_eq!(items_to_ask(&nothing, &[1.0; 2], params, |_| true).unwrap(), [0_u32; 0]);
    }
}
