//! What a file says about itself: names, dates, ids, flags, words and pictures.
//!
//! It states what was written, bounded and cleaned; which track that means is for [`crate::describe`].

mod clean;
mod fields;
mod lyrics;
mod names;
mod picture;
mod raw;

use std::io::{Read, Seek};

use music::release::ReleaseKind;
use music::{Millis, ReleaseDate};
use serde::{Deserialize, Serialize};

pub use lyrics::{Lyrics, TimedLine};
pub use picture::{PICTURE_SIZE_MAX_BYTES, Picture};

/// Everything that is kept of a file's tags.
///
/// Texts are on one line, without control characters, and at most 500 characters long; lists are short.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tags {
    /// The title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The artists one by one, main artist first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artists: Vec<String>,
    /// Who the release is credited to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub album_artists: Vec<String>,
    /// The title of the release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// What sort of release it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_kind: Option<ReleaseKind>,
    /// The place on its disc, and how many there are.
    #[serde(skip_serializing_if = "Place::is_unknown")]
    pub track: Place,
    /// The disc, and how many there are.
    #[serde(skip_serializing_if = "Place::is_unknown")]
    pub disc: Place,
    /// When this release came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<ReleaseDate>,
    /// When the music first came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_date: Option<ReleaseDate>,
    /// Styles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub genres: Vec<String>,
    /// Feelings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moods: Vec<String>,
    /// Languages that are sung, as ISO 639 codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Instruments that are heard.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instruments: Vec<String>,
    /// Words that group tracks in the owner's way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groupings: Vec<String>,
    /// Who did what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<Credit>,
    /// *Unit*: beats a minute, as somebody wrote it down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bpm: Option<f32>,
    /// The key as somebody wrote it down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What kind of version it is.
    #[serde(skip_serializing_if = "Flags::is_unknown")]
    pub flags: Flags,
    /// Names in MusicBrainz.
    #[serde(skip_serializing_if = "MusicBrainzIds::is_empty")]
    pub musicbrainz: MusicBrainzIds,
    /// International Standard Recording Codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub isrcs: Vec<String>,
    /// How much louder or softer it should be played.
    #[serde(skip_serializing_if = "Gain::is_unknown")]
    pub gain: Gain,
    /// The words.
    #[serde(skip_serializing_if = "Lyrics::is_empty")]
    pub lyrics: Lyrics,
    /// The pictures, described.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub art: Vec<Art>,
    /// Whether there are pictures that are larger than what is read (16 MB).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_oversized_art: bool,
    /// How long the file says it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<Millis>,
}

/// A place in a sequence and its length, such as 3 of 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Which one, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// How many there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

impl Place {
    const fn is_unknown(&self) -> bool {
        self.number.is_none() && self.count.is_none()
    }
}

/// One person or group and what they did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// In lower case: `composer`, `lyricist`, `guitar`…
    pub role: String,
    /// Who.
    pub name: String,
}

/// What kind of version a recording is; each is known or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Flags {
    /// Whether its words are marked explicit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit: Option<bool>,
    /// Whether it is the first version of the work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<bool>,
    /// Whether somebody else sang it first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<bool>,
    /// Whether an audience was there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<bool>,
    /// Whether nobody sings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instrumental: Option<bool>,
    /// Whether its release gathers several artists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compilation: Option<bool>,
}

impl Flags {
    fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

/// Names in MusicBrainz, each a UUID in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MusicBrainzIds {
    /// The recording, which Vorbis comments call the track.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording: Option<String>,
    /// The track on its release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_track: Option<String>,
    /// The release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// The release group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_group: Option<String>,
    /// The artists, in the order of their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artists: Vec<String>,
    /// The release's artists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub album_artists: Vec<String>,
    /// The works that are performed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub works: Vec<String>,
}

impl MusicBrainzIds {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// ReplayGain, relative to −18 LUFS; gains of Opus (R128, relative to −23) are converted.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Gain {
    /// *Unit*: dB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_db: Option<f32>,
    /// *Unit*: dB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album_db: Option<f32>,
    /// *Range*: from 0, full scale being 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_peak: Option<f32>,
    /// *Range*: from 0, full scale being 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album_peak: Option<f32>,
}

impl Gain {
    fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

/// What a picture of the front shows.
const FRONT: &str = "front";

/// One picture, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Art {
    /// What it shows: `front`, `back`, `artist` or `other`.
    pub shows: String,
    /// Its media type as its first bytes tell it, such as `image/jpeg`; empty where it is of no kind that browsers show.
    pub media_type: String,
    /// *Unit*: pixels; 0 where it is of no such kind.
    #[serde(default)]
    pub width: u32,
    /// *Unit*: pixels; 0 where it is of no such kind.
    #[serde(default)]
    pub height: u32,
    /// *Unit*: bytes.
    pub size: u64,
    /// BLAKE3 of its bytes, in hexadecimal.
    pub hash: String,
}

impl Tags {
    /// Reads the tags of a file; a file whose tags cannot be read has none.
    ///
    /// *Memory*: at most 16 MB a tag or picture, and 300 MB for a block of tags that holds a larger one.
    pub fn read<R: Read + Seek>(reader: &mut R) -> Self {
        raw::read(reader).map(fields::tags_of).unwrap_or_default()
    }

    /// The picture that [`front_picture`] gives, described.
    pub fn front(&self) -> Option<&Art> {
        let mut shown = self.art.iter().filter(|art| !art.media_type.is_empty());
        let first = shown.clone().next();
        shown.find(|art| art.shows == FRONT).or(first)
    }

    /// Takes the words from a file of lyrics that lies beside the sound, where the tags have none with times.
    pub fn add_sidecar_lyrics(&mut self, text: &str) {
        self.lyrics.add_text(text);
        self.lyrics.complete();
    }
}

/// The picture of a file that is its cover: the first that shows the front, else the first, of those that browsers show.
///
/// *Memory*: as [`Tags::read`].
pub fn front_picture<R: Read + Seek>(reader: &mut R) -> Option<Picture> {
    fields::front_picture(raw::read(reader)?)
}

/// The words and the cover of a file, as [`Tags::read`] and [`front_picture`] give them.
///
/// *Memory*: as [`Tags::read`].
pub(crate) fn words_and_front<R: Read + Seek>(reader: &mut R) -> (Lyrics, Option<Picture>) {
    let Some(mut raw) = raw::read(reader) else { return (Lyrics::default(), None) };
    (fields::lyrics_of(&mut raw), fields::front_picture(raw))
}

#[cfg(test)]
mod tests;
