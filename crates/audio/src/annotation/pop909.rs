//! The set POP909 and its `truth.json`: songs as MIDI with beats, chords, keys and form, to be rendered.
//!
//! *Source*: Wang, Chen, Jiang, Zhang, Xu, Dai, Xia, "POP909: a pop-song dataset for music arrangement generation",
//! ISMIR 2020.

use serde::Deserialize;

use super::{ANNOTATION_BYTES_MAX, AnnotationError, Beat, SECONDS_MAX, Truth, all, key_named};
use crate::score::Labelled;
use crate::sound::ANALYSED_SECONDS_MAX;

/// The step of the pitch curve that is made of notes, in seconds.
const HOP: f64 = 0.01;
/// The most notes of one song.
const NOTE_COUNT_MAX: usize = 100_000;

/// Reads a `truth.json`; downbeats and form are left out where it says that they are not aligned.
///
/// # Errors
/// When it is not JSON of this form, or a moment in it is none of a track.
pub fn read(file: &str, bytes: &[u8]) -> Result<Truth, AnnotationError> {
    if bytes.len() > ANNOTATION_BYTES_MAX {
        return Err(AnnotationError::Large { file: file.to_owned(), bytes: bytes.len() });
    }
    let song: Song = serde_json::from_slice(bytes).map_err(|error| AnnotationError::json(file, &error))?;
    song.check_moments(file)?;
    let chord = |(start, end, label): &(f64, f64, String)| Labelled::new(*start, *end, label);
    let form = |form: &Vec<(f64, f64, String, f64)>| -> Vec<Labelled> {
        form.iter().map(|(start, end, label, _)| Labelled::new(*start, *end, label)).collect()
    };
    let is_aligned = song.alignment_ok;
    let aligned = [song.sections_label1, song.sections_label2];
    let forms = aligned.iter().flatten().filter(|form| is_aligned && !form.is_empty());
    Ok(Truth {
        genre: None,
        tempo: Some(song.bpm).filter(|bpm| *bpm > 0.0),
        beats: song.beats.iter().map(|&time| Beat { time, position: None }).collect(),
        downbeats: song.downbeats_aligned.filter(|_| is_aligned).unwrap_or_default(),
        key: song.main_key.as_deref().and_then(key_named),
        chords: song.chords.iter().map(chord).collect(),
        melody: curve(&song.melody),
        sections: forms.map(form).collect(),
        ..Truth::default()
    })
}

/// The beats of a `beat_midi.txt`: time, and whether it is a downbeat if bars have two beats, and if they have four.
///
/// Its downbeats are not on the bar lines, so they are left out.
///
/// # Errors
/// When a line has no time.
pub fn beats(file: &str, bytes: &[u8]) -> Result<Vec<Beat>, AnnotationError> {
    all(file, bytes, "seconds and two flags", "beats", |row| {
        row.number(1)?;
        Some(Beat { time: row.seconds(0)?, position: None })
    })
}

/// Notes as a pitch every 10 ms, 0 between them; a note ends where the next begins.
fn curve(notes: &[(f64, f64, f64)]) -> Vec<(f64, f64)> {
    let is_sound = |note: &&(f64, f64, f64)| note.0 >= 0.0 && note.1 > note.0;
    let notes: Vec<_> = notes.iter().filter(is_sound).take(NOTE_COUNT_MAX).collect();
    let end = notes.iter().map(|note| note.1).fold(0.0, f64::max);
    let mut curve: Vec<(f64, f64)> =
        (0..=(end / HOP).ceil() as usize).map(|frame| (frame as f64 * HOP, 0.0)).collect();
    for (start, end, pitch) in notes {
        let hertz = 440.0 * ((pitch - 69.0) / 12.0).exp2();
        let frames = (start / HOP).ceil() as usize..(end / HOP).ceil() as usize;
        if let Some(frames) = curve.get_mut(frames) {
            frames.iter_mut().for_each(|frame| frame.1 = hertz);
        }
    }
    curve
}

impl Song {
    fn check_moments(&self, file: &str) -> Result<(), AnnotationError> {
        let forms = self.sections_label1.iter().chain(&self.sections_label2).flatten();
        let spans =
            self.chords.iter().map(|chord| [chord.0, chord.1]).chain(forms.map(|part| [part.0, part.1]));
        let beats = self.beats.iter().chain(self.downbeats_aligned.iter().flatten()).copied();
        AnnotationError::check_moments(file, SECONDS_MAX, beats.chain(spans.flatten()))?;
        // A pitch is made for every step of the melody, however few notes there are.
        let notes = self.melody.iter().flat_map(|note| [note.0, note.1]);
        AnnotationError::check_moments(file, ANALYSED_SECONDS_MAX, notes)
    }
}

#[derive(Deserialize)]
struct Song {
    bpm: f64,
    #[serde(default)]
    main_key: Option<String>,
    #[serde(default)]
    beats: Vec<f64>,
    #[serde(default)]
    chords: Vec<(f64, f64, String)>,
    #[serde(default)]
    melody: Vec<(f64, f64, f64)>,
    #[serde(default)]
    sections_label1: Option<Vec<(f64, f64, String, f64)>>,
    #[serde(default)]
    sections_label2: Option<Vec<(f64, f64, String, f64)>>,
    #[serde(default)]
    downbeats_aligned: Option<Vec<f64>>,
    #[serde(default)]
    alignment_ok: bool,
}
