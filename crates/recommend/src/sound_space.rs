//! Tracks as points of sound, from the audio features that came with them and the descriptors of files.
//!
//! Every feature is scaled by its spread over the catalogue, so that no unit outweighs another.

use learn::blocks::{Blocks, LANES};
use learn::{Best, kernel};
use music::analysis::DESCRIPTOR_LEN;
use music::{Catalogue, FeaturesVersion, Id as _, Sound, SoundFeature, Track, TrackId};
use taste::summary::SoundTaste;

/// The features that make the space; key and mode are no matter of near and far.
const FEATURES: [SoundFeature; DIM] = [
    SoundFeature::Danceability,
    SoundFeature::Energy,
    SoundFeature::Valence,
    SoundFeature::Acousticness,
    SoundFeature::Instrumentalness,
    SoundFeature::Speechiness,
    SoundFeature::Loudness,
    SoundFeature::Tempo,
];

/// How many features make the space.
pub const DIM: usize = 8;

/// Tracks that are measured together, so that what is worked with stays near.
const GROUP: usize = 16 * LANES;
/// So far out that the square of any distance to it is infinite.
const NOWHERE: f32 = 1e30;

/// A point of sound.
pub type Point = [f32; DIM];

/// All tracks of a catalogue as points.
#[derive(Clone, Debug, Default)]
pub struct SoundSpace {
    mean: Point,
    spread: Point,
    points: Vec<Point>,
    known: Vec<bool>,
    /// The points to be searched; what is not known lies nowhere.
    search: Blocks,
    /// The descriptors to be searched; empty where there are none.
    search_finely: Blocks,
    /// By the row of the track; of the newest recipe alone, since others cannot be compared with it.
    descriptors: Vec<Option<Box<[f32; DESCRIPTOR_LEN]>>>,
}

/// Where a track is: its point, and the finer one of its file where that was analysed.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    point: &'a Point,
    descriptor: Option<&'a [f32; DESCRIPTOR_LEN]>,
}

impl<'a> Place<'a> {
    pub(crate) const fn point(&self) -> &'a Point {
        self.point
    }

    pub(crate) const fn descriptor(&self) -> Option<&'a [f32; DESCRIPTOR_LEN]> {
        self.descriptor
    }
}

impl SoundSpace {
    /// The points of all tracks in `catalogue`; a track without any of the features has none.
    ///
    /// A feature that one track lacks is put at the mean, where it says nothing.
    pub fn of(catalogue: &Catalogue) -> Self {
        let search = Blocks::zeros(catalogue.tracks().len(), DIM);
        let mut space = Self { spread: [1.0; DIM], search, ..Self::default() };
        space.scale(catalogue);
        for track in catalogue.tracks() {
            let point = track.sound.as_deref().and_then(|sound| space.point_of(sound));
            space.known.push(point.is_some());
            space.points.push(point.unwrap_or_default());
            let nowhere = [NOWHERE; DIM];
            space.search.set(track.id.row(), point.as_ref().unwrap_or(&nowhere));
        }
        let descriptors = || catalogue.tracks().iter().map(|track| catalogue.descriptor(track.id));
        let newest: Option<FeaturesVersion> = descriptors().flatten().map(|found| found.version()).max();
        if newest.is_some() {
            let values = |found: &music::Descriptor| Box::new(*found.values());
            let of_newest = |found: &&music::Descriptor| Some(found.version()) == newest;
            space.descriptors = descriptors().map(|found| found.filter(of_newest).map(values)).collect();
            space.search_finely = Blocks::zeros(space.descriptors.len(), DESCRIPTOR_LEN);
            for (row, descriptor) in space.descriptors.iter().enumerate() {
                let nowhere = [NOWHERE; DESCRIPTOR_LEN];
                let known = descriptor.as_deref().filter(|_| space.known[row]);
                space.search_finely.set(row, known.unwrap_or(&nowhere));
            }
        }
        space
    }

    fn scale(&mut self, catalogue: &Catalogue) {
        for (axis, feature) in FEATURES.into_iter().enumerate() {
            let value = |track: &Track| track.sound.as_deref()?.get(feature).map(f64::from);
            let values = || catalogue.tracks().iter().filter_map(value);
            let count = values().count().max(1) as f64;
            let mean = values().sum::<f64>() / count;
            let variance = values().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
            self.mean[axis] = mean as f32;
            self.spread[axis] = if variance > 0.0 { variance.sqrt() as f32 } else { 1.0 };
        }
    }

