//! What a model says of itself.

use std::collections::BTreeMap;

use audio::{ANALYSIS_RATE_HZ, MelSettings};

use crate::error::NeuralError;

/// What a model takes and what it gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// What it is for.
    pub task: Task,
    /// What it looks at.
    pub input: Input,
    /// Frames of the input in one run: samples, or rows of the spectrogram.
    pub window: usize,
    /// How its numbers are read.
    pub scale: Scale,
}

/// What a model is for, which says the shape of what it gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// `1 × frames` or `1 × frames × 2`: beats, and downbeats, at each frame of the input.
    Beats,
    /// `1 × numbers`: the sound as a point.
    Embedding,
    /// `1 × labels`: how well each of these words fits.
    Tags(Vec<String>),
    /// `1 × stems × channels × window`: the samples of each stem.
    Separation(Separation),
}

/// How a model takes a sound apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Separation {
    /// The names of the stems, in the order of the output.
    pub stems: Vec<String>,
    /// Samples a second that go in and come out, of each channel.
    pub rate_hz: u32,
    /// Channels that go in and come out: 1 or 2.
    pub channel_count: usize,
}

/// What a model looks at: one channel at 22,050 Hz and at the reference loudness, unless it takes the sound apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// `1 × window`: samples; `1 × channels × window`, at the rate it asks for and as loud as they are, to separate.
    Samples,
    /// `1 × window × bands`: a spectrogram.
    Mel(MelSettings),
}

/// How a model's numbers are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// As they are.
    Probability,
    /// Through the logistic function.
    Logit,
}

/// The longest window, in numbers that go into one run: three minutes of samples.
const WINDOW_NUMBERS_MAX: usize = 180 * ANALYSIS_RATE_HZ as usize;
/// The most labels of a tagger.
const LABEL_COUNT_MAX: usize = 4_096;
/// The most stems of a model that separates, and the longest name of one.
const STEM_COUNT_MAX: usize = 16;
const STEM_NAME_LEN_MAX: usize = 40;
/// The rates that a model which separates may ask for: those that recordings come in, and halves of them.
const SEPARATION_RATES_HZ: [u32; 7] = [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

impl Contract {
    /// The contract in the entries of a file.
    ///
    /// # Errors
    /// When something is missing or makes no sense.
    pub fn read(entries: &BTreeMap<String, String>) -> Result<Self, NeuralError> {
        let said = Said(entries);
        let input = match said.word("segue.input")? {
            "samples" => Input::Samples,
            "mel" => Input::Mel(said.mel()?),
            other => return Err(wrong("segue.input", other, "it is `samples` or `mel`")),
        };
        let task = match said.word("segue.task")? {
            "beats" => Task::Beats,
            "embedding" => Task::Embedding,
            "tags" => Task::Tags(said.labels()?),
            "separation" => Task::Separation(said.separation()?),
            other => {
                let why = "it is `beats`, `embedding`, `tags` or `separation`";
                return Err(wrong("segue.task", other, why));
            }
        };
        let scale = match said.word("segue.output") {
            Err(_) | Ok("probability") => Scale::Probability,
            Ok("logit") => Scale::Logit,
            Ok(other) => return Err(wrong("segue.output", other, "it is `probability` or `logit`")),
        };
        let window: usize = said.number("segue.window")?;
        if matches!(task, Task::Separation(_)) && input != Input::Samples {
            return Err(wrong("segue.input", "mel", "a model that separates takes `samples`"));
        }
        let contract = Self { task, input, window, scale };
        if window < 2 || contract.window.saturating_mul(contract.width()) > WINDOW_NUMBERS_MAX {
            return Err(wrong("segue.window", &window.to_string(), "2 frames to three minutes are possible"));
        }
        Ok(contract)
    }

    /// Numbers in one frame of the input.
    pub(crate) fn width(&self) -> usize {
        match (&self.input, &self.task) {
            (Input::Samples, Task::Separation(separation)) => separation.channel_count,
            (Input::Samples, _) => 1,
            (Input::Mel(settings), _) => settings.band_count,
        }
    }

    /// Frames of the input a second.
    pub(crate) fn rate_hz(&self) -> f64 {
        match &self.input {
            Input::Samples => f64::from(ANALYSIS_RATE_HZ),
            Input::Mel(settings) => f64::from(ANALYSIS_RATE_HZ) / settings.hop as f64,
        }
    }
}

/// What a file says, looked up by key.
struct Said<'a>(&'a BTreeMap<String, String>);

impl Said<'_> {
    fn word(&self, key: &'static str) -> Result<&str, NeuralError> {
        self.0.get(key).map(|value| value.trim()).ok_or(NeuralError::Unsaid { key })
    }

    fn number<T: std::str::FromStr>(&self, key: &'static str) -> Result<T, NeuralError> {
        let word = self.word(key)?;
        word.parse().map_err(|_| wrong(key, word, "it is no number of that kind"))
    }

    fn mel(&self) -> Result<MelSettings, NeuralError> {
        let settings = MelSettings {
            frame_len: self.number("segue.frame_len")?,
            hop: self.number("segue.hop")?,
            band_count: self.number("segue.band_count")?,
            low_hz: self.number("segue.low_hz")?,
            high_hz: self.number("segue.high_hz")?,
            gain: self.number("segue.gain")?,
        };
        if settings.are_usable() {
            return Ok(settings);
        }
        Err(wrong("segue.frame_len", &format!("{settings:?}"), "no spectrogram can be made this way"))
    }

    fn separation(&self) -> Result<Separation, NeuralError> {
        let (stems, rate_hz, channel_count) =
            (self.labels()?, self.number("segue.rate")?, self.number("segue.channels")?);
        let is_name = |name: &String| {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
            name.len() <= STEM_NAME_LEN_MAX && name.chars().all(is_plain)
        };
        let mut distinct: Vec<&String> = stems.iter().collect();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < stems.len() || stems.len() > STEM_COUNT_MAX || !stems.iter().all(is_name) {
            let why = "stems are up to 16 different names of small letters, digits, - and _";
            return Err(wrong("segue.labels", &stems.join(", "), why));
        }
        if !SEPARATION_RATES_HZ.contains(&rate_hz) {
            let why = "it is 8000, 16000, 22050, 24000, 32000, 44100 or 48000";
            return Err(wrong("segue.rate", &rate_hz.to_string(), why));
        }
        if !matches!(channel_count, 1 | 2) {
            return Err(wrong("segue.channels", &channel_count.to_string(), "it is 1 or 2"));
        }
        Ok(Separation { stems, rate_hz, channel_count })
    }

    fn labels(&self) -> Result<Vec<String>, NeuralError> {
        let word = self.word("segue.labels")?;
        let labels: Vec<String> = word.split(',').map(|label| label.trim().to_owned()).collect();
        if labels.len() > LABEL_COUNT_MAX || labels.iter().any(String::is_empty) {
            return Err(wrong("segue.labels", word, "it is a list of up to 4,096 words with commas between"));
        }
        Ok(labels)
    }
}

fn wrong(key: &'static str, value: &str, why: &'static str) -> NeuralError {
    // What a file says may be a book.
    NeuralError::Contract { key, value: value.chars().take(80).collect(), why }
}
