//! `segue analyze`: what is heard in one file, in words or as numbers.

mod plot;
mod similar;
mod stems;
mod tags;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use music::analysis::{Heard, Tag, TrackAnalysis};
use scan::tags::Tags;
use scan::worker::{Answer, Failure, Job, Listened, Separated, Worker};
use serde::Serialize;

use crate::home::HomeArguments;
use crate::listening::{self, LimitArguments};
use crate::output::{json, line};

/// Say what is heard in a file: tempo, key, form and more.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The file: mp3, flac, ogg vorbis, opus, aac/m4a, alac, wav or aiff.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print the whole analysis as JSON, times in seconds.
    #[arg(long)]
    json: bool,
    /// Draw form, loudness, tempo, chords, pitch classes, melody and what is like what as a picture: SVG, or PNG where the
    /// name ends so.
    #[arg(long, value_name = "FILE.svg|FILE.png")]
    plot: Option<PathBuf>,
    /// Write drums, bass, vocals and other, accompaniment, and harmonic, percussive and residual as wav files into this
    /// directory, in which none of them may be yet.
    ///
    /// Drums, bass, vocals and other add up to the file; so do accompaniment and vocals; and harmonic, percussive and
    /// residual. "Vocals" is the leading voice, whether somebody sings or plays it. The masks know no instruments and no
    /// stem is clean. On our composed songs each is nearer to the truth than the file itself, except the accompaniment where
    /// nobody sings: what leads is taken out of it all the same. Nobody has measured them on recordings; `segue eval audio`
    /// does on songs whose stems are known, and says which are no better than the file.
    #[arg(long, value_name = "DIR")]
    stems: Option<PathBuf>,
    /// Also name this many tracks of your own music that sound most like the file, by the distance of descriptors.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "10",
          value_parser = clap::value_parser!(u16).range(1..=1_000))]
    similar: Option<u16>,
    /// Let a neural model of yours hear the file too: an ONNX file that says in its metadata_props what it is for, see
    /// docs/neural.md. One that takes sounds apart writes its own `--stems`. Needs a build with `--features neural`, and
    /// often more `--memory-mib`.
    #[arg(long, value_name = "FILE.onnx")]
    model: Option<PathBuf>,
    #[command(flatten)]
    limits: LimitArguments,
}

