//! Playlists as lines of paths.
//!
//! *Source*: the de facto format as written by Winamp and its heirs: `#EXTM3U`, `#PLAYLIST:title`,
//! `#EXTINF:seconds,artist - title`, `#EXTART:artist`, `#EXTALB:album`.
//! A line that is not UTF-8 is read as Windows-1252, which `.m3u` files of the past are.

use std::borrow::Cow;
use std::sync::Arc;

use music::PlaylistDetails;

use super::jspf::stem;
use super::playlist_parts::{ItemList, PlaylistItem, unescaped};
use crate::import::drop_reason::DropReason;
use crate::import::error::{ImportError, Place};
use crate::import::format::ImportFormat;
use crate::import::input::{Input, Line, Lines, of_io};
use crate::import::record::{Fact, WholePlaylist};
use crate::import::report::RecordKind;
use crate::import::sink::Sink;
use crate::import::values;

/// Reads one playlist.
pub(super) fn read(input: Input<'_>, sink: &mut Sink) -> Result<(), ImportError> {
    let file = Arc::clone(input.file());
    if input.head().contains(&0) {
        let reason = "it is no text".into();
        return Err(ImportError::NotThisFormat { file: (&*file).into(), format: ImportFormat::M3u, reason });
    }
    let mut lines = Lines::new(input.into_reader());
    let mut buffer = Vec::new();
    let mut title = None;
    let mut item = PlaylistItem::default();
    let mut list = ItemList::default();
    loop {
        let place = Place::Line(lines.number());
        let line = match lines.next(&mut buffer) {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err(error) => {
                list.cut_off(sink, place);
                return Err(of_io(&file, place, error));
            }
        };
        let place = Place::Line(lines.number());
        if line == Line::TooLong {
            sink.row(0)?;
            let reason = DropReason::TooLarge;
            sink.drop_record(RecordKind::PlaylistTrack, place, reason, reason.text());
            item = PlaylistItem::default();
            continue;
        }
        let text = decode(&buffer);
        let text = text.trim();
        match text.strip_prefix('#') {
            Some(directive) => apply(directive, &mut item, &mut title),
            None if text.is_empty() => {}
            None => {
                sink.row(buffer.len())?;
                locate(text, &mut item);
                list.push(&item, sink, place);
                item = PlaylistItem::default();
            }
        }
    }
    if item.is_announced {
        let place = Place::Line(lines.number());
        let reason = DropReason::CutOff;
        sink.drop_record(RecordKind::PlaylistTrack, place, reason, reason.text());
        list.cut_off(sink, place);
        return Err(ImportError::Truncated { file: (&*file).into(), place });
    }
    let details = PlaylistDetails {
        title: title.as_deref().unwrap_or_else(|| stem(&file)).into(),
        ..PlaylistDetails::default()
    };
    let whole = WholePlaylist { external: None, details, tracks: list.tracks, at: None };
    sink.give(Place::Line(0), Fact::Playlist(Box::new(whole)));
    Ok(())
}

fn decode(line: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(line) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(line).0,
    }
}

/// A line that begins with `#`; one that is not known is a comment.
fn apply(directive: &str, item: &mut PlaylistItem, title: &mut Option<String>) {
    if let Some(name) = directive.strip_prefix("PLAYLIST:") {
        *title = values::text(name).map(str::to_owned);
    } else if let Some(artist) = directive.strip_prefix("EXTART:") {
        artist.trim().clone_into(&mut item.artist);
    } else if let Some(album) = directive.strip_prefix("EXTALB:") {
        album.trim().clone_into(&mut item.album);
    } else if let Some(info) = directive.strip_prefix("EXTINF:") {
        let (length, name) = split_info(info);
        item.is_announced = true;
        item.duration = length.parse().ok().and_then(|seconds: f64| values::duration(seconds, 1_000.0));
        match name.split_once(" - ") {
            Some((artist, title)) => {
                if item.artist.is_empty() {
                    artist.trim().clone_into(&mut item.artist);
                }
                title.trim().clone_into(&mut item.title);
            }
            None => name.trim().clone_into(&mut item.title),
        }
    }
}

/// The length and the name: behind the first comma outside of quotes, for some players put attributes between them.
fn split_info(info: &str) -> (&str, &str) {
    let mut in_quotes = false;
    let comma = info.char_indices().find(|(_, character)| {
        in_quotes ^= *character == '"';
        *character == ',' && !in_quotes
    });
    let (head, name) = comma.map_or((info, ""), |(index, _)| (&info[..index], &info[index + 1..]));
    (head.split_whitespace().next().unwrap_or(""), name)
}

/// The line with the path or link itself.
fn locate(text: &str, item: &mut PlaylistItem) {
    if item.title.is_empty() && !text.contains("://") {
        // Better a file's name than none.
        let base = text.rsplit(['/', '\\']).next().unwrap_or(text);
        stem(base).clone_into(&mut item.title);
    }
    let is_link = text.contains("://");
    item.locations.push(if is_link { unescaped(text) } else { text.to_owned() });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_stands_behind_the_first_comma_outside_of_quotes() {
        assert_eq!(split_info("215,Nina Simone - Sinnerman"), ("215", "Nina Simone - Sinnerman"));
        assert_eq!(split_info("-1 tvg-name=\"a,b\" x=\"c\",Radio"), ("-1", "Radio"));
        assert_eq!(split_info("12"), ("12", ""));
        assert_eq!(split_info(""), ("", ""));
    }
}
