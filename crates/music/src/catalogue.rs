//! Everything that is known about the music, laid out for reading.
//!
//! Rows stand in the order of their ids, so a lookup is an index.
//! How rows come in, and when two descriptions mean the same track, is decided in `engine`.

use crate::analysis::Descriptor;
use crate::artist::Artist;
use crate::id::{ArtistId, Id, ReleaseId, TagId, TrackId};
use crate::release::Release;
use crate::tag::Tag;
use crate::track::Track;
use crate::unit::UnixMillis;

/// The music that Segue knows.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    tracks: Vec<Track>,
    artists: Vec<Artist>,
    releases: Vec<Release>,
    tags: Vec<Tag>,
    tracks_by_artist: Groups,
    tracks_by_release: Groups,
    /// By the row of the track; shorter where the last tracks have none.
    descriptors: Vec<Option<Box<Descriptor>>>,
}

impl Catalogue {
    /// A catalogue of these rows, which must stand in the order of their ids without gaps.
    ///
    /// # Panics
    /// When a row is out of place, or names an artist, release or tag that has no row: rows come from the store,
    /// which keeps both.
    pub fn new(tracks: Vec<Track>, artists: Vec<Artist>, releases: Vec<Release>, tags: Vec<Tag>) -> Self {
        assert_dense(tracks.iter().map(|track| track.id));
        assert_dense(artists.iter().map(|artist| artist.id));
        assert_dense(releases.iter().map(|release| release.id));
        assert_dense(tags.iter().map(|tag| tag.id));
        let tracks_by_artist = Groups::new(
            artists.len(),
            tracks.iter().flat_map(|track| track.artists.iter().map(|artist| (artist.row(), track.id))),
        );
        let tracks_by_release = Groups::new(
            releases.len(),
            tracks.iter().filter_map(|track| Some((track.release?.row(), track.id))),
        );
        let descriptors = Vec::new();
        Self { tracks, artists, releases, tags, tracks_by_artist, tracks_by_release, descriptors }
    }

    /// The same catalogue with these points for distances, which stand in the order of the tracks.
    #[must_use]
    pub fn with_descriptors(self, descriptors: Vec<Option<Box<Descriptor>>>) -> Self {
        Self { descriptors, ..self }
    }

    /// How a track sounds as one point, where its file was analysed.
    pub fn descriptor(&self, id: TrackId) -> Option<&Descriptor> {
        self.descriptors.get(id.row())?.as_deref()
    }

    /// All tracks; a track's row is its id.
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// All artists.
    pub fn artists(&self) -> &[Artist] {
        &self.artists
    }

    /// All releases.
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// The vocabulary of genres, moods and so on.
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// The track with this id, if the catalogue has come to know it.
    pub fn track(&self, id: TrackId) -> Option<&Track> {
        self.tracks.get(id.row())
    }

    /// The artist with this id.
    pub fn artist(&self, id: ArtistId) -> Option<&Artist> {
        self.artists.get(id.row())
    }

    /// The release with this id.
    pub fn release(&self, id: ReleaseId) -> Option<&Release> {
        self.releases.get(id.row())
    }

    /// The tag with this id.
    pub fn tag(&self, id: TagId) -> Option<&Tag> {
        self.tags.get(id.row())
    }

    /// The tag with this name.
    ///
    /// *Complexity*: linear in the vocabulary; keep the id.
    pub fn tag_named(&self, name: &str) -> Option<TagId> {
        self.tags.iter().find(|tag| &*tag.name == name).map(|tag| tag.id)
    }

    /// The tracks on which an artist appears, in id order; empty for one that is not known.
    pub fn tracks_by_artist(&self, id: ArtistId) -> &[TrackId] {
        self.tracks_by_artist.get(id.row())
    }

    /// The tracks of a release, in id order; empty for one that is not known.
    pub fn tracks_by_release(&self, id: ReleaseId) -> &[TrackId] {
        self.tracks_by_release.get(id.row())
    }

    /// When a track came out: by its own date, else by that of its release.
    pub fn released(&self, track: &Track) -> Option<UnixMillis> {
        let of_release = || self.release(track.release?)?.date;
        track.date.or_else(of_release).map(crate::date::ReleaseDate::earliest)
    }

