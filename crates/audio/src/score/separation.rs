//! Separated sources: how much of what sounds is the source itself, how much the others, and how much damage.
//!
//! *Source*: Vincent, Gribonval, Févotte, "Performance measurement in blind audio source separation", 2006 ("BSS Eval");
//! Le Roux, Wisdom, Erdogan, Hershey, "SDR – half-baked or well done?", 2019.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

/// How long the filter may be that a source is allowed to have gone through, in samples.
const FILTER_LEN: usize = 512;
/// The most sources that are compared at once: the system to solve has this many times [`FILTER_LEN`] unknowns.
pub const SOURCE_COUNT_MAX: usize = 8;

/// What is wrong with the sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeparationError {
    /// There are none, or too many.
    #[error("{0} sources cannot be compared; one to {SOURCE_COUNT_MAX} can")]
    Count(usize),
    /// They are not equally long.
    #[error("sources of {expected} and {got} samples cannot be compared; cut them to one length")]
    Length {
        /// How long the first is.
        expected: usize,
        /// How long another one is.
        got: usize,
    },
    /// One is silent or holds numbers that are no sound, so that no ratio is defined.
    #[error("source {0} is silent or not finite; leave it out")]
    Silent(usize),
}

/// How well one source was separated, in dB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Separation {
    /// The source against everything else.
    pub sdr: f64,
    /// The source against the other sources.
    pub sir: f64,
    /// The sources against what is none of them.
    pub sar: f64,
}

/// Compares each estimate with the reference at its place; each reference may have gone through a filter.
///
/// *Complexity*: n log n in the samples for each pair, and the cube of 512 times the number of sources.
///
/// # Errors
/// See [`SeparationError`].
pub fn bss_eval(references: &[&[f64]], estimates: &[&[f64]]) -> Result<Vec<Separation>, SeparationError> {
    let table = every_pair(references, estimates)?;
    Ok((0..references.len()).map(|source| table[source][source]).collect())
}

/// The same where it is not known which estimate is of which reference: the best assignment by mean interference ratio.
///
/// The second result tells for each reference which estimate was taken.
///
/// # Errors
/// See [`SeparationError`].
pub fn bss_eval_any_order(
    references: &[&[f64]],
    estimates: &[&[f64]],
) -> Result<(Vec<Separation>, Vec<usize>), SeparationError> {
    let table = every_pair(references, estimates)?;
    let ratio = |order: &[usize]| -> f64 {
        order.iter().zip(0..).map(|(&estimate, source): (_, usize)| table[estimate][source].sir).sum()
    };
    let mut best: Option<(f64, Vec<usize>)> = None;
    let mut order: Vec<usize> = (0..references.len()).collect();
    permute(&mut order, 0, &mut |order| {
        let sum = ratio(order);
        if best.as_ref().is_none_or(|best| sum > best.0) {
            best = Some((sum, order.to_vec()));
        }
    });
    let order = best.map_or_else(Vec::new, |best| best.1);
    Ok((order.iter().enumerate().map(|(source, &estimate)| table[estimate][source]).collect(), order))
}

/// The source against everything else, in dB, for several estimates of one source; the first number of [`bss_eval`] at a
/// part of its cost.
///
/// *Complexity*: n log n in the samples for each estimate.
///
/// # Errors
/// See [`SeparationError`].
pub fn sdr(reference: &[f64], estimates: &[&[f64]]) -> Result<Vec<f64>, SeparationError> {
    for estimate in estimates {
        check(&[reference], &[estimate])?;
    }
    let mut spectra = Spectra::new(reference.len() + FILTER_LEN - 1);
    let source = [spectra.forward(reference)];
    let system = System::new(&mut spectra, &source, &[0]);
    let ratio = |samples: &&[f64]| {
        let spectrum = spectra.forward(samples);
        let target = system.project(&mut spectra, &source, &spectrum);
        let heard = samples.iter().copied().chain(std::iter::repeat(0.0));
        let rest = target.iter().zip(heard).map(|(target, heard)| (heard - target) * (heard - target)).sum();
        decibels(energy(&target), rest)
    };
    Ok(estimates.iter().map(ratio).collect())
}

