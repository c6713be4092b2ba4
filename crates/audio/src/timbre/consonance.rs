//! How pure or rough a spectrum is, from its peaks.

/// Peaks that are looked at: the strongest.
const PEAK_COUNT: usize = 20;
/// Only peaks below this many hertz are partials that the ear can tell apart.
const HIGHEST_HZ: f32 = 5_000.0;
/// A peak stands out when it is this much above the mean of what is around it, in power: 6 dB.
const PROMINENCE: f32 = 4.0;
/// Bins on each side that are around a peak.
const AROUND: usize = 12;

/// Finds the peaks of spectra.
#[derive(Debug, Default)]
pub(crate) struct Peaks {
    /// Hertz and magnitude.
    found: Vec<(f32, f32)>,
    /// The part of the power that lies in peaks. *Range*: 0 to 1.
    pub(crate) tonal_share: f32,
}

impl Peaks {
    /// Finds the peaks of a power spectrum whose bins are `bin_hz` apart.
    pub(crate) fn find(&mut self, power: &[f32], bin_hz: f32) {
        self.found.clear();
        let last = ((HIGHEST_HZ / bin_hz) as usize).min(power.len().saturating_sub(AROUND + 1));
        let (mut tonal, mut total) = (0.0, 0.0);
        let first = AROUND.min(last);
        let mut around: f32 = power.get(..2 * AROUND + 1).map_or(0.0, |bins| bins.iter().sum());
        for bin in first..last {
            total += power[bin];
            if power[bin] > power[bin - 1]
                && power[bin] >= power[bin + 1]
                && power[bin] > PROMINENCE * around / (2 * AROUND + 1) as f32
            {
                let sum = power[bin - 1] + power[bin] + power[bin + 1];
                tonal += sum;
                self.found.push((bin as f32 * bin_hz, sum.sqrt()));
            }
            around += power[bin + AROUND + 1] - power[bin - AROUND];
        }
        self.tonal_share = if total > 1e-9 { (tonal / total).clamp(0.0, 1.0) } else { 0.0 };
        self.found.sort_by(|a, b| b.1.total_cmp(&a.1));
        self.found.truncate(PEAK_COUNT);
    }

    /// How much the peaks beat against each other.
    ///
    /// *Range*: 0 to about 1.
    ///
    /// *Source*: Sethares, "Local Consonance and the Relationship Between Timbre and Scale", 1993, equation 3 with its
    /// constants; here in parts of the product of all amplitudes, so that level has no say.
    pub(crate) fn roughness(&self) -> f32 {
        let (mut rough, mut total) = (0.0, 0.0);
        for (index, &(low_hz, low)) in self.found.iter().enumerate() {
            for &(high_hz, high) in &self.found[index + 1..] {
                let (f1, f2) = if low_hz < high_hz { (low_hz, high_hz) } else { (high_hz, low_hz) };
                let scale = 0.24 / (0.0207 * f1 + 18.96);
                let distance = scale * (f2 - f1);
                let amplitude = low.min(high);
                rough += amplitude * ((-3.51 * distance).exp() - (-5.75 * distance).exp());
                total += amplitude;
            }
        }
        // The curve's own maximum is .18.
        if total > 1e-9 { rough / total / 0.18 } else { 0.0 }
    }
}
