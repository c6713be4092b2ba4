//! From tracks to a report: means with their intervals, a row for each genre, and what could not be used.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::Result;
use audio::score::reliability::{self, Bin, Claimed};
use audio::score::{class, rank};
use learn::eval::{Meter as _, ModelReport};
use learn::metrics::bootstrap;
use serde::Serialize;
use serde_json::json;

use super::measure::{Measured, Scored};
use super::set::{Annotated, AudioSet, Failure};
use super::stems;
use crate::meter::Stopwatch;
use crate::output::{counted, table};

/// What the analysis is called beside other people's in a table.
const MODEL: &str = "segue";

/// The result in the form of `segue eval --json`, with what only this task has.
#[derive(Debug, Serialize)]
pub(super) struct AudioReport {
    task: &'static str,
    data: String,
    protocol: String,
    seed: u64,
    models: [ModelReport; 1],
    best: &'static str,
    /// How many tracks were analysed.
    pub(super) track_count: usize,
    /// How many tracks each metric could be measured on.
    counts: BTreeMap<String, usize>,
    /// How long the analysed tracks play, in seconds.
    audio_seconds: f64,
    /// Seconds of sound for each second that passed, all cores together.
    real_time_factor: f64,
    /// Seconds of sound for each second that a core worked.
    real_time_factor_per_core: f64,
    /// By what is claimed: how much of what is claimed with about the same confidence is right.
    reliability: BTreeMap<&'static str, Vec<ReliabilityRow>>,
    genres: Vec<GenreRow>,
    tracks: Vec<TrackRow>,
    /// What could not be used, and why.
    pub(super) failures: Vec<Failure>,
}

/// Claims of about the same confidence.
#[derive(Debug, Serialize)]
struct ReliabilityRow {
    confidence: f64,
    right: f64,
    /// How many there are; of labels and chords how many seconds.
    weight: f64,
}

/// The tracks of one genre.
#[derive(Debug, Serialize)]
struct GenreRow {
    genre: String,
    track_count: usize,
    metrics: BTreeMap<String, f64>,
    ci95: BTreeMap<String, [f64; 2]>,
}

/// One track.
#[derive(Debug, Serialize)]
struct TrackRow {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    genre: Option<String>,
    seconds: f64,
    metrics: BTreeMap<String, f64>,
}

impl AudioReport {
    /// Summarises; a metric is there where at least one track has it.
    pub(super) fn new(set: &AudioSet, measured: &[Measured], seed: u64, watch: &Stopwatch) -> Result<Self> {
        let mut failures = set.failures.clone();
        let mut pairs: Vec<(&Annotated, &Scored)> = Vec::new();
        for (track, measured) in set.tracks.iter().zip(measured) {
            match &measured.outcome {
                Ok(scored) => pairs.push((track, scored)),
                Err(error) => failures.push(Failure::new(&track.name, format!("{error:#}"))),
            }
        }
        failures.extend(pairs.iter().filter_map(|(track, scored)| unknown_chords(track, scored)));
        let mut values: Vec<BTreeMap<String, f64>> =
            pairs.iter().map(|(_, scored)| named_values(scored)).collect();
        let chosen = tell_genres(&pairs, &mut values, seed);
        let (mut metrics, mut ci95, counts) = means(values.iter(), seed)?;
        rank_moods(&pairs, seed, &mut metrics, &mut ci95);
        tell_speech(&pairs, seed, &mut metrics, &mut ci95)?;
        let reliability = tell_reliability(&pairs, &mut metrics);
        let seconds = watch.seconds();
        let audio_seconds: f64 = pairs.iter().map(|(_, scored)| scored.duration).sum();
        let worked: f64 = measured.iter().filter(|one| one.outcome.is_ok()).map(|one| one.seconds).sum();
        let genres = genre_rows(&pairs, &values, seed)?;
        let tracks = pairs.iter().zip(measured.iter().filter(|one| one.outcome.is_ok())).zip(values);
        let tracks = tracks.map(|(((track, _), measured), metrics)| TrackRow {
            path: track.name.clone(),
            genre: track.truth.genre.clone(),
            seconds: measured.seconds,
            metrics,
        });
        Ok(Self {
            task: super::NAME,
            data: set.name.clone(),
            protocol: protocol(set),
            seed,
            models: [ModelReport {
                name: MODEL.to_owned(),
                params: if chosen.is_empty() {
                    serde_json::Value::Null
                } else {
                    json!({ "genre_classifiers": chosen })
                },
                metrics,
                ci95,
                seconds,
                peak_rss_bytes: watch.peak_rss_bytes(),
                ..ModelReport::default()
            }],
            best: MODEL,
            track_count: pairs.len(),
            counts,
            audio_seconds,
            real_time_factor: audio_seconds / seconds.max(1e-9),
            real_time_factor_per_core: audio_seconds / worked.max(1e-9),
            reliability,
            genres,
            tracks: tracks.collect(),
            failures,
        })
    }

