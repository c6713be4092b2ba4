//! Everything that is known about one listener, as one JSON document.
//!
//! Events are written as they are read, so memory follows the things that are named and not the length of the history.
//! It holds no secret: of the account only its name, role and age.

use std::io::Write;

use music::event::Target;
use music::{Event, Id as _, ListenerId, PlaylistId, Prompt, TrackId};
use rustc_hash::FxHashSet;
use serde::Serialize;
use serde_json::json;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::ingest::{PlaylistHistory, Rejection};
use crate::store::Scan;

/// What an export holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct ExportReport {
    /// Events.
    pub event_count: u64,
    /// Playlists of the listener, deleted ones included.
    pub playlist_count: u64,
    /// Tracks that events and playlists name.
    pub track_count: u64,
}

/// Writes everything about `listener` to `out`.
///
/// The keys are `format`, `version`, `listener`, `accounts`, `events`, `playlists`, `tracks` and `artists`; ids in events
/// are those of `tracks` and `artists`.
///
/// # Errors
/// [`Rejection::Unknown`] for a listener that does not exist, and where the log cannot be read or `out` not written.
pub async fn export(
    engine: &Engine,
    listener: ListenerId,
    out: &mut (dyn Write + Send),
) -> Result<ExportReport, EngineError> {
    let name = engine.library().await.listener(listener).map(str::to_owned);
    let name = name.ok_or_else(|| Rejection::Unknown { id: listener.to_string().into() })?;
    let mut report = ExportReport::default();
    let mut named = Named::default();
    let accounts = engine.accounts().all().await?;
    let accounts: Vec<_> = accounts
        .iter()
        .filter(|account| account.listener == listener)
        .map(|account| json!({"name": account.name, "role": account.role, "created": account.created}))
        .collect();
    write(out, "{\"format\":\"segue-listener\",\"version\":1,\"listener\":")?;
    write_json(out, &name)?;
    write(out, ",\"accounts\":")?;
    write_json(out, &accounts)?;
    write(out, ",\"events\":[")?;
    let mut scan = Scan::of_listener(listener);
    loop {
        let page = engine.store().events(scan).await?;
        for stored in &page {
            write(out, if report.event_count == 0 { "\n" } else { ",\n" })?;
            write_json(out, &stored.event)?;
            report.event_count += 1;
            named.note(&stored.event);
        }
        match page.last() {
            Some(last) if page.len() == scan.limit as usize => scan = scan.after(last.seq),
            _ => break,
        }
    }
    write(out, "],\n\"playlists\":[")?;
    let owners = engine.library().await.playlist_owners().to_vec();
    for (row, _) in owners.iter().enumerate().filter(|&(_, owner)| *owner == listener) {
        // Others may have edited it too, so its own history counts and not the listener's.
        let id = PlaylistId::from_row(row as u32);
        if let Some(playlist) = PlaylistHistory::read(&**engine.store(), id).await? {
            write(out, if report.playlist_count == 0 { "\n" } else { ",\n" })?;
            write_json(out, &playlist)?;
            report.playlist_count += 1;
            named.tracks.extend(playlist.tracks.iter().copied());
        }
    }
    write(out, "],\n\"tracks\":[")?;
    report.track_count = named.write_tracks(engine, out).await?;
    write(out, "],\n\"artists\":[")?;
    named.write_artists(engine, out).await?;
    write(out, "]}\n")?;
    Ok(report)
}

/// Things that the history names.
#[derive(Debug, Default)]
struct Named {
    tracks: FxHashSet<TrackId>,
    artists: FxHashSet<music::ArtistId>,
}

impl Named {
    fn note(&mut self, event: &Event) {
        if let Some(track) = event.prompt.track() {
            self.tracks.insert(track);
        }
        let target = match &event.prompt {
            Prompt::PlayedBefore { target, .. }
            | Prompt::Liked { target }
            | Prompt::Unliked { target }
            | Prompt::Disliked { target }
            | Prompt::Undisliked { target }
            | Prompt::Rated { target, .. }
            | Prompt::Shared { target } => Some(*target),
            Prompt::Searched { chosen, .. } => *chosen,
            Prompt::Followed { artist } | Prompt::Unfollowed { artist } => Some(Target::Artist(*artist)),
            _ => None,
        };
        self.note_target(target);
        if let Prompt::Shown(impression) = &event.prompt {
            impression.picks.iter().for_each(|pick| self.note_target(Some(pick.target)));
        }
    }

