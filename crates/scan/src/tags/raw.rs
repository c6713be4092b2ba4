//! What stands in a file, as pairs of a name and a text, whatever the format.
//!
//! The library knows the formats; its own common form drops every name that it has no key for, so the formats' own
//! lists are read here instead.

use std::io::{Read, Seek, SeekFrom};

use lofty::ape::ApeTag;
use lofty::config::{GlobalOptions, ParseOptions, apply_global_options};
use lofty::file::{AudioFile, FileType};
use lofty::flac::FlacFile;
use lofty::id3::v2::{Frame, Id3v2Tag, SynchronizedTextFrame, TimestampFormat};
use lofty::iff::aiff::AiffFile;
use lofty::iff::wav::WavFile;
use lofty::mp4::{AtomData, AtomIdent, Ilst, Mp4File};
use lofty::mpeg::MpegFile;
use lofty::ogg::tag::VorbisComments;
use lofty::ogg::{OggPictureStorage, OpusFile, VorbisFile};
use lofty::picture::Picture;
use lofty::probe::Probe;
use lofty::tag::{ItemKey, ItemValue, Tag};
use music::Millis;

use super::lyrics::TimedLine;
use super::names::canonical;

/// Pairs that are kept of one file.
const PAIR_COUNT_MAX: usize = 1_000;
/// Pictures that are looked at in one file.
const PICTURE_COUNT_MAX: usize = 16;
/// What one tag or picture may take; a file whose picture is larger is read without pictures.
const ITEM_SIZE_MAX_BYTES: usize = 16 << 20;
/// What the whole block of tags may take where a format reads it as one, pictures and all.
const BLOCK_SIZE_MAX_BYTES: usize = 300 << 20;

/// A file's tags as they stand there.
#[derive(Debug, Default)]
pub(super) struct Raw {
    /// Canonical names and what was written.
    pub(super) pairs: Vec<(String, String)>,
    /// Who did what, as lists of people have it: the role or instrument and the name.
    pub(super) people: Vec<(String, String)>,
    pub(super) pictures: Vec<Picture>,
    pub(super) timed_lyrics: Vec<TimedLine>,
    pub(super) duration: Option<Millis>,
    /// Whether pictures were left out because they are larger than what is read.
    pub(super) has_oversized_pictures: bool,
}

/// The tags of a file; none where it is of no kind that has tags, or they are beyond repair.
///
/// Three tries: all; without pictures; and without pictures but with room for a block of tags that holds a large one.
pub(super) fn read<R: Read + Seek>(reader: &mut R) -> Option<Raw> {
    let tries = [(true, ITEM_SIZE_MAX_BYTES), (false, ITEM_SIZE_MAX_BYTES), (false, BLOCK_SIZE_MAX_BYTES)];
    // The library keeps pictures of ID3v2 whatever their size is.
    let is_large = leading_tag_len(reader).is_some_and(|len| len > ITEM_SIZE_MAX_BYTES);
    for (pictures, size_max) in tries.into_iter().skip(usize::from(is_large)) {
        apply_global_options(GlobalOptions::new().allocation_limit(size_max).use_custom_resolvers(false));
        // A stream that is damaged beyond telling its length may have sound tags all the same.
        for properties in [true, false] {
            reader.seek(SeekFrom::Start(0)).ok()?;
            let options = ParseOptions::new().read_cover_art(pictures).read_properties(properties);
            if let Some(mut raw) = attempt(reader, options) {
                raw.has_oversized_pictures = !pictures;
                return Some(raw);
            }
        }
    }
    None
}

/// How long the ID3v2 tag is with which the file begins, if it begins with one. *Unit*: bytes.
fn leading_tag_len<R: Read + Seek>(reader: &mut R) -> Option<usize> {
    let mut header = [0; 10];
    reader.seek(SeekFrom::Start(0)).ok()?;
    reader.read_exact(&mut header).ok()?;
    let len = header[6..].iter().fold(0, |len, &byte| (len << 7) | usize::from(byte & 0x7F));
    header.starts_with(b"ID3").then_some(len)
}

