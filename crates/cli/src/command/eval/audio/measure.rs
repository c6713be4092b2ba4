//! One file: read, analysed and compared with what is known.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Result, anyhow};
use audio::score::reliability::{Claim, claims};
use audio::score::track::{Found, TrackScores, score_track};

use super::readers::Readers;
use super::set::Annotated;
use super::{speech, stems};
use crate::meter::Stopwatch;

/// What came of one file.
#[derive(Debug)]
pub(super) struct Measured {
    /// What was scored, or why nothing was.
    pub(super) outcome: Result<Scored>,
    /// How long it took, in seconds.
    pub(super) seconds: f64,
}

/// A file that was analysed.
#[derive(Debug, Default)]
pub(super) struct Scored {
    /// By the names of the measures.
    pub(super) scores: TrackScores,
    /// How long it plays, in seconds.
    pub(super) duration: f64,
    /// How pleasant and how strong we find it.
    pub(super) valence: Option<f64>,
    pub(super) energy: Option<f64>,
    /// The point for distances.
    pub(super) descriptor: Option<Vec<f64>>,
    /// For each window our speechiness and whether it is speech, where that was the question.
    pub(super) speech: Vec<(f64, bool)>,
    /// What was claimed with which confidence, and whether it is right.
    pub(super) claims: Vec<Claim>,
}

/// Analyses and scores; nothing that happens on the way stops the run.
pub(super) fn measure(track: &Annotated, readers: &Readers, watch: &Stopwatch) -> Measured {
    let started = watch.elapsed();
    let outcome = catch_unwind(AssertUnwindSafe(|| scored(track, readers))).unwrap_or_else(|_| {
        Err(anyhow!("the analysis broke off; this is a fault of Segue, please report the file"))
    });
    Measured { outcome, seconds: (watch.elapsed() - started).as_secs_f64() }
}

fn scored(track: &Annotated, readers: &Readers) -> Result<Scored> {
    if let Some(test) = &track.speech {
        let (speech, duration) = speech::windows(test, |path| readers.sound(path))?;
        return Ok(Scored { speech, duration, ..Scored::default() });
    }
    let analysis = readers.listen(&track.path)?.analysis;
    // Silence has no mood and no place among other tracks.
    let is_heard = analysis.track.loudness.0 > audio::SILENCE_LUFS;
    let claims = claims(&track.truth, &analysis);
    let mut scores = score_track(&track.truth, &Found::from(&analysis));
    if let Some(directory) = &track.stems {
        stems::score(&track.path, directory, &analysis.melody, readers, &mut scores.values)?;
    }
    Ok(Scored {
        scores,
        duration: analysis.duration.0.min(audio::ANALYSED_SECONDS_MAX),
        valence: is_heard.then_some(f64::from(analysis.track.valence)),
        energy: is_heard.then_some(f64::from(analysis.track.energy)),
        descriptor: is_heard.then(|| analysis.descriptor.iter().map(|&value| f64::from(value)).collect()),
        speech: Vec::new(),
        claims,
    })
}
