//! The part of the tour that listens: a few songs are composed and analysed, and what was heard stands beside the truth.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context as _, Result};
use audio::{Decoder, Sound};
use music::analysis::TrackAnalysis;
use music::key::{Mode, PitchClass};
use rayon::prelude::*;
use sim::song::{Composed, SongStyle, compose};

use crate::command::sim::write_wav;
use crate::meter::Stopwatch;
use crate::output::{line, table};

/// What is composed: three styles that have little in common.
const STYLES: [SongStyle; 3] = [SongStyle::Pop, SongStyle::House, SongStyle::Waltz];

/// Composes songs into `directory`, listens to the files, and shows what was heard.
pub(super) fn show(directory: &Path, seed: u64, is_kept: bool) -> Result<()> {
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    let songs: Vec<(Composed, String)> = STYLES
        .into_par_iter()
        .enumerate()
        .map(|(number, style)| {
            let song = compose(seed.wrapping_add(number as u64), style);
            let name = format!("{}.wav", style.name().replace(' ', "-"));
            write_wav(&directory.join(&name), &song.mix())?;
            Ok((song, name))
        })
        .collect::<Result<_>>()?;
    let watch = Stopwatch::start();
    let heard: Vec<TrackAnalysis> =
        songs.par_iter().map(|(_, name)| listen(&directory.join(name))).collect::<Result<_>>()?;
    let seconds: f64 = heard.iter().map(|analysis| analysis.duration.0).sum();
    line(format!(
        "── Listening ──\n{} songs were composed and heard as files, {:.0} times as fast as they play. The truth in brackets:",
        songs.len(),
        seconds / watch.elapsed().as_secs_f64().max(1e-3)
    ))?;
    let mut rows = table(&["song", "BPM", "beats a bar", "key", "form as heard"], &[1, 2]);
    for ((song, name), analysis) in songs.iter().zip(&heard) {
        let (truth, track) = (&song.truth, &analysis.track);
        let labels: Vec<String> =
            analysis.sections.iter().map(|section| format!("{:?}", section.label).to_lowercase()).collect();
        rows.add_row([
            name.clone(),
            format!("{:.0} ({:.0})", track.tempo.0, truth.tempo),
            track.time_signature.to_string(),
            format!(
                "{} ({})",
                key(track.key.name(), track.mode),
                key(composed_key(truth.key.0), truth.key.1)
            ),
            labels.join(" – "),
        ]);
    }
    line(rows.to_string())?;
    if is_kept {
        line(format!(
            "They are in {}: play them, or ask `segue analyze` for the whole story.",
            directory.display()
        ))?;
    }
    line("")?;
    Ok(())
}

fn listen(path: &Path) -> Result<TrackAnalysis> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let sound = Sound::read(&mut Decoder::new(Box::new(file), Some("wav"))?)?;
    Ok(audio::analyze(&sound))
}

fn key(tonic: &str, mode: Mode) -> String {
    format!("{tonic} {}", if mode == Mode::Major { "major" } else { "minor" })
}

fn composed_key(tonic: u8) -> &'static str {
    PitchClass::new(tonic % 12).map_or("?", PitchClass::name)
}