fn attempt<R: Read + Seek>(reader: &mut R, options: ParseOptions) -> Option<Raw> {
    let kind = Probe::new(&mut *reader).guess_file_type().ok()?.file_type()?;
    reader.seek(SeekFrom::Start(0)).ok()?;
    let mut raw = Raw::default();
    match kind {
        FileType::Mpeg => {
            let file = MpegFile::read_from(reader, options).ok()?;
            file.id3v2().into_iter().for_each(|tag| raw.add_id3v2(tag));
            file.ape().into_iter().for_each(|tag| raw.add_ape(tag));
            file.id3v1().into_iter().for_each(|tag| raw.add_fallback(&tag.clone().into()));
            raw.set_duration(&file);
        }
        FileType::Aac => {
            let file = lofty::aac::AacFile::read_from(reader, options).ok()?;
            file.id3v2().into_iter().for_each(|tag| raw.add_id3v2(tag));
            file.id3v1().into_iter().for_each(|tag| raw.add_fallback(&tag.clone().into()));
            raw.set_duration(&file);
        }
        FileType::Flac => {
            let file = FlacFile::read_from(reader, options).ok()?;
            file.vorbis_comments().into_iter().for_each(|tag| raw.add_vorbis(tag));
            file.id3v2().into_iter().for_each(|tag| raw.add_id3v2(tag));
            raw.add_pictures(file.pictures().iter().map(|(picture, _)| picture));
            raw.set_duration(&file);
        }
        FileType::Vorbis => {
            let file = VorbisFile::read_from(reader, options).ok()?;
            raw.add_vorbis(file.vorbis_comments());
            raw.set_duration(&file);
        }
        FileType::Opus => {
            let file = OpusFile::read_from(reader, options).ok()?;
            raw.add_vorbis(file.vorbis_comments());
            raw.set_duration(&file);
        }
        FileType::Mp4 => {
            let file = Mp4File::read_from(reader, options).ok()?;
            file.ilst().into_iter().for_each(|tag| raw.add_ilst(tag));
            raw.set_duration(&file);
        }
        FileType::Wav => {
            let file = WavFile::read_from(reader, options).ok()?;
            file.id3v2().into_iter().for_each(|tag| raw.add_id3v2(tag));
            let pairs = file.riff_info().into_iter().flatten();
            pairs.for_each(|(name, value)| raw.add(name, value));
            raw.set_duration(&file);
        }
        FileType::Aiff => {
            let file = AiffFile::read_from(reader, options).ok()?;
            file.id3v2().into_iter().for_each(|tag| raw.add_id3v2(tag));
            if let Some(chunks) = file.text_chunks() {
                chunks.name.iter().for_each(|text| raw.add("NAME", text));
                chunks.author.iter().for_each(|text| raw.add("AUTH", text));
            }
            raw.set_duration(&file);
        }
        _ => return None,
    }
    Some(raw)
}

impl Raw {
    fn add(&mut self, native: &str, value: &str) {
        self.add_canonical(canonical(native), value);
    }

    fn add_canonical(&mut self, name: String, value: &str) {
        if self.pairs.len() < PAIR_COUNT_MAX && !value.is_empty() {
            self.pairs.push((name, value.to_owned()));
        }
    }

