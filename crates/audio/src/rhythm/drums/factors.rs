//! Bands over time as a sum of shapes over bands, each with its strength over time; some shapes are fixed.
//!
//! *Source*: Lee, Seung, "Algorithms for Non-negative Matrix Factorization", 2001, theorem 2, for the updates.

/// Bands of the spectrum; a multiple of eight, so that loops over them are wide.
pub(super) const BAND_COUNT: usize = 40;
/// Kick, snare, hats.
pub(super) const DRUM_COUNT: usize = 3;
/// Shapes that adapt to what is no drum.
const FREE_COUNT: usize = 3;
const SHAPE_COUNT: usize = DRUM_COUNT + FREE_COUNT;
/// Updates; more change the found strokes no further.
const ROUND_COUNT: usize = 20;
/// What no value is below, so that nothing divides by zero or stays at it.
const FLOOR: f32 = 1e-7;

type Bands = [f32; BAND_COUNT];

/// The shapes and their strengths, kept so that blocks allocate nothing.
pub(super) struct Factors {
    fixed: [Bands; DRUM_COUNT],
    shapes: [Bands; SHAPE_COUNT],
    /// A row for each frame.
    strengths: Vec<[f32; SHAPE_COUNT]>,
}

impl Factors {
    /// Shapes over bands with these centres.
    pub(super) fn new(centres_hz: &[f32]) -> Self {
        let mut fixed = [[FLOOR; BAND_COUNT]; DRUM_COUNT];
        for (drum, shape) in fixed.iter_mut().enumerate() {
            for (value, &hz) in shape.iter_mut().zip(centres_hz) {
                *value = SHAPES[drum](hz).max(FLOOR);
            }
            normalise(shape);
        }
        Self { fixed, shapes: [[FLOOR; BAND_COUNT]; SHAPE_COUNT], strengths: Vec::new() }
    }

    /// Explains `bands`, adds the strengths of the drums to `drums`, and tells how much drums and other shapes explain.
    ///
    /// *Shape*: `bands` is `[frames, BAND_COUNT]`.
    pub(super) fn explain(&mut self, bands: &[f32], drums: &mut [Vec<f32>; DRUM_COUNT]) -> (f32, f32) {
        let (frames, _) = bands.as_chunks::<BAND_COUNT>();
        self.begin(frames);
        for round in 0..ROUND_COUNT {
            self.update(frames, round + 1 < ROUND_COUNT);
        }
        let (mut of_drums, mut of_rest) = (0.0, 0.0);
        for row in &self.strengths {
            for (curve, strength) in drums.iter_mut().zip(row) {
                curve.push(*strength);
            }
            of_drums += row[..DRUM_COUNT].iter().sum::<f32>();
            of_rest += row[DRUM_COUNT..].iter().sum::<f32>();
        }
        (of_drums, of_rest)
    }

    fn begin(&mut self, frames: &[Bands]) {
        self.shapes[..DRUM_COUNT].copy_from_slice(&self.fixed);
        // Free shapes begin as wide bells side by side, so that they differ and no chance is needed.
        for (index, shape) in self.shapes[DRUM_COUNT..].iter_mut().enumerate() {
            let centre = (index as f32 + 0.5) * BAND_COUNT as f32 / FREE_COUNT as f32;
            for (band, value) in shape.iter_mut().enumerate() {
                let distance = (band as f32 - centre) / (0.4 * BAND_COUNT as f32);
                *value = (-0.5 * distance * distance).exp();
            }
            normalise(shape);
        }
        self.strengths.clear();
        let all = |frame: &Bands| frame.iter().sum::<f32>() / SHAPE_COUNT as f32 + FLOOR;
        self.strengths.extend(frames.iter().map(|frame| [all(frame); SHAPE_COUNT]));
    }

    /// One round of updates for the least Kullback–Leibler divergence; shapes add up to one before and after.
    fn update(&mut self, frames: &[Bands], with_shapes: bool) {
        let mut sums = [[0.0_f32; BAND_COUNT]; FREE_COUNT];
        for (frame, strengths) in frames.iter().zip(&mut self.strengths) {
            let mut ratio = [FLOOR; BAND_COUNT];
            for (shape, &strength) in self.shapes.iter().zip(strengths.iter()) {
                ratio.iter_mut().zip(shape).for_each(|(sum, value)| *sum += strength * value);
            }
            ratio.iter_mut().zip(frame).for_each(|(sum, value)| *sum = value / *sum);
            for (shape, strength) in self.shapes.iter().zip(strengths.iter_mut()) {
                *strength = (*strength * product(shape, &ratio)).max(FLOOR);
            }
            if with_shapes {
                for (sum, &strength) in sums.iter_mut().zip(&strengths[DRUM_COUNT..]) {
                    sum.iter_mut().zip(&ratio).for_each(|(sum, value)| *sum += strength * value);
                }
            }
        }
        if with_shapes {
            for (shape, sum) in self.shapes[DRUM_COUNT..].iter_mut().zip(&sums) {
                shape.iter_mut().zip(sum).for_each(|(value, sum)| *value = (*value * sum).max(FLOOR));
                normalise(shape);
            }
        }
    }
}

/// Four sums side by side, which a processor adds at once.
fn product(a: &Bands, b: &Bands) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

fn normalise(shape: &mut Bands) {
    let total = shape.iter().sum::<f32>().max(FLOOR);
    shape.iter_mut().for_each(|value| *value /= total);
}

/// How strongly each drum sounds at a frequency, in hertz.
///
/// *Source*: the registers of the drums as in Wu and Lerch, 2015, and FitzGerald, "Automatic Drum Transcription and Source
/// Separation", 2004, chapter 2; their relative weights are tuned as the module says.
const SHAPES: [fn(f32) -> f32; DRUM_COUNT] = [kick, snare, hat];

fn kick(hz: f32) -> f32 {
    between(hz, 0.0, 160.0) + 0.02 * between(hz, 160.0, 5_000.0)
}

fn snare(hz: f32) -> f32 {
    // The drum's own tone counts little: notes of every instrument lie there.
    0.1 * between(hz, 150.0, 350.0) + 0.5 * between(hz, 2_000.0, 6_000.0) + between(hz, 6_000.0, 12_000.0)
}

fn hat(hz: f32) -> f32 {
    between(hz, 6_000.0, 12_000.0)
}

/// 1 from one frequency to the other.
fn between(hz: f32, low: f32, high: f32) -> f32 {
    if (low..high).contains(&hz) { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fixed_shape_is_found_where_it_sounds() {
        let centres: Vec<f32> = (0..BAND_COUNT).map(|band| 40.0 * 1.15_f32.powi(band as i32)).collect();
        let mut factors = Factors::new(&centres);
        let mut bands = vec![0.0; 30 * BAND_COUNT];
        for (drum, frame) in [(0, 5), (1, 12), (2, 20)] {
            bands[frame * BAND_COUNT..][..BAND_COUNT].copy_from_slice(&factors.fixed[drum]);
        }
        let mut drums: [Vec<f32>; DRUM_COUNT] = Default::default();
        factors.explain(&bands, &mut drums);
        for (curve, frame) in drums.iter().zip([5, 12, 20]) {
            let strongest = (0..30).max_by(|&a, &b| curve[a].total_cmp(&curve[b]));
            assert_eq!(strongest, Some(frame), "{curve:?}");
        }
    }
}
