//! Confidences become probabilities: what is claimed with .8 is right in four of five cases, on music like that which
//! the maps were fitted on.
//!
//! The parts of the analysis say how sure they are in units of their own, such as margins of scores; one fixed rising
//! map a kind, from [`knots`], turns each into how often such a claim was right.

mod knots;

use music::analysis::TrackAnalysis;

use self::knots::{Knots, MAPS};
use crate::score::reliability::Claimed;

/// Turns the raw confidences of `analysis` into probabilities.
///
/// What is not heard at all has confidence 0 and keeps it.
pub(crate) fn calibrate(analysis: &mut TrackAnalysis) {
    let of_track = [
        (Claimed::Tempo, &mut analysis.track.tempo_confidence),
        (Claimed::Key, &mut analysis.track.key_confidence),
        (Claimed::Mode, &mut analysis.track.mode_confidence),
        (Claimed::TimeSignature, &mut analysis.track.time_signature_confidence),
    ];
    of_track.into_iter().for_each(|(what, confidence)| apply(what, confidence));
    // A tatum is as sure as its beat, as far as it divides it.
    for tatum in &mut analysis.tatums {
        apply(Claimed::Beat, &mut tatum.confidence);
    }
    for beat in &mut analysis.beats {
        apply(Claimed::Beat, &mut beat.confidence);
    }
    for bar in &mut analysis.bars {
        apply(Claimed::Bar, &mut bar.confidence);
    }
    for section in &mut analysis.sections {
        // Where the track begins nothing has to be found.
        if section.start.0 > 0.0 {
            apply(Claimed::Section, &mut section.confidence);
        }
        apply(Claimed::Label, &mut section.label_confidence);
    }
    for chord in &mut analysis.chords {
        apply(Claimed::Chord, &mut chord.confidence);
    }
}

fn apply(what: Claimed, confidence: &mut f32) {
    if *confidence > 0.0 {
        *confidence = between(MAPS[what as usize], *confidence);
    }
}

/// The value at `raw` on the lines from nothing through the knots, level beyond the last.
fn between(knots: Knots, raw: f32) -> f32 {
    let after = knots.partition_point(|knot| knot.0 <= raw);
    match (after.checked_sub(1).map(|before| knots[before]), knots.get(after)) {
        (Some(low), Some(high)) => low.1 + (raw - low.0) / (high.0 - low.0) * (high.1 - low.1),
        (Some(end), None) => end.1,
        (None, Some(start)) => start.1 * raw / start.0,
        (None, None) => raw,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_map_rises_within_probabilities() {
        for (what, knots) in Claimed::ALL.into_iter().zip(MAPS) {
            for pair in knots.windows(2) {
                assert!(pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1, "{what:?}: {pair:?}");
            }
            assert!(knots.iter().all(|knot| (0.0..=1.0).contains(&knot.1)), "{what:?}");
        }
    }

    #[test]
    fn a_value_lies_on_the_line_between_its_knots() {
        let knots: Knots = &[(0.2, 0.1), (0.6, 0.5)];
        for (raw, value) in [(0.0, 0.0), (0.1, 0.05), (0.2, 0.1), (0.4, 0.3), (0.6, 0.5), (1.0, 0.5)] {
            assert!((between(knots, raw) - value).abs() < 1e-6, "{raw}");
        }
        assert_eq!(between(&[], 0.7), 0.7);
    }
}
