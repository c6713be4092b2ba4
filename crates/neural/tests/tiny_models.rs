//! Models of a few numbers that the tests make themselves, written as ONNX files and read back.

mod onnx;

use audio::{ANALYSIS_RATE_HZ, Sound};
use music::analysis::Heard;
use neural::{Model, NeuralError};
use tract_onnx::pb::{AttributeProto, TensorProto, attribute_proto, tensor_proto};

use crate::onnx::{file, node};

const MEL: [(&str, &str); 7] = [
    ("segue.input", "mel"),
    ("segue.frame_len", "1024"),
    ("segue.hop", "441"),
    ("segue.band_count", "8"),
    ("segue.low_hz", "30"),
    ("segue.high_hz", "10000"),
    ("segue.gain", "100"),
];

fn weights(rows: usize, columns: usize, values: Vec<f32>) -> TensorProto {
    assert_eq!(values.len(), rows * columns);
    TensorProto {
        name: "weights".to_owned(),
        dims: vec![rows as i64, columns as i64],
        data_type: tensor_proto::DataType::Float as i32,
        float_data: values,
        ..Default::default()
    }
}

/// The energy-like sum of all samples' first and second half.
fn halves(said: &[(&str, &str)]) -> Vec<u8> {
    let columns = (0..100).flat_map(|n| if n < 50 { [1.0, 0.0] } else { [0.0, 1.0] }).collect();
    let product = node("MatMul", &["sound", "weights"], "heard", Vec::new());
    file(said, &[1, 100], vec![product], weights(100, 2, columns), ("heard", &[1, 2]))
}

/// A model whose input is a spectrogram of 8 bands in windows of 150 frames, with one number a frame.
fn of_frames(task: &[(&str, &str)], columns: Vec<f32>) -> Vec<u8> {
    let said: Vec<(&str, &str)> = MEL.iter().chain(task).chain(&[("segue.window", "150")]).copied().collect();
    let width = columns.len() / 8;
    let product = node("MatMul", &["sound", "weights"], "heard", Vec::new());
    file(&said, &[1, 150, 8], vec![product], weights(8, width, columns), ("heard", &[1, 150, width as i64]))
}

/// Low and high bands as two words.
fn tagger(labels: &str, low: f32) -> Vec<u8> {
    let task = [("segue.task", "tags"), ("segue.labels", labels), ("segue.output", "logit")];
    let said: Vec<(&str, &str)> =
        MEL.iter().chain(&task).chain(&[("segue.window", "150")]).copied().collect();
    let columns = (0..8).flat_map(|band| if band < 4 { [low, -low] } else { [-low, low] }).collect();
    let axes = AttributeProto {
        name: "axes".to_owned(),
        r#type: attribute_proto::AttributeType::Ints as i32,
        ints: vec![1],
        ..Default::default()
    };
    let keep = AttributeProto {
        name: "keepdims".to_owned(),
        r#type: attribute_proto::AttributeType::Int as i32,
        i: 0,
        ..Default::default()
    };
    let nodes = vec![
        node("ReduceMean", &["sound"], "mean", vec![axes, keep]),
        node("MatMul", &["mean", "weights"], "heard", Vec::new()),
    ];
    file(&said, &[1, 150, 8], nodes, weights(8, 2, columns), ("heard", &[1, 2]))
}

fn tone(hz: f32) -> Sound {
    let step = std::f32::consts::TAU * hz / ANALYSIS_RATE_HZ as f32;
    Sound::of_mono(&(0..88_200).map(|n| 0.4 * (step * n as f32).sin()).collect::<Vec<f32>>())
}

fn clicks() -> Sound {
    let mut state = 1_u32;
    let samples: Vec<f32> = (0..20 * ANALYSIS_RATE_HZ as usize)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 8) as f32 / (1 << 23) as f32 - 1.0;
            let since = (n % 11_025) as f32 / ANALYSIS_RATE_HZ as f32;
            0.6 * noise * (-60.0 * since).exp()
        })
        .collect();
    Sound::of_mono(&samples)
}

