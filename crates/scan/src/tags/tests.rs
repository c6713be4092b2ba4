use std::io::{self, Cursor, Read, Seek, SeekFrom};

use lofty::TextEncoding;
use lofty::ape::{ApeItem, ApeTag};
use lofty::config::WriteOptions;
use lofty::id3::v2::{
    BinaryFrame, ExtendedTextFrame, Frame, FrameId, Id3v2Tag, KeyValueFrame, SyncTextContentType,
    SynchronizedTextFrame, TextInformationFrame, TimestampFormat, UniqueFileIdentifierFrame,
    UnsynchronizedTextFrame,
};
use lofty::tag::{ItemValue, TagExt as _};
use proptest::prelude::*;

use super::*;

/// Silent frames of MPEG-1 layer III at 128 kbit/s and 44.1 kHz.
fn mpeg(frame_count: usize) -> Vec<u8> {
    let frame: Vec<u8> = [0xFF, 0xFB, 0x90, 0x64].into_iter().chain([0; 413]).collect();
    frame.repeat(frame_count)
}

fn text(id: &'static str, value: &str) -> Frame<'static> {
    let id = FrameId::new(id).unwrap();
    Frame::Text(TextInformationFrame::new(id, TextEncoding::UTF8, value.to_owned()))
}

fn user(name: &str, value: &str) -> Frame<'static> {
    Frame::UserText(ExtendedTextFrame::new(TextEncoding::UTF8, name.to_owned(), value.to_owned()))
}

fn id3v2(frames: Vec<Frame<'static>>) -> Vec<u8> {
    let mut tag = Id3v2Tag::new();
    for frame in frames {
        tag.insert(frame);
    }
    let mut bytes = Vec::new();
    tag.dump_to(&mut bytes, WriteOptions::new()).unwrap();
    bytes
}

fn read(bytes: Vec<u8>) -> Tags {
    Tags::read(&mut Cursor::new(bytes))
}

const RECORDING: &str = "b1a9c0e9-d987-4042-ae91-78d6a3267d69";
const RELEASE: &str = "f5093c06-23e3-404f-aeaa-40f72885ee3a";

#[test]
fn an_mp3_says_all_that_it_says() {
    let sylt = SynchronizedTextFrame::new(
        TextEncoding::UTF8,
        *b"eng",
        TimestampFormat::MS,
        SyncTextContentType::Lyrics,
        None,
        vec![(1_000, "First".to_owned()), (2_500, "Second".to_owned())],
    );
    let sylt = sylt.as_bytes(WriteOptions::new()).unwrap();
    let words =
        UnsynchronizedTextFrame::new(TextEncoding::UTF8, *b"eng", String::new(), "First\nSecond".to_owned());
    let tag = id3v2(vec![
        text("TIT2", "Sinnerman (Live at Home)"),
        text("TPE1", "Nina Simone"),
        user("ARTISTS", "Nina Simone\0Somebody Else"),
        text("TPE2", "Nina Simone"),
        text("TALB", "Pastel Blues"),
        text("TRCK", "10/10"),
        text("TPOS", "1/1"),
        text("TCON", "Jazz\0Vocal Jazz; Blues"),
        text("TMOO", "Restless"),
        text("TLAN", "eng"),
        text("TBPM", "141"),
        text("TKEY", "Bm"),
        text("TSRC", "US-UM7-65-00001"),
        text("TCMP", "0"),
        user("ITUNESADVISORY", "2"),
        user("INSTRUMENT", "piano; voice"),
        user("MusicBrainz Album Id", RELEASE),
        user("MusicBrainz Album Type", "album; live"),
        user("REPLAYGAIN_TRACK_GAIN", "-7.25 dB"),
        user("replaygain_track_peak", "0.98"),
        Frame::UniqueFileIdentifier(UniqueFileIdentifierFrame::new(
            "http://musicbrainz.org".to_owned(),
            RECORDING.as_bytes().to_owned(),
        )),
        Frame::KeyValue(KeyValueFrame::new(
            FrameId::new("TMCL").unwrap(),
            TextEncoding::UTF8,
            vec![("Double Bass".into(), "Lisle Atkinson".into())],
        )),
        Frame::UnsynchronizedText(words),
        Frame::Binary(BinaryFrame::new(FrameId::new("SYLT").unwrap(), sylt)),
    ]);
    let tags = read([tag, mpeg(10)].concat());
    insta::assert_json_snapshot!(tags);
}

