//! The space in which all music of a world lies: near points sound alike.
//!
//! Eight axes, each about −2 to 2, on which 1 is a plain difference.
//! The space is hidden: what an analysis would measure of it is in [`crate::sound`].

use rand::Rng;

use crate::chance::normal;

/// A direction in which music differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Calm to intense.
    Energy,
    /// Dark to bright.
    Brightness,
    /// Electronic to acoustic.
    Acoustic,
    /// Free to danceable.
    Groove,
    /// Instrumental to sung.
    Voice,
    /// Smooth to rough.
    Roughness,
    /// Simple to intricate.
    Complexity,
    /// Modern to old-fashioned.
    Warmth,
}

/// How many axes there are.
pub const AXIS_COUNT: usize = 8;

/// A place in the space, or a step from one place to another.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Point(pub [f32; AXIS_COUNT]);

impl Point {
    /// The coordinate on one axis.
    pub const fn on(&self, axis: Axis) -> f32 {
        self.0[axis as usize]
    }

    /// The point `share` of `step` further on.
    pub fn plus(&self, step: &Self, share: f32) -> Self {
        Self(std::array::from_fn(|axis| self.0[axis] + share * step.0[axis]))
    }

    /// The step from here to `other`.
    pub fn to(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|axis| other.0[axis] - self.0[axis]))
    }

    /// A point near this one: each coordinate moves by a normal step.
    pub(crate) fn near(&self, rng: &mut impl Rng, deviation: f32) -> Self {
        Self(std::array::from_fn(|axis| normal(rng, self.0[axis], deviation)))
    }

    /// The squared Euclidean distance.
    pub fn squared_distance(&self, other: &Self) -> f32 {
        self.0.iter().zip(other.0).map(|(a, b)| (a - b) * (a - b)).sum()
    }

    /// The squared distance where some axes matter more than others.
    pub(crate) fn weighted_squared_distance(&self, other: &Self, weights: &[f32; AXIS_COUNT]) -> f32 {
        let terms = self.0.iter().zip(other.0).zip(weights);
        terms.map(|((a, b), weight)| weight * (a - b) * (a - b)).sum()
    }

    /// The middle of some points; none where there are none.
    pub fn mean<'a>(points: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut sum = Self::default();
        let mut count = 0_u32;
        for point in points {
            sum = sum.plus(point, 1.0);
            count += 1;
        }
        (count > 0).then(|| Self(sum.0.map(|x| x / count as f32)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_distances_agree() {
        let a = Point([1.0; AXIS_COUNT]);
        let b = Point([3.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
        assert_eq!(a.plus(&a.to(&b), 1.0), b);
        assert_eq!(a.squared_distance(&b), 5.0);
        assert_eq!(Point::mean([&a, &b]), Some(a.plus(&a.to(&b), 0.5)));
        assert_eq!(Point::mean([]), None);
        assert_eq!(b.on(Axis::Energy), 3.0);
    }
}
