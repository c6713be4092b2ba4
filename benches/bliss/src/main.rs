//! Prints the 23 numbers of bliss-audio for each file, and how long one thread took for all of them.

use std::time::Instant;

use bliss_audio::decoder::Decoder as _;
use bliss_audio::decoder::symphonia::SymphoniaDecoder;

fn main() {
    let started = Instant::now();
    let rows: Vec<serde_json::Value> = std::env::args()
        .skip(1)
        .map(|file| match SymphoniaDecoder::song_from_path(&file) {
            Ok(song) => serde_json::json!({ "file": file, "numbers": song.analysis.as_vec() }),
            Err(error) => serde_json::json!({ "file": file, "error": error.to_string() }),
        })
        .collect();
    println!("{}", serde_json::json!({ "seconds": started.elapsed().as_secs_f64(), "rows": rows }));
}
