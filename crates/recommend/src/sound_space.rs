//! Tracks as points of sound, from the audio features that came with them.
//!
//! Every feature is scaled by its spread over the catalogue, so that no unit outweighs another.

use music::{Catalogue, Sound, SoundFeature, Track, TrackId};
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

/// A point of sound.
pub type Point = [f32; DIM];

/// All tracks of a catalogue as points.
#[derive(Clone, Debug, Default)]
pub struct SoundSpace {
    mean: Point,
    spread: Point,
    points: Vec<Point>,
    known: Vec<bool>,
}

impl SoundSpace {
    /// The points of all tracks in `catalogue`; a track without any of the features has none.
    ///
    /// A feature that one track lacks is put at the mean, where it says nothing.
    pub fn of(catalogue: &Catalogue) -> Self {
        let mut space = Self { spread: [1.0; DIM], ..Self::default() };
        space.scale(catalogue);
        for track in catalogue.tracks() {
            let point = track.sound.as_deref().and_then(|sound| space.point_of(sound));
            space.known.push(point.is_some());
            space.points.push(point.unwrap_or_default());
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
    pub fn point(&self, track: TrackId) -> Option<&Point> {
        let row = music::Id::row(track);
        self.points.get(row).filter(|_| self.known[row])
    }

    /// All points that are known.
    pub fn points(&self) -> impl Iterator<Item = (TrackId, &Point)> {
        let rows = self.points.iter().zip(&self.known).enumerate();
        rows.filter(|(_, (_, known))| **known).map(|(row, (point, _))| (TrackId::new(row as u32), point))
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

/// How alike two points are, 0 to 1.
///
/// Two tracks drawn by chance are about √(2·8) = 4 apart, which reads as 0.14.
pub fn likeness(a: &Point, b: &Point) -> f32 {
    (-square_distance(a, b).sqrt() / 2.0).exp()
}

/// The square of how far two points are apart, which orders as [`likeness`] does, the other way round.
pub fn square_distance(a: &Point, b: &Point) -> f32 {
    // Eight squares side by side and then a tree of sums: one after the other they would wait for each other.
    let mut squares = [0.0; DIM];
    for axis in 0..DIM {
        squares[axis] = (a[axis] - b[axis]) * (a[axis] - b[axis]);
    }
    let halves: [f32; DIM / 2] = std::array::from_fn(|axis| squares[axis] + squares[axis + DIM / 2]);
    (halves[0] + halves[2]) + (halves[1] + halves[3])
}
