//! Fits the maps of `calibration/knots.rs`: prints knots for each kind of confidence from annotated tracks.
//!
//! Each argument is a manifest.csv of `segue sim compose`, or a directory of rendered POP909 of which every second song
//! counts, beginning with the first; a dozen stretches of noise are added, of which every tempo and metre that is claimed is
//! wrong: `cargo run --release -p audio --example calibrate -- DIR/manifest.csv POP909`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program that prints")]

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use audio::annotation::{Beat, Truth, manifest, pop909};
use audio::score::reliability::{Claim, Claimed, claims};
use audio::{Decoder, Sound, analyze_uncalibrated};

/// The most knots of one map, and the least tracks that one stands on.
const KNOT_COUNT_MAX: usize = 6;
const TRACK_COUNT_MIN: f64 = 12.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut tracks = Vec::new();
    for argument in std::env::args().skip(1) {
        let path = PathBuf::from(argument);
        tracks.extend(if path.is_dir() { rendered(&path)? } else { composed(&path)? });
    }
    let half = tracks.len().div_ceil(2);
    let all: Vec<(usize, Claim)> = std::thread::scope(|scope| {
        let parts = tracks.chunks(half.max(1)).enumerate().map(|(part, tracks)| {
            scope.spawn(move || {
                let mut all = Vec::new();
                for (index, (path, truth)) in tracks.iter().enumerate() {
                    match heard(path) {
                        Ok(sound) => {
                            let claims = claims(truth, &analyze_uncalibrated(&sound));
                            all.extend(claims.into_iter().map(|claim| (part * half + index, claim)));
                        }
                        Err(error) => eprintln!("{}: {error}", path.display()),
                    }
                }
                all
            })
        });
        let parts: Vec<_> = parts.collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    });
    let all: Vec<(usize, Claim)> = all.into_iter().chain(of_noise(tracks.len())).collect();
    for what in Claimed::ALL {
        let own: Vec<(usize, Claim)> = all.iter().copied().filter(|(_, claim)| claim.what == what).collect();
        println!("    // {what:?}: {} claims", own.len());
        let knots: Vec<String> = fit(own).iter().map(|(raw, p)| format!("({raw:.3}, {p:.3})")).collect();
        println!("    &[{}],", knots.join(", "));
    }
    Ok(())
}

/// What is claimed of noise of several colours, each numbered as a track of its own from `first` on.
fn of_noise(first: usize) -> Vec<(usize, Claim)> {
    const SECONDS: usize = 30;
    // No tempo and no metre is right.
    let none = Beat { time: 0.0, position: Some(u32::MAX) };
    let truth = Truth { tempo: Some(1.0), beats: vec![none], ..Truth::default() };
    let mut state = 7_u32;
    let mut all = Vec::new();
    for index in 0..12 {
        // The part of a sample that is carried over to the next: white, pinkish, brown.
        let held = [0.0, 0.9, 0.995][index % 3];
        let mut value = 0.0;
        let samples: Vec<f32> = (0..SECONDS * audio::ANALYSIS_RATE_HZ as usize)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                value = held * value + 0.2 * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0);
                value
            })
            .collect();
        let claims = claims(&truth, &analyze_uncalibrated(&Sound::of_mono(&samples)));
        all.extend(claims.into_iter().map(|claim| (first + index, claim)));
    }
    all
}

fn heard(path: &Path) -> Result<Sound, Box<dyn Error>> {
    let mut decoder = Decoder::new(Box::new(File::open(path)?), Some("wav"))?;
    Ok(Sound::read(&mut decoder)?)
}

fn composed(table: &Path) -> Result<Vec<(PathBuf, Truth)>, Box<dyn Error>> {
    let directory = table.parent().unwrap_or(Path::new(""));
    let mut tracks = Vec::new();
    for entry in manifest::read("manifest.csv", &fs::read(table)?)? {
        let entry = entry?;
        let mut truth = Truth { tempo: entry.tempo, key: entry.key, ..Truth::default() };
        let bytes = |name: Option<String>| fs::read(directory.join(name.unwrap_or_default()));
        truth.read_beats("beats", &bytes(entry.beats)?)?;
        truth.read_chords("chords", &bytes(entry.chords)?)?;
        truth.read_sections("sections", &bytes(entry.sections)?)?;
        tracks.push((directory.join(entry.path), truth));
    }
    Ok(tracks)
}

fn rendered(directory: &Path) -> Result<Vec<(PathBuf, Truth)>, Box<dyn Error>> {
    let mut songs: Vec<PathBuf> =
        fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    songs.sort();
    let mut tracks = Vec::new();
    for song in songs.iter().step_by(2) {
        let truth = pop909::read("truth.json", &fs::read(song.join("truth.json"))?)?;
        let name = song.file_name().unwrap_or_default();
        tracks.push((song.join(name).with_extension("wav"), truth));
    }
    Ok(tracks)
}

/// The isotonic fit of right or wrong over the raw confidence, as a few knots.
///
/// A knot stands on as much weight as the others and on a dozen tracks at least; one half is added to what is right and
/// what is wrong in it, so that nothing is certain.
///
/// *Source*: Zadrozny, Elkan, "Transforming Classifier Scores into Accurate Multiclass Probability Estimates", 2002.
fn fit(mut claims: Vec<(usize, Claim)>) -> Vec<(f64, f64)> {
    claims.sort_by(|a, b| a.1.confidence.total_cmp(&b.1.confidence));
    let total: f64 = claims.iter().map(|(_, claim)| claim.weight).sum();
    let mut tracks: Vec<usize> = claims.iter().map(|claim| claim.0).collect();
    tracks.sort_unstable();
    tracks.dedup();
    let track_count = tracks.len() as f64;
    let knot_count = ((track_count / TRACK_COUNT_MIN) as usize).clamp(1, KNOT_COUNT_MAX);
    // Of each knot: weight, weight × confidence, weight that is right.
    let mut pools: Vec<[f64; 3]> = Vec::new();
    let mut open = [0.0; 3];
    for (_, claim) in &claims {
        open[0] += claim.weight;
        open[1] += claim.weight * claim.confidence;
        open[2] += if claim.is_right { claim.weight } else { 0.0 };
        if open[0] >= total / knot_count as f64 - 1e-9 {
            pools.push(std::mem::take(&mut open));
        }
    }
    if open[0] > 0.0 {
        pools.push(open);
    }
    // Neighbours that do not rise become one.
    let mut rising: Vec<[f64; 3]> = Vec::new();
    for pool in pools {
        rising.push(pool);
        while let [.., a, b] = rising.as_slice()
            && (a[2] / a[0] >= b[2] / b[0] || b[1] / b[0] - a[1] / a[0] < 1e-3)
        {
            let sum = [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
            rising.truncate(rising.len() - 2);
            rising.push(sum);
        }
    }
    let probability = |pool: &[f64; 3]| {
        let count = pool[0] / total * track_count;
        (pool[2] / pool[0] * count + 0.5) / (count + 1.0)
    };
    rising.iter().map(|pool| (pool[1] / pool[0], probability(pool))).collect()
}
