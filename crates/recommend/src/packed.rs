//! Tracks laid side by side, so that the likeness of all of them to one other costs a pass over packed numbers.
//!
//! A request asks for some fifty thousand likenesses; asked one by one, each waits for memory in several places.

use learn::kernel;
use music::{ArtistId, Target};

use crate::snapshot::{SAME_ARTIST, Snapshot};
use crate::sound_space::{DESCRIPTOR_SCALE, DIM, likeness_at};

/// What likeness reads of some targets, row by row.
#[derive(Debug)]
pub(crate) struct Packed<'a> {
    snapshot: &'a Snapshot,
    targets: &'a [Target],
    /// The main artist of each row that is a track.
    artists: Vec<Option<ArtistId>>,
    /// *Shape*: `[rows, Snapshot::direction_dim()]`; zeros where none was learnt.
    directions: Vec<f32>,
    has_direction: Vec<bool>,
    /// *Shape*: `[rows, DIM]`.
    points: Vec<f32>,
    has_point: Vec<bool>,
    /// *Shape*: `[rows, DESCRIPTOR_LEN]`; empty where no track has one.
    descriptors: Vec<f32>,
    has_descriptor: Vec<bool>,
}

impl<'a> Packed<'a> {
    /// Lays out what is known of `targets`.
    pub(crate) fn of(snapshot: &'a Snapshot, targets: &'a [Target]) -> Self {
        let dim = snapshot.direction_dim();
        let tracks = || {
            targets.iter().map(|target| match target {
                Target::Track(track) => Some(*track),
                _ => None,
            })
        };
        let mut packed = Self {
            snapshot,
            targets,
            artists: tracks().map(|track| snapshot.main_artist(track?)).collect(),
            directions: vec![0.0; dim * targets.len()],
            has_direction: vec![false; targets.len()],
            points: vec![0.0; DIM * targets.len()],
            has_point: vec![false; targets.len()],
            descriptors: Vec::new(),
            has_descriptor: vec![false; targets.len()],
        };
        for (row, track) in tracks().enumerate() {
            let Some(track) = track else { continue };
            if let Some(direction) = snapshot.track_direction(track) {
                packed.directions[row * dim..][..dim].copy_from_slice(direction);
                packed.has_direction[row] = true;
            }
            let Some(place) = snapshot.sound.place(track) else { continue };
            packed.points[row * DIM..][..DIM].copy_from_slice(place.point());
            packed.has_point[row] = true;
            if let Some(descriptor) = place.descriptor() {
                let length = descriptor.len();
                packed.descriptors.resize(length * targets.len(), 0.0);
                packed.descriptors[row * length..][..length].copy_from_slice(descriptor);
                packed.has_descriptor[row] = true;
            }
        }
        packed
    }

    /// How alike each row is to `other`, as [`Snapshot::target_likeness`] says it one by one, to the last few bits.
    ///
    /// `scratch` is filled with the likenesses; it keeps its room from call to call.
    pub(crate) fn likeness(&self, other: Target, scratch: &mut Scratch) {
        let rows = self.targets.len();
        let Target::Track(other) = other else {
            scratch.likeness.clear();
            let alike = self.targets.iter().map(|&target| self.snapshot.target_likeness(other, target));
            scratch.likeness.extend(alike);
            return;
        };
        let Scratch { likeness, crowd, sound, descriptor } = scratch;
        for part in [&mut *likeness, &mut *crowd, &mut *sound, &mut *descriptor] {
            part.clear();
            part.resize(rows, 0.0);
        }
        let direction = self.snapshot.track_direction(other);
        if let Some(direction) = direction {
            kernel::row_scores(&self.directions, direction, crowd);
        }
        let place = self.snapshot.sound.place(other);
        if let Some(place) = place {
            kernel::square_distances(&self.points, place.point(), sound);
            if let Some(values) = place.descriptor().filter(|_| !self.descriptors.is_empty()) {
                kernel::square_distances(&self.descriptors, values, descriptor);
                for (row, square) in sound.iter_mut().enumerate() {
                    if self.has_descriptor[row] {
                        *square = descriptor[row] * DESCRIPTOR_SCALE;
                    }
                }
            }
        }
        let artist = self.snapshot.main_artist(other);
        for row in 0..rows {
            let by_crowd = direction.is_some() && self.has_direction[row];
            let by_sound = place.is_some() && self.has_point[row];
            let mean = match (by_crowd, by_sound) {
                (true, true) => 0.5 * (crowd[row].clamp(0.0, 1.0) + likeness_at(sound[row])),
                (true, false) => crowd[row].clamp(0.0, 1.0),
                (false, true) => likeness_at(sound[row]),
                (false, false) => 0.0,
            };
            let is_same = artist.is_some() && self.artists[row] == artist;
            likeness[row] = if is_same { mean.max(SAME_ARTIST) } else { mean };
        }
    }
}

/// Room to work in.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// The likenesses of the latest call, one per row.
    pub(crate) likeness: Vec<f32>,
    crowd: Vec<f32>,
    sound: Vec<f32>,
    descriptor: Vec<f32>,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use music::analysis::{DESCRIPTOR_LEN, Descriptor};
    use music::{Catalogue, FeaturesVersion, TrackId};

    use super::*;
    use crate::fixture::snapshot;

    #[test]
    fn packed_likeness_is_that_of_pairs() {
        let plain = snapshot();
        // Every third track was analysed, so that all kinds of pairs occur.
        let descriptor = |row: usize| {
            let values = std::array::from_fn(|axis| ((row * 7 + axis * 3) % 11) as f32 / 5.0 - 1.0);
            let values: [f32; DESCRIPTOR_LEN] = values;
            (row.is_multiple_of(3)).then(|| Box::new(Descriptor::new(FeaturesVersion(1), values).unwrap()))
        };
        let catalogue: Catalogue = (*plain.catalogue).clone();
        let descriptors = (0..catalogue.tracks().len()).map(descriptor).collect();
        let analysed = Snapshot::new("", Arc::new(catalogue.with_descriptors(descriptors)), Arc::clone(&plain.models));
        for snapshot in [&*plain, &analysed] {
            let tracks = snapshot.catalogue.tracks().iter().map(|track| Target::Track(track.id));
            let artists = snapshot.catalogue.artists().iter().map(|artist| Target::Artist(artist.id));
            let targets: Vec<Target> = tracks.chain(artists).chain([Target::Track(TrackId::new(9_999))]).collect();
            let packed = Packed::of(snapshot, &targets);
            let mut scratch = Scratch::default();
            for &other in targets.iter().step_by(5).chain(targets.last()) {
                packed.likeness(other, &mut scratch);
                for (&target, &likeness) in targets.iter().zip(&scratch.likeness) {
                    let alone = snapshot.target_likeness(other, target);
                    assert!((likeness - alone).abs() < 1e-5, "{other:?} {target:?}: {likeness} {alone}");
                }
            }
        }
    }
}
