//! `segue eval audio`: how well tracks are understood that people have annotated.

mod measure;
mod readers;
mod set;
mod speech;
mod stems;
mod summary;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail};
use rayon::prelude::*;

use self::measure::{Measured, measure};
use self::readers::Readers;
use self::set::AudioSet;
use self::summary::AudioReport;
use crate::meter::Stopwatch;
use crate::output::{json, line};
use crate::progress;

/// What the task is called.
pub(super) const NAME: &str = "audio";
/// What it measures and reads, for the help.
pub(super) const ABOUT: &str = "Beats, tempo, key, chords, melody, form, drums, stems, mood and genre of annotated tracks, and speech \
    against music. Reads a directory with eval.csv or manifest.csv (path and any of genre, tempo, beats, key, mode, chords, \
    melody, sections, drums, valence, energy, and stems, a directory with drums, bass, vocals and others), the table that --manifest names, POP909 (NNN/truth.json beside its rendered sound), \
    the spoken digits of FSDD, or sound files with annotations of the same name (.beats, .lab, .jams).";

/// Where the annotated tracks are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'p> {
    Directory(&'p Path),
    Manifest(&'p Path),
}

/// Measures and prints; one line says of each file that could not be used why.
pub(super) fn run(place: Place<'_>, seed: u64, cases_max: Option<usize>, is_json: bool) -> Result<()> {
    let mut set = match place {
        Place::Directory(directory) => AudioSet::open(directory)?,
        Place::Manifest(file) => AudioSet::of_manifest(file)?,
    };
    if let Some(count) = cases_max {
        set.thin_out(count);
    }
    let watch = Stopwatch::start();
    let measured = measure_all(&set, &Readers::new()?, is_json, &watch);
    let report = AudioReport::new(&set, &measured, seed, &watch)?;
    if report.track_count == 0 {
        let first = report.failures.first();
        let why = first.map_or_else(
            || "it names no file".to_owned(),
            |first| format!("{}: {}", first.path, first.error),
        );
        bail!("no file of {} could be analysed, the first because: {why}", set.name);
    }
    for failure in &report.failures {
        crate::output::warn(failure.line());
    }
    if is_json {
        json(&report)?;
    } else {
        line(report.text())?;
    }
    Ok(())
}

/// Every track on every core, in the order of the set.
fn measure_all(set: &AudioSet, readers: &Readers, is_quiet: bool, watch: &Stopwatch) -> Vec<Measured> {
    let bar = progress::of_steps(is_quiet);
    let done = AtomicUsize::new(0);
    let total = set.tracks.len();
    progress::show(&bar, "analysing", 0, total);
    let measured = set
        .tracks
        .par_iter()
        // One by one, because a file may take a thousand times as long as its neighbour.
        .with_max_len(1)
        .map(|track| {
            let measured = measure(track, readers, watch);
            progress::show(&bar, "analysing", done.fetch_add(1, Ordering::Relaxed) + 1, total);
            measured
        })
        .collect();
    bar.finish_and_clear();
    measured
}
