//! Triangular filters that sum the bins of a spectrum into bands.

/// Overlapping triangles over the bins of a transform; each peaks at 1 where its neighbours begin and end.
pub(crate) struct Filterbank {
    /// *Unit*: hertz of each band's peak.
    pub(crate) centres_hz: Vec<f32>,
    bands: Vec<Band>,
    weights: Vec<f32>,
}

struct Band {
    first_bin: usize,
    weights: std::ops::Range<usize>,
}

impl Filterbank {
    /// Bands with `per_octave` peaks an octave from `low_hz` to `high_hz`; peaks that fall on one bin are one band.
    ///
    /// *Source*: Böck, Widmer, "Maximum Filter Vibrato Suppression for Onset Detection", 2013, section 2.2.
    pub(crate) fn logarithmic(
        per_octave: f32,
        low_hz: f32,
        high_hz: f32,
        bin_hz: f32,
        bin_count: usize,
    ) -> Self {
        let step = 2.0_f32.powf(1.0 / per_octave);
        let peaks = std::iter::successors(Some(low_hz), |hz| Some(hz * step)).take_while(|&hz| hz <= high_hz);
        let mut bins: Vec<usize> = peaks.map(|hz| (hz / bin_hz).round() as usize).collect();
        bins.dedup();
        bins.retain(|&bin| bin < bin_count);
        Self::of_edges(&bins, bin_hz)
    }

    /// `count` bands whose peaks are equally far on the mel scale; narrow ones reach over at least one bin to each side.
    ///
    /// *Source*: Stevens, Volkmann, Newman, "A Scale for the Measurement of the Psychological Magnitude Pitch", 1937, in
    /// the form 2595 log10(1 + f / 700).
    pub(crate) fn mel(count: usize, low_hz: f32, high_hz: f32, bin_hz: f32, bin_count: usize) -> Self {
        let mel = |hz: f32| 2_595.0 * (1.0 + hz / 700.0).log10();
        let hertz = |mel: f32| 700.0 * (10.0_f32.powf(mel / 2_595.0) - 1.0);
        let (low, high) = (mel(low_hz), mel(high_hz));
        let mut bins: Vec<usize> = Vec::with_capacity(count + 2);
        for edge in 0..count + 2 {
            let hz = hertz(low + (high - low) * edge as f32 / (count + 1) as f32);
            let bin = (hz / bin_hz).round() as usize;
            bins.push(bins.last().map_or(bin, |&last| bin.max(last + 1)).min(bin_count - 1));
        }
        Self::of_edges(&bins, bin_hz)
    }

    fn of_edges(bins: &[usize], bin_hz: f32) -> Self {
        let mut bank = Self { centres_hz: Vec::new(), bands: Vec::new(), weights: Vec::new() };
        for edges in bins.windows(3) {
            let (start, peak, stop) = (edges[0], edges[1], edges[2]);
            let from = bank.weights.len();
            let rise = (start + 1..=peak).map(|bin| (bin - start) as f32 / (peak - start) as f32);
            bank.weights.extend(rise);
            let fall = (peak + 1..stop).map(|bin| (stop - bin) as f32 / (stop - peak) as f32);
            bank.weights.extend(fall);
            bank.bands.push(Band { first_bin: start + 1, weights: from..bank.weights.len() });
            bank.centres_hz.push(peak as f32 * bin_hz);
        }
        bank
    }

    /// How many bands there are.
    pub(crate) fn len(&self) -> usize {
        self.bands.len()
    }

    /// Sums `magnitudes` into `bands`.
    pub(crate) fn apply(&self, magnitudes: &[f32], bands: &mut [f32]) {
        for (band, sum) in self.bands.iter().zip(bands) {
            let weights = &self.weights[band.weights.clone()];
            let bins = &magnitudes[band.first_bin..];
            *sum = weights.iter().zip(bins).map(|(weight, bin)| weight * bin).sum();
        }
    }
}