    fn point_of(&self, sound: &Sound) -> Option<Point> {
        let mut point = [0.0; DIM];
        let mut any = false;
        for (axis, feature) in FEATURES.into_iter().enumerate() {
            if let Some(value) = sound.get(feature) {
                point[axis] = (value - self.mean[axis]) / self.spread[axis];
                any = true;
            }
        }
        any.then_some(point)
    }

    /// Where a track is, if its sound is known.
    pub fn place(&self, track: TrackId) -> Option<Place<'_>> {
        let row = music::Id::row(track);
        let point = self.points.get(row).filter(|_| self.known[row])?;
        Some(Place { point, descriptor: self.descriptors.get(row).and_then(Option::as_deref) })
    }

    /// The point of a track, if its sound is known.
    pub fn point(&self, track: TrackId) -> Option<&Point> {
        self.place(track).map(|place| place.point)
    }

    /// The `count` tracks that `keep` accepts that lie nearest to any of `anchors`, nearest first, ties by id.
    ///
    /// *Complexity*: one pass over all points, and over the descriptors where an anchor has one.
    pub(crate) fn nearest(
        &self,
        anchors: &[Place<'_>],
        count: usize,
        keep: impl Fn(TrackId) -> bool,
    ) -> Vec<TrackId> {
        let mut best = Best::new(count);
        let keep = |row| keep(TrackId::new(row));
        let (mut nearest, mut squares, mut finer) = ([0.0; GROUP], [0.0; GROUP], [0.0; GROUP]);
        for from in (0..self.points.len()).step_by(GROUP) {
            let to = (from + GROUP).min(self.points.len());
            let blocks = from / LANES..to.div_ceil(LANES);
            let nearest = &mut nearest[..to - from];
            nearest.fill(f32::INFINITY);
            for anchor in anchors {
                self.search.square_distances(blocks.clone(), anchor.point, &mut squares);
                if let Some(descriptor) = anchor.descriptor {
                    self.search_finely.square_distances(blocks.clone(), descriptor, &mut finer);
                    for (square, finer) in
                        squares.iter_mut().zip(finer).filter(|(_, finer)| finer.is_finite())
                    {
                        *square = finer * DESCRIPTOR_SCALE;
                    }
                }
                nearest.iter_mut().zip(squares).for_each(|(nearest, square)| *nearest = nearest.min(square));
            }
            // Best is asked for the largest, and far is small.
            let beaten = best.worst_score().map_or(f32::INFINITY, |worst| -worst);
            for (row, &square) in (from..to).zip(&*nearest) {
                if square <= beaten && square.is_finite() {
                    best.offer((row as u32, -square), &keep);
                }
            }
        }
        best.done().into_iter().map(|(row, _)| TrackId::new(row)).collect()
    }

    /// How well a track fits what a listener likes to hear, 0 to 1: a bell curve around the mean of each feature, as
    /// wide as the listener's own spread.
    pub fn fit(&self, track: TrackId, taste: &SoundTaste) -> Option<f32> {
        let point = self.point(track)?;
        let (mut sum, mut count) = (0.0_f32, 0.0_f32);
        for (axis, feature) in FEATURES.into_iter().enumerate() {
            let Some((mean, deviation)) = taste.get(feature) else { continue };
            let centre = (mean - self.mean[axis]) / self.spread[axis];
            // A taste shown by a single track is not a needle point.
            let width = (deviation / self.spread[axis]).max(0.3);
            let distance = (point[axis] - centre) / width;
            sum += distance * distance;
            count += 1.0;
        }
        (count > 0.0).then(|| (-0.5 * sum / count).exp())
    }
}

/// How alike two tracks sound, 0 to 1.
///
/// Two tracks drawn by chance are about √(2·8) = 4 apart, which reads as 0.14.
pub fn likeness(a: Place<'_>, b: Place<'_>) -> f32 {
    (-square_distance(a, b).sqrt() / 2.0).exp()
}

/// Replaces squares of distances by how alike tracks are that far apart.
pub(crate) fn likeness_of_all(squares: &mut [f32]) {
    squares.iter_mut().for_each(|square| *square = -square.sqrt() / 2.0);
    kernel::exp(squares);
}

