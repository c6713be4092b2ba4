//! Writing what the catalogue has learnt, table by table.

use std::sync::LazyLock;

use music::event::Target;
use music::{ExternalId, Release, Tag};
use serde::Serialize;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, SqliteConnection};

use crate::store::sqlite::insert::Insert;
use crate::store::{CatalogueChange, TrackRow};

type Bound = Result<(), sqlx::error::BoxDynError>;

macro_rules! inserts {
    ($($name:ident = $into:literal, $columns:literal, $conflict:literal;)*) => {
        $(static $name: LazyLock<Insert> = LazyLock::new(|| Insert::new($into, $columns, $conflict));)*
    };
}

inserts! {
    LISTENER = "listener (id, name)", 2, "ON CONFLICT (id) DO NOTHING";
    ARTIST = "artist (id, name)", 2, "ON CONFLICT (id) DO NOTHING";
    TAG = "tag (id, name, kind)", 3, "ON CONFLICT (id) DO NOTHING";
    RELEASE = "release (id, title, artist, kind, date)", 5,
        "ON CONFLICT (id) DO UPDATE SET artist = excluded.artist, kind = excluded.kind, date = excluded.date";
    TRACK = "track (id, title, release, duration_ms, date, explicit)", 6,
        "ON CONFLICT (id) DO UPDATE SET release = excluded.release, duration_ms = excluded.duration_ms, \
         date = excluded.date, explicit = excluded.explicit";
    TRACK_ARTIST = "track_artist (track, position, artist)", 3, "ON CONFLICT DO NOTHING";
    TRACK_TAG = "track_tag (track, tag, weight)", 3, "ON CONFLICT DO NOTHING";
    ARTIST_TAG = "artist_tag (artist, tag, weight)", 3, "ON CONFLICT DO NOTHING";
    TRACK_SOUND = "track_sound (track, sound)", 2, "ON CONFLICT (track) DO UPDATE SET sound = excluded.sound";
    PLAYLIST = "playlist (id, owner)", 2, "ON CONFLICT (id) DO NOTHING";
    EXTERNAL_ID = "external_id (kind, space, value, id)", 4, "ON CONFLICT DO NOTHING";
}

