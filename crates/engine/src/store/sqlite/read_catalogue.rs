//! Reading everything but the log and the accounts, as one consistent state.

use futures::TryStreamExt;
use music::event::Target;
use music::{
    Artist, ArtistId, ExternalId, ListenerId, Millis, PlaylistId, Release, ReleaseId, Sound, Tag, TagId,
    TagWeight, Track, TrackId,
};
use sqlx::{SqliteConnection, SqlitePool};

use super::row::Reader;
use crate::error::EngineError;
use crate::store::CatalogueRows;

/// Reads all rows and makes sure that ids are dense and that everything that is named is there.
pub(super) async fn read(readers: &SqlitePool) -> Result<CatalogueRows, EngineError> {
    // One transaction, so that a writer beside us cannot add a track between the artists and the tracks.
    let mut transaction = readers.begin().await.map_err(EngineError::database("read the catalogue"))?;
    let connection = &mut *transaction;
    let mut rows = CatalogueRows { listeners: listeners(connection).await?, ..CatalogueRows::default() };
    rows.playlists = playlists(connection, rows.listeners.len()).await?;
    rows.tags = tags(connection).await?;
    rows.artists = artists(connection, rows.tags.len()).await?;
    rows.releases = releases(connection, rows.artists.len()).await?;
    rows.tracks = tracks(connection, &rows).await?;
    rows.external = external(connection, &rows).await?;
    Ok(rows)
}

