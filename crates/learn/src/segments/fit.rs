//! Finding segments: a mixture of tastes, by expectation and maximisation.
//!
//! Each segment has its own frequencies of items, and each listener belongs to segments with probabilities; in turn the
//! frequencies are counted by these, and the probabilities worked out from the frequencies.
//! It begins where vectors of listeners point the same way.
//! A segment with fewer listeners than [`SegmentParams::listener_count_min`] is given up and its listeners are taken in
//! by others, so that what is said of a segment is not said of somebody.
//!
//! *Source*: Nigam, McCallum, Thrun, Mitchell (2000), "Text classification from labeled and unlabeled documents using EM",
//! section 3 (the mixture of multinomials).

use rayon::prelude::*;

use super::start::directions;
use super::{SegmentTable, Segments};
use crate::error::{LearnError, check_length, check_positive};
use crate::factors::Factors;
use crate::kernel;
use crate::sparse::Sparse;

/// How segments are found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SegmentParams {
    /// Segments, at most.
    pub count: usize,
    /// Listeners that a segment must have. *Range*: above 0.
    pub listener_count_min: f32,
    /// See [`SegmentTable::new`]. *Range*: above 0.
    pub smoothing: f32,
    /// See [`Segments::certainty`]. *Range*: above 0.
    pub certainty: f32,
    /// How often everything is worked out anew.
    pub rounds: usize,
    /// The seed of the beginning.
    pub seed: u64,
}

impl Default for SegmentParams {
    /// Twenty listeners are a judgement: fewer may know each other.
    ///
    /// `smoothing` was chosen among .3, 1, 3 and 10 and `certainty` among 8, 20 and 50 on the choosing listeners of
    /// lastfm-hetrec-cf (those of `segue eval newcomers`), by a prototype outside of this project.
    fn default() -> Self {
        Self { count: 32, listener_count_min: 20.0, smoothing: 0.3, certainty: 20.0, rounds: 12, seed: 0 }
    }
}

/// Segments, and who is in them.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The segments, the largest first.
    pub segments: Segments,
    /// With which probability each listener is in each; all zeros for one who likes nothing or has no say.
    /// *Shape*: `[listeners, segments]`.
    pub memberships: Factors,
}

/// Finds segments among listeners by what they like.
///
/// *Shape*: `likes` is `[listeners, items]`, of which only values above 0 count; `say` has what each listener's word is
/// worth, 0 or more; `vectors` is `[listeners, dim]`, and listeners who are alike point the same way in it.
///
/// *Complexity*: each round, entries times segments; memory for items times segments.
///
/// # Errors
/// When the shapes do not fit, a parameter is out of its range, or nobody likes anything.
pub fn fit(
    likes: &Sparse,
    say: &[f32],
    vectors: &Factors,
    params: &SegmentParams,
) -> Result<Fitted, LearnError> {
    check_length("what listeners may say", likes.row_count(), say.len())?;
    check_length("vectors of listeners", likes.row_count(), vectors.row_count())?;
    check_positive("listener_count_min", f64::from(params.listener_count_min))?;
    check_positive("count", params.count as f64)?;
    let crowd = Crowd { likes, say, params };
    let counts: Vec<bool> = (0..likes.row_count()).map(|row| crowd.counts(row)).collect();
    if !counts.contains(&true) {
        return Err(LearnError::Empty { what: "the listeners of segments" });
    }
    let start = directions(vectors, params.count, params.seed);
    let count = start.iter().flatten().max().map_or(1, |highest| highest + 1);
    let mut memberships = vec![0.0; likes.row_count() * count];
    for (row, cluster) in start.into_iter().enumerate().filter(|&(row, _)| counts[row]) {
        memberships[row * count + cluster.unwrap_or(0)] = 1.0;
    }
    let mut memberships = Memberships { values: memberships, count };
    for _ in 0..params.rounds.max(1) {
        let segments = crowd.segments(&memberships)?;
        memberships = crowd.memberships(&segments);
    }
    // Every time one is given up the others take its listeners in, and may be large enough then.
    loop {
        let sizes = crowd.sizes(&memberships);
        let smallest = (0..sizes.len()).min_by(|&a, &b| sizes[a].total_cmp(&sizes[b]).then(b.cmp(&a)));
        match smallest {
            Some(smallest) if sizes[smallest] < params.listener_count_min && sizes.len() > 1 => {
                memberships = crowd.memberships(&crowd.segments(&memberships.without(smallest))?);
            }
            _ => break,
        }
    }
    let memberships = memberships.largest_first(&crowd.sizes(&memberships));
    let segments = crowd.segments(&memberships)?;
    Ok(Fitted { segments, memberships: Factors::new(memberships.count, memberships.values)? })
}