/// The changes, sorted into the tables they go to; the order within a table stays.
#[derive(Default)]
struct Tables<'a> {
    listeners: Vec<(u32, &'a str)>,
    artists: Vec<(u32, &'a str)>,
    releases: Vec<&'a Release>,
    tags: Vec<&'a Tag>,
    tracks: Vec<&'a TrackRow>,
    track_artists: Vec<[u32; 3]>,
    track_tags: Vec<(u32, u32, f32)>,
    artist_tags: Vec<(u32, u32, f32)>,
    sounds: Vec<(u32, &'a music::Sound)>,
    playlists: Vec<(u32, u32)>,
    external: Vec<(&'static str, &'a ExternalId, u32)>,
}

impl<'a> Tables<'a> {
    fn put(&mut self, change: &'a CatalogueChange) {
        match change {
            CatalogueChange::Listener { id, name } => self.listeners.push((id.get(), name)),
            CatalogueChange::Artist { id, name } => self.artists.push((id.get(), name)),
            CatalogueChange::Release(release) => self.releases.push(release),
            CatalogueChange::Tag(tag) => self.tags.push(tag),
            CatalogueChange::Track(track) => {
                let credits = (0..)
                    .zip(&track.artists)
                    .map(|(position, artist)| [track.id.get(), position, artist.get()]);
                self.track_artists.extend(credits);
                self.tracks.push(track);
            }
            CatalogueChange::TrackSound { track, sound } => self.sounds.push((track.get(), sound)),
            CatalogueChange::TrackTag { track, tag } => {
                self.track_tags.push((track.get(), tag.tag.get(), tag.weight));
            }
            CatalogueChange::ArtistTag { artist, tag } => {
                self.artist_tags.push((artist.get(), tag.tag.get(), tag.weight));
            }
            CatalogueChange::Playlist { id, owner } => self.playlists.push((id.get(), owner.get())),
            CatalogueChange::External { target, id } => {
                let (kind, row) = kind_and_row(*target);
                self.external.push((kind, id, row));
            }
        }
    }
}

/// How a target is written in the table `external_id`.
pub(in crate::store::sqlite) const fn kind_and_row(target: Target) -> (&'static str, u32) {
    match target {
        Target::Track(id) => ("track", id.get()),
        Target::Artist(id) => ("artist", id.get()),
        Target::Release(id) => ("release", id.get()),
        Target::Playlist(id) => ("playlist", id.get()),
    }
}

/// Writes `changes` in an order in which every row that is named is there before the rows that name it.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    changes: &[&CatalogueChange],
) -> Result<(), sqlx::Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut tables = Tables::default();
    for change in changes {
        tables.put(change);
    }
    LISTENER.run(connection, &tables.listeners, bind_named).await?;
    ARTIST.run(connection, &tables.artists, bind_named).await?;
    TAG.run(connection, &tables.tags, |arguments, tag| {
        arguments.add(i64::from(tag.id.get()))?;
        arguments.add(&*tag.name)?;
        arguments.add(word(&tag.kind)?)
    })
    .await?;
    RELEASE.run(connection, &tables.releases, |arguments, release| bind_release(arguments, release)).await?;
    TRACK.run(connection, &tables.tracks, |arguments, track| bind_track(arguments, track)).await?;
    TRACK_ARTIST
        .run(connection, &tables.track_artists, |arguments, row| bind_numbers(arguments, row))
        .await?;
    TRACK_TAG.run(connection, &tables.track_tags, bind_weight).await?;
    ARTIST_TAG.run(connection, &tables.artist_tags, bind_weight).await?;
    TRACK_SOUND
        .run(connection, &tables.sounds, |arguments, (track, sound)| {
            arguments.add(i64::from(*track))?;
            arguments.add(serde_json::to_string(sound)?)
        })
        .await?;
    PLAYLIST
        .run(connection, &tables.playlists, |arguments, (id, owner)| bind_numbers(arguments, &[*id, *owner]))
        .await?;
    EXTERNAL_ID
        .run(connection, &tables.external, |arguments, (kind, external, row)| {
            arguments.add(*kind)?;
            arguments.add(external.space())?;
            arguments.add(external.value())?;
            arguments.add(i64::from(*row))
        })
        .await
}

fn bind_named(arguments: &mut SqliteArguments, (id, name): &(u32, &str)) -> Bound {
    arguments.add(i64::from(*id))?;
    arguments.add(*name)
}

fn bind_numbers(arguments: &mut SqliteArguments, numbers: &[u32]) -> Bound {
    numbers.iter().try_for_each(|&number| arguments.add(i64::from(number)))
}

fn bind_weight(arguments: &mut SqliteArguments, (of, tag, weight): &(u32, u32, f32)) -> Bound {
    bind_numbers(arguments, &[*of, *tag])?;
    arguments.add(f64::from(*weight))
}

fn bind_release(arguments: &mut SqliteArguments, release: &Release) -> Bound {
    arguments.add(i64::from(release.id.get()))?;
    arguments.add(&*release.title)?;
    arguments.add(release.artist.map(|artist| i64::from(artist.get())))?;
    arguments.add(release.kind.as_ref().map(word).transpose()?)?;
    arguments.add(release.date.map(|date| date.to_string()))
}

fn bind_track(arguments: &mut SqliteArguments, track: &TrackRow) -> Bound {
    arguments.add(i64::from(track.id.get()))?;
    arguments.add(&*track.title)?;
    arguments.add(track.release.map(|release| i64::from(release.get())))?;
    arguments.add(track.duration.map(|duration| i64::from(duration.get())))?;
    arguments.add(track.date.map(|date| date.to_string()))?;
    arguments.add(track.explicit.map(i64::from))
}

/// The name of an enum's variant, as in JSON.
fn word(value: &impl Serialize) -> Result<String, sqlx::error::BoxDynError> {
    let json = serde_json::to_value(value)?;
    Ok(json.as_str().ok_or("not a plain word")?.to_owned())
}