/// The source against everything else, in dB, where only its gain is free.
///
/// # Errors
/// See [`SeparationError`].
pub fn si_sdr(reference: &[f64], estimate: &[f64]) -> Result<f64, SeparationError> {
    check(&[reference], &[estimate])?;
    let product: f64 = reference.iter().zip(estimate).map(|(a, b)| a * b).sum();
    let gain = product / energy(reference);
    let rest: f64 = reference.iter().zip(estimate).map(|(a, b)| (b - gain * a) * (b - gain * a)).sum();
    Ok(decibels(gain * gain * energy(reference), rest))
}

fn check(references: &[&[f64]], estimates: &[&[f64]]) -> Result<(), SeparationError> {
    if references.is_empty() || references.len() != estimates.len() || references.len() > SOURCE_COUNT_MAX {
        return Err(SeparationError::Count(references.len().max(estimates.len())));
    }
    let expected = references[0].len();
    for (source, samples) in references.iter().chain(estimates).enumerate() {
        if samples.len() != expected {
            return Err(SeparationError::Length { expected, got: samples.len() });
        }
        let energy = energy(samples);
        if !(energy > 0.0 && energy.is_finite()) {
            return Err(SeparationError::Silent(source % references.len()));
        }
    }
    Ok(())
}

/// Each estimate (row) against each reference (column).
fn every_pair(references: &[&[f64]], estimates: &[&[f64]]) -> Result<Vec<Vec<Separation>>, SeparationError> {
    check(references, estimates)?;
    let mut spectra = Spectra::new(references[0].len() + FILTER_LEN - 1);
    let sources: Vec<_> = references.iter().map(|source| spectra.forward(source)).collect();
    let all: Vec<usize> = (0..sources.len()).collect();
    let together = System::new(&mut spectra, &sources, &all);
    let alone: Vec<System> =
        all.iter().map(|&source| System::new(&mut spectra, &sources, &[source])).collect();
    let row = |samples: &&[f64]| -> Vec<Separation> {
        let spectrum = spectra.forward(samples);
        let of_all = together.project(&mut spectra, &sources, &spectrum);
        alone
            .iter()
            .map(|system| {
                let target = system.project(&mut spectra, &sources, &spectrum);
                let mut sums = [0.0; 4];
                for (index, (target, of_all)) in target.iter().zip(&of_all).enumerate() {
                    let heard = samples.get(index).copied().unwrap_or(0.0);
                    let (interference, damage) = (of_all - target, heard - of_all);
                    sums[0] += target * target;
                    sums[1] += interference * interference;
                    sums[2] += damage * damage;
                    sums[3] += of_all * of_all;
                }
                let rest: f64 = target
                    .iter()
                    .enumerate()
                    .map(|(index, target)| {
                        let off = samples.get(index).copied().unwrap_or(0.0) - target;
                        off * off
                    })
                    .sum();
                Separation {
                    sdr: decibels(sums[0], rest),
                    sir: decibels(sums[0], sums[1]),
                    sar: decibels(sums[3], sums[2]),
                }
            })
            .collect()
    };
    Ok(estimates.iter().map(row).collect())
}

/// Transforms of one length, long enough that correlations do not wrap around.
struct Spectra {
    planner: RealFftPlanner<f64>,
    size: usize,
    kept: usize,
}

impl Spectra {
    fn new(kept: usize) -> Self {
        Self { planner: RealFftPlanner::new(), size: kept.next_power_of_two().max(2), kept }
    }

    fn forward(&mut self, samples: &[f64]) -> Vec<Complex<f64>> {
        let plan = self.planner.plan_fft_forward(self.size);
        let mut padded = vec![0.0; self.size];
        padded[..samples.len()].copy_from_slice(samples);
        let mut spectrum = plan.make_output_vec();
        plan.process(&mut padded, &mut spectrum).expect("the lengths are those of the plan");
        spectrum
    }

