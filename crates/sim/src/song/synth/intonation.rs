//! How a voice or an instrument that can do so goes from note to note: glides and vibrato.

use crate::chance::{Purpose, uniform_noise};
use crate::song::arrangement::Note;
use crate::song::style::Instrument;

/// How far and how fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::song) struct Intonation {
    /// How long the way from the note before is, in seconds.
    glide: f64,
    /// How far the vibrato goes, in semitones, how often a second, and after how many seconds it begins.
    depth: f64,
    rate: f64,
    delay: f64,
}

impl Intonation {
    /// The voice of a song.
    pub(in crate::song) fn voice(seed: u64) -> Self {
        let chance = |index| f64::from(uniform_noise(seed, Purpose::Song, [77, index]));
        Self {
            glide: 0.04 + 0.05 * chance(0),
            depth: 0.15 + 0.25 * chance(1),
            rate: 5.0 + 1.2 * chance(2),
            delay: 0.22,
        }
    }

    /// None for an instrument whose strings stay as they are tuned.
    pub(in crate::song) const fn instrument(instrument: Instrument) -> Option<Self> {
        let (glide, depth) = match instrument {
            Instrument::Flute => (0.01, 0.1),
            Instrument::Saxophone => (0.035, 0.18),
            Instrument::DistortedGuitar => (0.03, 0.2),
            Instrument::Strings => (0.03, 0.15),
            Instrument::Synthesiser => (0.02, 0.06),
            _ => return None,
        };
        Some(Self { glide, depth, rate: 5.4, delay: 0.25 })
    }

    /// The pitch in semitones, `since` seconds after the start of `note`.
    pub(in crate::song) fn pitch(&self, note: &Note, before: Option<&Note>, since: f64) -> f64 {
        let own = f64::from(note.pitch);
        let from = before
            .filter(|before| note.start - before.end < 0.06)
            .map_or(own, |before| f64::from(before.pitch));
        // A glide of more than a fifth would be a siren.
        let from = from.clamp(own - 7.0, own + 7.0);
        let way = (since / self.glide).clamp(0.0, 1.0);
        let glided = from + (own - from) * way * way * (3.0 - 2.0 * way);
        let grown = ((since - self.delay) / 0.2).clamp(0.0, 1.0);
        glided + self.depth * grown * (std::f64::consts::TAU * self.rate * since).sin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glide_begins_at_the_note_before_and_arrives() {
        let note = |start, pitch| Note { start, end: start + 1.0, pitch, velocity: 0.7 };
        let (before, own) = (note(0.0, 60), note(1.0, 64));
        let voice = Intonation::voice(3);
        assert_eq!(voice.pitch(&own, Some(&before), 0.0), 60.0);
        assert_eq!(voice.pitch(&own, Some(&before), 0.15), 64.0);
        assert_eq!(voice.pitch(&own, None, 0.0), 64.0);
        assert!((voice.pitch(&own, None, 0.8) - 64.0).abs() <= 0.41);
    }
}
