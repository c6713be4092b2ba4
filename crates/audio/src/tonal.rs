//! Tonality: tuning, chords, key and the leading voice.

mod chord;
mod chroma;
mod harmony;
mod key;
mod leading_voice;
mod lift;
mod nnls;
mod pitch_spectrum;

use music::analysis::{Chord, Melody};
use music::key::{Mode, PitchClass};
use music::unit::Seconds;

use self::chord::{ChordModel, Harmony, Quality};
pub(crate) use self::harmony::BeatHarmony;
pub(crate) use self::leading_voice::MelodyCurve;
use self::leading_voice::MelodyModel;
pub(crate) use self::lift::{Lift, lift};
pub(crate) use self::pitch_spectrum::PitchSpectrum;
use crate::sound::Sound;

/// A key with what speaks for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key {
    /// The note that everything comes home to.
    pub tonic: PitchClass,
    /// Its scale.
    pub mode: Mode,
    /// How likely the tonic is by the model that found it; not calibrated.
    pub confidence: f32,
    /// How likely the mode is, likewise.
    pub mode_confidence: f32,
    /// How well the best profile of pitch classes fits, as a correlation.
    pub fit: f32,
    /// How far the best major profile is before the best minor one.
    pub major_gap: f32,
}

/// What was found in the pitches of a track.
#[derive(Clone, Debug)]
pub struct Tonality {
    /// How far the music is from A = 440 Hz.
    ///
    /// *Range*: −50 to 50 cents.
    pub tuning_cents: f32,
    /// The key of the whole; none where no pitch sounds.
    pub key: Option<Key>,
    /// The harmony from start to end, without gaps.
    pub chords: Vec<Chord>,
}

/// The tuning, key and chords of `sound`; chords change at `beats` and between them.
pub fn tonality(sound: &Sound, beats: &[Seconds]) -> Tonality {
    let spectrum = PitchSpectrum::of(sound);
    let beats: Vec<f64> = beats.iter().map(|beat| beat.0).collect();
    let harmony = BeatHarmony::of(&spectrum, &beats, sound.analysed().0);
    let path = chord_path(&harmony);
    Tonality {
        tuning_cents: spectrum.tuning_cents,
        key: key::estimate(&harmony.chroma, &path, &harmony.seconds()),
        chords: joined(&path, &harmony.grid),
    }
}

/// The chord of each span of `harmony`, with how sure it is.
pub(crate) type ChordPath = Vec<(Harmony, f32)>;

/// The chords over the grid of `harmony`, span by span.
pub(crate) fn chord_path(harmony: &BeatHarmony) -> ChordPath {
    chord::recognise(&harmony.chroma, &harmony.on_beat, &ChordModel::default())
}

/// The key of the spans of `harmony` between two moments, in seconds.
pub(crate) fn key_between(harmony: &BeatHarmony, path: &[(Harmony, f32)], from: f64, to: f64) -> Option<Key> {
    let at =
        |moment: f64| harmony.grid.partition_point(|&start| start < moment - 1e-3).min(harmony.chroma.len());
    let spans = at(from)..at(to);
    key::estimate(harmony.chroma.get(spans.clone())?, path.get(spans.clone())?, harmony.seconds().get(spans)?)
}

/// The leading voice of `sound`.
pub fn melody(sound: &Sound) -> Melody {
    leading_voice(sound).into()
}

/// The leading voice of `sound`, with its pitch also where it does not lead.
pub(crate) fn leading_voice(sound: &Sound) -> MelodyCurve {
    leading_voice::extract(sound, &MelodyModel::default())
}

/// Spans of the same chord as one.
pub(crate) fn joined(path: &[(Harmony, f32)], grid: &[f64]) -> Vec<Chord> {
    let mut chords: Vec<Chord> = Vec::new();
    let mut last = None;
    for ((harmony, confidence), span) in path.iter().zip(grid.windows(2)) {
        let seconds = span[1] - span[0];
        match chords.last_mut() {
            Some(chord) if last == Some(*harmony) => {
                let share = (seconds / (chord.duration.0 + seconds)) as f32;
                chord.confidence += share * (confidence - chord.confidence);
                chord.duration.0 += seconds;
            }
            _ => chords.push(Chord {
                start: Seconds(span[0]),
                duration: Seconds(seconds),
                label: label(*harmony),
                confidence: *confidence,
            }),
        }
        last = Some(*harmony);
    }
    chords
}

/// The chord in the syntax of Harte et al. (2005).
fn label(harmony: Harmony) -> String {
    let name = |root: u8| PitchClass::above_c(root.into()).letters();
    match harmony {
        Harmony::None => "N".to_owned(),
        Harmony::Chord { root, quality: Quality::Major } => format!("{}:maj", name(root)),
        Harmony::Chord { root, quality: Quality::Minor } => format!("{}:min", name(root)),
    }
}

#[cfg(test)]
mod tests;
