//! The several selves of one listener: clusters of what they like.
//!
//! Ward's method merges, again and again, the two clusters whose union is the least blurred, until the next merge
//! would blur too much; each cluster speaks through its medoid, a real track.
//!
//! *Source*: Pal, Eksombatchai, Zhou, Zhao, Rosenberg, Leskovec, "PinnerSage", 2020, sections 3.1 and 3.2.

use music::TrackId;

/// One self: the tracks it likes.
#[derive(Clone, Debug, PartialEq)]
pub struct Persona {
    /// The track nearest to the centre, which stands for the cluster.
    pub medoid: TrackId,
    /// Its tracks, most liked first.
    pub tracks: Vec<TrackId>,
    /// Its share of all the weight, 0 to 1.
    pub importance: f32,
}

/// A track as a point that weighs something.
#[derive(Clone, Copy, Debug)]
pub struct Point<'a> {
    /// The track.
    pub track: TrackId,
    /// How much it counts; above 0.
    pub weight: f32,
    /// Where it is; all of one length.
    pub position: &'a [f32],
}

/// More points than this only cost time: the selves are plain from the best liked tracks.
const POINT_LIMIT: usize = 100;
/// How blurred a cluster may become, as a share of the blur of all points in one.
///
/// Tuned on the default simulated world, where the 80 most liked tracks of a listener come from 2.27 selves on average:
/// 1.83 are found, and tracks are put together as the truth does with an adjusted Rand index of .30.
const MERGE_LIMIT: f32 = 0.14;

