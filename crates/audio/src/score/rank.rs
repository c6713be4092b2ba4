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
