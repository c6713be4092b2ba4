//! How well a track is taken apart, where its parts are known.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use audio::score::separation::{SeparationError, sdr};
use audio::separation::{Separator, Stem, Stems};
use music::analysis::Melody;

use super::readers::Readers;

/// A stem is scored in frames of this length that follow each other, as its filter may change in time; a frame in which
/// it is silent has no score. *Unit*: seconds.
pub(super) const FRAME_SECONDS: usize = 20;
/// Which stems are scored: what its measure is called, and that of the mixture taken for it.
pub(super) const SCORED: [(Stem, &str, &str); 7] = [
    (Stem::Drums, "sdr_drums", "sdr_mix_drums"),
    (Stem::Bass, "sdr_bass", "sdr_mix_bass"),
    (Stem::Vocals, "sdr_vocals", "sdr_mix_vocals"),
    (Stem::Other, "sdr_other", "sdr_mix_other"),
    (Stem::Accompaniment, "sdr_accompaniment", "sdr_mix_accompaniment"),
    (Stem::Harmonic, "sdr_harmonic", "sdr_mix_harmonic"),
    (Stem::Percussive, "sdr_percussive", "sdr_mix_percussive"),
];
/// The most sound files that are read from one directory of stems.
const FILE_COUNT_MAX: usize = 64;

/// Scores our stems of the file at `path`, and the mixture in their place, by the files in `directory`.
///
/// Files called drums, bass and vocals are that, all others together are the rest; both channels as their mean.
pub(super) fn score(
    path: &Path,
    directory: &Path,
    melody: &Melody,
    readers: &Readers,
    values: &mut BTreeMap<&'static str, f64>,
) -> Result<()> {
    let found = separated(path, melody, readers)?;
    let truth = true_stems(directory, found.rate_hz, found.mix.len(), readers)?;
    let frame_len = FRAME_SECONDS * found.rate_hz as usize;
    for (stem, name, mix_name) in SCORED {
        let known = |at: usize| match stem {
            Stem::Drums | Stem::Percussive => truth.drums[at],
            Stem::Bass => truth.bass[at],
            Stem::Vocals => truth.vocals[at],
            Stem::Other => truth.other[at],
            Stem::Accompaniment => truth.drums[at] + truth.bass[at] + truth.other[at],
            _ => truth.bass[at] + truth.vocals[at] + truth.other[at],
        };
        let (mut sums, mut count) = ([0.0; 2], 0.0);
        for start in (0..found.mix.len()).step_by(frame_len) {
            let frame = start..found.mix.len().min(start + frame_len);
            let reference: Vec<f64> = frame.clone().map(|at| f64::from(known(at))).collect();
            let wide = |samples: &[f32]| -> Vec<f64> {
                samples[frame.clone()].iter().map(|&sample| f64::from(sample)).collect()
            };
            match sdr(&reference, &[&wide(&found.stems[stem as usize]), &wide(&found.mix)]) {
                Ok(ratios) => {
                    // What is exact counts as very good, so that a mean can be taken.
                    sums.iter_mut().zip(ratios).for_each(|(sum, ratio)| *sum += ratio.clamp(-60.0, 60.0));
                    count += 1.0;
                }
                Err(SeparationError::Silent(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if count > 0.0 {
            values.insert(name, sums[0] / count);
            values.insert(mix_name, sums[1] / count);
        }
    }
    Ok(())
}

/// One channel of the whole and of each stem.
struct Found {
    rate_hz: u32,
    mix: Vec<f32>,
    stems: [Vec<f32>; Stem::COUNT],
}

fn separated(path: &Path, melody: &Melody, readers: &Readers) -> Result<Found> {
    let mut found = Found { rate_hz: 0, mix: Vec::new(), stems: Default::default() };
    let mut separator: Option<(Separator, usize)> = None;
    readers.decode(path, |block, rate_hz| {
        found.rate_hz = rate_hz;
        add_mean(&block.samples, block.channel_count, &mut found.mix);
        let (separator, channel_count) = separator.get_or_insert_with(|| {
            (Separator::new(melody.clone(), rate_hz, block.channel_count), block.channel_count)
        });
        let Ok(()) = separator.push(block, &mut keep(&mut found.stems, *channel_count));
        Ok(())
    })?;
    if let Some((separator, channel_count)) = separator {
        let Ok(()) = separator.finish(&mut keep(&mut found.stems, channel_count));
    }
    Ok(found)
}

fn keep(
    kept: &mut [Vec<f32>; Stem::COUNT],
    channel_count: usize,
) -> impl FnMut(&Stems) -> Result<(), Infallible> {
    move |stems| {
        kept.iter_mut().zip(&stems.samples).for_each(|(kept, new)| add_mean(new, channel_count, kept));
        Ok(())
    }
}

fn add_mean(samples: &[f32], channel_count: usize, mean: &mut Vec<f32>) {
    let count = channel_count.max(1);
    mean.extend(samples.chunks_exact(count).map(|frame| frame.iter().sum::<f32>() / count as f32));
}

/// One channel of each part as it is known to be.
#[derive(Default)]
struct Truth {
    drums: Vec<f32>,
    bass: Vec<f32>,
    vocals: Vec<f32>,
    other: Vec<f32>,
}

fn true_stems(directory: &Path, rate_hz: u32, sample_count: usize, readers: &Readers) -> Result<Truth> {
    let failed = || format!("cannot read the stems in {}", directory.display());
    let mut paths: Vec<_> = fs::read_dir(directory)
        .with_context(failed)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    if paths.is_empty() || paths.len() > FILE_COUNT_MAX {
        bail!("{} holds {} files; one for each stem is asked for", directory.display(), paths.len());
    }
    let silence = || vec![0.0; sample_count];
    let mut truth = Truth { drums: silence(), bass: silence(), vocals: silence(), other: silence() };
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        let part = match name.as_str() {
            "drums" => &mut truth.drums,
            "bass" => &mut truth.bass,
            "vocals" => &mut truth.vocals,
            _ => &mut truth.other,
        };
        let mut samples = Vec::new();
        let read = readers.decode(&path, |block, own_rate_hz| {
            ensure!(own_rate_hz == rate_hz, "{} has {own_rate_hz} Hz, the track {rate_hz}", path.display());
            add_mean(&block.samples, block.channel_count, &mut samples);
            Ok(())
        });
        read.with_context(failed)?;
        part.iter_mut().zip(samples).for_each(|(sum, sample)| *sum += sample);
    }
    Ok(truth)
}