    fn note_target(&mut self, target: Option<Target>) {
        match target {
            Some(Target::Track(track)) => drop(self.tracks.insert(track)),
            Some(Target::Artist(artist)) => drop(self.artists.insert(artist)),
            _ => {}
        }
    }

    async fn write_tracks(
        &mut self,
        engine: &Engine,
        out: &mut (dyn Write + Send),
    ) -> Result<u64, EngineError> {
        let catalogue = engine.catalogue().await;
        let mut ids: Vec<TrackId> = self.tracks.iter().copied().collect();
        ids.sort_unstable();
        let mut count = 0;
        for track in ids.iter().filter_map(|&id| catalogue.track(id)) {
            write(out, if count == 0 { "\n" } else { ",\n" })?;
            let release = track.release.and_then(|id| catalogue.release(id)).map(|release| &release.title);
            write_json(
                out,
                &json!({"id": track.id, "title": track.title, "artists": track.artists, "release": release}),
            )?;
            self.artists.extend(track.artists.iter().copied());
            count += 1;
        }
        Ok(count)
    }

    async fn write_artists(&self, engine: &Engine, out: &mut (dyn Write + Send)) -> Result<(), EngineError> {
        let catalogue = engine.catalogue().await;
        let mut ids: Vec<_> = self.artists.iter().copied().collect();
        ids.sort_unstable();
        for (place, artist) in ids.iter().filter_map(|&id| catalogue.artist(id)).enumerate() {
            write(out, if place == 0 { "\n" } else { ",\n" })?;
            write_json(out, &json!({"id": artist.id, "name": artist.name}))?;
        }
        Ok(())
    }
}

fn write(out: &mut (dyn Write + Send), text: &str) -> Result<(), EngineError> {
    out.write_all(text.as_bytes()).map_err(write_error)
}

fn write_json(out: &mut (dyn Write + Send), value: &impl Serialize) -> Result<(), EngineError> {
    serde_json::to_writer(out, value).map_err(|error| write_error(error.into()))
}

fn write_error(source: std::io::Error) -> EngineError {
    EngineError::Io { action: "write", path: "the export".into(), source }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use music::{TrackDescription, UnixMillis};

    use super::*;
    use crate::{ManualClock, NewEvent, StoreOptions};

    #[tokio::test]
    async fn an_export_holds_the_listener_s_own_events_and_the_names_in_them() {
        let directory = tempfile::tempdir().unwrap();
        let at = UnixMillis::new(1_717_200_000_000);
        let clock = Arc::new(ManualClock::new(at));
        let engine = Engine::open(directory.path(), StoreOptions::default(), clock).await.unwrap();
        let mut intake = engine.intake().await.unwrap();
        let (anna, ben) = (intake.listener("anna").unwrap(), intake.listener("ben").unwrap());
        for (listener, title) in [(anna, "Sinnerman"), (anna, "Four Women"), (ben, "Secret")] {
            let track = intake.track(&TrackDescription::named("Nina Simone", title)).unwrap();
            intake.event(NewEvent::plain(listener, at, Prompt::played(track))).unwrap();
        }
        intake.commit().await.unwrap();
        let mut out = Vec::new();
        let report = export(&engine, anna, &mut out).await.unwrap();
        assert_eq!(report, ExportReport { event_count: 2, playlist_count: 0, track_count: 2 });
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains("Secret") && !text.contains("ben"), "{text}");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["listener"], "anna");
        assert_eq!(value["events"].as_array().unwrap().len(), 2);
        assert_eq!(value["tracks"][1]["title"], "Four Women");
        assert_eq!(value["artists"][0]["name"], "Nina Simone");
        let nobody = export(&engine, ListenerId::new(9), &mut Vec::new()).await;
        assert!(matches!(nobody, Err(EngineError::Rejected(Rejection::Unknown { .. }))));
    }
}