/// What categories occur how often in each segment, by who is in it.
///
/// *Shape*: `facts` is `[listeners, categories]` with 0 or more each, `memberships` as in [`Fitted`].
///
/// # Errors
/// When the shapes do not fit, a count is negative, or `smoothing` is not above 0.
pub fn tabulate(
    facts: &Sparse,
    say: &[f32],
    memberships: &Factors,
    smoothing: f32,
) -> Result<SegmentTable, LearnError> {
    check_length("memberships of listeners", facts.row_count(), memberships.row_count())?;
    check_length("what listeners may say", facts.row_count(), say.len())?;
    let of_segment = |segment: usize| {
        let mut counts = vec![0.0_f32; facts.column_count()];
        for (row, &say) in say.iter().enumerate() {
            let weight = memberships.row(row)[segment] * say;
            if weight > MEMBERSHIP_MIN {
                let (columns, values) = facts.row(row);
                for (&column, &value) in columns.iter().zip(values).filter(|(_, value)| **value > 0.0) {
                    counts[column as usize] += weight * value;
                }
            }
        }
        let occurring = (0_u32..).zip(counts).filter(|&(_, count)| count > 0.0);
        occurring.unzip::<u32, f32, Vec<u32>, Vec<f32>>()
    };
    let rows: Vec<(Vec<u32>, Vec<f32>)> = (0..memberships.dim()).into_par_iter().map(of_segment).collect();
    let mut starts = vec![0];
    let (mut columns, mut values) = (Vec::new(), Vec::new());
    for (of_row, counts) in rows {
        columns.extend(of_row);
        values.extend(counts);
        starts.push(columns.len());
    }
    SegmentTable::new(Sparse::from_parts(facts.column_count(), starts, columns, values)?, smoothing)
}

/// The mean vector of each segment, by who is in it.
///
/// *Shape*: `vectors` is `[listeners, dim]`, the result `[segments, dim]`; all zeros for a segment without anybody.
///
/// # Errors
/// When the shapes do not fit or a sum is not finite.
pub fn means(vectors: &Factors, say: &[f32], memberships: &Factors) -> Result<Factors, LearnError> {
    check_length("memberships of listeners", vectors.row_count(), memberships.row_count())?;
    check_length("what listeners may say", vectors.row_count(), say.len())?;
    let (dim, count) = (vectors.dim(), memberships.dim());
    let mut sums = vec![0.0_f32; count * dim];
    let mut weights = vec![0.0_f32; count];
    for (row, &say) in say.iter().enumerate() {
        for (segment, &membership) in memberships.row(row).iter().enumerate() {
            let weight = membership * say;
            if weight > MEMBERSHIP_MIN {
                weights[segment] += weight;
                kernel::add_scaled(weight, vectors.row(row), &mut sums[segment * dim..][..dim]);
            }
        }
    }
    for (sum, &weight) in sums.chunks_exact_mut(dim).zip(&weights).filter(|(_, weight)| **weight > 0.0) {
        sum.iter_mut().for_each(|value| *value /= weight);
    }
    Factors::new(dim, sums)
}

/// Below this somebody is not in a segment at all, which saves counting them in all of them.
const MEMBERSHIP_MIN: f32 = 0.01;

/// The listeners.
struct Crowd<'a> {
    likes: &'a Sparse,
    say: &'a [f32],
    params: &'a SegmentParams,
}

/// Who is in which segment.
struct Memberships {
    /// *Shape*: `[listeners, segments]`.
    values: Vec<f32>,
    count: usize,
}

