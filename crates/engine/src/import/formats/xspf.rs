//! Playlists as XML.
//!
//! Document types are refused, and of entities only the five of XML itself are known, so nothing can be pulled in or
//! blown up.
//!
//! *Source*: XSPF version 1, <https://xspf.org/spec>.

use std::io::BufReader;
use std::sync::Arc;

use music::PlaylistDetails;
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, Event};

use super::jspf::{plain, playlist_id, stem};
use super::playlist_parts::{ItemList, PlaylistItem, unescaped};
use crate::import::error::{ImportError, Place};
use crate::import::format::ImportFormat;
use crate::import::input::{Decoded, Gate, Input, of_io};
use crate::import::record::{Fact, WholePlaylist};
use crate::import::request::TextEncoding;
use crate::import::sink::Sink;
use crate::import::{time, values};

/// How deep elements may lie within each other; the format needs four levels and its extensions a few more.
const DEPTH_MAX: usize = 32;

/// The longest text of an element that is kept; no name is longer.
const TEXT_LEN_MAX: usize = 64 << 10;

/// The most links of one kind that a track may have.
const LINK_COUNT_MAX: usize = 16;

/// A playlist while it is read.
#[derive(Debug, Default)]
struct Draft {
    title: String,
    annotation: String,
    identifier: String,
    date: String,
    item: PlaylistItem,
    list: ItemList,
    track_count: u64,
}

/// Reads one playlist.
pub(super) fn read(input: Input<'_>, sink: &mut Sink) -> Result<(), ImportError> {
    let file = Arc::clone(input.file());
    let mut draft = Draft::default();
    let outcome = draft.fill(input, &file, sink);
    let place = Place::Element(0);
    if let Err(error) = outcome {
        let place = draft.place();
        draft.list.cut_off(sink, place);
        return Err(error);
    }
    let title = values::text(&draft.title).unwrap_or_else(|| stem(&file));
    let details = PlaylistDetails {
        title: title.into(),
        description: plain(&draft.annotation).into(),
        ..PlaylistDetails::default()
    };
    let at = time::parse_utc(&draft.date).and_then(|at| sink.check_time(at).ok());
    if at.is_none() && !draft.date.trim().is_empty() {
        sink.drop_value("playlist date", place, &draft.date);
    }
    let external = playlist_id(&draft.identifier);
    sink.give(
        place,
        Fact::Playlist(Box::new(WholePlaylist { external, details, tracks: draft.list.tracks, at })),
    );
    Ok(())
}

