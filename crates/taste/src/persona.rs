//! The several selves of one listener: clusters of their sessions, or of what they like where sessions are not known.
//!
//! Ward's method merges, again and again, the two clusters whose union is the least blurred, until the next merge
//! would blur too much; each cluster speaks through its medoid, a real track.
//! A session lies where its tracks lie on average, and when and on what it was heard: a self has its hours.
//!
//! *Source*: Pal, Eksombatchai, Zhou, Zhao, Rosenberg, Leskovec, "PinnerSage", 2020, sections 3.1 and 3.2.

use music::TrackId;
use rustc_hash::FxHashMap;

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

/// A session as a point.
#[derive(Clone, Debug)]
pub struct Stretch<'a> {
    /// What was heard in it.
    pub tracks: &'a [TrackId],
    /// Where it is: by what was heard, and when and on what; all of one length.
    pub position: Vec<f32>,
}

/// More points than this only cost time: the selves are plain from the best liked tracks.
const POINT_LIMIT: usize = 100;
/// How blurred a cluster of tracks may become, as a share of the blur of all points in one.
///
/// Tuned on the default simulated world.
const TRACK_MERGE_LIMIT: f32 = 0.14;
/// The same of sessions.
///
/// Tuned on the simulated world of seed 1 (`cargo run -p sim --example selves`).
const SESSION_MERGE_LIMIT: f32 = 0.12;
/// From so many sessions on they tell selves apart; with fewer the tracks alone do.
///
/// A judgement: two selves of four sessions each.
const SESSION_COUNT_MIN: usize = 8;

