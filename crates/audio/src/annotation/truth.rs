//! All that is known about one track.

use super::{AnnotationError, Beat, DrumStrokes, beats, drums, intervals, jams, key, pitches};
use crate::score::Labelled;
use crate::score::key::TonicMode;

/// What people found in a track; what nobody wrote down is missing and not scored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Truth {
    /// The genre, as one word of the collection.
    pub genre: Option<String>,
    /// In BPM.
    pub tempo: Option<f64>,
    /// The beats, in order.
    pub beats: Vec<Beat>,
    /// The downbeats where they are known apart from the beats.
    pub downbeats: Vec<f64>,
    /// The key of the whole.
    pub key: Option<TonicMode>,
    /// The harmony.
    pub chords: Vec<Labelled>,
    /// The leading voice: seconds and hertz.
    pub melody: Vec<(f64, f64)>,
    /// The form, as one or several people heard it.
    pub sections: Vec<Sections>,
    /// The strokes of the drums.
    pub drums: Option<DrumStrokes>,
    /// How pleasant listeners found it, on any scale.
    pub valence: Option<f64>,
    /// How strong listeners found it, on any scale.
    pub energy: Option<f64>,
}

/// The form as one person heard it.
pub type Sections = Vec<Labelled>;

impl Truth {
    /// The downbeats: those known apart, or the beats that are first in their bar.
    pub fn known_downbeats(&self) -> Vec<f64> {
        if !self.downbeats.is_empty() {
            return self.downbeats.clone();
        }
        self.beats.iter().filter(|beat| beat.position == Some(1)).map(|beat| beat.time).collect()
    }

    /// Adds the beats of a file: text, or JAMS where its name ends so.
    ///
    /// # Errors
    /// As [`beats`] and [`jams::read`].
    pub fn read_beats(&mut self, file: &str, bytes: &[u8]) -> Result<(), AnnotationError> {
        self.beats = if is_jams(file) { jams::read(file, bytes)?.beats } else { beats(file, bytes)? };
        Ok(())
    }

    /// Adds the chords of a file, likewise.
    ///
    /// # Errors
    /// As [`intervals`] and [`jams::read`].
    pub fn read_chords(&mut self, file: &str, bytes: &[u8]) -> Result<(), AnnotationError> {
        self.chords = if is_jams(file) { jams::read(file, bytes)?.chords } else { intervals(file, bytes)? };
        Ok(())
    }

    /// Adds the leading voice of a file, likewise.
    ///
    /// # Errors
    /// As [`pitches`] and [`jams::read`].
    pub fn read_melody(&mut self, file: &str, bytes: &[u8]) -> Result<(), AnnotationError> {
        self.melody = if is_jams(file) { jams::read(file, bytes)?.melody } else { pitches(file, bytes)? };
        Ok(())
    }

    /// Adds the form of a file, likewise.
    ///
    /// # Errors
    /// As [`intervals`] and [`jams::read`].
    pub fn read_sections(&mut self, file: &str, bytes: &[u8]) -> Result<(), AnnotationError> {
        self.sections =
            if is_jams(file) { jams::read(file, bytes)?.sections } else { vec![intervals(file, bytes)?] };
        Ok(())
    }

    /// Adds the strokes of a file of text.
    ///
    /// # Errors
    /// As [`drums`].
    pub fn read_drums(&mut self, file: &str, bytes: &[u8]) -> Result<(), AnnotationError> {
        self.drums = Some(drums(file, bytes)?);
        Ok(())
    }

    /// Adds the key of a file, likewise.
    ///
    /// # Errors
    /// As [`key`] and [`jams::read`].
    pub fn read_key(&mut self, file: &str, bytes: &[u8]) -> Result<(), AnnotationError> {
        self.key = if is_jams(file) { jams::read(file, bytes)?.key } else { Some(key(file, bytes)?) };
        Ok(())
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn is_jams(file: &str) -> bool {
    let end = file.rsplit('.').next().unwrap_or_default();
    end.eq_ignore_ascii_case("jams") || end.eq_ignore_ascii_case("json")
}