    /// The report for people.
    pub(super) fn text(&self) -> String {
        let [model] = &self.models;
        let mut text = format!("{} on {}, seed {}\n{}\n", self.task, self.data, self.seed, self.protocol);
        let mut figures = table(&["metric", "mean", "95 % interval", "tracks"], &[1, 2, 3]);
        for (name, value) in &model.metrics {
            let interval =
                model.ci95.get(name).map_or_else(String::new, |[low, high]| format!("{low:.3} to {high:.3}"));
            let count = self.counts.get(name).map_or_else(String::new, ToString::to_string);
            figures.add_row([name.clone(), format!("{value:.3}"), interval, count]);
        }
        let _ = writeln!(text, "{figures}");
        if !self.genres.is_empty() {
            let _ = writeln!(text, "{}", self.genre_table());
        }
        text.push_str(&self.stems_text());
        let peak =
            model.peak_rss_bytes.map_or_else(String::new, |bytes| format!(", at most {} MiB", bytes >> 20));
        let _ = write!(
            text,
            "{} of {:.0} s in {:.1} s: {:.0} times real time, {:.0} on each core{peak}.",
            counted(self.track_count as u64, "track"),
            self.audio_seconds,
            model.seconds,
            self.real_time_factor,
            self.real_time_factor_per_core,
        );
        if !self.failures.is_empty() {
            let _ = write!(
                text,
                "\n{} could not be used; the lines above say why.",
                counted(self.failures.len() as u64, "file")
            );
        }
        text
    }

    /// Of each stem whether it is worth more than the mixture that it is taken from; empty where none is known.
    fn stems_text(&self) -> String {
        let [model] = &self.models;
        let mut text = String::new();
        for (stem, name, mix_name) in stems::SCORED {
            let (Some(own), Some(mix)) = (model.metrics.get(name), model.metrics.get(mix_name)) else {
                continue;
            };
            let is_better = |track: &&TrackRow| track.metrics.get(name) > track.metrics.get(mix_name);
            let better =
                self.tracks.iter().filter(|track| track.metrics.contains_key(name)).filter(is_better);
            let verdict =
                if own > mix { "" } else { ": no better than the mixture, do not use it on such music" };
            let _ = writeln!(
                text,
                "Stem {}: SDR {own:.1} dB, the mixture taken for it {mix:.1} dB; better on {} of {}{verdict}.",
                stem.name(),
                better.count(),
                counted(self.counts.get(name).copied().unwrap_or(0) as u64, "track"),
            );
        }
        text
    }

    fn genre_table(&self) -> String {
        let names: BTreeSet<&str> =
            self.genres.iter().flat_map(|row| row.metrics.keys()).map(String::as_str).collect();
        // The measures that say most; JSON has them all.
        let shown = [
            "beat_f",
            "tempo_acc1",
            "tempo_acc2",
            "key_weighted",
            "chord_majmin",
            "boundary_hr@3",
            "genre_acc",
        ];
        let shown: Vec<&str> = shown.into_iter().filter(|name| names.contains(name)).collect();
        let headings: Vec<&str> = ["genre", "tracks"].into_iter().chain(shown.iter().copied()).collect();
        let mut rows = table(&headings, &(1..headings.len()).collect::<Vec<_>>());
        for row in &self.genres {
            let value = |name: &&str| {
                row.metrics.get(*name).map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
            };
            rows.add_row(
                [row.genre.clone(), row.track_count.to_string()].into_iter().chain(shown.iter().map(value)),
            );
        }
        rows.to_string()
    }
}

fn protocol(set: &AudioSet) -> String {
    format!(
        "Read as {}. Every measure as in mir_eval, averaged over the tracks that have its annotation; beats from 5 s on, within \
         70 ms; tempo within 4 %; chords over time; of several segmentations the better one; genre by 10-fold stratified \
         cross-validation on the descriptor, the classifier chosen inside the training folds; SDR of BSS Eval on the mean of the \
         channels in frames of {} s, percussive against the drums and harmonic against all else; calibration errors over all \
         claims in ten bins; intervals by bootstrap over \
         tracks.",
        set.layout,
        stems::FRAME_SECONDS
    )
}

