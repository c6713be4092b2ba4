//! Three plain classifiers: the nearest points, a plane between Gaussians of one shape, and a smooth surface.

use std::fmt;

/// A classifier with its settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Candidate {
    /// The votes of so many nearest points, each weighing the inverse of its distance.
    Nearest(usize),
    /// Gaussians that share a covariance, which is drawn towards a sphere by this share.
    ///
    /// *Source*: Friedman, "Regularized discriminant analysis", 1989.
    Discriminant(f64),
    /// Kernel ridge regression onto the classes, with Gaussians of `width` times the typical distance.
    ///
    /// *Source*: Suykens, Vandewalle, "Least squares support vector machine classifiers", 1999.
    Kernel { width: f64, ridge: f64 },
}

/// What is chosen from; set by hand and not tuned.
pub(super) const CANDIDATES: &[Candidate] = &[
    Candidate::Discriminant(0.1),
    Candidate::Discriminant(0.4),
    Candidate::Nearest(1),
    Candidate::Nearest(5),
    Candidate::Nearest(11),
    Candidate::Kernel { width: 0.5, ridge: 0.1 },
    Candidate::Kernel { width: 1.0, ridge: 0.1 },
    Candidate::Kernel { width: 1.0, ridge: 0.01 },
];

/// Above this the cube in the number of points takes too long.
const KERNEL_POINTS_MAX: usize = 1500;

impl Candidate {
    pub(super) const fn is_usable(&self, point_count: usize) -> bool {
        !matches!(self, Self::Kernel { .. }) || point_count <= KERNEL_POINTS_MAX
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nearest(count) => write!(f, "nearest {count}"),
            Self::Discriminant(shrinkage) => write!(f, "discriminant, shrunk by {shrinkage}"),
            Self::Kernel { width, ridge } => write!(f, "kernel, width {width}, ridge {ridge}"),
        }
    }
}

/// A classifier that has learnt.
pub(super) struct Fitted {
    scale: Vec<(f64, f64)>,
    classes: Vec<usize>,
    rule: Rule,
}

enum Rule {
    Nearest {
        count: usize,
        points: Vec<(Vec<f64>, usize)>,
    },
    /// For each class a weight per dimension and a constant.
    Planes(Vec<(Vec<f64>, f64)>),
    /// The points, what each says for each class, and the inverse of twice the squared width.
    Surface {
        points: Vec<Vec<f64>>,
        weights: Vec<Vec<f64>>,
        gamma: f64,
    },
}

impl Fitted {
    /// Learns from the points that `train` names; there is at least one.
    pub(super) fn new(candidate: Candidate, points: &[Vec<f64>], classes: &[usize], train: &[usize]) -> Self {
        let scale = scale(points, train);
        let scaled: Vec<Vec<f64>> = train.iter().map(|&point| apply(&scale, &points[point])).collect();
        let mut names: Vec<usize> = train.iter().map(|&point| classes[point]).collect();
        let of: Vec<usize> = names.clone();
        names.sort_unstable();
        names.dedup();
        let rows: Vec<usize> = of.iter().map(|class| names.binary_search(class).unwrap_or(0)).collect();
        let rule = match candidate {
            Candidate::Nearest(count) => {
                Rule::Nearest { count, points: scaled.into_iter().zip(rows).collect() }
            }
            Candidate::Discriminant(shrinkage) => {
                Rule::Planes(planes(&scaled, &rows, names.len(), shrinkage))
            }
            Candidate::Kernel { width, ridge } => surface(scaled, &rows, names.len(), width, ridge),
        };
        Self { scale, classes: names, rule }
    }

    pub(super) fn class_of(&self, point: &[f64]) -> usize {
        let point = apply(&self.scale, point);
        let scores: Vec<f64> = match &self.rule {
            Rule::Nearest { count, points } => {
                let mut near: Vec<(f64, usize)> =
                    points.iter().map(|(other, class)| (squared_distance(&point, other), *class)).collect();
                near.sort_by(|a, b| a.0.total_cmp(&b.0));
                let mut votes = vec![0.0; self.classes.len()];
                for (distance, class) in near.into_iter().take(*count) {
                    votes[class] += 1.0 / (distance.sqrt() + 1e-9);
                }
                votes
            }
            Rule::Planes(planes) => {
                planes.iter().map(|(weights, constant)| dot(weights, &point) + constant).collect()
            }
            Rule::Surface { points, weights, gamma } => {
                let near: Vec<f64> =
                    points.iter().map(|other| (-gamma * squared_distance(&point, other)).exp()).collect();
                weights.iter().map(|weights| dot(weights, &near)).collect()
            }
        };
        let best = (0..scores.len()).rev().max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        self.classes[best.unwrap_or(0)]
    }
}

/// The mean of each dimension and one over its deviation.
fn scale(points: &[Vec<f64>], train: &[usize]) -> Vec<(f64, f64)> {
    let count = train.len() as f64;
    let dimensions = points.first().map_or(0, Vec::len);
    (0..dimensions)
        .map(|axis| {
            let mean = train.iter().map(|&point| points[point][axis]).sum::<f64>() / count;
            let variance =
                train.iter().map(|&point| (points[point][axis] - mean).powi(2)).sum::<f64>() / count;
            (mean, if variance > 1e-18 { 1.0 / variance.sqrt() } else { 0.0 })
        })
        .collect()
}

fn apply(scale: &[(f64, f64)], point: &[f64]) -> Vec<f64> {
    point.iter().zip(scale).map(|(value, (mean, factor))| (value - mean) * factor).collect()
}

