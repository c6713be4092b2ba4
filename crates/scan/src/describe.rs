//! What a file says about itself becomes what the catalogue is told about a track.

mod file_name;
mod written_key;

use std::path::Path;

use engine::FilePath;
use music::description::TagDescription;
use music::{
    ArtistDescription, ExternalId, ReleaseDescription, Sound, SoundFeature, TagKind, TrackDescription,
};

use self::file_name::names_of;
use crate::tags::Tags;

/// As many tags as one description may carry.
const TAG_COUNT_MAX: usize = 64;
/// The longest path that is a name by itself; of a longer one a hash makes it a name.
const PATH_LEN_MAX: usize = 900;

/// A description, and whether its names were guessed from the path.
pub(crate) struct Described {
    /// What the catalogue is told.
    pub(crate) track: TrackDescription,
    /// Whether title or artist stand in no tag.
    pub(crate) is_guessed: bool,
}

/// What the tags of the file at `relative` (the path below the library's root) say.
///
/// Where title or artist are missing, the path has to help, and is a name of the track as well.
pub(crate) fn describe(tags: &Tags, relative: &Path) -> Described {
    let guessed = names_of(relative);
    let is_guessed = tags.title.is_none() || (tags.artists.is_empty() && tags.album_artists.is_empty());
    let title = tags.title.clone().unwrap_or(guessed.title);
    let mut artists = named(&tags.artists, &tags.musicbrainz.artists);
    if artists.is_empty() {
        artists = named(&tags.album_artists, &tags.musicbrainz.album_artists);
    }
    if artists.is_empty() {
        artists = guessed.artist.into_iter().map(ArtistDescription::named).collect();
    }
    let mut external: Vec<ExternalId> = Vec::new();
    external.extend(tags.musicbrainz.recording.as_deref().map(|id| ExternalId::Mbid(id.into())));
    external.extend(tags.isrcs.iter().map(|code| ExternalId::Isrc(code.as_str().into())));
    if is_guessed {
        external.push(path_id(relative));
    }
    let release_title = tags.release.clone().or(guessed.release.filter(|_| is_guessed));
    let release = release_title.map(|title| ReleaseDescription {
        title,
        artist: tags.album_artists.first().cloned().filter(|name| Some(name) != tags.artists.first()),
        kind: tags.release_kind,
        date: tags.date.or(tags.original_date),
        external: tags.musicbrainz.release.iter().map(|id| ExternalId::Mbid(id.as_str().into())).collect(),
    });
    let track = TrackDescription {
        title,
        artists,
        release,
        duration: tags.duration,
        date: tags.original_date.or(tags.date),
        explicit: tags.flags.explicit,
        external,
        tags: words(tags),
        sound: written_sound(tags),
    };
    Described { track, is_guessed }
}

/// The path as a name of the track.
pub(crate) fn path_id(relative: &Path) -> ExternalId {
    let text = FilePath::of(relative).to_string();
    if text.chars().count() <= PATH_LEN_MAX {
        return ExternalId::Path(text.into());
    }
    let start: String = text.chars().take(PATH_LEN_MAX - 80).collect();
    ExternalId::Path(format!("{start}#{}", blake3::hash(text.as_bytes()).to_hex()).into())
}

/// Artists with their names in MusicBrainz, where there are as many of these as of those.
fn named(names: &[String], ids: &[String]) -> Vec<ArtistDescription> {
    let id = |index: usize| ids.get(index).filter(|_| ids.len() == names.len());
    let artist = |(index, name): (usize, &String)| ArtistDescription {
        name: name.clone(),
        external: id(index).map(|id| ExternalId::Mbid(id.as_str().into())).into_iter().collect(),
        tags: Vec::new(),
    };
    names.iter().enumerate().map(artist).collect()
}

/// Genres, moods and the like as tags of the track.
fn words(tags: &Tags) -> Vec<TagDescription> {
    let of = |kind: TagKind, words: &[String]| -> Vec<TagDescription> {
        words.iter().map(|name| TagDescription { name: name.clone(), kind, weight: 1.0 }).collect()
    };
    let flags = [
        ("original", tags.flags.original),
        ("cover", tags.flags.cover),
        ("live", tags.flags.live),
        ("instrumental", tags.flags.instrumental),
    ];
    let flags: Vec<String> =
        flags.iter().filter(|(_, is)| *is == Some(true)).map(|(name, _)| (*name).to_owned()).collect();
    let mut all = of(TagKind::Genre, &tags.genres);
    all.extend(of(TagKind::Mood, &tags.moods));
    all.extend(of(TagKind::Language, &tags.languages));
    all.extend(of(TagKind::Instrument, &tags.instruments));
    all.extend(of(TagKind::Other, &flags));
    all.truncate(TAG_COUNT_MAX);
    all
}

/// Tempo and key as somebody wrote them down.
fn written_sound(tags: &Tags) -> Sound {
    let mut sound = Sound::default();
    // What is out of range says nothing.
    let mut set = |feature, value: Option<f32>| {
        let _ = value.map(|value| sound.set(feature, value));
    };
    set(SoundFeature::Tempo, tags.bpm);
    let key = tags.key.as_deref().and_then(written_key::parse);
    set(SoundFeature::Key, key.map(|key| f32::from(key.tonic.get())));
    set(SoundFeature::Mode, key.map(|key| f32::from(u8::from(key.mode))));
    sound
}

#[cfg(test)]
mod tests;