/// Distances between descriptors times this are on the scale of points.
pub(crate) const DESCRIPTOR_SCALE: f32 = DIM as f32 / DESCRIPTOR_LEN as f32;

/// The square of how far two tracks are apart, which orders as [`likeness`] does, the other way round.
///
/// By their descriptors where both have one, on the scale of the points: there too two tracks drawn by chance are
/// about √(2·8) apart.
pub fn square_distance(a: Place<'_>, b: Place<'_>) -> f32 {
    match (a.descriptor, b.descriptor) {
        (Some(a), Some(b)) => {
            // Six sums side by side, which need not wait for each other.
            let mut sums = [0.0_f32; 6];
            for (a, b) in a.as_chunks::<6>().0.iter().zip(b.as_chunks::<6>().0) {
                for lane in 0..6 {
                    sums[lane] += (a[lane] - b[lane]) * (a[lane] - b[lane]);
                }
            }
            sums.iter().sum::<f32>() * DESCRIPTOR_SCALE
        }
        _ => point_distance(a.point, b.point),
    }
}

fn point_distance(a: &Point, b: &Point) -> f32 {
    // Eight squares side by side and then a tree of sums: one after the other they would wait for each other.
    let mut squares = [0.0; DIM];
    for axis in 0..DIM {
        squares[axis] = (a[axis] - b[axis]) * (a[axis] - b[axis]);
    }
    let halves: [f32; DIM / 2] = std::array::from_fn(|axis| squares[axis] + squares[axis + DIM / 2]);
    (halves[0] + halves[2]) + (halves[1] + halves[3])
}

#[cfg(test)]
mod tests {
    use music::analysis::Descriptor;
    use music::{Artist, ArtistId};

    use super::*;

    fn descriptor(version: u16, value: f32) -> Option<Box<Descriptor>> {
        Descriptor::new(FeaturesVersion(version), [value; DESCRIPTOR_LEN]).ok().map(Box::new)
    }

    /// Tracks of these energies.
    fn catalogue(energies: &[f32]) -> Catalogue {
        let track = |(row, &energy): (u32, &f32)| {
            let mut sound = Sound::default();
            sound.set(SoundFeature::Energy, energy).unwrap();
            Track {
                id: TrackId::new(row),
                title: "Title".into(),
                artists: [ArtistId::new(0)].into_iter().collect(),
                release: None,
                duration: None,
                date: None,
                explicit: None,
                tags: Box::default(),
                sound: Some(Box::new(sound)),
            }
        };
        let artist = Artist { id: ArtistId::new(0), name: "Artist".into(), tags: Box::default() };
        Catalogue::new((0..).zip(energies).map(track).collect(), vec![artist], vec![], vec![])
    }

    #[test]
    fn descriptors_of_one_recipe_say_who_is_near_and_points_say_it_of_the_rest() {
        let descriptors =
            vec![descriptor(2, 0.0), descriptor(2, 0.1), descriptor(2, 2.0), descriptor(1, 0.0), None];
        let catalogue = catalogue(&[0.1, 0.9, 0.1, 0.1, 0.9]).with_descriptors(descriptors);
        let space = SoundSpace::of(&catalogue);
        let distance = |a, b| {
            let place = |row| space.place(TrackId::new(row)).unwrap();
            square_distance(place(a), place(b))
        };
        assert!((distance(0, 1) - 0.08).abs() < 1e-5, "{}", distance(0, 1));
        assert!((distance(0, 2) - 32.0).abs() < 1e-4, "{}", distance(0, 2));
        assert!(distance(0, 3) < 1e-6, "an older recipe cannot be compared; the energies are the same");
        assert!(distance(0, 4) > 1.0, "{}", distance(0, 4));
        let anchors = [0, 4].map(|row| space.place(TrackId::new(row)).unwrap());
        let from_any = |row| f32::min(distance(row, 0), distance(row, 4));
        let mut by_distance: Vec<u32> = (0..5).filter(|&row| row != 4).collect();
        by_distance.sort_by(|&a, &b| from_any(a).total_cmp(&from_any(b)).then(a.cmp(&b)));
        let found = space.nearest(&anchors, 3, |track| track != TrackId::new(4));
        assert_eq!(found, [0, 1, 2].map(|place| TrackId::new(by_distance[place])));
    }
}
