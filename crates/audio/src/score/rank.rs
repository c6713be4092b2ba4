//! Numbers that listeners gave: whether ours rise where theirs do.

/// The rank correlation of Spearman, ties with their mean rank; none where one side never varies or there are fewer
/// than three pairs.
///
/// *Range*: −1 to 1.
pub fn spearman(pairs: &[(f64, f64)]) -> Option<f64> {
    if pairs.len() < 3 || pairs.iter().any(|(a, b)| !a.is_finite() || !b.is_finite()) {
        return None;
    }
    let left = ranks(pairs.iter().map(|pair| pair.0));
    let right = ranks(pairs.iter().map(|pair| pair.1));
    let mean = (pairs.len() as f64 + 1.0) / 2.0;
    let (mut product, mut left_square, mut right_square) = (0.0, 0.0, 0.0);
    for (a, b) in left.iter().zip(&right) {
        product += (a - mean) * (b - mean);
        left_square += (a - mean) * (a - mean);
        right_square += (b - mean) * (b - mean);
    }
    let scale = (left_square * right_square).sqrt();
    (scale > 0.0).then(|| product / scale)
}

/// The range in which [`spearman`] falls in 95 of 100 draws of other pairs of the same kind: a percentile bootstrap.
///
/// Draws in which one side never varies are left out; the same seed gives the same range.
///
/// *Source*: Efron, Tibshirani (1993), "An Introduction to the Bootstrap", section 13.3.
pub fn spearman_interval(pairs: &[(f64, f64)], seed: u64) -> Option<[f64; 2]> {
    const DRAW_COUNT: u64 = 1000;
    spearman(pairs)?;
    let place = |draw: u64, index: u64| {
        let number = super::class::scramble(seed.wrapping_add(draw << 32), index);
        ((u128::from(number) * pairs.len() as u128) >> 64) as usize
    };
    let value = |draw: u64| {
        let drawn: Vec<(f64, f64)> = (0..pairs.len() as u64).map(|index| pairs[place(draw, index)]).collect();
        spearman(&drawn)
    };
    let mut values: Vec<f64> = (0..DRAW_COUNT).filter_map(value).collect();
    values.sort_by(f64::total_cmp);
    let cut = values.len() / 40;
    Some([*values.get(cut)?, *values.get(values.len() - 1 - cut)?])
}

/// The area under the receiver's curve: how probable it is that a positive scores above a negative.
pub fn area_under_curve(scored: &[(f64, bool)]) -> Option<f64> {
    let positives = scored.iter().filter(|(_, is_positive)| *is_positive).count();
    let negatives = scored.len() - positives;
    if positives == 0 || negatives == 0 || scored.iter().any(|(score, _)| !score.is_finite()) {
        return None;
    }
    let ranks = ranks(scored.iter().map(|(score, _)| *score));
    let sum: f64 =
        ranks.iter().zip(scored).filter(|(_, (_, is_positive))| *is_positive).map(|(rank, _)| rank).sum();
    let least = (positives * (positives + 1)) as f64 / 2.0;
    Some((sum - least) / (positives * negatives) as f64)
}

/// One for the least, and so on; equal values share the mean of their places.
fn ranks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut order: Vec<(f64, usize)> = values.enumerate().map(|(index, value)| (value, index)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![0.0; order.len()];
    let mut first = 0;
    while first < order.len() {
        let same = order[first..].iter().take_while(|(value, _)| *value == order[first].0).count();
        for (_, index) in &order[first..first + same] {
            ranks[*index] = first as f64 + (same as f64 + 1.0) / 2.0;
        }
        first += same;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_order_counts() {
        let pairs = [(1.0, 10.0), (2.0, 1000.0), (3.0, 1001.0)];
        assert_eq!(spearman(&pairs), Some(1.0));
        let falling: Vec<_> = pairs.iter().map(|(a, b)| (*a, -b)).collect();
        assert_eq!(spearman(&falling), Some(-1.0));
    }

    #[test]
    fn the_interval_narrows_with_more_pairs() {
        let pairs = |count: u32| -> Vec<(f64, f64)> {
            (0..count).map(|index| (f64::from(index), f64::from(index * 37 % 101 + index))).collect()
        };
        let width = |count| {
            let [low, high] = spearman_interval(&pairs(count), 1).unwrap();
            let rho = spearman(&pairs(count)).unwrap();
            assert!(low < rho && rho < high, "{low} {rho} {high}");
            high - low
        };
        assert!(width(200) < width(20) / 2.0);
        assert_eq!(spearman_interval(&pairs(20), 3), spearman_interval(&pairs(20), 3));
        assert_eq!(spearman_interval(&[], 3), None);
    }

    #[test]
    fn ties_share_a_rank() {
        // Worked by hand: ranks 1.5, 1.5, 3, 4 against 1, 2, 3, 4.
        let rho = spearman(&[(0.0, 1.0), (0.0, 2.0), (5.0, 3.0), (6.0, 4.0)]).unwrap();
        assert!((rho - 4.5 / (4.5_f64 * 5.0).sqrt()).abs() < 1e-12, "{rho}");
    }

    #[test]
    fn what_does_not_vary_says_nothing() {
        assert_eq!(spearman(&[(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]), None);
        assert_eq!(spearman(&[(1.0, 1.0), (2.0, f64::NAN), (1.0, 3.0)]), None);
        assert_eq!(area_under_curve(&[(1.0, true)]), None);
    }

    #[test]
    fn the_area_counts_ordered_pairs() {
        let scored = [(0.9, true), (0.4, true), (0.5, false), (0.1, false)];
        assert_eq!(area_under_curve(&scored), Some(0.75));
        assert_eq!(area_under_curve(&[(0.5, true), (0.5, false)]), Some(0.5));
    }
}
