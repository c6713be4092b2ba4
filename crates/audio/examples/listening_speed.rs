//! How long one thread takes to read and to analyse files, and for the descriptor alone, for `benches/listen.py`.
//!
//! `listening_speed FILE...` prints one line of JSON: seconds of sound and of each step, and the descriptors.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "the time that is printed is what it is for"
)]

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use audio::{AudioError, Decoder, Sound};

#[derive(Default)]
struct Spent {
    sound: f64,
    decode: Duration,
    descriptor: Duration,
    analysis: Duration,
}

fn main() {
    let mut spent = Spent::default();
    let mut rows = Vec::new();
    for name in std::env::args().skip(1) {
        match listen(&name, &mut spent) {
            Ok(descriptor) => rows.push(serde_json::json!({ "file": name, "numbers": descriptor })),
            Err(error) => rows.push(serde_json::json!({ "file": name, "error": error.to_string() })),
        }
    }
    let seconds = |duration: Duration| duration.as_secs_f64();
    println!(
        "{}",
        serde_json::json!({
            "sound": spent.sound,
            "decode": seconds(spent.decode),
            "descriptor": seconds(spent.descriptor),
            "analysis": seconds(spent.analysis),
            "rows": rows,
        })
    );
}

fn listen(name: &str, spent: &mut Spent) -> Result<Vec<f32>, AudioError> {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    let started = Instant::now();
    let sound = Sound::read(&mut Decoder::new(Box::new(File::open(name)?), extension)?)?;
    spent.decode += started.elapsed();
    spent.sound += sound.analysed().0;
    let started = Instant::now();
    std::hint::black_box(audio::raw_descriptor(&sound));
    spent.descriptor += started.elapsed();
    let started = Instant::now();
    let analysis = audio::analyze(&sound);
    spent.analysis += started.elapsed();
    Ok(analysis.descriptor)
}
