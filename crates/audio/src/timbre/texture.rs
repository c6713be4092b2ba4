//! The colour of the sound, frame by frame: what is neither rhythm nor pitch.

use super::consonance::Peaks;
use crate::sound::Sound;
use crate::spectrum::{Filterbank, Stft};

const FRAME_LEN: usize = 2_048;
const HOP: usize = 512;
/// Mel bands below the cepstrum.
const MEL_COUNT: usize = 40;
/// Coefficients of the cepstrum, the first of which is level.
pub(crate) const MFCC_COUNT: usize = 13;
/// Edges of the critical bands.
///
/// *Source*: Zwicker, "Subdivision of the Audible Frequency Range into Critical Bands", 1961, up to half our rate.
const BARK_EDGES_HZ: [f32; BARK_COUNT + 1] = [
    0.0, 100.0, 200.0, 300.0, 400.0, 510.0, 630.0, 770.0, 920.0, 1_080.0, 1_270.0, 1_480.0, 1_720.0, 2_000.0,
    2_320.0, 2_700.0, 3_150.0, 3_700.0, 4_400.0, 5_300.0, 6_400.0, 7_700.0, 9_500.0, 11_025.0,
];
/// Critical bands below half our rate.
pub(crate) const BARK_COUNT: usize = 23;
/// Edges of the octave bands of the spectral contrast. *Source*: Jiang et al., "Music Type Classification by Spectral
/// Contrast Feature", 2002.
const CONTRAST_EDGES_HZ: [f32; 7] = [100.0, 200.0, 400.0, 800.0, 1_600.0, 3_200.0, 8_000.0];
/// The part of a band's bins that stands for its peaks and its valleys; as above.
const CONTRAST_PART: f32 = 0.1;
/// What a power is raised by before its logarithm: 90 dB below full scale.
const POWER_FLOOR: f32 = 1e-9;
/// Where the encoders of small files cut: nothing above is looked at, so that a file tells of the music only.
const HIGHEST_HZ: f32 = 10_000.0;

/// Peaks change slowly and are dear to look at.
pub(crate) const PEAK_STEP: usize = 4;

/// One value a frame of each measure, at the reference loudness.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texture {
    /// Frames a second.
    pub(crate) rate: f64,
    /// Mel-frequency cepstral coefficients.
    pub(crate) mfcc: Vec<[f32; MFCC_COUNT]>,
    /// *Unit*: dB in each critical band.
    pub(crate) bark_db: Vec<[f32; BARK_COUNT]>,
    /// *Unit*: dB of the frame's power below full scale.
    pub(crate) level_db: Vec<f32>,
    /// *Unit*: octaves above 1 Hz.
    pub(crate) centroid: Vec<f32>,
    /// The frequency below which 85 % of the power lies. *Unit*: octaves above 1 Hz.
    pub(crate) rolloff: Vec<f32>,
    /// Geometric over arithmetic mean of the power. *Unit*: dB, 0 for noise.
    pub(crate) flatness_db: Vec<f32>,
    /// How much the spectrum's shape changes. *Range*: 0 to 1.
    pub(crate) flux: Vec<f32>,
    /// The part of neighbouring samples whose signs differ.
    pub(crate) zero_crossings: Vec<f32>,
    /// Peaks over valleys, the mean of the octaves. *Unit*: dB.
    pub(crate) contrast_db: Vec<f32>,
    /// The part of the power in peaks, at every [`PEAK_STEP`]th frame.
    pub(crate) tonal_share: Vec<f32>,
    /// How much the peaks beat against each other, at every [`PEAK_STEP`]th frame.
    pub(crate) roughness: Vec<f32>,
}

impl Texture {
    /// The texture of `sound`.
    pub(crate) fn of(sound: &Sound) -> Self {
        let stft = Stft::new(FRAME_LEN, HOP);
        let mut measures = Measures::new(&stft);
        let mut frames = stft.frames(sound);
        let mut texture = Self { rate: stft.rate(), ..Self::default() };
        for index in 0..stft.frame_count(sound) {
            let (samples, magnitudes) = frames.with_samples(index);
            texture.zero_crossings.push(zero_crossings(samples));
            measures.push(magnitudes, &mut texture);
        }
        texture
    }

    /// How many frames there are.
    pub(crate) fn frame_count(&self) -> usize {
        self.level_db.len()
    }

    /// The frames from `from` to `to`, in seconds; at least one, where there are any.
    pub(crate) fn frames_between(&self, from: f64, to: f64) -> std::ops::Range<usize> {
        let count = self.frame_count();
        if count == 0 {
            return 0..0;
        }
        let first = ((from * self.rate).round().max(0.0) as usize).min(count - 1);
        first..((to * self.rate).round().max(0.0) as usize).clamp(first + 1, count)
    }
}

/// The tables and buffers that measuring a spectrum needs.
struct Measures {
    bin_hz: f32,
    last_bin: usize,
    mel: Filterbank,
    cosines: Vec<[f32; MEL_COUNT]>,
    bark_bins: Vec<std::ops::Range<usize>>,
    contrast_bins: Vec<std::ops::Range<usize>>,
    power: Vec<f32>,
    before: Vec<f32>,
    sorted: Vec<f32>,
    /// *Unit*: octaves of each bin above 1 Hz.
    octaves: Vec<f32>,
    peaks: Peaks,
}

