//! Models that take a sound apart by sharing it out, made by the tests themselves.

#![expect(clippy::unwrap_used, reason = "a test ends where something it needs fails")]

mod onnx;

use audio::Block;
use neural::{Model, ModelSeparator, NeuralError};
use tract_onnx::pb::{TensorProto, tensor_proto};

use crate::onnx::{file, node};

/// A model with a stem for each of `shares`, which is the sound times that number.
fn sharer(said: &[(&str, &str)], channels: i64, window: i64, shares: &[f32]) -> Vec<u8> {
    let stems = shares.len() as i64;
    let product = node("Mul", &["sound", "shares"], "stems", Vec::new());
    let shares = TensorProto {
        name: "shares".to_owned(),
        dims: vec![1, stems, 1, 1],
        data_type: tensor_proto::DataType::Float as i32,
        float_data: shares.to_vec(),
        ..Default::default()
    };
    let output = ("stems", &[1, stems, channels, window][..]);
    file(said, &[1, channels, window], vec![product], shares, output)
}

fn said<'a>(labels: &'a str, rate: &'a str, channels: &'a str, window: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("segue.task", "separation"),
        ("segue.input", "samples"),
        ("segue.labels", labels),
        ("segue.rate", rate),
        ("segue.channels", channels),
        ("segue.window", window),
    ]
}

/// All stems of a sound that comes in blocks of 1,000 samples.
fn apart(model: &Model, rate_hz: u32, channel_count: usize, samples: &[f32]) -> Vec<Vec<f32>> {
    let mut separator = ModelSeparator::new(model, rate_hz).unwrap().unwrap();
    let mut stems = vec![Vec::new(); separator.separation().stems.len()];
    let mut sink = |stretch: &[Vec<f32>]| -> Result<(), NeuralError> {
        stems.iter_mut().zip(stretch).for_each(|(stem, stretch)| stem.extend_from_slice(stretch));
        Ok(())
    };
    for samples in samples.chunks(1_000 * channel_count) {
        separator.push(&Block { channel_count, samples: samples.to_vec() }, &mut sink).unwrap();
    }
    separator.finish(&mut sink).unwrap();
    stems
}

fn noise(count: usize) -> Vec<f32> {
    (0..count).map(|n| ((n * 7_919 + 13) % 1_009) as f32 / 1_009.0 - 0.5).collect()
}

#[test]
fn every_sample_comes_out_where_it_went_in() {
    for window in ["64", "65", "1500"] {
        let bytes =
            sharer(&said("voice, rest", "44100", "2", window), 2, window.parse().unwrap(), &[0.25, 0.75]);
        let model = Model::read(&bytes).unwrap();
        for frames in [1, 31, 32, 33, 750, 2_999, 3_000] {
            let sound = noise(2 * frames);
            let stems = apart(&model, 44_100, 2, &sound);
            for (stem, share) in stems.iter().zip([0.25, 0.75]) {
                assert_eq!(stem.len(), sound.len(), "window {window}, {frames} frames");
                let wrong =
                    stem.iter().zip(&sound).find(|(stem, whole)| (**stem - share * **whole).abs() > 1e-5);
                assert_eq!(wrong, None, "window {window}, {frames} frames");
            }
        }
    }
}

#[test]
fn channels_and_rate_become_those_of_the_model() {
    let model =
        Model::read(&sharer(&said("a, b, c", "22050", "1", "256"), 1, 256, &[1.0, 0.5, 0.0])).unwrap();
    let step = std::f32::consts::TAU * 100.0 / 44_100.0;
    let tone: Vec<f32> = (0..44_100).flat_map(|n| [(step * n as f32).sin(), 0.0]).collect();
    let stems = apart(&model, 44_100, 2, &tone);
    assert_eq!(stems.iter().map(Vec::len).collect::<Vec<_>>(), [22_050; 3]);
    let worst = stems[0].iter().enumerate().skip(2_000).take(18_000);
    let worst =
        worst.map(|(n, value)| (value - 0.5 * (2.0 * step * n as f32).sin()).abs()).fold(0.0, f32::max);
    assert!(worst < 0.01, "{worst}");
    assert!(stems[2].iter().all(|&value| value == 0.0));
    // Of nothing there is nothing.
    assert!(apart(&model, 44_100, 2, &[]).iter().all(Vec::is_empty));
}

#[test]
fn a_model_that_separates_says_how_or_is_refused() {
    let why = |labels, rate, channels| {
        let bytes = sharer(&said(labels, rate, channels, "64"), 1, 64, &[1.0, 0.0]);
        Model::read(&bytes).unwrap_err().to_string()
    };
    insta::assert_snapshot!(why("../../etc/passwd, b", "44100", "1"), @"the model says segue.labels = ../../etc/passwd, b, which cannot be: stems are up to 16 different names of small letters, digits, - and _");
    insta::assert_snapshot!(why("a, a", "44100", "1"), @"the model says segue.labels = a, a, which cannot be: stems are up to 16 different names of small letters, digits, - and _");
    insta::assert_snapshot!(why("a, b", "44101", "1"), @"the model says segue.rate = 44101, which cannot be: it is 8000, 16000, 22050, 24000, 32000, 44100 or 48000");
    insta::assert_snapshot!(why("a, b", "44100", "6"), @"the model says segue.channels = 6, which cannot be: it is 1 or 2");
}

#[test]
fn a_model_that_does_not_give_its_stems_is_refused() {
    for (labels, shares) in [("a, b, c", [1.0, 0.0]), ("a, b", [f32::NAN, 0.0])] {
        let model = Model::read(&sharer(&said(labels, "44100", "1", "64"), 1, 64, &shares)).unwrap();
        let mut separator = ModelSeparator::new(&model, 44_100).unwrap().unwrap();
        let block = Block { channel_count: 1, samples: noise(500) };
        let pushed = separator.push(&block, &mut |_: &[Vec<f32>]| Ok::<(), NeuralError>(()));
        assert!(matches!(pushed, Err(NeuralError::Run { .. })), "{labels}");
        assert!(matches!(model.hear(&audio::Sound::of_mono(&noise(500))), Err(NeuralError::Deaf)));
    }
}

/// The file with which the command line is tested is the one that is made here.
///
/// Where this fails after a wanted change, write the bytes to that file.
#[test]
fn the_file_that_others_use_is_made_here() {
    let bytes = sharer(&said("voice, rest", "44100", "2", "4096"), 2, 4_096, &[0.25, 0.75]);
    assert!(bytes == include_bytes!("data/shares.onnx"), "tests/data/shares.onnx is another");
}