impl Draft {
    fn fill(&mut self, input: Input<'_>, file: &Arc<str>, sink: &mut Sink) -> Result<(), ImportError> {
        let encoding = declared_encoding(input.head());
        let (gate, budget) = Gate::new(Decoded::new(input.into_reader(), encoding));
        let mut reader = Reader::from_reader(BufReader::new(gate));
        reader.config_mut().expand_empty_elements = true;
        let mut path: Vec<Box<str>> = Vec::new();
        let mut text = String::new();
        let mut buffer = Vec::new();
        let mut has_root = false;
        loop {
            buffer.clear();
            budget.next_record();
            match reader.read_event_into(&mut buffer).map_err(|error| self.of_xml(file, error))? {
                Event::Start(start) => {
                    let name: Box<str> = start.local_name().as_ref().into();
                    if path.is_empty() && &*name != "playlist" {
                        return Err(not_xspf(file));
                    }
                    if path.len() == DEPTH_MAX {
                        return Err(self.broken(file, "its elements lie too deep"));
                    }
                    has_root = true;
                    path.push(name);
                    text.clear();
                }
                Event::End(_) => {
                    self.close(&path, &text, sink)?;
                    path.pop();
                    text.clear();
                }
                Event::Text(part) => append(&mut text, &part),
                Event::CData(part) => append(&mut text, &part),
                Event::GeneralRef(reference) => match resolve(&reference) {
                    Some(character) => append(&mut text, character.encode_utf8(&mut [0; 4])),
                    None => return Err(self.broken(file, "it uses an entity that XML does not know")),
                },
                Event::DocType(_) => return Err(self.broken(file, "it has a document type")),
                Event::Eof if !has_root => return Err(not_xspf(file)),
                Event::Eof if path.is_empty() => return Ok(()),
                Event::Eof => {
                    return Err(ImportError::Truncated { file: (&**file).into(), place: self.place() });
                }
                // Empty elements come as a start and an end.
                Event::Empty(_) | Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
    }

    /// An element has ended; `path` are its name and those around it.
    fn close(&mut self, path: &[Box<str>], text: &str, sink: &mut Sink) -> Result<(), ImportError> {
        let mut names = path.iter().map(|name| &**name);
        let names = [(); 4].map(|()| names.next().unwrap_or(""));
        let text = text.trim();
        match (path.len(), names) {
            (2, [_, "title", ..]) => text.clone_into(&mut self.title),
            (2, [_, "annotation", ..]) => text.clone_into(&mut self.annotation),
            (2, [_, "identifier", ..]) => text.clone_into(&mut self.identifier),
            (2, [_, "date", ..]) => text.clone_into(&mut self.date),
            (3, [_, "trackList", "track", _]) => {
                self.track_count += 1;
                sink.row(0)?;
                let item = std::mem::take(&mut self.item);
                self.list.push(&item, sink, self.place());
            }
            (4, [_, "trackList", "track", field]) => self.set(field, text),
            _ => {}
        }
        Ok(())
    }

    /// One property of a track.
    fn set(&mut self, field: &str, text: &str) {
        let item = &mut self.item;
        match field {
            "title" => text.clone_into(&mut item.title),
            "creator" => text.clone_into(&mut item.artist),
            "album" => text.clone_into(&mut item.album),
            "duration" => {
                item.duration = text.parse().ok().and_then(|ms: f64| values::duration(ms, 1.0));
            }
            "identifier" if item.identifiers.len() < LINK_COUNT_MAX => {
                item.identifiers.push(text.to_owned());
            }
            "location" if item.locations.len() < LINK_COUNT_MAX => item.locations.push(unescaped(text)),
            _ => {}
        }
    }

    /// The last track that was whole.
    const fn place(&self) -> Place {
        Place::Element(self.track_count)
    }

    fn broken(&self, file: &Arc<str>, reason: &str) -> ImportError {
        ImportError::Broken { file: (&**file).into(), place: self.place(), reason: reason.into() }
    }

    fn of_xml(&self, file: &Arc<str>, error: quick_xml::Error) -> ImportError {
        match error {
            quick_xml::Error::Io(error) => match Arc::try_unwrap(error) {
                Ok(error) => of_io(file, self.place(), error),
                Err(error) => self.broken(file, &error.to_string()),
            },
            quick_xml::Error::Syntax(quick_xml::errors::SyntaxError::UnclosedTag) => {
                ImportError::Truncated { file: (&**file).into(), place: self.place() }
            }
            error => self.broken(file, &error.to_string()),
        }
    }
}

fn not_xspf(file: &Arc<str>) -> ImportError {
    let reason = "it has no element `playlist` around it".into();
    ImportError::NotThisFormat { file: (&**file).into(), format: ImportFormat::Xspf, reason }
}

/// A character by its number, or one of the five that have a name.
fn resolve(reference: &BytesRef<'_>) -> Option<char> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Some(character),
        Ok(None) => resolve_xml_entity(reference)?.chars().next(),
        Err(_) => None,
    }
}

fn append(text: &mut String, part: &str) {
    if text.len() + part.len() <= TEXT_LEN_MAX {
        text.push_str(part);
    }
}

/// The encoding that the first line says; UTF-8 where it says none that is known.
fn declared_encoding(head: &[u8]) -> TextEncoding {
    let line = String::from_utf8_lossy(&head[..head.len().min(200)]);
    let label = || {
        let rest = line.strip_prefix("<?xml")?.split_once("?>")?.0.split_once("encoding")?.1;
        rest.trim_start_matches(['=', ' ']).split(['"', '\'']).nth(1)
    };
    label().and_then(|label| label.parse().ok()).unwrap_or_default()
}