    /// "Title by Artist, Artist", for people; the id where the track is not known.
    pub fn label(&self, id: TrackId) -> String {
        let Some(track) = self.track(id) else { return id.to_string() };
        format!("{} by {}", track.title, self.artist_names(track))
    }

    /// The names of a track's artists, joined by commas.
    pub fn artist_names(&self, track: &Track) -> String {
        let names = track.artists.iter().filter_map(|&id| self.artist(id)).map(|artist| &*artist.name);
        names.collect::<Vec<_>>().join(", ")
    }
}

fn assert_dense<T: Id>(ids: impl Iterator<Item = T>) {
    for (row, id) in ids.enumerate() {
        assert_eq!(id.row(), row, "the catalogue's rows must stand in the order of their ids, without gaps");
    }
}

/// Tracks by group, as one array of tracks and one of group starts.
#[derive(Clone, Debug, Default)]
struct Groups {
    starts: Vec<u32>,
    members: Vec<TrackId>,
}

impl Groups {
    fn new(group_count: usize, pairs: impl Iterator<Item = (usize, TrackId)> + Clone) -> Self {
        let mut starts = vec![0_u32; group_count + 1];
        for (group, _) in pairs.clone() {
            starts[group + 1] += 1;
        }
        for group in 0..group_count {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut members = vec![TrackId::default(); starts[group_count] as usize];
        for (group, track) in pairs {
            members[next[group] as usize] = track;
            next[group] += 1;
        }
        Self { starts, members }
    }

    fn get(&self, group: usize) -> &[TrackId] {
        match (self.starts.get(group), self.starts.get(group + 1)) {
            (Some(&start), Some(&end)) => &self.members[start as usize..end as usize],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smallvec::smallvec;

    fn track(row: u32, artists: &[u32], release: Option<u32>) -> Track {
        Track {
            id: TrackId::new(row),
            title: format!("Title {row}").into(),
            artists: artists.iter().map(|&row| ArtistId::new(row)).collect(),
            release: release.map(ReleaseId::new),
            duration: None,
            date: None,
            explicit: None,
            tags: Box::default(),
            sound: None,
        }
    }

    fn artist(row: u32) -> Artist {
        Artist { id: ArtistId::new(row), name: format!("Artist {row}").into(), tags: Box::default() }
    }

    #[test]
    fn tracks_are_found_by_each_artist_and_by_release() {
        let release = Release {
            id: ReleaseId::new(0),
            title: "Album".into(),
            artist: None,
            kind: None,
            date: Some("2019".parse().unwrap()),
        };
        let catalogue = Catalogue::new(
            vec![track(0, &[1], Some(0)), track(1, &[0, 1], None), track(2, &[1], Some(0))],
            vec![artist(0), artist(1), artist(2)],
            vec![release],
            vec![],
        );
        let ids = |rows: &[u32]| rows.iter().map(|&row| TrackId::new(row)).collect::<Vec<_>>();
        assert_eq!(catalogue.tracks_by_artist(ArtistId::new(1)), ids(&[0, 1, 2]));
        assert_eq!(catalogue.tracks_by_artist(ArtistId::new(2)), []);
        assert_eq!(catalogue.tracks_by_artist(ArtistId::new(9)), []);
        assert_eq!(catalogue.tracks_by_release(ReleaseId::new(0)), ids(&[0, 2]));
        assert_eq!(catalogue.label(TrackId::new(1)), "Title 1 by Artist 0, Artist 1");
        assert_eq!(catalogue.label(TrackId::new(7)), "t7");
        assert!(catalogue.released(&catalogue.tracks()[0]).is_some());
        let expected: smallvec::SmallVec<[ArtistId; 2]> = smallvec![ArtistId::new(1)];
        assert_eq!(catalogue.tracks()[2].artists, expected);
    }

    #[test]
    #[should_panic(expected = "without gaps")]
    fn a_gap_is_a_broken_invariant() {
        Catalogue::new(vec![track(1, &[0], None)], vec![artist(0)], vec![], vec![]);
    }
}
