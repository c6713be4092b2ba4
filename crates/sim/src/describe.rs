//! A world's music as a client or a file would describe it to an engine that has not met it.

use music::description::TagDescription;
use music::{
    ArtistDescription, ArtistId, ExternalId, Id, ReleaseDescription, ReleaseId, TagWeight, TrackDescription,
    TrackId,
};

use crate::world::World;

/// Whose names the ids of a world are, in [`ExternalId::Foreign`].
pub const SPACE: &str = "sim";

impl World {
    /// Everything public about a track; its ids become external ids in [`SPACE`].
    ///
    /// # Panics
    /// When the track is not of this world.
    pub fn describe(&self, track: TrackId) -> TrackDescription {
        let row = &self.catalogue().tracks()[track.row()];
        TrackDescription {
            title: row.title.to_string(),
            artists: row.artists.iter().map(|&artist| self.describe_artist(artist)).collect(),
            release: row.release.map(|release| self.describe_release(release)),
            duration: row.duration,
            date: row.date,
            explicit: row.explicit,
            external: vec![external(track)],
            tags: self.describe_tags(self.public_tags(row.main_artist(), &row.tags)),
            sound: row.sound.as_deref().copied().unwrap_or_default(),
        }
    }

    fn describe_artist(&self, artist: ArtistId) -> ArtistDescription {
        let row = &self.catalogue().artists()[artist.row()];
        ArtistDescription {
            name: row.name.to_string(),
            external: vec![external(artist)],
            tags: self.describe_tags(self.public_tags(artist, &row.tags)),
        }
    }

    fn describe_release(&self, release: ReleaseId) -> ReleaseDescription {
        let row = &self.catalogue().releases()[release.row()];
        let artist = row.artist.map(|artist| self.catalogue().artists()[artist.row()].name.to_string());
        ReleaseDescription {
            title: row.title.to_string(),
            artist,
            kind: row.kind,
            date: row.date,
            external: vec![external(release)],
        }
    }

    /// Whether nobody has tagged the artist, nor any of the tracks.
    pub fn is_untagged(&self, artist: ArtistId) -> bool {
        let one_in = self.params().untagged_one_in;
        one_in > 0 && artist.get().is_multiple_of(one_in)
    }

    fn public_tags<'a>(&self, artist: ArtistId, tags: &'a [TagWeight]) -> &'a [TagWeight] {
        if self.is_untagged(artist) { &[] } else { tags }
    }

    fn describe_tags(&self, tags: &[TagWeight]) -> Vec<TagDescription> {
        let describe = |tag: &TagWeight| {
            let row = &self.catalogue().tags()[tag.tag.get() as usize];
            TagDescription { name: row.name.to_string(), kind: row.kind, weight: tag.weight }
        };
        tags.iter().map(describe).collect()
    }
}

fn external(id: impl Id) -> ExternalId {
    ExternalId::Foreign { space: SPACE.into(), value: id.to_string().into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::WorldParams;

    #[test]
    fn a_description_says_what_the_catalogue_knows() {
        let world = World::new(&WorldParams::default()).unwrap();
        for row in (0..5_000).step_by(97).map(TrackId::new) {
            let track = &world.catalogue().tracks()[row.row()];
            let said = world.describe(row);
            assert_eq!(said.title, *track.title);
            assert_eq!(said.artists.len(), track.artists.len());
            assert_eq!(said.external[0].value(), row.to_string());
            assert_eq!(said.sound, **track.sound.as_ref().unwrap());
            assert!(said.artists[0].tags.iter().any(|tag| tag.weight == 1.0));
        }
    }
}