/// A FLAC file without sound: stream information and Vorbis comments.
fn flac(comments: &[(&str, &str)]) -> Vec<u8> {
    let mut block = 4_u32.to_le_bytes().to_vec();
    block.extend(b"test");
    block.extend((comments.len() as u32).to_le_bytes());
    for (name, value) in comments {
        let comment = format!("{name}={value}");
        block.extend((comment.len() as u32).to_le_bytes());
        block.extend(comment.as_bytes());
    }
    let mut bytes = b"fLaC\0\0\0\x22".to_vec();
    // 4,096 samples a block, 44.1 kHz, two channels of 16 bits, ten seconds.
    bytes.extend([0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x0A, 0xC4, 0x42, 0xF0, 0, 0x06, 0xBA, 0xA8]);
    bytes.extend([0; 16]);
    bytes.push(0x84);
    bytes.extend(&(block.len() as u32).to_be_bytes()[1..]);
    bytes.extend(block);
    bytes
}

#[test]
fn a_flac_file_says_all_that_it_says() {
    let tags = read(flac(&[
        ("TITLE", "Sinnerman"),
        ("artist", "Nina Simone"),
        ("ARTIST", "Somebody Else"),
        ("ALBUMARTIST", "Various Artists"),
        ("ALBUM", "Pastel Blues"),
        ("TRACKNUMBER", "10"),
        ("TRACKTOTAL", "12"),
        ("DATE", "1965-10"),
        ("ORIGINALYEAR", "1964"),
        ("GENRE", "jazz"),
        ("GENRE", "Jazz"),
        ("MUSICBRAINZ_TRACKID", RECORDING),
        ("MUSICBRAINZ_RELEASETRACKID", "not an id"),
        ("RELEASETYPE", "compilation"),
        ("R128_TRACK_GAIN", "-512"),
        ("PERFORMER", "Rudy Stevenson (guitar)"),
        ("COMPOSER", "Traditional"),
        ("LYRICS", "[00:01.00]First\n[00:02.50]Second"),
        ("ITUNESADVISORY", "1"),
        ("LIVE", "0"),
        ("COVER", "yes"),
    ]));
    assert_eq!(tags.artists, ["Nina Simone", "Somebody Else"]);
    assert_eq!(tags.genres, ["jazz"]);
    assert_eq!(tags.track, Place { number: Some(10), count: Some(12) });
    assert_eq!(tags.date.map(|date| date.to_string()).as_deref(), Some("1965-10"));
    assert_eq!(tags.original_date.map(|date| date.to_string()).as_deref(), Some("1964"));
    assert_eq!(tags.release_kind, Some(ReleaseKind::Compilation));
    assert_eq!(
        (tags.musicbrainz.recording.as_deref(), tags.musicbrainz.release_track),
        (Some(RECORDING), None)
    );
    assert_eq!(tags.gain.track_db, Some(3.0), "−2 dB to −23 LUFS is 3 dB to −18 LUFS");
    assert_eq!(tags.instruments, ["guitar"]);
    assert!(tags.credits.contains(&Credit { role: "guitar".to_owned(), name: "Rudy Stevenson".to_owned() }));
    assert!(tags.credits.contains(&Credit { role: "composer".to_owned(), name: "Traditional".to_owned() }));
    assert_eq!(tags.lyrics.timed[1], TimedLine { at_ms: 2_500, text: "Second".to_owned() });
    assert_eq!(tags.lyrics.plain.as_deref(), Some("First\nSecond"));
    let flags = tags.flags;
    assert_eq!(
        (flags.explicit, flags.live, flags.cover, flags.original),
        (Some(true), Some(false), Some(true), Some(false))
    );
}

