//! All that is found in a sound before it is put into numbers and words.

use music::analysis::{Chord, Drums, Segment};

use crate::envelope::Envelope;
use crate::form::{self, Part, Stretch, Units};
use crate::rhythm::{self, Division, Metre, Pulse};
use crate::sound::{REFERENCE_LUFS, Sound};
use crate::timbre::Texture;
use crate::tonal::{self, BeatHarmony, ChordPath, Key, MelodyCurve, PitchSpectrum};

/// What each part of the analysis found.
#[derive(Debug)]
pub(crate) struct Findings {
    pub(crate) envelope: Envelope,
    pub(crate) texture: Texture,
    pub(crate) pulse: Pulse,
    pub(crate) metre: Metre,
    pub(crate) division: Division,
    pub(crate) drums: Option<Drums>,
    pub(crate) tuning_cents: f32,
    pub(crate) harmony: BeatHarmony,
    pub(crate) key: Option<Key>,
    /// The chord of each span of the harmony's grid.
    pub(crate) chord_path: ChordPath,
    pub(crate) chords: Vec<Chord>,
    pub(crate) melody: MelodyCurve,
    pub(crate) segments: Vec<Segment>,
    pub(crate) units: Units,
    pub(crate) stretches: Vec<Stretch>,
    pub(crate) parts: Vec<Part>,
    /// *Unit*: dB that the sound is louder than the reference at which all of this was found.
    pub(crate) gain_db: f32,
}

impl Findings {
    /// All that is found in `sound`.
    pub(crate) fn of(sound: &Sound) -> Self {
        let end = sound.analysed().0;
        let envelope = Envelope::of(sound);
        let texture = Texture::of(sound);
        let (pulse, drum_curves) = Pulse::with_drums(sound);
        let spectrum = PitchSpectrum::of(sound);
        let harmony = BeatHarmony::of(&spectrum, &pulse.beats, end);
        let division = rhythm::division(&pulse);
        let metre = rhythm::metre(&pulse, &division, &harmony);
        let chord_path = tonal::chord_path(&harmony);
        let gain_db =
            if sound.is_silent() { 0.0 } else { sound.loudness.integrated.0 - REFERENCE_LUFS as f32 };
        let segments = form::segments(&pulse.curves, &envelope, &texture, &spectrum, gain_db, end);
        let tuning_cents = spectrum.tuning_cents;
        // The spectrum is the largest of all; the melody comes after it is gone.
        drop(spectrum);
        let melody = tonal::leading_voice(sound);
        let units = Units::of(&pulse, &metre, &harmony, &texture, end);
        let stretches = form::stretches(&units, &form::FormModel::default());
        let parts = parts(&units, &stretches, &texture, &envelope, &melody);
        Self {
            drums: rhythm::drums(&drum_curves, &pulse, &metre, &division),
            division,
            key: tonal::key_between(&harmony, &chord_path, 0.0, end + 1.0),
            chords: tonal::joined(&chord_path, &harmony.grid),
            chord_path,
            envelope,
            texture,
            pulse,
            metre,
            tuning_cents,
            harmony,
            melody,
            segments,
            units,
            stretches,
            parts,
            gain_db,
        }
    }

    /// When the sound ends, in seconds.
    pub(crate) fn end(&self) -> f64 {
        self.units.edges.last().copied().unwrap_or(0.0)
    }

    /// When a part of the form starts and ends, in seconds.
    pub(crate) fn span(&self, stretch: &Stretch) -> (f64, f64) {
        (self.units.edges[stretch.units.start], self.units.edges[stretch.units.end])
    }
}

/// What is known of each part beside its place.
fn parts(
    units: &Units,
    stretches: &[Stretch],
    texture: &Texture,
    envelope: &Envelope,
    melody: &MelodyCurve,
) -> Vec<Part> {
    let end = units.edges.last().copied().unwrap_or(0.0);
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len().max(1) as f32;
    let (level, brightness) = (envelope.mean_db(0.0, end), mean(&texture.centroid));
    stretches
        .iter()
        .map(|stretch| {
            let (from, to) = (units.edges[stretch.units.start], units.edges[stretch.units.end]);
            Part {
                level_db: envelope.mean_db(from, to) - level,
                lead: melody.voiced_share(from, to),
                brightness: mean(&texture.centroid[texture.frames_between(from, to)]) - brightness,
                seconds: to - from,
            }
        })
        .collect()
}
