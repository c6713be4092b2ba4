//! What a parser hands over: what a file says, before the catalogue has matched it.

use music::{
    ArtistDescription, Context, ExternalId, Millis, PlayStart, PlaylistDetails, SkipDirection, TagKind,
    TrackDescription, UnixMillis,
};
use smallvec::SmallVec;

use super::error::Place;
use super::report::RecordKind;

/// One thing that a file says, and where.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    pub(super) place: Place,
    pub(super) fact: Fact,
}

/// What it says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fact {
    /// A listener did something.
    Deed(Box<Deed>),
    /// A playlist is so.
    Playlist(Box<WholePlaylist>),
    /// A track is in a playlist; its other tracks are in other rows.
    PlaylistEntry(Box<PlaylistEntry>),
    /// A track or artist exists.
    Catalogue(Box<Subject>),
    /// Somebody gave a tag.
    Tag(Box<TagGiven>),
}

impl Fact {
    /// How many records of which kind it is.
    pub(super) fn counts(&self) -> SmallVec<[(RecordKind, u64); 2]> {
        match self {
            Self::Deed(deed) => [(RecordKind::Event, deed.acts.len() as u64)].as_slice().into(),
            Self::Playlist(playlist) => {
                let track_count = playlist.tracks.len() as u64;
                [(RecordKind::Playlist, 1), (RecordKind::PlaylistTrack, track_count)].as_slice().into()
            }
            Self::PlaylistEntry(_) => [(RecordKind::PlaylistTrack, 1)].as_slice().into(),
            Self::Catalogue(_) => [(RecordKind::Catalogue, 1)].as_slice().into(),
            Self::Tag(_) => [(RecordKind::Tag, 1)].as_slice().into(),
        }
    }
}

/// What something is said about.
#[expect(clippy::large_enum_variant, reason = "nearly every subject is a track; a box each would cost more")]
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Subject {
    /// A track, which is made where it is not known.
    Track(TrackDescription),
    /// An artist, who is made where they are not known.
    Artist(ArtistDescription),
    /// A track that must be known, since an id is all that is said.
    KnownTrack(ExternalId),
    /// An artist who must be known, since an id is all that is said.
    KnownArtist(ExternalId),
}

/// What a listener did with one thing, at one time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Deed {
    /// Who; the import's own listener where the file does not say so.
    pub(super) listener: Option<Box<str>>,
    pub(super) subject: Subject,
    /// One event each.
    pub(super) acts: SmallVec<[Act; 1]>,
    /// When; for a play, when it began. None where the file does not tell.
    pub(super) at: Option<UnixMillis>,
    pub(super) context: Context,
}

impl Deed {
    /// One act of the import's own listener.
    pub(super) fn own(subject: Subject, act: Act, at: Option<UnixMillis>) -> Self {
        Self { listener: None, subject, acts: SmallVec::from_buf([act]), at, context: Context::default() }
    }
}

/// One thing that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Played { played: Option<Millis>, start: PlayStart },
    Skipped { played: Option<Millis>, start: PlayStart, direction: SkipDirection },
    PlayedBefore { plays: u32 },
    Liked,
    Disliked,
    Rated { stars: u8 },
}

/// A playlist with all its tracks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WholePlaylist {
    pub(super) external: Option<ExternalId>,
    pub(super) details: PlaylistDetails,
    pub(super) tracks: Vec<TrackDescription>,
    /// When it became what it is.
    pub(super) at: Option<UnixMillis>,
}

/// A row that puts one track into one playlist.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlaylistEntry {
    /// Whose playlist it is, where the row says so.
    pub(super) owner: Option<Box<str>>,
    /// What finds the playlist; its title does where there is nothing.
    pub(super) external: Option<ExternalId>,
    pub(super) title: Box<str>,
    pub(super) position: Option<u32>,
    pub(super) track: TrackDescription,
}

/// A row that gives one tag.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TagGiven {
    pub(super) subject: Subject,
    pub(super) tag: Box<str>,
    pub(super) kind: TagKind,
}