/// Atoms of an MP4 file that holds tags and no sound.
fn mp4(items: &[(&[u8; 4], u32, &[u8])]) -> Vec<u8> {
    let atom = |name: &[u8], body: Vec<u8>| [&(body.len() as u32 + 8).to_be_bytes(), name, &body].concat();
    let data = |kind: u32, value: &[u8]| atom(b"data", [&kind.to_be_bytes(), &[0; 4], value].concat());
    let list: Vec<u8> =
        items.iter().flat_map(|(name, kind, value)| atom(*name, data(*kind, value))).collect();
    let freeform = [
        atom(b"mean", b"\0\0\0\0com.apple.iTunes".to_vec()),
        atom(b"name", b"\0\0\0\0MusicBrainz Track Id".to_vec()),
        data(1, RECORDING.as_bytes()),
    ];
    let list = [list, atom(b"----", freeform.concat())].concat();
    let handler = atom(b"hdlr", [vec![0; 8], b"mdirappl".to_vec(), vec![0; 9]].concat());
    let meta = atom(b"meta", [vec![0; 4], handler, atom(b"ilst", list)].concat());
    [atom(b"ftyp", b"M4A \0\0\0\0M4A mp42".to_vec()), atom(b"moov", atom(b"udta", meta))].concat()
}

#[test]
fn an_mp4_file_says_all_that_it_says() {
    let tags = read(mp4(&[
        (b"\xa9nam", 1, b"Sinnerman"),
        (b"\xa9ART", 1, b"Nina Simone"),
        (b"aART", 1, b"Nina Simone"),
        (b"\xa9alb", 1, b"Pastel Blues"),
        (b"\xa9day", 1, b"1965-10-01T00:00:00Z"),
        (b"\xa9gen", 1, b"Jazz"),
        (b"trkn", 0, &[0, 0, 0, 10, 0, 12, 0, 0]),
        (b"rtng", 21, &[1]),
        (b"tmpo", 21, &[0, 141]),
    ]));
    assert_eq!((tags.title.as_deref(), tags.release.as_deref()), (Some("Sinnerman"), Some("Pastel Blues")));
    assert_eq!((tags.artists, tags.genres), (vec!["Nina Simone".to_owned()], vec!["Jazz".to_owned()]));
    assert_eq!(tags.track, Place { number: Some(10), count: Some(12) });
    assert_eq!(tags.date.map(|date| date.to_string()).as_deref(), Some("1965-10-01"));
    assert_eq!((tags.flags.explicit, tags.bpm), (Some(true), Some(141.0)));
    assert_eq!(tags.musicbrainz.recording.as_deref(), Some(RECORDING));
}

#[test]
fn ape_tags_are_read_and_older_ones_fill_the_gaps() {
    let mut ape = ApeTag::new();
    for (name, value) in
        [("Title", "Sinnerman"), ("Year", "1965"), ("Track", "10/12"), ("BPM", "141"), ("Mood", "Restless")]
    {
        ape.insert(ApeItem::new(name.to_owned(), ItemValue::Text(value.to_owned())).unwrap());
    }
    let mut bytes = mpeg(10);
    ape.dump_to(&mut bytes, WriteOptions::new()).unwrap();
    let mut old = b"TAG".to_vec();
    for (field, len) in
        [("Other title", 30), ("Nina Simone", 30), ("Pastel Blues", 30), ("1965", 4), ("", 30)]
    {
        old.extend(field.bytes().chain(std::iter::repeat(0)).take(len));
    }
    old.push(8);
    let tags = read([bytes, old].concat());
    assert_eq!((tags.title.as_deref(), tags.artists), (Some("Sinnerman"), vec!["Nina Simone".to_owned()]));
    assert_eq!((tags.bpm, tags.moods), (Some(141.0), vec!["Restless".to_owned()]));
    assert_eq!(tags.genres, ["Jazz"]);
}

