//! Metrics of scores against yes and no.

use crate::error::{LearnError, check_length};

/// The area under the receiver operating characteristic: how often a "yes" is scored above a "no", ties counting
/// half.
///
/// *Range*: 0 to 1, 0.5 for scores that say nothing; none where there is no "yes" or no "no".
///
/// *Complexity*: sorting.
///
/// # Errors
/// When the lengths differ or a score is not a number.
pub fn auc(scores: &[f64], labels: &[bool]) -> Result<Option<f64>, LearnError> {
    check_length("labels of scores", scores.len(), labels.len())?;
    if let Some(index) = scores.iter().position(|score| score.is_nan()) {
        return Err(LearnError::NotFinite { what: "scores", index });
    }
    let mut pairs: Vec<(f64, bool)> = scores.iter().copied().zip(labels.iter().copied()).collect();
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut wins) = (0.0, 0.0);
    let mut yes_count = 0.0;
    for tied in pairs.chunk_by(|a, b| a.0 == b.0) {
        let yes = tied.iter().filter(|pair| pair.1).count() as f64;
        let no = tied.len() as f64 - yes;
        wins += yes * (below + no / 2.0);
        below += no;
        yes_count += yes;
    }
    let pair_count = yes_count * below;
    Ok((pair_count > 0.0).then(|| wins / pair_count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_agrees_with_counting_pairs() {
        // Of the six pairs of a yes and a no: 0.9 beats all three noes, 0.4 beats 0.1 and ties with 0.4.
        let scores = [0.9, 0.4, 0.4, 0.1, 0.6];
        let labels = [true, true, false, false, false];
        assert_eq!(auc(&scores, &labels).unwrap(), Some((3.0 + 1.5) / 6.0));
    }

    #[test]
    fn area_is_defined_only_with_both_answers() {
        assert_eq!(auc(&[0.1, 0.2], &[true, true]).unwrap(), None);
        assert_eq!(auc(&[], &[]).unwrap(), None);
        assert!(auc(&[f64::NAN], &[true]).is_err());
        assert!(auc(&[0.1], &[]).is_err());
        assert_eq!(auc(&[-0.0, 0.0], &[true, false]).unwrap(), Some(0.5));
    }
}
