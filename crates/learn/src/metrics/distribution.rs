//! How recommendations spread over the catalogue.

/// The share of the catalogue that was recommended at least once.
///
/// *Shape*: `counts` holds for each item how often it was recommended.
/// *Range*: 0 to 1; 0 for an empty catalogue.
pub fn coverage(counts: &[u32]) -> f64 {
    if counts.is_empty() {
        return 0.0;
    }
    counts.iter().filter(|&&count| count > 0).count() as f64 / counts.len() as f64
}

/// How unequally recommendations are spread: the Gini coefficient of the counts.
///
/// *Range*: 0 where every item is recommended alike, towards 1 where one item gets all; 0 where nothing is
/// recommended.
///
/// *Complexity*: sorting.
pub fn gini(counts: &[u32]) -> f64 {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let total: f64 = sorted.iter().map(|&count| f64::from(count)).sum();
    if total == 0.0 {
        return 0.0;
    }
    let n = sorted.len() as f64;
    let weighted: f64 = sorted
        .iter()
        .enumerate()
        .map(|(rank, &count)| (2.0 * (rank as f64 + 1.0) - n - 1.0) * f64::from(count))
        .sum();
    weighted / (n * total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_agrees_with_the_hand() {
        assert_eq!(gini(&[5, 5, 5, 5]), 0.0);
        assert_eq!(gini(&[0, 0, 0, 8]), 0.75);
        // The mean absolute difference of 1 and 3 over all four ordered pairs is 1, twice the mean is 4.
        assert_eq!(gini(&[1, 3]), 0.25);
        assert_eq!(gini(&[0, 0]), 0.0);
        assert_eq!(gini(&[]), 0.0);
        assert_eq!(coverage(&[0, 1, 9, 0]), 0.5);
        assert_eq!(coverage(&[]), 0.0);
    }
}
