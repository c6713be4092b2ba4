//! Which events are acceptable.

use music::event::Target;
use music::unit::HOUR_MS;
use music::{
    Context, Impression, Millis, PlaylistDetails, PlaylistEdit, Prompt, TrackId, Trial, UnixMillis, Wish,
};

use super::Rejection;
use super::intake::NewEvent;
use crate::catalogue::{Library, validate_text};

/// How far a client's clock may be ahead of ours.
const AHEAD_MAX_MS: i64 = HOUR_MS;

/// The longest play: a day.
const PLAYED_MAX: Millis = Millis::new(24 * 60 * 60 * 1000);

/// The longest key that a client may give, in bytes.
const CLIENT_KEY_LEN_MAX: usize = 256;

/// The most tracks that one edit adds to a playlist.
const EDIT_TRACK_COUNT_MAX: usize = 10_000;

/// The most places of one slate.
const PICK_COUNT_MAX: usize = 1_000;

/// The greatest number of minutes by which clocks on earth differ from UTC, rounded up to 15 hours.
const UTC_OFFSET_MAX_MINUTES: i16 = 15 * 60;

/// Accepts an event that happened, that is about things that exist and whose numbers make sense.
pub(super) fn event(library: &Library, event: &NewEvent<'_>, now: UnixMillis) -> Result<(), Rejection> {
    time(event.at, now)?;
    if library.listener(event.listener).is_none() {
        return Err(Rejection::Unknown { id: event.listener.to_string().into() });
    }
    if let Some(key) = event.client_key {
        if key.is_empty() {
            return Err(Rejection::Missing { what: "key" });
        }
        if key.len() > CLIENT_KEY_LEN_MAX {
            return Err(Rejection::TooLong {
                what: "key",
                length: key.len(),
                length_max: CLIENT_KEY_LEN_MAX,
            });
        }
    }
    if let Some(target) = event.prompt.target() {
        known(library, target)?;
    }
    prompt(library, &event.prompt)?;
    context(library, &event.context)
}

/// Accepts a time from 1970 to an hour from now.
pub(super) fn time(at: UnixMillis, now: UnixMillis) -> Result<(), Rejection> {
    if at.get() < 0 {
        return Err(Rejection::BeforeEpoch { at });
    }
    if at.since(now) > AHEAD_MAX_MS {
        return Err(Rejection::InFuture { at, now });
    }
    Ok(())
}

fn prompt(library: &Library, prompt: &Prompt) -> Result<(), Rejection> {
    match prompt {
        Prompt::Played { played: Some(played), .. } | Prompt::Skipped { played: Some(played), .. } => {
            within("played time in ms", f64::from(played.get()), 0.0, f64::from(PLAYED_MAX.get()))
        }
        Prompt::Rated { stars, .. } => within("number of stars", f64::from(*stars), 0.0, 5.0),
        Prompt::Searched { query, .. } => match validate_text("query", query)? {
            "" => Err(Rejection::Missing { what: "query" }),
            _ => Ok(()),
        },
        Prompt::PlaylistCreated { details: told, .. } => details(told),
        Prompt::PlaylistEdited { edit: step, .. } => edit(library, step),
        Prompt::Shown(shown) => impression(library, shown),
        Prompt::Wished { of, wish: Wish::More | Wish::Less } if !of.has_degrees() => {
            Err(Rejection::NoDegrees { of: of.name() })
        }
        _ => Ok(()),
    }
}

fn edit(library: &Library, edit: &PlaylistEdit) -> Result<(), Rejection> {
    match edit {
        PlaylistEdit::Added { tracks, .. } => {
            count("tracks", tracks.len(), EDIT_TRACK_COUNT_MAX)?;
            tracks.iter().try_for_each(|&track: &TrackId| known(library, Target::Track(track)))
        }
        PlaylistEdit::Described(told) => details(told),
        PlaylistEdit::Removed { .. } | PlaylistEdit::Moved { .. } | PlaylistEdit::Deleted => Ok(()),
    }
}

/// Accepts readable words about a playlist; a description may have line breaks.
pub(super) fn details(details: &PlaylistDetails) -> Result<(), Rejection> {
    validate_text("playlist title", &details.title)?;
    let lines = details.description.lines();
    lines.into_iter().try_for_each(|line| validate_text("playlist description", line).map(drop))?;
    let length = details.description.len();
    if length > DESCRIPTION_LEN_MAX {
        return Err(Rejection::TooLong {
            what: "playlist description",
            length,
            length_max: DESCRIPTION_LEN_MAX,
        });
    }
    Ok(())
}

/// The longest description of a playlist, in bytes.
const DESCRIPTION_LEN_MAX: usize = 10_000;

fn impression(library: &Library, shown: &Impression) -> Result<(), Rejection> {
    validate_text("mix", &shown.mix)?;
    validate_text("snapshot", &shown.snapshot)?;
    count("picks", shown.picks.len(), PICK_COUNT_MAX)?;
    if let Some(trial) = &shown.trial {
        in_experiment(trial, shown.picks.len())?;
    }
    for pick in &shown.picks {
        known(library, pick.target)?;
        within("score", f64::from(pick.score), f64::from(f32::MIN), f64::from(f32::MAX))?;
        if pick.propensity <= 0.0 {
            return Err(propensity(pick.propensity));
        }
        within("propensity", f64::from(pick.propensity), 0.0, 1.0)?;
    }
    Ok(())
}

fn in_experiment(trial: &Trial, pick_count: usize) -> Result<(), Rejection> {
    validate_text("experiment", &trial.experiment)?;
    trial.arms.iter().try_for_each(|arm| validate_text("arm", arm).map(drop))?;
    // One arm where listeners are split, two where slates are interleaved.
    let teams = trial.teams.len();
    within("number of arms", trial.arms.len() as f64, 1.0, 2.0)?;
    if teams > 0 {
        within("number of teams", teams as f64, pick_count as f64, pick_count as f64)?;
    }
    let greatest = trial.arms.len() as f64 - 1.0;
    trial.teams.iter().try_for_each(|&team| within("team", f64::from(team), 0.0, greatest))
}

fn propensity(value: f32) -> Rejection {
    let least = f64::from(f32::MIN_POSITIVE);
    Rejection::OutOfRange { what: "propensity", value: f64::from(value), least, greatest: 1.0 }
}

fn context(library: &Library, context: &Context) -> Result<(), Rejection> {
    if let Some(playlist) = context.playlist {
        known(library, Target::Playlist(playlist))?;
    }
    let greatest = f64::from(UTC_OFFSET_MAX_MINUTES);
    context.utc_offset_minutes.map_or(Ok(()), |minutes| {
        within("offset from UTC in minutes", f64::from(minutes), -greatest, greatest)
    })
}

fn known(library: &Library, target: Target) -> Result<(), Rejection> {
    if library.has(target) {
        return Ok(());
    }
    let id: String = match target {
        Target::Track(id) => id.to_string(),
        Target::Artist(id) => id.to_string(),
        Target::Release(id) => id.to_string(),
        Target::Playlist(id) => id.to_string(),
    };
    Err(Rejection::Unknown { id: id.into() })
}

/// Also refuses what is not a number.
fn within(what: &'static str, value: f64, least: f64, greatest: f64) -> Result<(), Rejection> {
    if (least..=greatest).contains(&value) {
        return Ok(());
    }
    Err(Rejection::OutOfRange { what, value, least, greatest })
}

fn count(what: &'static str, count: usize, count_max: usize) -> Result<(), Rejection> {
    if count > count_max {
        return Err(Rejection::TooMany { what, count, count_max });
    }
    Ok(())
}
