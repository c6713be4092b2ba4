//! The leading voice: pitch, octave and voicing, frame by frame on the annotation's own time line.
//!
//! *Source*: Salamon, Gómez, Ellis, Richard, "Melody extraction from polyphonic music signals", 2014; Poliner et al.,
//! "Melody transcription from music audio: approaches and evaluation", 2007.

/// How far a pitch may be off, in cents.
const TOLERANCE_CENTS: f64 = 50.0;
/// What cents are counted from, in hertz.
const BASE_HERTZ: f64 = 10.0;

/// Pitches at moments: `(seconds, hertz)`; 0 where nothing leads, negative where the pitch is a guess about silence.
pub type PitchCurve = [(f64, f64)];

/// How well the leading voice was followed.
///
/// *Range*: each 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MelodyScores {
    /// The share of the voiced frames that were called voiced.
    pub voicing_recall: f64,
    /// The share of the unvoiced frames that were called voiced.
    pub voicing_false_alarm: f64,
    /// The share of the voiced frames whose pitch is right, voiced or guessed.
    pub raw_pitch: f64,
    /// The same where the octave does not count.
    pub raw_chroma: f64,
    /// The share of all frames in which voicing and pitch are right.
    pub overall: f64,
}

/// Compares `estimate` with `reference`, both in order of time; none where the reference is empty.
pub fn compare(reference: &PitchCurve, estimate: &PitchCurve) -> Option<MelodyScores> {
    let reference = from_zero(reference);
    let estimate = from_zero(estimate);
    let frame_count = reference.len();
    if frame_count == 0 {
        return None;
    }
    let times: Vec<f64> = reference.iter().map(|point| point.0).collect();
    let found = resampled(&estimate, &times);
    let (mut voiced, mut recalled, mut alarmed) = (0.0, 0.0, 0.0);
    let (mut pitches, mut chromas, mut both) = (0.0, 0.0, 0.0);
    for (point, (found_cents, found_voiced)) in reference.iter().zip(found) {
        let (cents, is_voiced) = (cents(point.1), point.1 > 0.0);
        let is_found_voiced = f64::from(u8::from(found_voiced));
        if !is_voiced {
            alarmed += is_found_voiced;
            continue;
        }
        voiced += 1.0;
        recalled += is_found_voiced;
        if cents == 0.0 || found_cents == 0.0 {
            continue;
        }
        let off = (cents - found_cents).abs();
        if off < TOLERANCE_CENTS {
            pitches += 1.0;
            both += is_found_voiced;
        }
        let octaves = 1200.0 * (off / 1200.0 + 0.5).floor();
        if (off - octaves).abs() < TOLERANCE_CENTS {
            chromas += 1.0;
        }
    }
    let unvoiced = frame_count as f64 - voiced;
    let share = |part: f64, whole: f64, otherwise: f64| if whole > 0.0 { part / whole } else { otherwise };
    Some(MelodyScores {
        voicing_recall: share(recalled, voiced, 1.0),
        voicing_false_alarm: share(alarmed, unvoiced, 0.0),
        raw_pitch: share(pitches, voiced, 0.0),
        raw_chroma: share(chromas, voiced, 0.0),
        overall: (both + unvoiced - alarmed) / frame_count as f64,
    })
}

/// A curve that begins at 0 s.
fn from_zero(curve: &PitchCurve) -> Vec<(f64, f64)> {
    let first = curve.first().filter(|first| first.0 > 0.0).map(|first| (0.0, first.1));
    first.into_iter().chain(curve.iter().copied()).collect()
}

fn cents(hertz: f64) -> f64 {
    if hertz == 0.0 { 0.0 } else { 1200.0 * (hertz.abs() / BASE_HERTZ).log2() }
}

/// The cents and the voicing of `curve` at `times`: pitches interpolated, silence and voicing from the last point.
fn resampled(curve: &[(f64, f64)], times: &[f64]) -> Vec<(f64, bool)> {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-8 + 1e-5 * b.abs();
    if curve.len() == times.len() && curve.iter().zip(times).all(|(point, &time)| close(point.0, time)) {
        return curve.iter().map(|point| (cents(point.1), point.1 > 0.0)).collect();
    }
    // Silence keeps the last pitch, so that nothing is interpolated towards zero.
    let mut held: Vec<(f64, f64, f64, bool)> = Vec::with_capacity(curve.len() + 1);
    for &(time, hertz) in curve {
        let own = cents(hertz);
        let pitch = match held.last() {
            Some(&(_, pitch, ..)) if own == 0.0 => pitch,
            _ => own,
        };
        held.push((rounded(time), pitch, own, hertz > 0.0));
    }
    let end = times.last().copied().unwrap_or(0.0);
    if held.last().is_none_or(|last| rounded(end) > last.0) {
        let pitch = held.last().map_or(0.0, |last| last.1);
        held.push((rounded(end), pitch, 0.0, false));
    }
    let mut at = 0;
    let value = |&time: &f64| {
        let time = rounded(time);
        while held.get(at + 1).is_some_and(|next| next.0 <= time) {
            at += 1;
        }
        let (from, pitch, own, is_voiced) = held[at];
        let next = held.get(at + 1).filter(|next| next.0 > from);
        let between = next.map_or(pitch, |next| pitch + (next.1 - pitch) * (time - from) / (next.0 - from));
        (if own == 0.0 { 0.0 } else { between }, is_voiced)
    };
    times.iter().map(value).collect()
}

/// To ten decimals, so that rounding of times moves no frame.
fn rounded(time: f64) -> f64 {
    (time * 1e10).round_ties_even() / 1e10
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(hertz: &[f64]) -> Vec<(f64, f64)> {
        hertz.iter().enumerate().map(|(frame, &hertz)| (frame as f64 * 0.01, hertz)).collect()
    }

    #[test]
    fn an_octave_is_right_for_chroma_only() {
        let scores = compare(&curve(&[220.0, 220.0, 0.0]), &curve(&[440.0, 220.0, 0.0])).unwrap();
        assert_eq!((scores.raw_pitch, scores.raw_chroma), (0.5, 1.0));
        assert_eq!((scores.voicing_recall, scores.voicing_false_alarm), (1.0, 0.0));
        assert!((scores.overall - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_guess_about_silence_counts_for_pitch_but_not_for_voicing() {
        let scores = compare(&curve(&[220.0, 220.0]), &curve(&[-220.0, 220.0])).unwrap();
        assert_eq!((scores.raw_pitch, scores.voicing_recall, scores.overall), (1.0, 0.5, 0.5));
    }

    #[test]
    fn the_last_pitch_holds_until_the_end() {
        // So it is defined; an estimate that ends voiced is rare.
        let scores = compare(&curve(&[220.0; 10]), &curve(&[220.0; 5])).unwrap();
        assert_eq!((scores.raw_pitch, scores.voicing_recall), (0.9, 0.9));
        let scores = compare(&curve(&[220.0; 10]), &curve(&[220.0, 220.0, 220.0, 220.0, 0.0])).unwrap();
        assert_eq!(scores.raw_pitch, 0.4);
    }

    #[test]
    fn nothing_is_no_reason_to_stop() {
        assert_eq!(compare(&[], &curve(&[220.0])), None);
        assert_eq!(compare(&curve(&[220.0]), &[]).unwrap().raw_pitch, 0.0);
        assert_eq!(compare(&[(0.0, 1.0), (0.0, 2.0)], &[(0.0, 1.0)]).unwrap().raw_pitch, 0.5);
    }
}