fn named_values(scored: &Scored) -> BTreeMap<String, f64> {
    scored.scores.values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

fn unknown_chords(track: &Annotated, scored: &Scored) -> Option<Failure> {
    let unknown = &scored.scores.unknown_chords;
    let first = unknown.first()?;
    let text = format!(
        "{} not in the syntax of Harte et al., such as {first:?}; the time under them is not scored",
        counted(unknown.len() as u64, "chord label")
    );
    Some(Failure::new(&track.name, text))
}

/// Adds `genre_acc` to the tracks that have a genre and a descriptor; tells which classifiers were chosen.
fn tell_genres(
    pairs: &[(&Annotated, &Scored)],
    values: &mut [BTreeMap<String, f64>],
    seed: u64,
) -> BTreeMap<String, usize> {
    let known = pairs.iter().enumerate().filter_map(|(row, (track, scored))| {
        Some((row, track.truth.genre.as_deref()?, scored.descriptor.as_ref()?))
    });
    let known: Vec<(usize, &str, &Vec<f64>)> = known.collect();
    let names: Vec<&str> = known.iter().map(|known| known.1).collect::<BTreeSet<_>>().into_iter().collect();
    let classes: Vec<usize> = known.iter().map(|known| names.binary_search(&known.1).unwrap_or(0)).collect();
    let points: Vec<Vec<f64>> = known.iter().map(|known| known.2.clone()).collect();
    let Some(outcome) = class::cross_validate(&points, &classes, seed) else { return BTreeMap::new() };
    for ((row, ..), is_right) in known.iter().zip(&outcome.is_right) {
        if let Some(is_right) = is_right {
            values[*row].insert("genre_acc".to_owned(), f64::from(u8::from(*is_right)));
        }
    }
    outcome.chosen
}

fn rank_moods(
    pairs: &[(&Annotated, &Scored)],
    seed: u64,
    metrics: &mut BTreeMap<String, f64>,
    ci95: &mut BTreeMap<String, [f64; 2]>,
) {
    let valence = pairs.iter().filter_map(|(track, scored)| Some((track.truth.valence?, scored.valence?)));
    let energy = pairs.iter().filter_map(|(track, scored)| Some((track.truth.energy?, scored.energy?)));
    let moods: [(&str, Vec<(f64, f64)>); 2] =
        [("spearman_valence", valence.collect()), ("spearman_energy", energy.collect())];
    for (name, pairs) in moods {
        if let Some(rho) = rank::spearman(&pairs) {
            metrics.insert(name.to_owned(), rho);
            ci95.extend(rank::spearman_interval(&pairs, seed).map(|interval| (name.to_owned(), interval)));
        }
    }
}

/// Above this speechiness a window counts as speech.
const SPEECH_FROM: f64 = 0.5;

/// The share of the windows that are told right, and how probable it is that one of speech is above one of music.
fn tell_speech(
    pairs: &[(&Annotated, &Scored)],
    seed: u64,
    metrics: &mut BTreeMap<String, f64>,
    ci95: &mut BTreeMap<String, [f64; 2]>,
) -> Result<()> {
    let windows: Vec<(f64, bool)> =
        pairs.iter().flat_map(|(_, scored)| scored.speech.iter().copied()).collect();
    let right = |&(value, is_speech): &(f64, bool)| f64::from(u8::from((value > SPEECH_FROM) == is_speech));
    if let Some(interval) = bootstrap(&windows.iter().map(right).collect::<Vec<_>>(), seed)? {
        metrics.insert("speech_acc".to_owned(), interval.mean);
        ci95.insert("speech_acc".to_owned(), [interval.low, interval.high]);
    }
    metrics.extend(rank::area_under_curve(&windows).map(|area| ("speech_auc".to_owned(), area)));
    Ok(())
}

/// Adds the calibration error of each kind of claim; tells of each how right it is at which confidence.
fn tell_reliability(
    pairs: &[(&Annotated, &Scored)],
    metrics: &mut BTreeMap<String, f64>,
) -> BTreeMap<&'static str, Vec<ReliabilityRow>> {
    let mut reliability = BTreeMap::new();
    for what in Claimed::ALL {
        let claims = pairs.iter().flat_map(|(_, scored)| &scored.claims).filter(|claim| claim.what == what);
        let bins = reliability::bins(claims);
        let Some(error) = reliability::expected_calibration_error(&bins) else { continue };
        metrics.insert(what.error_name().to_owned(), error);
        let row =
            |bin: Bin| ReliabilityRow { confidence: bin.confidence, right: bin.right, weight: bin.weight };
        reliability.insert(what.error_name(), bins.into_iter().map(row).collect());
    }
    reliability
}

type Means = (BTreeMap<String, f64>, BTreeMap<String, [f64; 2]>, BTreeMap<String, usize>);

/// The mean of each metric, its interval, and how many tracks have it.
fn means<'v>(values: impl Iterator<Item = &'v BTreeMap<String, f64>>, seed: u64) -> Result<Means> {
    let mut columns: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (name, value) in values.flatten() {
        columns.entry(name.clone()).or_default().push(*value);
    }
    let (mut metrics, mut ci95, mut counts) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (name, column) in columns {
        let Some(interval) = bootstrap(&column, seed)? else { continue };
        metrics.insert(name.clone(), interval.mean);
        ci95.insert(name.clone(), [interval.low, interval.high]);
        counts.insert(name, column.len());
    }
    Ok((metrics, ci95, counts))
}

/// A row for each genre, where there are at least two.
fn genre_rows(
    pairs: &[(&Annotated, &Scored)],
    values: &[BTreeMap<String, f64>],
    seed: u64,
) -> Result<Vec<GenreRow>> {
    let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, (track, _)) in pairs.iter().enumerate() {
        if let Some(genre) = track.truth.genre.as_deref() {
            rows.entry(genre).or_default().push(row);
        }
    }
    if rows.len() < 2 {
        return Ok(Vec::new());
    }
    let row = |(genre, rows): (&str, Vec<usize>)| {
        let (metrics, ci95, _) = means(rows.iter().map(|&row| &values[row]), seed)?;
        Ok(GenreRow { genre: genre.to_owned(), track_count: rows.len(), metrics, ci95 })
    };
    rows.into_iter().map(row).collect()
}