/// Analyses the file and prints what was found.
pub(crate) async fn run(home: &HomeArguments, arguments: &Arguments) -> Result<ExitCode> {
    // What cannot be written is said before anything is listened to.
    arguments.plot.as_deref().map_or(Ok(()), checked_picture)?;
    if let (Some(directory), None) = (&arguments.stems, &arguments.model) {
        stems::check(directory)?;
    }
    let full = checked(&arguments.file)?;
    let mut worker = Worker::new(listening::command()?, arguments.limits.limits());
    let tags = read(&arguments.file, &full, &mut worker)?;
    let listened = listen(&arguments.file, &full, arguments.model.as_deref(), &mut worker)?;
    let separated = match &arguments.stems {
        Some(directory) => {
            let model = arguments.model.as_deref().map(absolute).transpose()?;
            Some(stems::write(&full, model.as_deref(), directory, &mut worker)?)
        }
        None if arguments.model.is_some() && listened.neural.is_none() => {
            bail!("the model takes sounds apart; say with `--stems DIR` where the parts are to be written")
        }
        None => None,
    };
    if let Some(picture) = &arguments.plot {
        let title =
            engine::FilePath::of(Path::new(arguments.file.file_name().unwrap_or_default())).to_string();
        let drawing = plot::svg(&listened.analysis, &listened.waveform, &title)?;
        let is_png = picture.extension().is_some_and(|extension| extension == "png");
        let bytes = if is_png { plot::png(&drawing)? } else { drawing.into_bytes() };
        std::fs::write(picture, bytes).with_context(|| format!("cannot write {}", picture.display()))?;
    }
    let similar = match arguments.similar {
        Some(count) => Some(similar::find(home, &listened.analysis.descriptor()?, count.into()).await?),
        None => None,
    };
    if arguments.json {
        json(&Whole {
            analysis: &listened.analysis,
            tags: &tags,
            neural: listened.neural.as_ref(),
            similar,
            stems: separated.as_ref(),
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    line(listened.analysis.report.trim_end())?;
    if let Some(words) = tags::told(&tags) {
        line(words)?;
    }
    if let Some(heard) = &listened.neural {
        line(told(heard))?;
    }
    if let Some(similar) = &similar {
        similar::print(similar)?;
    }
    if listened.damaged_packet_count > 0 {
        line(format!("({} damaged packets were left out.)", listened.damaged_packet_count))?;
    }
    if let (Some(separated), Some(directory)) = (separated, &arguments.stems) {
        line(format!("\nStems are in {}.", directory.display()))?;
        if separated.left_out_frame_count > 0 {
            line("(Only the first hour was taken apart.)")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The analysis as it is written as JSON.
#[derive(Debug, Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    analysis: &'a TrackAnalysis,
    /// What the file says about itself.
    tags: &'a Tags,
    /// What the user's own model heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    neural: Option<&'a Heard>,
    /// What of the user's own music sounds like it.
    #[serde(skip_serializing_if = "Option::is_none")]
    similar: Option<Vec<similar::Similar>>,
    /// How much was taken apart into stems.
    #[serde(skip_serializing_if = "Option::is_none")]
    stems: Option<&'a Separated>,
}

/// What a model heard, in a sentence.
fn told(heard: &Heard) -> String {
    /// Tags that are told.
    const TAG_COUNT: usize = 5;
    match heard {
        Heard::Beats { beats, downbeats } => {
            let span = beats.last().zip(beats.first()).map_or(0.0, |(last, first)| last.0 - first.0);
            let tempo = 60.0 * beats.len().saturating_sub(1) as f64 / span.max(1e-9);
            if beats.len() < 2 {
                return "Your model hears no beat.".to_owned();
            }
            format!("Your model hears {} beats, {tempo:.0} BPM, and {} bars.", beats.len(), downbeats.len())
        }
        Heard::Embedding(point) => format!("Your model gives {} numbers; --json prints them.", point.len()),
        Heard::Tags(tags) => {
            let told = |tag: &Tag| format!("{} {:.0} %", tag.label, 100.0 * tag.probability);
            let words: Vec<String> = tags.iter().take(TAG_COUNT).map(told).collect();
            format!("Your model says: {}.", words.join(", "))
        }
    }
}

/// Refuses a picture of another kind, or one in a directory that is not there.
fn checked_picture(picture: &Path) -> Result<()> {
    if picture.extension().is_none_or(|extension| extension != "svg" && extension != "png") {
        bail!("{} ends neither in .svg nor in .png, so there is no telling what to write", picture.display());
    }
    let directory = picture.parent().filter(|directory| !directory.as_os_str().is_empty());
    if let Some(directory) = directory.filter(|directory| !directory.is_dir()) {
        bail!("{} is not there; make it first, or name another place for the picture", directory.display());
    }
    if picture.is_dir() {
        bail!("{} is a directory; name a file for the picture", picture.display());
    }
    Ok(())
}

/// The full path of a file that is there.
fn checked(file: &Path) -> Result<PathBuf> {
    let path = engine::FilePath::of(file);
    let metadata = std::fs::metadata(file).with_context(|| format!("cannot read {path}; check the path"))?;
    if metadata.is_dir() {
        bail!("{path} is a directory; `segue scan` reads directories, `segue analyze` one file");
    }
    if !metadata.is_file() {
        bail!("{path} is a pipe or a device; write what comes out of it into a file first");
    }
    absolute(file)
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot find {}", engine::FilePath::of(path)))
}

/// The analysis, made in a process of its own: nobody vouches for the file.
fn listen(file: &Path, full: &Path, model: Option<&Path>, worker: &mut Worker) -> Result<Listened> {
    let job = match model {
        Some(model) => Job::listen_with(full, &absolute(model)?),
        None => Job::listen(full),
    };
    match (worker.ask(&job), model) {
        (Ok(Answer::Listened(listened)), _) => Ok(*listened),
        // Either may be at fault.
        (Err(failure), Some(model)) if failure.is_of_the_file() => {
            let (file, model) = (engine::FilePath::of(file), engine::FilePath::of(model));
            Err(anyhow!("{file} with the model {model}: {failure}"))
        }
        (other, _) => Err(unusable(file, other)),
    }
}

/// What the file says about itself, likewise.
fn read(file: &Path, full: &Path, worker: &mut Worker) -> Result<Tags> {
    match worker.ask(&Job::read(full)) {
        Ok(Answer::Read(read)) => Ok(read.tags),
        other => Err(unusable(file, other)),
    }
}

/// Why there is no other answer about this file.
fn unusable(file: &Path, answer: Result<Answer, Failure>) -> anyhow::Error {
    let path = engine::FilePath::of(file);
    match answer {
        Ok(Answer::Refused(why)) => anyhow!("{path}: {why}"),
        // No fault of the file: the answer names the model.
        Ok(Answer::ModelRefused(why)) => anyhow!(why),
        Ok(_) => anyhow!("{path}: the worker answered something else; please report it"),
        Err(failure) => anyhow!("{path}: {failure}"),
    }
}