impl Crowd<'_> {
    /// Whether a listener has anything to say.
    fn counts(&self, row: usize) -> bool {
        self.say[row] > 0.0 && self.likes.row(row).1.iter().any(|&like| like > 0.0)
    }

    fn sizes(&self, memberships: &Memberships) -> Vec<f32> {
        let mut sizes = vec![0.0; memberships.count];
        for (row, say) in memberships.values.chunks_exact(memberships.count).zip(self.say) {
            sizes.iter_mut().zip(row).for_each(|(size, membership)| *size += say * membership);
        }
        sizes
    }

    fn segments(&self, memberships: &Memberships) -> Result<Segments, LearnError> {
        let factors = Factors::new(memberships.count, memberships.values.clone())?;
        let table = tabulate(self.likes, self.say, &factors, self.params.smoothing)?;
        // One that nobody is left in goes at the end; until then it must not divide by zero.
        let sizes = self.sizes(memberships).into_iter().map(|size| size.max(f32::MIN_POSITIVE));
        Segments::from_parts(sizes.collect(), table, self.params.certainty)
    }

    fn memberships(&self, segments: &Segments) -> Memberships {
        let count = segments.count();
        let table = segments.table();
        // Side by side, since every like asks for all segments.
        let mut ln_lifts = vec![0.0_f32; self.likes.column_count() * count];
        ln_lifts.par_chunks_exact_mut(count).enumerate().for_each(|(item, lifts)| {
            for (segment, lift) in lifts.iter_mut().enumerate() {
                *lift = table.ln_lift(segment, item as u32);
            }
        });
        let ln_shares: Vec<f32> =
            segments.shares().into_iter().map(|share| share.max(f32::MIN_POSITIVE).ln()).collect();
        let mut values = vec![0.0_f32; self.likes.row_count() * count];
        values.par_chunks_exact_mut(count).enumerate().filter(|(row, _)| self.counts(*row)).for_each(
            |(row, odds)| {
                odds.copy_from_slice(&ln_shares);
                let (items, likes) = self.likes.row(row);
                let total: f32 = likes.iter().map(|like| like.max(0.0)).sum();
                let scale = (self.params.certainty / total).min(1.0);
                for (&item, &like) in items.iter().zip(likes).filter(|(_, like)| **like > 0.0) {
                    let lifts = &ln_lifts[item as usize * count..][..count];
                    kernel::add_scaled(like * scale, lifts, odds);
                }
                to_probabilities(odds);
            },
        );
        Memberships { values, count }
    }
}

fn to_probabilities(odds: &mut [f32]) {
    let highest = odds.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    odds.iter_mut().for_each(|odds| *odds = (*odds - highest).exp());
    let sum: f32 = odds.iter().sum();
    odds.iter_mut().for_each(|odds| *odds /= sum);
}

impl Memberships {
    /// The others, with the probabilities of each listener summing to 1 again where any is left.
    fn without(&self, segment: usize) -> Self {
        let count = self.count - 1;
        let mut values = Vec::with_capacity(self.values.len() / self.count * count);
        for row in self.values.chunks_exact(self.count) {
            let others = (0..self.count).filter(|&other| other != segment).map(|other| row[other]);
            let sum: f32 = others.clone().sum();
            values.extend(others.map(|value| if sum > 0.0 { value / sum } else { 0.0 }));
        }
        Self { values, count }
    }

