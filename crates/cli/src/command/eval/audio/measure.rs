//! One file: decoded, analysed and compared with what is known.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use audio::score::reliability::{Claim, claims};
use audio::score::track::{Found, TrackScores, score_track};
use audio::{Decoder, Sound};

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
pub(super) fn measure(track: &Annotated, watch: &Stopwatch) -> Measured {
    let started = watch.elapsed();
    let outcome = catch_unwind(AssertUnwindSafe(|| scored(track))).unwrap_or_else(|_| {
        Err(anyhow!("the analysis broke off; this is a fault of Segue, please report the file"))
    });
    Measured { outcome, seconds: (watch.elapsed() - started).as_secs_f64() }
}

fn scored(track: &Annotated) -> Result<Scored> {
    if let Some(test) = &track.speech {
        let (speech, duration) = speech::windows(test, read)?;
        return Ok(Scored { speech, duration, ..Scored::default() });
    }
    let sound = read(&track.path)?;
    let analysis = audio::analyze(&sound);
    // Silence has no mood and no place among other tracks.
    let is_heard = !sound.is_silent();
    let claims = claims(&track.truth, &analysis);
    let mut scores = score_track(&track.truth, &Found::from(&analysis));
    if let Some(directory) = &track.stems {
        stems::score(&track.path, directory, &analysis.melody, &mut scores.values)?;
    }
    Ok(Scored {
        scores,
        duration: sound.analysed().0,
        valence: is_heard.then_some(f64::from(analysis.track.valence)),
        energy: is_heard.then_some(f64::from(analysis.track.energy)),
        descriptor: is_heard.then(|| analysis.descriptor.iter().map(|&value| f64::from(value)).collect()),
        speech: Vec::new(),
        claims,
    })
}

fn read(path: &Path) -> Result<Sound> {
    Ok(Sound::read(&mut open(path)?)?)
}

/// A decoder of the file at `path`.
pub(super) fn open(path: &Path) -> Result<Decoder<'static>> {
    let file = File::open(path).context("cannot be read")?;
    if !file.metadata().context("cannot be read")?.is_file() {
        return Err(anyhow!("is no file"));
    }
    let extension = path.extension().and_then(|extension| extension.to_str());
    Ok(Decoder::new(Box::new(file), extension)?)
}