const HALVES: [(&str, &str); 3] =
    [("segue.task", "embedding"), ("segue.input", "samples"), ("segue.window", "100")];

#[test]
fn an_embedding_is_the_mean_over_the_windows() {
    let model = Model::read(&halves(&HALVES)).unwrap();
    let sound = Sound::of_mono(&[0.25; 150]);
    // Too short to have a loudness, so it is as it was given; of the second window a half is after the end.
    let Heard::Embedding(point) = model.hear(&sound).unwrap() else { panic!("no embedding") };
    assert!((point[0] - 12.5).abs() < 1e-4 && (point[1] - 12.5).abs() < 1e-4, "{point:?}");
    let Heard::Embedding(point) = model.hear(&Sound::of_mono(&[])).unwrap() else { panic!("no embedding") };
    assert_eq!(point, [0.0, 0.0]);
}

#[test]
fn tags_are_those_of_the_bands_that_sound() {
    let model = Model::read(&tagger("deep, bright", 10.0)).unwrap();
    for (hz, label) in [(100.0, "deep"), (7_000.0, "bright")] {
        let Heard::Tags(tags) = model.hear(&tone(hz)).unwrap() else { panic!("no tags") };
        assert_eq!(tags[0].label, label);
        assert!(tags[0].probability > 0.6 && tags[1].probability < 0.4, "{tags:?}");
    }
}

#[test]
fn beats_are_where_the_model_hears_them() {
    let model = Model::read(&of_frames(&[("segue.task", "beats")], vec![0.08; 8])).unwrap();
    let Heard::Beats { beats, downbeats } = model.hear(&clicks()).unwrap() else { panic!("no beats") };
    assert!((38..=41).contains(&beats.len()), "{}", beats.len());
    let off = |seconds: f64| (seconds / 0.5 - (seconds / 0.5).round()).abs() * 0.5;
    assert!(beats.iter().all(|beat| off(beat.0) < 0.03), "{beats:?}");
    assert!(downbeats.is_empty());
}

#[test]
fn what_is_no_model_or_says_nothing_is_told() {
    let whole = halves(&HALVES);
    for bytes in [b"".as_slice(), b"some text", &whole[..whole.len() / 2], &[0xff; 4_000]] {
        assert!(Model::read(bytes).is_err(), "{} bytes", bytes.len());
    }
    let why = |said: &[(&str, &str)]| Model::read(&halves(said)).unwrap_err().to_string();
    insta::assert_snapshot!(why(&HALVES[..2]), @"the model does not say its `segue.window`; add it to the metadata_props of the ONNX file");
    insta::assert_snapshot!(
        why(&[HALVES[0], HALVES[1], ("segue.window", "99999999999")]),
        @"the model says segue.window = 99999999999, which cannot be: 2 frames to three minutes are possible"
    );
    insta::assert_snapshot!(
        why(&[("segue.task", "lyrics"), HALVES[1], HALVES[2]]),
        @"the model says segue.task = lyrics, which cannot be: it is `beats`, `embedding`, `tags` or `separation`"
    );
    assert!(matches!(
        Model::read(&halves(&[HALVES[0], HALVES[1], ("segue.window", "50")])),
        Err(NeuralError::Model { .. })
    ));
}

#[test]
fn a_model_that_does_not_give_what_it_says_is_refused() {
    let heard = |bytes: &[u8]| Model::read(bytes).unwrap().hear(&tone(300.0));
    assert!(matches!(heard(&tagger("one, two, three", 1.0)), Err(NeuralError::Run { .. })));
    assert!(matches!(heard(&tagger("one, two", f32::NAN)), Err(NeuralError::Run { .. })));
    assert!(matches!(
        heard(&of_frames(&[("segue.task", "embedding")], vec![1.0; 8])),
        Err(NeuralError::Run { .. })
    ));
    assert!(matches!(
        heard(&of_frames(&[("segue.task", "beats")], vec![1.0; 24])),
        Err(NeuralError::Run { .. })
    ));
}
