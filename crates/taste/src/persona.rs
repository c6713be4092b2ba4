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
/// A judgement, checked on the simulated world, where listeners have one to four selves.
const MERGE_LIMIT: f32 = 0.18;

/// Finds at most `count_max` selves among `points`, the most important first.
///
/// Points beyond the first 100 are left out; pass the most liked first.
///
/// *Complexity*: cubic in the points.
pub fn personas(points: &[Point<'_>], count_max: usize) -> Vec<Persona> {
    let points = &points[..points.len().min(POINT_LIMIT)];
    if points.is_empty() || count_max == 0 {
        return Vec::new();
    }
    let mut clusters: Vec<Cluster> = (0..points.len()).map(|index| Cluster::single(points, index)).collect();
    let blur_of_all = blur(points);
    while clusters.len() > 1 {
        let (cost, a, b) = cheapest_merge(&clusters);
        if clusters.len() <= count_max && cost > MERGE_LIMIT * blur_of_all {
            break;
        }
        let absorbed = clusters.swap_remove(b);
        clusters[a].absorb(absorbed);
    }
    let total: f32 = points.iter().map(|point| point.weight).sum();
    let mut personas: Vec<Persona> = clusters.iter().map(|c| c.persona(points, total)).collect();
    personas.sort_by(|a, b| b.importance.total_cmp(&a.importance).then(a.medoid.cmp(&b.medoid)));
    personas
}

struct Cluster {
    members: Vec<usize>,
    weight: f32,
    centre: Vec<f32>,
}

impl Cluster {
    fn single(points: &[Point<'_>], index: usize) -> Self {
        let point = &points[index];
        Self { members: vec![index], weight: point.weight, centre: point.position.to_vec() }
    }

    fn absorb(&mut self, other: Self) {
        let weight = self.weight + other.weight;
        for (mine, theirs) in self.centre.iter_mut().zip(&other.centre) {
            *mine = (*mine * self.weight + theirs * other.weight) / weight;
        }
        self.weight = weight;
        self.members.extend(other.members);
    }

    fn persona(&self, points: &[Point<'_>], total: f32) -> Persona {
        let distance = |&index: &usize| square_distance(points[index].position, &self.centre);
        let nearest = |a: &&usize, b: &&usize| {
            distance(a).total_cmp(&distance(b)).then(points[**a].track.cmp(&points[**b].track))
        };
        let medoid = self.members.iter().min_by(nearest).expect("a cluster has a member");
        let mut members = self.members.clone();
        members.sort_by(|&a, &b| {
            points[b].weight.total_cmp(&points[a].weight).then(points[a].track.cmp(&points[b].track))
        });
        Persona {
            medoid: points[*medoid].track,
            tracks: members.into_iter().map(|index| points[index].track).collect(),
            importance: self.weight / total,
        }
    }
}

/// The pair whose union adds the least blur, and how much it adds (Ward 1963).
fn cheapest_merge(clusters: &[Cluster]) -> (f32, usize, usize) {
    let mut best = (f32::INFINITY, 0, 1);
    for (a, left) in clusters.iter().enumerate() {
        for (b, right) in clusters.iter().enumerate().skip(a + 1) {
            let shared = left.weight * right.weight / (left.weight + right.weight);
            let cost = shared * square_distance(&left.centre, &right.centre);
            if cost < best.0 {
                best = (cost, a, b);
            }
        }
    }
    best
}

/// The weighted sum of square distances of all points to their centre.
fn blur(points: &[Point<'_>]) -> f32 {
    let mut all = Cluster::single(points, 0);
    for index in 1..points.len() {
        all.absorb(Cluster::single(points, index));
    }
    points.iter().map(|point| point.weight * square_distance(point.position, &all.centre)).sum()
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