impl Measures {
    fn new(stft: &Stft) -> Self {
        let (bin_hz, bin_count) = (stft.bin_hz(), stft.bin_count());
        let last_bin = ((HIGHEST_HZ / bin_hz) as usize).min(bin_count);
        let bin = |hz: f32| ((hz / bin_hz).round() as usize).min(bin_count);
        let ranges =
            |edges: &[f32]| edges.windows(2).map(|edge| bin(edge[0])..bin(edge[1])).collect::<Vec<_>>();
        let cosines = (0..MFCC_COUNT).map(|coefficient| {
            let scale = (if coefficient == 0 { 1.0_f32 } else { 2.0 } / MEL_COUNT as f32).sqrt();
            std::array::from_fn(|band| {
                let phase =
                    std::f32::consts::PI * coefficient as f32 * (band as f32 + 0.5) / MEL_COUNT as f32;
                scale * phase.cos()
            })
        });
        Self {
            bin_hz,
            last_bin,
            mel: Filterbank::mel(MEL_COUNT, 40.0, HIGHEST_HZ, bin_hz, bin_count),
            cosines: cosines.collect(),
            bark_bins: ranges(&BARK_EDGES_HZ),
            contrast_bins: ranges(&CONTRAST_EDGES_HZ),
            power: vec![0.0; bin_count],
            before: vec![0.0; bin_count],
            sorted: Vec::with_capacity(bin_count),
            octaves: (0..bin_count).map(|bin| (bin.max(1) as f32 * bin_hz).log2()).collect(),
            peaks: Peaks::default(),
        }
    }

    fn push(&mut self, magnitudes: &[f32], texture: &mut Texture) {
        self.power.iter_mut().zip(magnitudes).for_each(|(power, magnitude)| *power = magnitude * magnitude);
        let heard = 1..self.last_bin;
        let power = &self.power[heard.clone()];
        let total = power.iter().sum::<f32>();
        texture.level_db.push(decibel(total));
        let weighted: f32 = power.iter().zip(&self.octaves[heard]).map(|(p, octave)| p * octave).sum();
        texture.centroid.push(if total > POWER_FLOOR { weighted / total } else { self.octaves[1] });
        texture.rolloff.push(self.rolloff(total));
        texture.flatness_db.push(flatness_db(power, total));
        texture.flux.push(self.flux(magnitudes));
        let bark = self.bark_bins.iter().map(|bins| decibel(self.power[bins.clone()].iter().sum()));
        let mut row = [0.0; BARK_COUNT];
        row.iter_mut().zip(bark).for_each(|(slot, band)| *slot = band);
        texture.bark_db.push(row);
        if texture.mfcc.len().is_multiple_of(PEAK_STEP) {
            self.peaks.find(&self.power, self.bin_hz);
            texture.tonal_share.push(self.peaks.tonal_share);
            texture.roughness.push(self.peaks.roughness());
        }
        let contrast = self.contrast_db();
        texture.contrast_db.push(contrast);
        texture.mfcc.push(self.cepstrum());
    }

    fn rolloff(&self, total: f32) -> f32 {
        let mut sum = 0.0;
        let found = self.power[..self.last_bin].iter().enumerate().skip(1).find(|(_, power)| {
            sum += **power;
            sum >= 0.85 * total
        });
        self.octaves[found.map_or(1, |(bin, _)| bin)]
    }

    /// Half the sum of differences between this spectrum and the last, each in parts of its own sum.
    fn flux(&mut self, magnitudes: &[f32]) -> f32 {
        let heard = 1..self.last_bin;
        let sum = |values: &[f32]| values[heard.clone()].iter().sum::<f32>().max(1e-6);
        let (now, before) = (sum(magnitudes), sum(&self.before));
        let pairs = magnitudes[heard.clone()].iter().zip(&self.before[heard.clone()]);
        let difference: f32 = pairs.map(|(a, b)| (a / now - b / before).abs()).sum();
        self.before.copy_from_slice(magnitudes);
        0.5 * difference
    }

    fn contrast_db(&mut self) -> f32 {
        let mut sum = 0.0;
        for bins in &self.contrast_bins {
            self.sorted.clear();
            self.sorted.extend_from_slice(&self.power[bins.clone()]);
            let part = ((CONTRAST_PART * bins.len() as f32).round() as usize).max(1);
            let low_end = self.sorted.select_nth_unstable_by(part - 1, f32::total_cmp);
            let low: f32 = low_end.0.iter().sum::<f32>() + *low_end.1;
            let from = self.sorted.len() - part;
            let high_end = self.sorted.select_nth_unstable_by(from, f32::total_cmp);
            let high: f32 = high_end.2.iter().sum::<f32>() + *high_end.1;
            sum += decibel(high / part as f32) - decibel(low / part as f32);
        }
        sum / self.contrast_bins.len() as f32
    }

    fn cepstrum(&self) -> [f32; MFCC_COUNT] {
        let mut bands = [0.0; MEL_COUNT];
        self.mel.apply(&self.power, &mut bands);
        bands.iter_mut().for_each(|band| *band = decibel(*band));
        std::array::from_fn(|at| {
            self.cosines[at].iter().zip(&bands).map(|(cosine, band)| cosine * band).sum()
        })
    }
}

fn decibel(power: f32) -> f32 {
    10.0 * (power + POWER_FLOOR).log10()
}

fn flatness_db(power: &[f32], total: f32) -> f32 {
    let count = power.len() as f32;
    // Products of 32 keep the logarithms few; the floor keeps each product inside of what a double holds.
    let product = |chunk: &[f32]| chunk.iter().map(|p| f64::from(p + POWER_FLOOR)).product::<f64>();
    let logarithms = power.chunks(32).map(|chunk| product(chunk).ln()).sum::<f64>() as f32;
    10.0 * (logarithms / count / std::f32::consts::LN_10 - (total / count + POWER_FLOOR).log10())
}

fn zero_crossings(samples: &[f32]) -> f32 {
    let changes = samples.windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0)).count();
    changes as f32 / samples.len().max(1) as f32
}