    fn add_pictures<'a>(&mut self, pictures: impl Iterator<Item = &'a Picture>) {
        let room = PICTURE_COUNT_MAX.saturating_sub(self.pictures.len());
        self.pictures.extend(pictures.take(room).cloned());
    }

    fn set_duration<F: AudioFile>(&mut self, file: &F)
    where
        F::Properties: Into<lofty::properties::FileProperties> + Clone,
    {
        let properties: lofty::properties::FileProperties = file.properties().clone().into();
        let milliseconds = u32::try_from(properties.duration().as_millis()).ok();
        self.duration = milliseconds.filter(|&milliseconds| milliseconds > 0).map(Millis::new);
    }

    fn add_vorbis(&mut self, tag: &VorbisComments) {
        tag.items().for_each(|(name, value)| self.add(name, value));
        self.add_pictures(tag.pictures().iter().map(|(picture, _)| picture));
    }

    fn add_ape(&mut self, tag: &ApeTag) {
        for item in tag {
            if let Some(texts) = item.text_values() {
                texts.for_each(|text| self.add(item.key(), text));
            } else if let (ItemValue::Binary(bytes), true) =
                (item.value(), item.key().starts_with("Cover Art"))
                && let Ok(picture) = Picture::from_ape_bytes(item.key(), bytes)
            {
                self.add_pictures(std::iter::once(&picture));
            }
        }
    }

    fn add_id3v2(&mut self, tag: &Id3v2Tag) {
        for frame in tag {
            match frame {
                // Numbers of genres become their names below.
                Frame::Text(text) if frame.id_str() != "TCON" => {
                    text.value.split('\0').for_each(|value| self.add(frame.id_str(), value));
                }
                Frame::UserText(text) => {
                    text.content.split('\0').for_each(|value| self.add(&text.description, value));
                }
                Frame::Timestamp(stamp) => self.add(frame.id_str(), &stamp.timestamp.to_string()),
                Frame::UnsynchronizedText(text) => self.add("USLT", &text.content),
                Frame::UniqueFileIdentifier(id) if id.owner == "http://musicbrainz.org" => {
                    self.add("MUSICBRAINZ_TRACKID", &String::from_utf8_lossy(&id.identifier));
                }
                Frame::KeyValue(list) => {
                    let pairs = list.key_value_pairs.iter().take(PAIR_COUNT_MAX);
                    self.people.extend(pairs.map(|(role, name)| (role.to_string(), name.to_string())));
                }
                Frame::Picture(picture) => self.add_pictures(std::iter::once(&*picture.picture)),
                Frame::Binary(binary) if frame.id_str() == "SYLT" => self.add_sylt(&binary.data, frame),
                _ => {}
            }
        }
        tag.genres().into_iter().flatten().for_each(|genre| self.add("GENRE", genre));
    }

    fn add_sylt(&mut self, bytes: &[u8], frame: &Frame<'_>) {
        let Ok(text) = SynchronizedTextFrame::parse(bytes, frame.flags()) else { return };
        // Frames of MPEG as a unit of time say nothing without the stream.
        if text.timestamp_format == TimestampFormat::MS && self.timed_lyrics.is_empty() {
            let line = |(at_ms, text): (u32, String)| TimedLine {
                at_ms,
                text: super::clean::line(&text).unwrap_or_default(),
            };
            self.timed_lyrics = text.content.into_iter().map(line).collect();
        }
    }

    fn add_ilst(&mut self, tag: &Ilst) {
        for atom in tag {
            let name = match atom.ident() {
                AtomIdent::Fourcc(code) => code.iter().map(|&byte| char::from(byte)).collect::<String>(),
                AtomIdent::Freeform { name, .. } => name.to_string(),
            };
            for data in atom.data() {
                match data {
                    AtomData::UTF8(text) | AtomData::UTF16(text) => self.add(&name, text),
                    AtomData::SignedInteger(number) => self.add(&name, &number.to_string()),
                    AtomData::UnsignedInteger(number) => self.add(&name, &number.to_string()),
                    AtomData::Bool(flag) => self.add(&name, if *flag { "1" } else { "0" }),
                    AtomData::Picture(picture) => self.add_pictures(std::iter::once(picture)),
                    AtomData::Unknown { data, .. } => self.add_ilst_bytes(&name, data),
                }
            }
        }
    }

    /// Numbers that MP4 writes as plain bytes: places as "of" pairs, everything else by its length.
    fn add_ilst_bytes(&mut self, name: &str, bytes: &[u8]) {
        let number =
            |at: usize| bytes.get(at..at + 2).map_or(0, |pair| u16::from_be_bytes([pair[0], pair[1]]));
        match (name, bytes) {
            ("trkn" | "disk", _) if bytes.len() >= 6 => {
                self.add(name, &format!("{}/{}", number(2), number(4)));
            }
            (_, [byte]) => self.add(name, &byte.to_string()),
            (_, [_, _]) => self.add(name, &number(0).to_string()),
            _ => {}
        }
    }

    /// What the oldest form of tags has, where nothing better says it.
    fn add_fallback(&mut self, tag: &Tag) {
        let keys = [
            (ItemKey::TrackTitle, "TITLE"),
            (ItemKey::TrackArtist, "ARTIST"),
            (ItemKey::AlbumTitle, "ALBUM"),
            (ItemKey::Genre, "GENRE"),
            (ItemKey::TrackNumber, "TRACKNUMBER"),
            (ItemKey::Year, "DATE"),
            (ItemKey::RecordingDate, "DATE"),
        ];
        for (key, name) in keys {
            let is_known = self.pairs.iter().any(|(known, _)| known == name);
            if let (false, Some(text)) = (is_known, tag.get_string(key)) {
                self.add_canonical(name.to_owned(), text);
            }
        }
    }
}
