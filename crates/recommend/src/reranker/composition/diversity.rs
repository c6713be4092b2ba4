//! Diversity: a pick that repeats those before it adds little.

use learn::kernel;
use music::Target;

use super::{Aspect, Because};
use crate::packed::{Packed, Scratch};
use crate::snapshot::Snapshot;

/// Above so many candidates the volume costs too much, and the nearest pick alone is looked at.
const VOLUME_POOL_MAX: usize = 320;

/// The aspect of diversity, which counts with `strength` for a pool.
///
/// `targets` are those of the pool.
pub(super) fn of<'a>(strength: f32, snapshot: &'a Snapshot, targets: &'a [Target]) -> Box<dyn Aspect + 'a> {
    let count = targets.len();
    let nearest = Nearest {
        strength,
        targets,
        packed: Packed::of(snapshot, targets),
        scratch: Scratch::default(),
        nearest: vec![(0.0, None); count],
        taken: vec![false; count],
    };
    if count > VOLUME_POOL_MAX {
        return Box::new(nearest);
    }
    Box::new(Volume { nearest, columns: Vec::new(), left: vec![1.0; count], gains: vec![0.0; count] })
}

/// Maximal marginal relevance: the likeness to the nearest pick before costs.
///
/// *Source*: Carbonell, Goldstein, "The use of MMR, diversity-based reranking for reordering documents and producing
/// summaries", 1998.
#[derive(Debug)]
struct Nearest<'a> {
    strength: f32,
    targets: &'a [Target],
    packed: Packed<'a>,
    /// How alike each candidate is to the latest pick.
    scratch: Scratch,
    /// The likeness to the nearest pick so far, and that pick.
    nearest: Vec<(f32, Option<Target>)>,
    taken: Vec<bool>,
}

impl Nearest<'_> {
    /// Looks at all candidates beside a pick, and leaves how alike they are in `scratch`.
    fn compare(&mut self, pick: usize) {
        let target = self.targets[pick];
        self.taken[pick] = true;
        self.packed.likeness(target, &mut self.scratch);
        for (nearest, &likeness) in self.nearest.iter_mut().zip(&self.scratch.likeness) {
            if likeness > nearest.0 {
                *nearest = (likeness, Some(target));
            }
        }
    }
}

impl Aspect for Nearest<'_> {
    fn name(&self) -> &'static str {
        "variety"
    }

    fn gain(&self, index: usize) -> f32 {
        -self.strength * self.nearest[index].0
    }

    fn because(&self, index: usize) -> Because {
        self.nearest[index].1.map_or(Because::Slate, Because::Like)
    }

    fn take(&mut self, pick: usize) {
        self.compare(pick);
    }
}

/// A determinantal point process: what counts is the volume that the picks span together, so that a pick which lies
/// between several earlier ones costs, and not only one that lies beside one.
///
/// The gain of a pick is what it adds to the logarithm of the determinant of the matrix of likenesses.
///
/// *Source*: Chen, Zhang, Zhou, "Fast greedy MAP inference for determinantal point process to improve recommendation
/// diversity", 2018; the rows of the Cholesky factor grow by one number with each pick.
#[derive(Debug)]
struct Volume<'a> {
    nearest: Nearest<'a>,
    /// The Cholesky factor, one column per pick so far. *Shape*: `[picks, pool]`.
    columns: Vec<Vec<f32>>,
    /// What is left of each candidate that the picks do not span, squared. *Range*: [`LEFT_MIN`] to 1.
    left: Vec<f32>,
    /// The gain of each candidate.
    gains: Vec<f32>,
}

/// Two different tracks are alike at most so much; without it the same place twice would cost without limit.
const LIKENESS_MAX: f32 = 0.95;
/// As little is left of a candidate at least.
const LEFT_MIN: f32 = 1.0 - LIKENESS_MAX * LIKENESS_MAX;

impl Aspect for Volume<'_> {
    fn name(&self) -> &'static str {
        self.nearest.name()
    }

    fn gain(&self, index: usize) -> f32 {
        self.gains[index]
    }

    fn add_gains(&self, worth: &mut [f32]) {
        worth.iter_mut().zip(&self.gains).for_each(|(worth, gain)| *worth += gain);
    }

    fn because(&self, index: usize) -> Because {
        self.nearest.because(index)
    }

    fn take(&mut self, pick: usize) {
        let length = self.left[pick].sqrt();
        self.nearest.compare(pick);
        let likeness = self.nearest.scratch.likeness.iter();
        let mut column: Vec<f32> = likeness.map(|likeness| LIKENESS_MAX * likeness).collect();
        for earlier in &self.columns {
            kernel::add_scaled(-earlier[pick], earlier, &mut column);
        }
        for (index, shared) in column.iter_mut().enumerate().filter(|&(index, _)| !self.nearest.taken[index])
        {
            *shared /= length;
            self.left[index] = (self.left[index] - *shared * *shared).max(LEFT_MIN);
            self.gains[index] = self.nearest.strength * self.left[index].ln();
        }
        self.columns.push(column);
    }
}