fn planes(points: &[Vec<f64>], rows: &[usize], class_count: usize, shrinkage: f64) -> Vec<(Vec<f64>, f64)> {
    let dimensions = points.first().map_or(0, Vec::len);
    let mut means = vec![vec![0.0; dimensions]; class_count];
    let mut counts = vec![0.0; class_count];
    for (point, &row) in points.iter().zip(rows) {
        counts[row] += 1.0;
        means[row].iter_mut().zip(point).for_each(|(mean, value)| *mean += value);
    }
    for (mean, count) in means.iter_mut().zip(&counts) {
        mean.iter_mut().for_each(|value| *value /= count);
    }
    let mut covariance = vec![0.0; dimensions * dimensions];
    for (point, &row) in points.iter().zip(rows) {
        let off: Vec<f64> = point.iter().zip(&means[row]).map(|(value, mean)| value - mean).collect();
        for (a, line) in off.iter().zip(covariance.chunks_exact_mut(dimensions)) {
            line.iter_mut().zip(&off).for_each(|(sum, b)| *sum += a * b / points.len() as f64);
        }
    }
    let trace: f64 = (0..dimensions).map(|axis| covariance[axis * dimensions + axis]).sum();
    let sphere = (trace / dimensions.max(1) as f64).max(1e-9);
    for a in 0..dimensions {
        for b in 0..dimensions {
            let target = if a == b { sphere } else { 0.0 };
            let value = &mut covariance[a * dimensions + b];
            *value += shrinkage * (target - *value);
        }
    }
    let factor = Cholesky::new(covariance, dimensions);
    let plane = |mean: Vec<f64>| {
        let weights = factor.solve(&mean);
        // All classes are equally probable, since how many of each were collected says nothing.
        let constant = -0.5 * dot(&weights, &mean);
        (weights, constant)
    };
    means.into_iter().map(plane).collect()
}

fn surface(points: Vec<Vec<f64>>, rows: &[usize], class_count: usize, width: f64, ridge: f64) -> Rule {
    // After scaling the squared distance of two points is about twice the number of dimensions.
    let dimensions = points.first().map_or(1, Vec::len).max(1) as f64;
    let gamma = 1.0 / (2.0 * dimensions * width * width);
    let count = points.len();
    let mut kernel = vec![0.0; count * count];
    for a in 0..count {
        for b in 0..=a {
            let value = (-gamma * squared_distance(&points[a], &points[b])).exp();
            kernel[a * count + b] = value;
            kernel[b * count + a] = value;
        }
        kernel[a * count + a] += ridge;
    }
    let factor = Cholesky::new(kernel, count);
    let weights = (0..class_count)
        .map(|class| {
            let target: Vec<f64> = rows.iter().map(|&row| if row == class { 1.0 } else { -1.0 }).collect();
            factor.solve(&target)
        })
        .collect();
    Rule::Surface { points, weights, gamma }
}

/// The lower triangle whose product with its mirror is a positive definite matrix.
struct Cholesky {
    lower: Vec<f64>,
    size: usize,
}

impl Cholesky {
    fn new(mut matrix: Vec<f64>, size: usize) -> Self {
        for row in 0..size {
            let (above, rest) = matrix.split_at_mut(row * size);
            let own = &mut rest[..size];
            for column in 0..row {
                let other = &above[column * size..][..=column];
                let known = dot(&own[..column], &other[..column]);
                own[column] = (own[column] - known) / other[column];
            }
            let rest = own[row] - dot(&own[..row], &own[..row]);
            // What rounding makes negative is a direction without width.
            own[row] = rest.max(1e-12).sqrt();
        }
        Self { lower: matrix, size }
    }

    fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut solved = right.to_vec();
        for row in 0..self.size {
            let line = &self.lower[row * self.size..][..=row];
            solved[row] = (solved[row] - dot(&line[..row], &solved[..row])) / line[row];
        }
        for row in (0..self.size).rev() {
            solved[row] /= self.lower[row * self.size + row];
            let value = solved[row];
            let line = &self.lower[row * self.size..][..row];
            solved[..row].iter_mut().zip(line).for_each(|(sum, factor)| *sum -= factor * value);
        }
        solved
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        let factor = Cholesky::new(vec![4.0, 2.0, 2.0, 3.0], 2);
        let solved = factor.solve(&[8.0, 7.0]);
        assert!((solved[0] - 1.25).abs() < 1e-12 && (solved[1] - 1.5).abs() < 1e-12, "{solved:?}");
    }

    #[test]
    fn every_classifier_learns_a_plain_rule_and_survives_a_constant_dimension() {
        let points: Vec<Vec<f64>> = (0..40)
            .map(|index| vec![f64::from(index % 2) + f64::from(index) * 0.001, 7.0, f64::from(index % 5)])
            .collect();
        let classes: Vec<usize> = (0..40).map(|index| 3 + index % 2).collect();
        let train: Vec<usize> = (0..40).collect();
        for candidate in CANDIDATES {
            let fitted = Fitted::new(*candidate, &points, &classes, &train);
            assert_eq!(fitted.class_of(&[0.0, 7.0, 2.0]), 3, "{candidate}");
            assert_eq!(fitted.class_of(&[1.0, 7.0, 2.0]), 4, "{candidate}");
        }
    }

    #[test]
    fn one_class_alone_is_always_told() {
        let fitted = Fitted::new(Candidate::Discriminant(0.1), &[vec![1.0], vec![2.0]], &[6, 6], &[0, 1]);
        assert_eq!(fitted.class_of(&[0.0]), 6);
    }
}