/// Finds at most `count_max` selves among `points`, the most important first.
///
/// Points beyond the first 100 are left out; pass the most liked first.
///
/// *Complexity*: quadratic in the points times their dimension, and cubic in the points alone.
pub fn personas(points: &[Point<'_>], count_max: usize) -> Vec<Persona> {
    let points = &points[..points.len().min(POINT_LIMIT)];
    if points.is_empty() || count_max == 0 {
        return Vec::new();
    }
    let mut clusters = Clusters::single(points);
    let blur_limit = MERGE_LIMIT * blur(points);
    while let Some((cost, a, b)) = clusters.cheapest_merge() {
        if clusters.members.len() <= count_max && cost > blur_limit {
            break;
        }
        clusters.merge(a, b);
    }
    let total: f32 = points.iter().map(|point| point.weight).sum();
    let mut personas: Vec<Persona> =
        clusters.members.iter().map(|members| persona(points, members, total)).collect();
    personas.sort_by(|a, b| b.importance.total_cmp(&a.importance).then(a.medoid.cmp(&b.medoid)));
    personas
}

/// Clusters, and what it would cost to merge each two of them.
struct Clusters {
    members: Vec<Vec<usize>>,
    weights: Vec<f32>,
    /// How much blur each merge would add (Ward 1963); symmetric.
    costs: Vec<Vec<f32>>,
}

impl Clusters {
    /// Every point by itself.
    fn single(points: &[Point<'_>]) -> Self {
        let cost = |a: &Point<'_>, b: &Point<'_>| {
            a.weight * b.weight / (a.weight + b.weight) * square_distance(a.position, b.position)
        };
        Self {
            members: (0..points.len()).map(|index| vec![index]).collect(),
            weights: points.iter().map(|point| point.weight).collect(),
            costs: points.iter().map(|a| points.iter().map(|b| cost(a, b)).collect()).collect(),
        }
    }

    /// The two whose union adds the least blur, and how much it adds; none where one is left.
    fn cheapest_merge(&self) -> Option<(f32, usize, usize)> {
        let pairs = (0..self.costs.len()).flat_map(|a| (a + 1..self.costs.len()).map(move |b| (a, b)));
        let priced = pairs.map(|(a, b)| (self.costs[a][b], a, b));
        priced.reduce(|best, pair| if pair.0 < best.0 { pair } else { best })
    }

    /// Puts `b` into `a`; `b` is behind `a`.
    ///
    /// *Source* of the update: Lance, Williams, "A general theory of classificatory sorting strategies", 1967, with
    /// the coefficients of Ward's method.
    fn merge(&mut self, a: usize, b: usize) {
        let (weight_a, weight_b, cost) = (self.weights[a], self.weights[b], self.costs[a][b]);
        for other in (0..self.costs.len()).filter(|&other| other != a && other != b) {
            let weight = self.weights[other];
            let sum = (weight_a + weight) * self.costs[a][other] + (weight_b + weight) * self.costs[b][other]
                - weight * cost;
            let updated = sum / (weight_a + weight_b + weight);
            self.costs[a][other] = updated;
            self.costs[other][a] = updated;
        }
        self.weights[a] += self.weights.swap_remove(b);
        let absorbed = self.members.swap_remove(b);
        self.members[a].extend(absorbed);
        self.costs.swap_remove(b);
        for row in &mut self.costs {
            row.swap_remove(b);
        }
    }
}

/// A cluster as a self: around its medoid, most liked tracks first.
fn persona(points: &[Point<'_>], members: &[usize], total: f32) -> Persona {
    let centre = centre(members.iter().map(|&index| &points[index]));
    let distance = |&index: &usize| square_distance(points[index].position, &centre);
    let nearest = |a: &&usize, b: &&usize| {
        distance(a).total_cmp(&distance(b)).then(points[**a].track.cmp(&points[**b].track))
    };
    let medoid = members.iter().min_by(nearest).expect("a cluster has a member");
    let mut by_weight = members.to_vec();
    by_weight.sort_by(|&a, &b| {
        points[b].weight.total_cmp(&points[a].weight).then(points[a].track.cmp(&points[b].track))
    });
    let weight: f32 = members.iter().map(|&index| points[index].weight).sum();
    Persona {
        medoid: points[*medoid].track,
        tracks: by_weight.into_iter().map(|index| points[index].track).collect(),
        importance: weight / total,
    }
}

/// The weighted mean of some points.
fn centre<'a>(points: impl Iterator<Item = &'a Point<'a>>) -> Vec<f32> {
    let (mut sum, mut weight) = (Vec::new(), 0.0);
    for point in points {
        sum.resize(point.position.len(), 0.0);
        weight += point.weight;
        sum.iter_mut().zip(point.position).for_each(|(sum, value)| *sum += point.weight * value);
    }
    sum.iter_mut().for_each(|sum| *sum /= weight);
    sum
}

/// The weighted sum of square distances of all points to their centre.
fn blur(points: &[Point<'_>]) -> f32 {
    let centre = centre(points.iter());
    points.iter().map(|point| point.weight * square_distance(point.position, &centre)).sum()
}

fn square_distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points around each centre, on a small ring.
    fn ring(centres: &[(f32, f32)], count: usize) -> Vec<(TrackId, [f32; 2])> {
        let mut points = Vec::new();
        for &(x, y) in centres {
            for step in 0..count {
                let angle = step as f32;
                let track = TrackId::new(points.len() as u32);
                points.push((track, [x + 0.1 * angle.cos(), y + 0.1 * angle.sin()]));
            }
        }
        points
    }

    fn find(points: &[(TrackId, [f32; 2])], count_max: usize) -> Vec<Persona> {
        let points: Vec<Point<'_>> =
            points.iter().map(|(track, position)| Point { track: *track, weight: 1.0, position }).collect();
        personas(&points, count_max)
    }

    #[test]
    fn as_many_selves_are_found_as_there_are() {
        let three = ring(&[(0.0, 0.0), (5.0, 0.0), (0.0, 5.0)], 10);
        let found = find(&three, 6);
        assert_eq!(found.len(), 3);
        for persona in &found {
            assert_eq!(persona.tracks.len(), 10);
            let group = |track: &TrackId| track.get() / 10;
            assert!(persona.tracks.iter().all(|track| group(track) == group(&persona.medoid)));
            assert!((persona.importance - 1.0 / 3.0).abs() < 1e-6);
        }
    }

    #[test]
    fn a_single_self_stays_whole_and_the_limit_holds() {
        assert_eq!(find(&ring(&[(0.0, 0.0)], 12), 1).len(), 1);
        assert_eq!(find(&ring(&[(0.0, 0.0), (5.0, 0.0), (0.0, 5.0)], 4), 2).len(), 2);
        assert_eq!(find(&[], 3), []);
    }
}
