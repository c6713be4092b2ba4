//! A sliding median whose cost does not grow with its width.
//!
//! *Source*: Huang, Yang, Tang, "A Fast Two-Dimensional Median Filtering Algorithm", 1979, for a histogram that follows
//! the window; Perreault, Hébert, "Median Filtering in Constant Time", 2007, section III, for its second, coarser tier.

/// How many levels a magnitude is told apart by.
const LEVEL_COUNT: usize = 256;
/// Levels that one count of the coarse tier stands for.
const GROUP: usize = 16;
/// How far the bits of a float are shifted to leave its exponent and four bits of its mantissa: 16 levels an octave.
const SHIFT: u32 = 19;
/// The exponent and mantissa of the highest level, just below 4; the lowest is sixteen octaves, 96 dB, below.
const HIGHEST: u32 = (4.0_f32.to_bits() >> SHIFT) - 1;
/// What stands at level 0, in the same bits.
const LOWEST: u32 = HIGHEST - (LEVEL_COUNT as u32 - 1);

/// The level of a magnitude that is not negative; a sixteenth of an octave or less lies between two.
pub(crate) fn level(magnitude: f32) -> u8 {
    ((magnitude.to_bits() >> SHIFT).clamp(LOWEST, HIGHEST) - LOWEST) as u8
}

/// The magnitude in the middle of a level, 0 for the lowest.
pub(crate) fn magnitude(level: u8) -> f32 {
    if level == 0 {
        return 0.0;
    }
    f32::from_bits(((LOWEST + u32::from(level)) << SHIFT) + (1 << (SHIFT - 1)))
}

/// A row of levels within a larger field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Where it begins in the field.
    pub(crate) start: usize,
    /// From one of its values to the next.
    pub(crate) stride: usize,
    /// How many values it has.
    pub(crate) count: usize,
}

/// The levels within the window, counted twice: one by one and in groups.
#[derive(Clone, Debug)]
pub(crate) struct SlidingMedian {
    counts: [u16; LEVEL_COUNT],
    groups: [u16; LEVEL_COUNT / GROUP],
}

impl SlidingMedian {
    /// Without any level.
    pub(crate) const fn new() -> Self {
        Self { counts: [0; LEVEL_COUNT], groups: [0; LEVEL_COUNT / GROUP] }
    }

    /// Writes the median of each value of `row` and its `half` neighbours on both sides, as far as there are any.
    ///
    /// Of an even number of values it is the upper of the two in the middle.
    ///
    /// *Complexity*: at most 32 steps a value, whatever `half` is.
    ///
    /// # Panics
    /// When the row reaches beyond one of the fields, or `half` is 32,768 or more.
    pub(crate) fn filter(&mut self, levels: &[u8], row: Row, half: usize, medians: &mut [u8]) {
        assert!(half < 1 << 15, "a window that wide cannot be counted");
        self.counts.fill(0);
        self.groups.fill(0);
        let at = |index: usize| row.start + index * row.stride;
        let mut inside = 0_u16;
        for index in 0..half.min(row.count) {
            self.add(levels[at(index)]);
            inside += 1;
        }
        for index in 0..row.count {
            if index + half < row.count {
                self.add(levels[at(index + half)]);
                inside += 1;
            }
            if index > half {
                self.remove(levels[at(index - half - 1)]);
                inside -= 1;
            }
            medians[at(index)] = self.nth(inside / 2);
        }
    }

    fn add(&mut self, level: u8) {
        self.counts[usize::from(level)] += 1;
        self.groups[usize::from(level) / GROUP] += 1;
    }

    fn remove(&mut self, level: u8) {
        self.counts[usize::from(level)] -= 1;
        self.groups[usize::from(level) / GROUP] -= 1;
    }

    /// The level that so many others stand below or beside.
    fn nth(&self, mut before: u16) -> u8 {
        let mut group = 0;
        while self.groups[group] <= before {
            before -= self.groups[group];
            group += 1;
        }
        let mut level = group * GROUP;
        while self.counts[level] <= before {
            before -= self.counts[level];
            level += 1;
        }
        level as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_median_of_what_lies_in_the_window() {
        let mut state = 3_u32;
        let levels: Vec<u8> = (0..300)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        let mut medians = vec![0; levels.len()];
        for (start, stride, count, half) in [(0, 1, 300, 0), (0, 1, 300, 8), (2, 7, 40, 12), (0, 1, 5, 30)] {
            SlidingMedian::new().filter(&levels, Row { start, stride, count }, half, &mut medians);
            for index in 0..count {
                let window = index.saturating_sub(half)..(index + half + 1).min(count);
                let mut sorted: Vec<u8> = window.map(|at| levels[start + at * stride]).collect();
                sorted.sort_unstable();
                assert_eq!(
                    medians[start + index * stride],
                    sorted[sorted.len() / 2],
                    "{start} {half} {index}"
                );
            }
        }
    }

    #[test]
    fn a_level_stands_for_magnitudes_near_it() {
        for magnitude in [3.9, 1.0, 0.5, 0.001, 0.0001] {
            let back = super::magnitude(level(magnitude));
            assert!((back / magnitude - 1.0).abs() < 0.05, "{magnitude}: {back}");
        }
        assert_eq!((level(0.0), magnitude(0), level(f32::INFINITY)), (0, 0.0, 255));
    }
}
