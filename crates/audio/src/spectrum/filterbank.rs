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
