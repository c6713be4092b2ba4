//! The log that portable players write while they are away from the net.
//!
//! Lines of artist, album, title, number, seconds, `L` or `S`, start of the play, and in version 1.1 the recording's
//! identifier.
//! `L` is a listen and not a like; `S` is a skip.
//!
//! *Source*: Audioscrobbler, "Portable player logging", versions 1.0 and 1.1, as kept in Rockbox' documentation.

use std::sync::Arc;

use music::{PlayStart, ReleaseDescription, SkipDirection, TrackDescription, UnixMillis};

use super::Plan;
use crate::import::drop_reason::DropReason;
use crate::import::error::{ImportError, Place};
use crate::import::format::ImportFormat;
use crate::import::input::{Input, Line, Lines, RowFault, of_io};
use crate::import::record::{Act, Deed, Fact, Subject};
use crate::import::report::RecordKind;
use crate::import::sink::Sink;
use crate::import::{time, values};

/// Reads one log.
pub(super) fn read(input: Input<'_>, plan: &Plan, sink: &mut Sink) -> Result<(), ImportError> {
    let file = Arc::clone(input.file());
    if !input.head().trim_ascii_start().starts_with(b"#AUDIOSCROBBLER/") {
        let reason = "its first line does not begin with #AUDIOSCROBBLER/".into();
        let format = ImportFormat::ScrobblerLog;
        return Err(ImportError::NotThisFormat { file: (&*file).into(), format, reason });
    }
    // A player that does not know its zone writes what its clock shows.
    let mut ahead_minutes = plan.options.utc_offset.unwrap_or_default().minutes();
    let mut lines = Lines::new(input.into_reader());
    let mut buffer = Vec::new();
    loop {
        let before = Place::Line(lines.number());
        let Some(line) = lines.next(&mut buffer).map_err(|error| of_io(&file, before, error))? else {
            return Ok(());
        };
        if line == Line::Whole && buffer.trim_ascii().is_empty() {
            continue;
        }
        if buffer.starts_with(b"#") {
            if buffer.trim_ascii().eq_ignore_ascii_case(b"#TZ/UTC") {
                ahead_minutes = 0;
            }
            continue;
        }
        let place = Place::Line(lines.number());
        sink.row(buffer.len())?;
        let outcome = match line {
            Line::Whole => deed(&buffer, ahead_minutes, sink, place),
            Line::TooLong => Err(DropReason::TooLarge.into()),
        };
        match outcome {
            Ok(deed) => sink.give(place, Fact::Deed(Box::new(deed))),
            Err(RowFault { reason, text }) => sink.drop_record(RecordKind::Event, place, reason, &text),
        }
    }
}

fn deed(line: &[u8], ahead_minutes: i16, sink: &mut Sink, place: Place) -> Result<Deed, RowFault> {
    let malformed = |text| RowFault::new(DropReason::Malformed, text);
    let line = std::str::from_utf8(line).map_err(|_| malformed("it is not UTF-8"))?;
    let cells: Vec<&str> = line.split('\t').collect();
    let [artist, album, title, _number, seconds, rating, when, rest @ ..] = cells.as_slice() else {
        return Err(malformed("it has fewer than seven columns"));
    };
    let (Some(artist), Some(title)) = (values::text(artist), values::text(title)) else {
        return Err(DropReason::NoName.into());
    };
    let mut track = TrackDescription::named(artist, title);
    track.release =
        values::text(album).map(|album| ReleaseDescription { title: album.to_owned(), ..Default::default() });
    track.duration = seconds.trim().parse().ok().and_then(|seconds: f64| values::duration(seconds, 1_000.0));
    if let Some(text) = rest.first().and_then(|text| values::text(text)) {
        match values::mbid(text) {
            Some(id) => track.external.push(id),
            None => sink.drop_value("mbid", place, text),
        }
    }
    let act = match rating.trim() {
        "L" | "" => Act::Played { played: None, start: PlayStart::Unknown },
        "S" => Act::Skipped { played: None, start: PlayStart::Unknown, direction: SkipDirection::Forward },
        _ => return Err(malformed("its rating is neither L nor S")),
    };
    let when = values::text(when).ok_or(DropReason::NoTime)?;
    let at = when.parse().ok().and_then(time::of_number).ok_or(DropReason::UnreadableTime)?;
    if at.get() == 0 {
        // What a player without a clock writes, which must not become a time by shifting it.
        return Err(DropReason::NoTime.into());
    }
    let at = UnixMillis::new(at.get() - i64::from(ahead_minutes) * music::unit::MINUTE_MS);
    Ok(Deed::own(Subject::Track(track), act, Some(sink.check_time(at)?)))
}
