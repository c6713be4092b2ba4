//! `segue analyze --stems`: the parts of a sound as files.
//!
//! A worker decodes and separates, this process writes: nobody vouches for the file, and a worker may write none.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use audio::separation::Stem;
use engine::FilePath;
use hound::{SampleFormat, WavSpec, WavWriter};
use scan::worker::{Separated, SeparationFailure, StemsShape, Worker};

/// Refuses a directory that cannot take our own stems.
pub(super) fn check(directory: &Path) -> Result<()> {
    if directory.exists() && !directory.is_dir() {
        bail!("{} is no directory; name one for the stems", FilePath::of(directory));
    }
    let paths = Stem::ALL.map(|stem| path_of(directory, stem.name()));
    match paths.iter().find(|path| path.exists()) {
        Some(path) => bail!(taken(path)),
        None => Ok(()),
    }
}

fn path_of(directory: &Path, stem: &str) -> PathBuf {
    directory.join(format!("{stem}.wav"))
}

fn taken(path: &Path) -> String {
    format!("{} is there already; name another directory, or remove it", FilePath::of(path))
}

/// Writes the stems of `file` into `directory`, where none of them may be yet; tells how much was taken apart.
///
/// A model that takes sounds apart does it, any other is left alone.
/// What is begun and not finished is removed again.
pub(super) fn write(
    file: &Path,
    model: Option<&Path>,
    directory: &Path,
    worker: &mut Worker,
) -> Result<Separated> {
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", FilePath::of(directory)))?;
    let mut files = Files { paths: Vec::new(), made_count: 0, writers: Vec::new(), is_done: false };
    let separated = worker
        .separate(file, model, &mut |shape, samples| match samples {
            None => files.open(directory, shape),
            Some((stem, samples)) => files.add(stem, samples),
        })
        .map_err(|failure| match failure {
            SeparationFailure::Worker(_) | SeparationFailure::Refused(_) => {
                anyhow!("{}: {failure}", FilePath::of(file))
            }
            // The model, or the place to write to: each is named by what went wrong with it.
            other => anyhow!(other),
        })?;
    files.finish()?;
    Ok(separated)
}

/// The files of the stems, which are removed again unless they are finished.
struct Files {
    paths: Vec<PathBuf>,
    /// How many of the paths this run has made, from the first on.
    made_count: usize,
    /// In the order of the paths; as many as were made.
    writers: Vec<WavWriter<BufWriter<File>>>,
    is_done: bool,
}

impl Files {
    fn open(&mut self, directory: &Path, shape: &StemsShape) -> io::Result<()> {
        self.paths = shape.names.iter().map(|name| path_of(directory, name)).collect();
        if let Some(path) = self.paths.iter().find(|path| path.exists()) {
            return Err(io::Error::other(taken(path)));
        }
        // Floats, because a stem may be louder than the whole, and because stems of whole numbers do not add up.
        let spec = WavSpec {
            channels: shape.channel_count,
            sample_rate: shape.rate_hz,
            bits_per_sample: 32,
            sample_format: SampleFormat::Float,
        };
        for path in &self.paths {
            // Fails where somebody made the file meanwhile.
            let file = File::create_new(path).map_err(|error| at(path, error))?;
            self.made_count += 1;
            self.writers.push(WavWriter::new(BufWriter::new(file), spec).map_err(|error| at(path, error))?);
        }
        Ok(())
    }

    fn add(&mut self, index: usize, samples: &[f32]) -> io::Result<()> {
        let Some(writer) = self.writers.get_mut(index) else {
            return Err(io::Error::other("samples came before their shape"));
        };
        // The header counts bytes in 32 bits, with itself among them.
        if 4 * (u64::from(writer.len()) + samples.len() as u64) > u64::from(u32::MAX) - 1_024 {
            return Err(at(&self.paths[index], "a wav file cannot hold more than 4 GB; cut the sound first"));
        }
        let written = samples.iter().try_for_each(|&sample| writer.write_sample(sample));
        written.map_err(|error| at(&self.paths[index], error))
    }

    fn finish(mut self) -> Result<()> {
        for (writer, path) in std::mem::take(&mut self.writers).into_iter().zip(&self.paths) {
            writer.finalize().with_context(|| format!("cannot write {}", FilePath::of(path)))?;
        }
        self.is_done = true;
        Ok(())
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        // Only those that this run made.
        self.writers.clear();
        for path in &self.paths[..self.made_count] {
            let _ = fs::remove_file(path);
        }
    }
}

fn at(path: &Path, error: impl std::fmt::Display) -> io::Error {
    io::Error::other(format!("cannot write {}: {error}", FilePath::of(path)))
}