/// Finds at most `count_max` selves among `points`, the most important first.
///
/// Points beyond the first 100 are left out; pass the most liked first.
///
/// *Complexity*: quadratic in the points times their dimension, and cubic in the points alone.
pub fn personas(points: &[Point<'_>], count_max: usize) -> Vec<Persona> {
    let points = &points[..points.len().min(POINT_LIMIT)];
    let masses = points.iter().map(|point| Mass { weight: point.weight, position: point.position });
    let clusters = clusters(&masses.collect::<Vec<_>>(), TRACK_MERGE_LIMIT, count_max);
    told(points, &clusters)
}

/// The same from sessions: a liked track belongs to the self in whose sessions it was heard most, and where that is not
/// one to the self whose tracks it lies nearest to.
///
/// Where there are fewer than eight sessions the points alone decide, as in [`personas`].
///
/// *Complexity*: as [`personas`], in sessions instead of points.
pub fn personas_of_sessions(
    sessions: &[Stretch<'_>],
    points: &[Point<'_>],
    count_max: usize,
) -> Vec<Persona> {
    if sessions.len() < SESSION_COUNT_MIN {
        return personas(points, count_max);
    }
    let points = &points[..points.len().min(POINT_LIMIT)];
    let mass = |session: &'_ Stretch<'_>| (session.tracks.len().max(1) as f32).sqrt();
    let masses: Vec<Mass<'_>> = (sessions.iter())
        .map(|session| Mass { weight: mass(session), position: &session.position })
        .collect();
    let of_sessions = clusters(&masses, SESSION_MERGE_LIMIT, count_max);
    let mut votes = FxHashMap::<TrackId, Vec<u32>>::default();
    for (cluster, members) in of_sessions.iter().enumerate() {
        for &track in members.iter().flat_map(|&session| sessions[session].tracks) {
            votes.entry(track).or_insert_with(|| vec![0; of_sessions.len()])[cluster] += 1;
        }
    }
    let mut members = vec![Vec::new(); of_sessions.len()];
    // Tracks that several selves hear as often, or none at all, with those that may have them.
    let mut strays: Vec<(usize, Vec<usize>)> = Vec::new();
    for (index, point) in points.iter().enumerate() {
        let none = vec![0; of_sessions.len()];
        let counts = votes.get(&point.track).unwrap_or(&none);
        let most = counts.iter().max();
        let candidates: Vec<usize> =
            (0..counts.len()).filter(|&cluster| Some(&counts[cluster]) == most).collect();
        match candidates[..] {
            [cluster] => members[cluster].push(index),
            _ => strays.push((index, candidates)),
        }
    }
    let middle = |members: &Vec<usize>| centre(members.iter().map(|&index| points[index].mass()));
    let centres: Vec<Vec<f32>> = members.iter().map(middle).collect();
    for (index, candidates) in strays {
        let distance = |cluster: usize| match centres[cluster][..] {
            // Nothing is known of where it is.
            [] => f32::INFINITY,
            _ => square_distance(points[index].position, &centres[cluster]),
        };
        let nearest = candidates.into_iter().min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
        members[nearest.expect("one has the most votes")].push(index);
    }
    members.retain(|members| !members.is_empty());
    told(points, &members)
}

/// Clusters of points as selves, the most important first.
fn told(points: &[Point<'_>], clusters: &[Vec<usize>]) -> Vec<Persona> {
    let total: f32 = points.iter().map(|point| point.weight).sum();
    let mut personas: Vec<Persona> = clusters.iter().map(|members| persona(points, members, total)).collect();
    personas.sort_by(|a, b| b.importance.total_cmp(&a.importance).then(a.medoid.cmp(&b.medoid)));
    personas
}

/// Something that weighs something and is somewhere.
#[derive(Clone, Copy)]
struct Mass<'a> {
    weight: f32,
    position: &'a [f32],
}

impl<'a> Point<'a> {
    fn mass(&self) -> Mass<'a> {
        Mass { weight: self.weight, position: self.position }
    }
}

/// The indices of what lies together, at most `count_max` clusters.
fn clusters(masses: &[Mass<'_>], merge_limit: f32, count_max: usize) -> Vec<Vec<usize>> {
    if masses.is_empty() || count_max == 0 {
        return Vec::new();
    }
    let mut clusters = Clusters::single(masses);
    let blur_limit = merge_limit * blur(masses);
    while let Some((cost, a, b)) = clusters.cheapest_merge() {
        if clusters.members.len() <= count_max && cost > blur_limit {
            break;
        }
        clusters.merge(a, b);
    }
    clusters.members
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
    fn single(points: &[Mass<'_>]) -> Self {
        let cost = |a: &Mass<'_>, b: &Mass<'_>| {
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
    let centre = centre(members.iter().map(|&index| points[index].mass()));
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
fn centre<'a>(points: impl Iterator<Item = Mass<'a>>) -> Vec<f32> {
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
fn blur(points: &[Mass<'_>]) -> f32 {
    let centre = centre(points.iter().copied());
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
    fn sessions_tell_selves_apart_whose_tracks_lie_mixed() {
        // Two dozen tracks in one heap; even ones are heard in the morning, odd ones at night.
        let heap = ring(&[(0.0, 0.0)], 24);
        let points: Vec<Point<'_>> =
            heap.iter().map(|(track, position)| Point { track: *track, weight: 1.0, position }).collect();
        let of_self = |which: usize| {
            heap.iter().map(|(track, _)| *track).filter(move |track| track.get() as usize % 2 == which)
        };
        // The last tracks of either self were liked and never heard in a session.
        let lists: Vec<Vec<TrackId>> =
            (0..12).map(|session| of_self(session % 2).skip(session / 2).take(5).collect()).collect();
        let sessions: Vec<Stretch<'_>> = (lists.iter().enumerate())
            .map(|(session, tracks)| Stretch { tracks, position: vec![0.0, 0.0, (session % 2) as f32] })
            .collect();
        let found = personas_of_sessions(&sessions, &points, 4);
        assert_eq!(found.len(), 2, "{found:?}");
        let heard = |track: &&TrackId| lists.iter().any(|list| list.contains(*track));
        for persona in &found {
            let mut of_one = persona.tracks.iter().filter(heard).map(|track| track.get() % 2);
            let first = of_one.next().unwrap();
            assert!(of_one.all(|other| other == first), "{persona:?}");
        }
        assert_eq!(found.iter().map(|persona| persona.tracks.len()).sum::<usize>(), 24, "none is lost");
        assert_eq!(personas_of_sessions(&sessions[..5], &points, 4), personas(&points, 4));
    }

    #[test]
    fn a_single_self_stays_whole_and_the_limit_holds() {
        assert_eq!(find(&ring(&[(0.0, 0.0)], 12), 1).len(), 1);
        assert_eq!(find(&ring(&[(0.0, 0.0), (5.0, 0.0), (0.0, 5.0)], 4), 2).len(), 2);
        assert_eq!(find(&[], 3), []);
    }
}