    fn largest_first(&self, sizes: &[f32]) -> Self {
        let mut order: Vec<usize> = (0..self.count).collect();
        order.sort_by(|&a, &b| sizes[b].total_cmp(&sizes[a]).then(a.cmp(&b)));
        let rows = self.values.chunks_exact(self.count);
        let values = rows.flat_map(|row| order.iter().map(move |&segment| row[segment])).collect();
        Self { values, count: self.count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three camps of 60, 40 and 30 listeners, each of which likes eight of twenty items of its own and two of ten that
    /// all know; the last listener likes nothing.
    fn crowd() -> (Sparse, Factors, Vec<usize>) {
        let camps: Vec<usize> =
            (0..130).map(|row| usize::from(row >= 60) + usize::from(row >= 100)).collect();
        let entries = camps.iter().enumerate().flat_map(|(row, &camp)| {
            let own = (0..8).map(move |nth| (camp * 20 + (row * 7 + nth * nth + nth) % 20) as u32);
            let shared = (0..2).map(move |nth| (60 + (row * 3 + nth) % 10) as u32);
            own.chain(shared).map(move |item| (row as u32, item, 1.0))
        });
        let likes = Sparse::from_triplets(131, 70, entries).unwrap();
        // Vectors that tell the first two camps apart and the third hardly.
        let vectors = camps.iter().enumerate().flat_map(|(row, &camp)| {
            let wobble = (row * 37 % 11) as f32 / 11.0 - 0.5;
            [[1.0, wobble, 0.0], [wobble, 1.0, 0.1], [wobble, 0.3, 0.9]][camp]
        });
        let vectors = Factors::new(3, vectors.chain([0.0; 3]).collect()).unwrap();
        (likes, vectors, camps)
    }

    fn fitted(count: usize, listener_count_min: f32) -> Fitted {
        let (likes, vectors, _) = crowd();
        let params = SegmentParams { count, listener_count_min, ..SegmentParams::default() };
        fit(&likes, &[1.0; 131], &vectors, &params).unwrap()
    }

    fn segment_of(fitted: &Fitted, row: usize) -> usize {
        let row = fitted.memberships.row(row);
        (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap()
    }

    #[test]
    fn camps_are_found_the_largest_first() {
        let fitted = fitted(3, 20.0);
        let (_, _, camps) = crowd();
        assert!(camps.iter().enumerate().all(|(row, &camp)| segment_of(&fitted, row) == camp));
        assert_eq!(fitted.memberships.row(130), [0.0; 3]);
        let counts = fitted.segments.listener_counts();
        assert!(
            counts.iter().zip([60.0, 40.0, 30.0]).all(|(count, camp)| (count - camp).abs() < 1.0),
            "{counts:?}"
        );
        let table = fitted.segments.table();
        assert!(table.ln_lift(0, 3) > 0.4 && table.ln_lift(1, 3) < -1.0 && table.ln_lift(0, 65).abs() < 0.3);
    }

    #[test]
    fn a_newcomer_is_told_by_one_item_and_by_none_is_anybody() {
        let segments = fitted(3, 20.0).segments;
        for nothing in [&[][..], &[(999, 1.0)]] {
            let odds = segments.posterior(nothing).probabilities();
            assert!(odds.iter().zip(segments.shares()).all(|(odds, share)| (odds - share).abs() < 1e-5));
        }
        for (item, camp) in [(3, 0), (25, 1), (47, 2)] {
            let odds = segments.posterior(&[(item, 1.0)]).probabilities();
            assert!(odds[camp] > segments.shares()[camp] + 0.1, "{item}: {odds:?}");
        }
        let everything: Vec<(u32, f32)> = (0..70).map(|item| (item, 1_000.0)).collect();
        let odds = segments.posterior(&everything).probabilities();
        assert!(odds.iter().all(|odds| odds.is_finite()));
    }

    #[test]
    fn a_segment_of_few_is_none() {
        let fitted = fitted(3, 35.0);
        assert_eq!(fitted.segments.count(), 2);
        assert!(fitted.segments.listener_counts().iter().all(|&count| count >= 35.0));
        let total: f32 = fitted.segments.listener_counts().iter().sum();
        assert!((total - 130.0).abs() < 1e-2, "everybody is taken in: {total}");
        assert_eq!(self::fitted(3, 1_000.0).segments.count(), 1);
    }

    #[test]
    fn who_has_no_say_is_in_no_segment_and_counts_nowhere() {
        let (likes, vectors, _) = crowd();
        let mut say = [1.0; 131];
        say[60..100].fill(0.0);
        let params = SegmentParams { count: 3, listener_count_min: 5.0, ..SegmentParams::default() };
        let fitted = fit(&likes, &say, &vectors, &params).unwrap();
        let total: f32 = fitted.segments.listener_counts().iter().sum();
        assert!((total - 90.0).abs() < 1e-2);
        assert_eq!(fitted.segments.table().share(25), 0.0);
        assert!(fit(&likes, &[0.0; 131], &vectors, &params).is_err());
        assert!(fit(&likes, &[1.0; 3], &vectors, &params).is_err());
        assert!(fit(&likes, &say, &Factors::zeros(2, 3).unwrap(), &params).is_err());
    }
}