/// A file that is mostly zeros and takes no memory.
struct Sparse {
    head: Vec<u8>,
    zeros: u64,
    tail: Vec<u8>,
    at: u64,
}

impl Sparse {
    fn len(&self) -> u64 {
        self.head.len() as u64 + self.zeros + self.tail.len() as u64
    }
}

impl Read for Sparse {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (head, tail) = (self.head.len() as u64, self.head.len() as u64 + self.zeros);
        let mut count = 0;
        for slot in buffer.iter_mut() {
            let Some(byte) = (match self.at {
                at if at < head => self.head.get(at as usize).copied(),
                at if at < tail => Some(0),
                at => self.tail.get((at - tail) as usize).copied(),
            }) else {
                break;
            };
            *slot = byte;
            self.at += 1;
            count += 1;
        }
        Ok(count)
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.len().checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

fn synchsafe(number: u32) -> [u8; 4] {
    std::array::from_fn(|index| ((number >> (7 * (3 - index))) & 0x7F) as u8)
}

#[test]
fn a_picture_of_200_megabytes_costs_the_picture_and_not_the_title() {
    let picture_len = 200_u32 << 20;
    let title = [b"TIT2".to_vec(), synchsafe(10).to_vec(), b"\0\0\x03Sinnerman".to_vec()].concat();
    let picture = [b"APIC".to_vec(), synchsafe(picture_len).to_vec(), vec![0, 0]].concat();
    let size = title.len() as u32 + picture.len() as u32 + picture_len;
    let head = [b"ID3\x04\0\0".to_vec(), synchsafe(size).to_vec(), title, picture].concat();
    let mut file = Sparse { head, zeros: u64::from(picture_len), tail: mpeg(10), at: 0 };
    let tags = Tags::read(&mut file);
    assert_eq!(tags.title.as_deref(), Some("Sinnerman"));
    assert!(tags.has_oversized_art && tags.art.is_empty());
}

#[test]
fn a_tag_of_33_bytes_and_lies_about_sizes_are_no_tags() {
    let mut tiny = b"ID3\x04\0\0\0\0\0\x17TIT2\0\0\0\x7f\0\0\x03".to_vec();
    tiny.resize(33, b'x');
    assert_eq!(read(tiny).art, []);
    let mut huge = flac(&[("TITLE", "x")]);
    let at = huge.len() - 11;
    huge[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(read(huge), Tags::default());
    assert_eq!(read(Vec::new()), Tags::default());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_makes_no_reader_panic(which in 0..3_usize, changes in proptest::collection::vec((0..1_000_usize, any::<u8>()), 1..12), keep in 0..1_000_usize) {
        let mut bytes = match which {
            0 => [id3v2(vec![text("TIT2", "Sinnerman"), user("ARTISTS", "a\0b"), text("TCON", "(8)Jazz")]), mpeg(4)].concat(),
            1 => flac(&[("TITLE", "Sinnerman"), ("METADATA_BLOCK_PICTURE", "AAAAAwAAAAlpbWFnZS9wbmc="), ("LYRICS", "[00:01]a")]),
            _ => mp4(&[(b"\xa9nam", 1, b"Sinnerman"), (b"covr", 13, &[0xFF, 0xD8, 0xFF]), (b"trkn", 0, &[0, 0, 0, 1])]),
        };
        for (at, value) in changes {
            let len = bytes.len();
            bytes[at * len / 1_000] = value;
        }
        bytes.truncate(bytes.len() * (keep + 1_000) / 2_000);
        let tags = read(bytes);
        let texts = tags.title.iter().chain(&tags.artists).chain(&tags.genres);
        for text in texts {
            prop_assert!(!text.chars().any(char::is_control) && text.chars().count() <= 500);
        }
    }
}
