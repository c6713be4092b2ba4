//! Tempo: whether the number is right, and whether it is right but for a factor that ears forgive.

/// How far a tempo may be off, as a share of the annotated one.
const TOLERANCE: f64 = 0.04;

/// Whether `estimate` is within 4 % of `reference`, both in BPM.
///
/// *Source*: Gouyon, Klapuri, Dixon, Alonso, Tzanetakis, Uhle, Cano, "An experimental comparison of audio tempo
/// induction algorithms", 2006, "Accuracy 1".
pub fn accuracy1(reference: f64, estimate: f64) -> bool {
    (estimate - reference).abs() <= TOLERANCE * reference
}

/// The same, where twice, three times, half and a third of the annotated tempo are right too: "Accuracy 2".
pub fn accuracy2(reference: f64, estimate: f64) -> bool {
    [1.0, 2.0, 3.0, 0.5, 1.0 / 3.0].iter().any(|factor| accuracy1(reference * factor, estimate))
}

/// How two tempi were hit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoTempi {
    /// The weights of those that were hit, added.
    pub p_score: f64,
    /// At least one was hit.
    pub is_one_right: bool,
    /// Both were.
    pub is_both_right: bool,
}

/// Whether two annotated tempi, of which the slower has `weight`, are among the estimates, within 8 %.
///
/// *Source*: McKinney, Moelants, Davies, Klapuri, "Evaluation of audio beat tracking and music tempo extraction
/// algorithms", 2007.
pub fn two_tempi(reference: [f64; 2], weight: f64, estimate: [f64; 2]) -> TwoTempi {
    let is_hit =
        |tempo: f64| tempo > 0.0 && estimate.iter().any(|estimate| (tempo - estimate).abs() / tempo <= 0.08);
    let hits = reference.map(is_hit);
    let score = |is_hit: bool, weight: f64| if is_hit { weight } else { 0.0 };
    TwoTempi {
        p_score: score(hits[0], weight) + score(hits[1], 1.0 - weight),
        is_one_right: hits[0] || hits[1],
        is_both_right: hits[0] && hits[1],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_per_cent_are_forgiven_and_a_factor_only_by_the_second() {
        for (estimate, first, second) in [
            (120.0, true, true),
            (124.7, true, true),
            (125.0, false, false),
            (60.0, false, true),
            (41.0, false, true),
        ] {
            assert_eq!(accuracy1(120.0, estimate), first, "{estimate}");
            assert_eq!(accuracy2(120.0, estimate), second, "{estimate}");
        }
        assert!(!accuracy2(120.0, 0.0) && !accuracy2(120.0, f64::NAN));
    }

    #[test]
    fn a_tempo_that_does_not_exist_is_not_hit() {
        let score = two_tempi([0.0, 120.0], 0.25, [120.0, 0.0]);
        assert_eq!(score, TwoTempi { p_score: 0.75, is_one_right: true, is_both_right: false });
    }
}
