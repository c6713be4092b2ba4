//! Metrics of one ranked list.

use std::fmt;
use std::str::FromStr;

use crate::error::LearnError;

/// What a listener turned to, and a ranked list should contain: items in ascending order without repeats.
#[derive(Clone, Copy, Debug)]
pub struct Relevant<'a>(&'a [u32]);

impl<'a> Relevant<'a> {
    /// These items.
    ///
    /// # Errors
    /// When they are not in ascending order or one is repeated.
    pub fn new(items: &'a [u32]) -> Result<Self, LearnError> {
        match items.windows(2).position(|pair| pair[0] >= pair[1]) {
            Some(index) => Err(LearnError::Unordered { what: "relevant items", index: index + 1 }),
            None => Ok(Self(items)),
        }
    }

    fn contains(self, item: u32) -> bool {
        self.0.binary_search(&item).is_ok()
    }

    fn count(self) -> usize {
        self.0.len()
    }
}

/// A way to score one ranked list; the number is how many of its items are looked at.
///
/// All run from 0 to 1 and more is better, except [`Clicks`](Self::Clicks).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// The share of all relevant items that the list contains: hits divided by the number of relevant items.
    ///
    /// The divisor is *not* cut to `k`; measured baselines of the published splits reproduce only so.
    Recall(usize),
    /// Discounted cumulative gain (binary gain, discount `1/log2(1 + rank)`) divided by that of an ideal list of
    /// `min(k, relevant)` items.
    Ndcg(usize),
    /// The share of the first `k` places that hold a relevant item.
    Precision(usize),
    /// 1 where at least one of the first `k` is relevant.
    HitRate(usize),
    /// The inverse rank of the first relevant item, 0 where it is not among the first `k`.
    ReciprocalRank(usize),
    /// The mean of the precisions at the rank of each hit, divided by `min(k, relevant)` hits.
    AveragePrecision(usize),
    /// The precision among as many items as are relevant.
    RPrecision,
    /// How often somebody who is shown ten items at a time must ask for more before the first relevant one; 51 where
    /// none is among the first 500.
    ///
    /// *Source*: RecSys Challenge 2018 (Zamani, Schedl, Lamere, Chen 2019, section 3.4).
    Clicks,
}

/// The last page that counts for [`Metric::Clicks`].
const CLICKS_MAX: usize = 51;
/// Items per page for [`Metric::Clicks`].
const CLICKS_PAGE: usize = 10;

impl Metric {
    /// The score of a list, best item first, without repeats; none where nothing is relevant to the listener, who
    /// is then left out of averages.
    ///
    /// A list that is shorter than the metric looks counts as if it went on with items that are not relevant.
    pub fn of(self, ranked: &[u32], relevant: Relevant<'_>) -> Option<f64> {
        if relevant.count() == 0 {
            return None;
        }
        let hit_ranks = |k: usize| {
            ranked
                .iter()
                .take(k)
                .enumerate()
                .filter(move |&(_, &item)| relevant.contains(item))
                .map(|(rank, _)| rank)
        };
        let hit_count = |k: usize| hit_ranks(k).count() as f64;
        let count = relevant.count();
        Some(match self {
            Self::Recall(k) => hit_count(k) / count as f64,
            Self::Precision(k) => hit_count(k) / k.max(1) as f64,
            Self::RPrecision => hit_count(count) / count as f64,
            Self::HitRate(k) => f64::from(u8::from(hit_ranks(k).next().is_some())),
            Self::ReciprocalRank(k) => hit_ranks(k).next().map_or(0.0, |rank| 1.0 / (rank + 1) as f64),
            Self::Ndcg(k) => {
                let gain: f64 = hit_ranks(k).map(discount).sum();
                let ideal: f64 = (0..k.min(count)).map(discount).sum();
                if ideal > 0.0 { gain / ideal } else { 0.0 }
            }
            Self::AveragePrecision(k) => {
                let precisions =
                    hit_ranks(k).enumerate().map(|(hits, rank)| (hits + 1) as f64 / (rank + 1) as f64);
                precisions.sum::<f64>() / k.min(count).max(1) as f64
            }
            Self::Clicks => {
                let first = hit_ranks((CLICKS_MAX - 1) * CLICKS_PAGE).next();
                first.map_or(CLICKS_MAX, |rank| rank / CLICKS_PAGE) as f64
            }
        })
    }

    /// How many items of a list the metric looks at for a listener to whom `relevant_count` items are relevant.
    pub fn depth(self, relevant_count: usize) -> usize {
        match self {
            Self::Recall(k)
            | Self::Ndcg(k)
            | Self::Precision(k)
            | Self::HitRate(k)
            | Self::ReciprocalRank(k)
            | Self::AveragePrecision(k) => k,
            Self::RPrecision => relevant_count,
            Self::Clicks => (CLICKS_MAX - 1) * CLICKS_PAGE,
        }
    }
}

/// The discount of a zero-based rank.
fn discount(rank: usize) -> f64 {
    1.0 / (rank as f64 + 2.0).log2()
}

impl fmt::Display for Metric {
    /// The name in the JSON of `segue eval`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recall(k) => write!(f, "recall@{k}"),
            Self::Ndcg(k) => write!(f, "ndcg@{k}"),
            Self::Precision(k) => write!(f, "precision@{k}"),
            Self::HitRate(k) => write!(f, "hr@{k}"),
            Self::ReciprocalRank(k) => write!(f, "mrr@{k}"),
            Self::AveragePrecision(k) => write!(f, "map@{k}"),
            Self::RPrecision => f.write_str("r_precision"),
            Self::Clicks => f.write_str("clicks"),
        }
    }
}

