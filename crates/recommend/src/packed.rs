//! Tracks laid side by side, so that the likeness of all of them to one other costs a pass over packed numbers.
//!
//! A request asks for some fifty thousand likenesses; asked one by one, each waits for memory in several places.

use learn::blocks::Blocks;
use music::{ArtistId, Target};

use crate::snapshot::{SAME_ARTIST, Snapshot};
use crate::sound_space::{DESCRIPTOR_SCALE, DIM, likeness_of_all};

/// What likeness reads of some targets, number by number, so that all rows are worked on at once.
#[derive(Debug)]
pub(crate) struct Packed<'a> {
    snapshot: &'a Snapshot,
    targets: &'a [Target],
    /// The main artist of each row that is a track.
    artists: Vec<Option<ArtistId>>,
    /// Zeros where none was learnt.
    directions: Blocks,
    /// 1 where a direction was learnt.
    has_direction: Vec<f32>,
    points: Blocks,
    /// 1 where the sound is known.
    has_point: Vec<f32>,
    /// None where no track has one.
    descriptors: Option<Blocks>,
    has_descriptor: Vec<bool>,
}

impl<'a> Packed<'a> {
    /// Lays out what is known of `targets`.
    pub(crate) fn of(snapshot: &'a Snapshot, targets: &'a [Target]) -> Self {
        let rows = targets.len();
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
            directions: Blocks::zeros(rows, snapshot.direction_dim()),
            has_direction: vec![0.0; rows],
            points: Blocks::zeros(rows, DIM),
            has_point: vec![0.0; rows],
            descriptors: None,
            has_descriptor: vec![false; rows],
        };
        for (row, track) in tracks().enumerate() {
            let Some(track) = track else { continue };
            if let Some(direction) = snapshot.track_direction(track) {
                packed.directions.set(row, direction);
                packed.has_direction[row] = 1.0;
            }
            let Some(place) = snapshot.sound.place(track) else { continue };
            packed.points.set(row, place.point());
            packed.has_point[row] = 1.0;
            if let Some(descriptor) = place.descriptor() {
                let all = packed.descriptors.get_or_insert_with(|| Blocks::zeros(rows, descriptor.len()));
                all.set(row, descriptor);
                packed.has_descriptor[row] = true;
            }
        }
        packed
    }

    /// How alike each row is to `other`, as [`Snapshot::target_likeness`] says it one by one, to the last few bits.
    ///
    /// The likenesses are left in `scratch`, which keeps its room from call to call.
    pub(crate) fn likeness(&self, other: Target, scratch: &mut Scratch) {
        let rows = self.targets.len();
        let Target::Track(other) = other else {
            scratch.likeness.clear();
            let alike = self.targets.iter().map(|&target| self.snapshot.target_likeness(other, target));
            scratch.likeness.extend(alike);
            return;
        };
        let Scratch { likeness, sound, descriptor } = scratch;
        for part in [&mut *likeness, &mut *sound] {
            part.clear();
            part.resize(rows, 0.0);
        }
        let all = 0..self.points.block_count();
        let direction = self.snapshot.track_direction(other);
        if let Some(direction) = direction {
            self.directions.products(all.clone(), direction, likeness);
        }
        let place = self.snapshot.sound.place(other);
        if let Some(place) = place {
            self.points.square_distances(all.clone(), place.point(), sound);
            if let Some((values, descriptors)) = place.descriptor().zip(self.descriptors.as_ref()) {
                descriptor.resize(rows, 0.0);
                descriptors.square_distances(all, values, descriptor);
                for (row, square) in sound.iter_mut().enumerate().filter(|(row, _)| self.has_descriptor[*row])
                {
                    *square = descriptor[row] * DESCRIPTOR_SCALE;
                }
            }
            likeness_of_all(sound);
        }
        let (by_crowd, by_sound) =
            (f32::from(u8::from(direction.is_some())), f32::from(u8::from(place.is_some())));
        for (row, likeness) in likeness.iter_mut().enumerate() {
            let (crowd, heard) = (by_crowd * self.has_direction[row], by_sound * self.has_point[row]);
            let sum = crowd * likeness.clamp(0.0, 1.0) + heard * sound[row];
            *likeness = sum / (crowd + heard).max(1.0);
        }
        if let Some(artist) = self.snapshot.main_artist(other) {
            for (likeness, theirs) in likeness.iter_mut().zip(&self.artists) {
                if *theirs == Some(artist) {
                    *likeness = likeness.max(SAME_ARTIST);
                }
            }
        }
    }
}

/// Room to work in.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// The likenesses of the latest call, one per row.
    pub(crate) likeness: Vec<f32>,
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
        let analysed =
            Snapshot::new("", Arc::new(catalogue.with_descriptors(descriptors)), Arc::clone(&plain.models));
        for snapshot in [&*plain, &analysed] {
            let tracks = snapshot.catalogue.tracks().iter().map(|track| Target::Track(track.id));
            let artists = snapshot.catalogue.artists().iter().map(|artist| Target::Artist(artist.id));
            let targets: Vec<Target> =
                tracks.chain(artists).chain([Target::Track(TrackId::new(9_999))]).collect();
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