    /// Scaled so that it undoes [`Self::forward`].
    fn inverse(&mut self, mut spectrum: Vec<Complex<f64>>) -> Vec<f64> {
        let plan = self.planner.plan_fft_inverse(self.size);
        // These two are real by symmetry; rounding is cleared away.
        spectrum[0].im = 0.0;
        if let Some(last) = spectrum.last_mut() {
            last.im = 0.0;
        }
        let mut samples = plan.make_output_vec();
        plan.process(&mut spectrum, &mut samples).expect("the lengths are those of the plan");
        let scale = 1.0 / self.size as f64;
        samples.iter_mut().for_each(|sample| *sample *= scale);
        samples
    }

    fn correlation(&mut self, a: &[Complex<f64>], b: &[Complex<f64>]) -> Vec<f64> {
        self.inverse(a.iter().zip(b).map(|(a, b)| a * b.conj()).collect())
    }
}

/// The filters that bring some sources as near to an estimate as can be: least squares, factored once.
struct System {
    rows: Vec<usize>,
    matrix: Factored,
}

impl System {
    fn new(spectra: &mut Spectra, sources: &[Vec<Complex<f64>>], rows: &[usize]) -> Self {
        let size = rows.len() * FILTER_LEN;
        let mut matrix = vec![0.0; size * size];
        for (row, &a) in rows.iter().enumerate() {
            for (column, &b) in rows.iter().enumerate().take(row + 1) {
                let correlation = spectra.correlation(&sources[a], &sources[b]);
                for i in 0..FILTER_LEN {
                    for j in 0..FILTER_LEN {
                        // A lag below zero stands at the end.
                        let value = correlation[(spectra.size + j - i) % spectra.size];
                        matrix[(row * FILTER_LEN + i) * size + column * FILTER_LEN + j] = value;
                        matrix[(column * FILTER_LEN + j) * size + row * FILTER_LEN + i] = value;
                    }
                }
            }
        }
        Self { rows: rows.to_vec(), matrix: Factored::new(matrix, size) }
    }

    /// The part of an estimate that is made of filtered sources.
    fn project(
        &self,
        spectra: &mut Spectra,
        sources: &[Vec<Complex<f64>>],
        estimate: &[Complex<f64>],
    ) -> Vec<f64> {
        let mut right = Vec::with_capacity(self.rows.len() * FILTER_LEN);
        for &row in &self.rows {
            let correlation = spectra.correlation(&sources[row], estimate);
            right.extend((0..FILTER_LEN).map(|lag| correlation[(spectra.size - lag) % spectra.size]));
        }
        let filters = self.matrix.solve(&right);
        let mut sum: Vec<Complex<f64>> = vec![Complex::default(); estimate.len()];
        for (&row, filter) in self.rows.iter().zip(filters.chunks(FILTER_LEN)) {
            let response = spectra.forward(filter);
            for ((sum, source), response) in sum.iter_mut().zip(&sources[row]).zip(response) {
                *sum += source * response;
            }
        }
        let mut projected = spectra.inverse(sum);
        projected.truncate(spectra.kept);
        projected
    }
}

/// A square matrix as the product of a lower and an upper triangle, rows exchanged.
struct Factored {
    matrix: Vec<f64>,
    size: usize,
    order: Vec<usize>,
}

impl Factored {
    fn new(mut matrix: Vec<f64>, size: usize) -> Self {
        let mut order: Vec<usize> = (0..size).collect();
        for column in 0..size {
            let magnitude = |row: usize| matrix[row * size + column].abs();
            let pivot =
                (column..size).max_by(|&a, &b| magnitude(a).total_cmp(&magnitude(b))).unwrap_or(column);
            if pivot != column {
                let (above, below) = matrix.split_at_mut(pivot * size);
                above[column * size..][..size].swap_with_slice(&mut below[..size]);
                order.swap(column, pivot);
            }
            let (above, below) = matrix.split_at_mut((column + 1) * size);
            let pivot_row = &above[column * size..];
            let divisor = pivot_row[column];
            if divisor == 0.0 {
                continue;
            }
            for row in below.chunks_exact_mut(size) {
                let factor = row[column] / divisor;
                row[column] = factor;
                let rest = row[column + 1..].iter_mut().zip(&pivot_row[column + 1..]);
                rest.for_each(|(value, pivot)| *value -= factor * pivot);
            }
        }
        Self { matrix, size, order }
    }