/// A text that names no metric.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` names no metric; use recall@K, ndcg@K, precision@K, hr@K, mrr@K, map@K, r_precision or clicks"
)]
pub struct MetricError {
    /// What was given, cut to 40 characters.
    pub text: String,
}

impl FromStr for Metric {
    type Err = MetricError;

    fn from_str(text: &str) -> Result<Self, MetricError> {
        let named = |name: &str, k: usize| {
            Some(match name {
                "recall" => Self::Recall(k),
                "ndcg" => Self::Ndcg(k),
                "precision" => Self::Precision(k),
                "hr" => Self::HitRate(k),
                "mrr" => Self::ReciprocalRank(k),
                "map" => Self::AveragePrecision(k),
                _ => return None,
            })
        };
        let metric = match text {
            "r_precision" => Some(Self::RPrecision),
            "clicks" => Some(Self::Clicks),
            _ => text.split_once('@').and_then(|(name, k)| match k.parse() {
                Ok(k) if k > 0 => named(name, k),
                _ => None,
            }),
        };
        metric.ok_or_else(|| MetricError { text: text.chars().take(40).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list 7, 3, 9, 1, 4 for a listener who turned to 3, 4, 5 and 8: hits at ranks 2 and 5.
    fn of(metric: Metric) -> f64 {
        metric.of(&[7, 3, 9, 1, 4], Relevant::new(&[3, 4, 5, 8]).unwrap()).unwrap()
    }

    #[test]
    fn metrics_agree_with_the_hand() {
        let near = |metric, expected: f64| {
            assert!((of(metric) - expected).abs() < 1e-12, "{metric}: {}", of(metric));
        };
        near(Metric::Recall(5), 2.0 / 4.0);
        near(Metric::Recall(2), 1.0 / 4.0);
        near(Metric::Recall(1), 0.0);
        near(Metric::Precision(5), 2.0 / 5.0);
        near(Metric::Precision(10), 2.0 / 10.0);
        near(Metric::HitRate(1), 0.0);
        near(Metric::HitRate(2), 1.0);
        near(Metric::ReciprocalRank(5), 1.0 / 2.0);
        near(Metric::ReciprocalRank(1), 0.0);
        near(Metric::RPrecision, 1.0 / 4.0);
        // Precision is 1/2 at the first hit and 2/5 at the second; four items could have hit.
        near(Metric::AveragePrecision(5), (1.0 / 2.0 + 2.0 / 5.0) / 4.0);
        near(Metric::AveragePrecision(2), (1.0 / 2.0) / 2.0);
        // Gains at ranks 2 and 5: 1/log2(3) and 1/log2(6); the ideal list hits at ranks 1 to 4.
        let ideal = 1.0 + 1.0 / 3_f64.log2() + 0.5 + 1.0 / 5_f64.log2();
        near(Metric::Ndcg(5), (1.0 / 3_f64.log2() + 1.0 / 6_f64.log2()) / ideal);
        near(Metric::Ndcg(2), (1.0 / 3_f64.log2()) / (1.0 + 1.0 / 3_f64.log2()));
        near(Metric::Clicks, 0.0);
    }

    #[test]
    fn a_perfect_list_scores_one() {
        let relevant = [2, 5, 9];
        for name in [
            "recall@3",
            "ndcg@3",
            "ndcg@10",
            "precision@3",
            "hr@1",
            "mrr@1",
            "map@3",
            "map@10",
            "r_precision",
        ] {
            let metric: Metric = name.parse().unwrap();
            assert_eq!(metric.of(&[5, 9, 2, 0], Relevant::new(&relevant).unwrap()), Some(1.0), "{metric}");
        }
    }

    #[test]
    fn clicks_count_pages_of_ten() {
        let list: Vec<u32> = (0..600).collect();
        let clicks = |item| Metric::Clicks.of(&list, Relevant::new(&[item]).unwrap()).unwrap();
        assert_eq!([clicks(0), clicks(9), clicks(10), clicks(499), clicks(500)], [0.0, 0.0, 1.0, 49.0, 51.0]);
    }

    #[test]
    fn nobody_is_judged_by_nothing() {
        assert_eq!(Metric::Recall(10).of(&[1], Relevant::new(&[]).unwrap()), None);
        assert_eq!(Metric::Ndcg(10).of(&[], Relevant::new(&[1]).unwrap()), Some(0.0));
        assert!(Relevant::new(&[2, 2]).is_err());
        assert!(Relevant::new(&[2, 1]).is_err());
    }

    #[test]
    fn names_go_both_ways() {
        for name in
            ["recall@10", "ndcg@5", "precision@1", "hr@20", "mrr@20", "map@10", "r_precision", "clicks"]
        {
            assert_eq!(name.parse::<Metric>().unwrap().to_string(), name);
        }
        for wrong in ["recall", "recall@0", "recall@-1", "f1@3", "", "@"] {
            assert!(wrong.parse::<Metric>().is_err(), "{wrong}");
        }
        assert!("recall@ 3".parse::<Metric>().is_err());
    }
}
