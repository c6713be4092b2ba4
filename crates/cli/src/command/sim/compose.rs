//! `segue sim compose`: songs as sound files, with their truth in the form that `segue eval audio` reads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _};
use music::key::Mode;
use rayon::prelude::*;
use serde::Serialize;
use sim::song::{Composed, RATE_HZ, SongStyle, Stereo, compose_bars};

use crate::meter::Stopwatch;
use crate::output::{counted, json, line};
use crate::progress;

/// Compose songs whose beats, chords, keys, melody and form are known exactly.
///
/// Writes a sound file for each, its truth beside it, and manifest.csv, which `segue eval audio --manifest` reads.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where the files go; made where it is not there.
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// How many songs.
    #[arg(long, default_value_t = 22, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    songs: u32,
    /// The seed of everything random; the same seed gives the same files.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Only these styles, separated by commas; every one in turn unless told otherwise.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = styles())]
    styles: Vec<SongStyle>,
    /// Only the first bars of each song.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    bars: Option<u32>,
    /// Write drums, bass, chords, lead and vocals of each song too, in a directory of its name.
    #[arg(long)]
    stems: bool,
    /// Print what was written as JSON.
    #[arg(long)]
    json: bool,
}

/// What was written.
#[derive(Debug, Serialize)]
struct Written {
    manifest: String,
    seed: u64,
    songs: Vec<Row>,
}

/// One line of the table.
#[derive(Debug, Serialize)]
struct Row {
    path: String,
    genre: &'static str,
    tempo: f64,
    beats: String,
    key: u8,
    mode: u8,
    chords: String,
    melody: String,
    sections: String,
    /// Empty where nobody drums.
    drums: String,
    /// The directory of the stems; empty where none were asked for.
    stems: String,
}

/// Composes and writes.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let directory = &arguments.directory;
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    let styles = if arguments.styles.is_empty() { SongStyle::ALL.to_vec() } else { arguments.styles.clone() };
    let (bar, watch) = (progress::of_steps(arguments.json), Stopwatch::start());
    let done = AtomicUsize::new(0);
    let total = arguments.songs as usize;
    let bars = arguments.bars.map_or(usize::MAX, |bars| bars as usize);
    progress::show(&bar, "composing", 0, total);
    let rows: Result<Vec<Row>> = (0..total)
        .into_par_iter()
        .with_max_len(1)
        .map(|number| {
            let style = styles[number % styles.len()];
            // Songs of one run share no seed with those of the next.
            let seed = arguments.seed.wrapping_mul(1_000_003).wrapping_add(number as u64);
            let row = write_song(directory, number + 1, &compose_bars(seed, style, bars), arguments.stems)?;
            progress::show(&bar, "composing", done.fetch_add(1, Ordering::Relaxed) + 1, total);
            Ok(row)
        })
        .collect();
    bar.finish_and_clear();
    let rows = rows?;
    let manifest = directory.join("manifest.csv");
    write_table(&manifest, &rows)?;
    if arguments.json {
        json(&Written { manifest: manifest.display().to_string(), seed: arguments.seed, songs: rows })?;
    } else {
        line(format!(
            "{} in {}. Next: `segue eval audio --manifest {}`.",
            counted(total as u64, "song"),
            progress::spoken(watch.elapsed()),
            manifest.display()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn styles() -> impl clap::builder::TypedValueParser<Value = SongStyle> {
    let values = SongStyle::ALL.map(|style| PossibleValue::new(style.name()));
    PossibleValuesParser::new(values).map(|name| {
        let style = SongStyle::ALL.into_iter().find(|style| style.name() == name);
        style.expect("only names of styles pass")
    })
}

fn write_song(directory: &Path, number: usize, song: &Composed, with_stems: bool) -> Result<Row> {
    let truth = &song.truth;
    let name = format!("{number:04}-{}", truth.style.name().replace(' ', "-"));
    let write = |ending: &str, text: String| -> Result<String> {
        let file = format!("{name}{ending}");
        let path = directory.join(&file);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(file)
    };
    let path = format!("{name}.wav");
    write_wav(&directory.join(&path), &song.mix())?;
    if with_stems {
        let stems = directory.join(&name);
        fs::create_dir_all(&stems).with_context(|| format!("cannot make {}", stems.display()))?;
        for (stem, samples) in &song.stems {
            write_wav(&stems.join(format!("{}.wav", stem.name())), samples)?;
        }
    }
    Ok(Row {
        path,
        genre: truth.style.name(),
        tempo: (truth.tempo * 1000.0).round() / 1000.0,
        beats: write(".beats", truth.beats_text())?,
        key: truth.key.0,
        mode: u8::from(truth.key.1 == Mode::Major),
        chords: write(".chords.lab", truth.chords_text())?,
        melody: write(".melody.tsv", truth.melody_text())?,
        sections: write(".sections.lab", truth.sections_text())?,
        drums: if truth.drums.is_empty() { String::new() } else { write(".drums.tsv", truth.drums_text())? },
        stems: if with_stems { name.clone() } else { String::new() },
    })
}

/// Writes sixteen bits, two channels.
pub(crate) fn write_wav(path: &Path, samples: &Stereo) -> Result<()> {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let failed = || format!("cannot write {}", path.display());
    let mut writer = hound::WavWriter::create(path, spec).with_context(failed)?;
    let mut block = writer.get_i16_writer(2 * samples.len() as u32);
    for &sample in samples.iter().flatten() {
        block.write_sample((sample * f32::from(i16::MAX)).round() as i16);
    }
    block.flush().with_context(failed)?;
    writer.finalize().with_context(failed)
}

fn write_table(path: &Path, rows: &[Row]) -> Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let mut table = csv::Writer::from_path(path).with_context(failed)?;
    for row in rows {
        table.serialize(row).with_context(failed)?;
    }
    table.flush().with_context(failed)
}