    fn solve(&self, right: &[f64]) -> Vec<f64> {
        let row = |index: usize| &self.matrix[index * self.size..][..self.size];
        let mut solved: Vec<f64> = self.order.iter().map(|&index| right[index]).collect();
        for index in 0..self.size {
            let known: f64 = row(index)[..index].iter().zip(&solved).map(|(a, b)| a * b).sum();
            solved[index] -= known;
        }
        for index in (0..self.size).rev() {
            let known: f64 =
                row(index)[index + 1..].iter().zip(&solved[index + 1..]).map(|(a, b)| a * b).sum();
            let divisor = row(index)[index];
            // A filter that the sources leave open does nothing.
            solved[index] = if divisor == 0.0 { 0.0 } else { (solved[index] - known) / divisor };
        }
        solved
    }
}

fn permute(order: &mut Vec<usize>, from: usize, visit: &mut impl FnMut(&[usize])) {
    if from == order.len() {
        visit(order);
        return;
    }
    for index in from..order.len() {
        order.swap(from, index);
        permute(order, from + 1, visit);
        order.swap(from, index);
    }
}

fn energy(samples: &[f64]) -> f64 {
    samples.iter().map(|sample| sample * sample).sum()
}

fn decibels(part: f64, rest: f64) -> f64 {
    if rest == 0.0 { f64::INFINITY } else { 10.0 * (part / rest).log10() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(seed: u32, count: usize) -> Vec<f64> {
        let mut state = seed;
        let step = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1 << 23) - 1.0
        };
        (0..count).map(step).collect()
    }

    #[test]
    fn a_tenth_of_another_source_is_twenty_decibels() {
        let (a, b) = (noise(1, 8000), noise(2, 8000));
        let estimate: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + 0.1 * b).collect();
        assert!((si_sdr(&a, &estimate).unwrap() - 20.0).abs() < 0.3);
        let scores = bss_eval(&[&a, &b], &[&estimate, &b]).unwrap();
        // The long filter takes a share of the noise for the source.
        assert!((scores[0].sdr - 20.0).abs() < 1.0, "{scores:?}");
        assert!((scores[0].sir - scores[0].sdr).abs() < 0.1, "{scores:?}");
        let sdr = sdr(&a, &[&estimate, &b]).unwrap();
        assert!((sdr[0] - scores[0].sdr).abs() < 1e-9, "{sdr:?}");
        assert!(scores[0].sar > 100.0, "{scores:?}");
    }

    #[test]
    fn a_filtered_source_is_still_the_source() {
        let source = noise(3, 6000);
        let filtered: Vec<f64> =
            (0..source.len()).map(|at| 0.5 * source[at] - 0.3 * source[at.saturating_sub(7)]).collect();
        assert!(bss_eval(&[&source], &[&filtered]).unwrap()[0].sdr > 30.0);
        assert!(si_sdr(&source, &filtered).unwrap() < 6.0);
    }

    #[test]
    fn the_order_is_found() {
        let (a, b) = (noise(4, 4000), noise(5, 4000));
        let (_, order) = bss_eval_any_order(&[&a, &b], &[&b, &a]).unwrap();
        assert_eq!(order, [1, 0]);
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let (a, silence) = (noise(6, 100), vec![0.0; 100]);
        assert_eq!(bss_eval(&[], &[]), Err(SeparationError::Count(0)));
        assert_eq!(bss_eval(&[&a], &[&a[..50]]), Err(SeparationError::Length { expected: 100, got: 50 }));
        assert_eq!(bss_eval(&[&a, &silence], &[&a, &a]), Err(SeparationError::Silent(1)));
        assert_eq!(si_sdr(&a, &vec![f64::NAN; 100]), Err(SeparationError::Silent(0)));
    }
}
