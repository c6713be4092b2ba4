//! Key: right, or wrong by how much.

use music::key::{Mode, PitchClass};

/// A tonic and its scale.
pub type TonicMode = (PitchClass, Mode);

/// 1 for the right key, .5 for the fifth above it, .3 for its relative, .2 for its parallel key, else 0.
///
/// *Source*: the MIREX task "Audio Key Detection", as `mir_eval` scores it.
pub fn weighted(reference: TonicMode, estimate: TonicMode) -> f64 {
    let up = (estimate.0.get() + 12 - reference.0.get()) % 12;
    match (reference.1, estimate.1, up) {
        (a, b, 0) if a == b => 1.0,
        (a, b, 7) if a == b => 0.5,
        (Mode::Major, Mode::Minor, 9) | (Mode::Minor, Mode::Major, 3) => 0.3,
        (_, _, 0) => 0.2,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearness_of_keys_is_not_symmetric() {
        let key = |tonic, mode| (PitchClass::new(tonic).unwrap(), mode);
        let c = key(0, Mode::Major);
        for (tonic, mode, expected) in [
            (0, Mode::Major, 1.0),
            (7, Mode::Major, 0.5),
            (5, Mode::Major, 0.0),
            (9, Mode::Minor, 0.3),
            (0, Mode::Minor, 0.2),
            (3, Mode::Minor, 0.0),
        ] {
            assert_eq!(weighted(c, key(tonic, mode)), expected, "{tonic} {mode:?}");
        }
        assert_eq!(weighted(key(9, Mode::Minor), c), 0.3);
    }
}