/// Hands every row of a query to `put`.
async fn each(
    connection: &mut SqliteConnection,
    table: &'static str,
    text: &'static str,
    mut put: impl FnMut(&Reader<'_>) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let mut rows = sqlx::query(text).fetch(connection);
    while let Some(row) = rows.try_next().await.map_err(EngineError::database("read the catalogue"))? {
        put(&Reader::new(table, &row, 0)?)?;
    }
    Ok(())
}

/// An error unless the row's number is `count`, the next of a dense sequence.
fn require_dense(row: &Reader<'_>, count: usize) -> Result<(), EngineError> {
    if row.number() == count as i64 {
        return Ok(());
    }
    Err(row.broken(format_args!("ids run without gaps, so the next one is {count}")))
}

async fn listeners(connection: &mut SqliteConnection) -> Result<Vec<Box<str>>, EngineError> {
    let mut listeners = Vec::new();
    each(connection, "listener", "SELECT id, name FROM listener ORDER BY id", |row| {
        require_dense(row, listeners.len())?;
        listeners.push(row.get(1)?);
        Ok(())
    })
    .await?;
    Ok(listeners)
}

async fn playlists(
    connection: &mut SqliteConnection,
    listener_count: usize,
) -> Result<Vec<ListenerId>, EngineError> {
    let mut playlists = Vec::new();
    each(connection, "playlist", "SELECT id, owner FROM playlist ORDER BY id", |row| {
        require_dense(row, playlists.len())?;
        playlists.push(row.id(1, listener_count)?);
        Ok(())
    })
    .await?;
    Ok(playlists)
}

async fn tags(connection: &mut SqliteConnection) -> Result<Vec<Tag>, EngineError> {
    let mut tags = Vec::new();
    each(connection, "tag", "SELECT id, name, kind FROM tag ORDER BY id", |row| {
        require_dense(row, tags.len())?;
        let kind = row.optional_word(2)?.unwrap_or_default();
        tags.push(Tag { id: TagId::new(row.number_of(0)?), name: row.get(1)?, kind });
        Ok(())
    })
    .await?;
    Ok(tags)
}

async fn artists(connection: &mut SqliteConnection, tag_count: usize) -> Result<Vec<Artist>, EngineError> {
    let mut artists: Vec<Artist> = Vec::new();
    each(connection, "artist", "SELECT id, name FROM artist ORDER BY id", |row| {
        require_dense(row, artists.len())?;
        artists.push(Artist {
            id: ArtistId::new(row.number_of(0)?),
            name: row.get(1)?,
            tags: Box::default(),
        });
        Ok(())
    })
    .await?;
    let text = "SELECT artist, tag, weight FROM artist_tag ORDER BY artist, weight DESC, tag";
    for (artist, tags) in weights(connection, "artist_tag", text, artists.len(), tag_count).await? {
        artists[artist].tags = tags;
    }
    Ok(artists)
}

async fn releases(
    connection: &mut SqliteConnection,
    artist_count: usize,
) -> Result<Vec<Release>, EngineError> {
    let mut releases = Vec::new();
    let text = "SELECT id, title, artist, kind, date FROM release ORDER BY id";
    each(connection, "release", text, |row| {
        require_dense(row, releases.len())?;
        let artist = row.get::<Option<i64>>(2)?.map(|_| row.id(2, artist_count)).transpose()?;
        releases.push(Release {
            id: ReleaseId::new(row.number_of(0)?),
            title: row.get(1)?,
            artist,
            kind: row.optional_word(3)?,
            date: row.optional_text(4)?,
        });
        Ok(())
    })
    .await?;
    Ok(releases)
}

async fn tracks(connection: &mut SqliteConnection, known: &CatalogueRows) -> Result<Vec<Track>, EngineError> {
    let mut tracks: Vec<Track> = Vec::new();
    let text = "SELECT id, title, release, duration_ms, date, explicit FROM track ORDER BY id";
    each(connection, "track", text, |row| {
        require_dense(row, tracks.len())?;
        let release = row.get::<Option<i64>>(2)?.map(|_| row.id(2, known.releases.len())).transpose()?;
        tracks.push(Track {
            id: TrackId::new(row.number_of(0)?),
            title: row.get(1)?,
            artists: smallvec::SmallVec::new(),
            release,
            duration: row.optional_number(3)?.map(Millis::new),
            date: row.optional_text(4)?,
            explicit: row.get(5)?,
            tags: Box::default(),
            sound: None,
        });
        Ok(())
    })
    .await?;
    let text = "SELECT track, artist FROM track_artist ORDER BY track, position";
    each(connection, "track_artist", text, |row| {
        let track: TrackId = row.id(0, tracks.len())?;
        tracks[track.get() as usize].artists.push(row.id(1, known.artists.len())?);
        Ok(())
    })
    .await?;
    if let Some(track) = tracks.iter().find(|track| track.artists.is_empty()) {
        return Err(EngineError::broken_row("track", i64::from(track.id.get()), "it has no artist"));
    }
    let text = "SELECT track, tag, weight FROM track_tag ORDER BY track, weight DESC, tag";
    for (track, tags) in weights(connection, "track_tag", text, tracks.len(), known.tags.len()).await? {
        tracks[track].tags = tags;
    }
    each(connection, "track_sound", "SELECT track, sound FROM track_sound", |row| {
        let track: TrackId = row.id(0, tracks.len())?;
        tracks[track.get() as usize].sound = Some(Box::new(row.json::<Sound>(1)?));
        Ok(())
    })
    .await?;
    Ok(tracks)
}

/// The tags of each thing that has some, strongest first.
async fn weights(
    connection: &mut SqliteConnection,
    table: &'static str,
    text: &'static str,
    count: usize,
    tag_count: usize,
) -> Result<Vec<(usize, Box<[TagWeight]>)>, EngineError> {
    let mut lists: Vec<(usize, Vec<TagWeight>)> = Vec::new();
    each(connection, table, text, |row| {
        let of = row.number_of::<u32>(0)? as usize;
        if of >= count {
            return Err(row.broken("it tags something that is not there"));
        }
        let weight = row.get::<f64>(2)? as f32;
        if !(weight > 0.0 && weight <= 1.0) {
            return Err(row.broken(format_args!("{weight} is no weight")));
        }
        let tag = TagWeight { tag: row.id(1, tag_count)?, weight };
        match lists.last_mut() {
            Some((last, tags)) if *last == of => tags.push(tag),
            _ => lists.push((of, vec![tag])),
        }
        Ok(())
    })
    .await?;
    Ok(lists.into_iter().map(|(of, tags)| (of, tags.into_boxed_slice())).collect())
}

async fn external(
    connection: &mut SqliteConnection,
    known: &CatalogueRows,
) -> Result<Vec<(Target, ExternalId)>, EngineError> {
    let mut external = Vec::new();
    each(connection, "external_id", "SELECT id, kind, space, value FROM external_id", |row| {
        let target = match row.get::<&str>(1)? {
            "track" => Target::Track(row.id(0, known.tracks.len())?),
            "artist" => Target::Artist(row.id(0, known.artists.len())?),
            "release" => Target::Release(row.id(0, known.releases.len())?),
            "playlist" => Target::Playlist(row.id::<PlaylistId>(0, known.playlists.len())?),
            other => return Err(row.broken(format_args!("`{other}` is no kind of thing"))),
        };
        external.push((target, ExternalId::from_parts(row.get(2)?, row.get(3)?)));
        Ok(())
    })
    .await?;
    Ok(external)
}
