//! What an MP4 file says of its first sample: encoders begin with silence that players leave out, and note in the edit
//! list where the sound begins; iTunes notes it in a tag of its own.
//!
//! The container library reads the list and does not tell of it, and does not read the tag.
//! A bare stream of AAC (ADTS) has room for neither, so there nothing is left out.
//!
//! *Source*: ISO/IEC 14496-12, "ISO base media file format", 2015, sections 8.4.2 and 8.6.6. The tag `iTunSMPB` is as
//! iTunes writes it: numbers of eight hexadecimal digits between spaces, the second of which is the delay in samples.

use std::io::{Read, Seek, SeekFrom};

/// The most boxes that are looked at on one level; more is a damaged file.
const BOX_COUNT_MAX: usize = 4_096;
/// The longest beginning that is left out, in seconds; more is a cut that somebody made.
const DELAY_MAX_SECONDS: f64 = 0.5;
/// The most bytes of one box that are read.
const BODY_BYTES_MAX: u64 = 64;

/// How long the silence is that the encoder put before the sound, in seconds; 0 where the file says nothing of it.
///
/// Leaves `source` where it was.
pub(super) fn delay_seconds(source: &mut (impl Read + Seek)) -> f64 {
    let Ok(start) = source.stream_position() else { return 0.0 };
    let delay = source
        .seek(SeekFrom::End(0))
        .ok()
        .and_then(|end| audio_delay(source, start..end))
        .filter(|delay| (0.0..=DELAY_MAX_SECONDS).contains(delay));
    let _ = source.seek(SeekFrom::Start(start));
    delay.unwrap_or(0.0)
}

fn audio_delay(source: &mut (impl Read + Seek), whole: Range) -> Option<f64> {
    let first = boxes(source, whole.clone()).next()?;
    if &first.0 != b"ftyp" {
        return None;
    }
    let movie = find(source, whole, b"moov")?;
    let noted = itunes_delay(source, movie.clone());
    let tracks: Vec<Range> =
        boxes(source, movie).filter(|(name, _)| name == b"trak").map(|(_, body)| body).collect();
    let (rate_hz, listed) = tracks.into_iter().find_map(|track| sound_track(source, track))?;
    let samples = listed.filter(|&samples| samples != 0).or(noted)?;
    Some(samples as f64 / f64::from(rate_hz))
}

/// The delay in samples that iTunes notes.
fn itunes_delay(source: &mut (impl Read + Seek), movie: Range) -> Option<i64> {
    let user = find(source, movie, b"udta")?;
    let meta = find(source, user, b"meta")?;
    // Before the boxes in it come four bytes of version and flags.
    let list = find(source, meta.start + 4..meta.end, b"ilst")?;
    let named: Vec<Range> =
        boxes(source, list).filter(|(name, _)| name == b"----").map(|(_, body)| body).collect();
    named.into_iter().find_map(|item| {
        let name = find(source, item.clone(), b"name")?;
        let data = find(source, item, b"data")?;
        let is_ours = read(source, name)?.get(4..)? == b"iTunSMPB";
        let data = read(source, data)?;
        // Before the text come eight bytes of kind and language.
        let text = std::str::from_utf8(data.get(8..)?).ok().filter(|_| is_ours)?;
        i64::from_str_radix(text.split_whitespace().nth(1)?, 16).ok()
    })
}

/// The rate of a track in hertz and the sample with which its list begins, where it is one of sound.
fn sound_track(source: &mut (impl Read + Seek), track: Range) -> Option<(u32, Option<i64>)> {
    let media = find(source, track.clone(), b"mdia")?;
    let handler = find(source, media.clone(), b"hdlr")?;
    if read(source, handler)?.get(8..12)? != b"soun" {
        return None;
    }
    let header = find(source, media, b"mdhd")?;
    let header = read(source, header)?;
    // Times are of 64 bits in version 1.
    let rate = u32::from_be_bytes(word(&header, if *header.first()? == 1 { 20 } else { 12 })?);
    (rate > 0).then(|| (rate, first_sample(source, track)))
}

/// The sample with which the edit list of a track begins.
fn first_sample(source: &mut (impl Read + Seek), track: Range) -> Option<i64> {
    let edits = find(source, track, b"edts")?;
    let list = find(source, edits, b"elst")?;
    let list = read(source, list)?;
    Some(if *list.first()? == 1 {
        let (high, low) = (word(&list, 16)?, word(&list, 20)?);
        (i64::from(i32::from_be_bytes(high)) << 32) | i64::from(u32::from_be_bytes(low))
    } else {
        i64::from(i32::from_be_bytes(word(&list, 12)?))
    })
}

type Range = std::ops::Range<u64>;

fn find(source: &mut (impl Read + Seek), within: Range, name: &[u8; 4]) -> Option<Range> {
    boxes(source, within).find(|found| &found.0 == name).map(|found| found.1)
}

/// The boxes within a range: their names and where their bodies are.
fn boxes<S: Read + Seek>(source: &mut S, within: Range) -> impl Iterator<Item = ([u8; 4], Range)> {
    let mut at = within.start;
    let next = move || {
        let head = read(source, at..within.end.min(at + 16))?;
        let size = u64::from(u32::from_be_bytes(word(&head, 0)?));
        let name = word(&head, 4)?;
        let (head_size, size) = match size {
            // To the end.
            0 => (8, within.end - at),
            1 => (16, u64::from_be_bytes(head.get(8..16)?.try_into().ok()?)),
            size => (8, size),
        };
        if size < head_size || size > within.end - at {
            return None;
        }
        let body = at + head_size..at + size;
        at += size;
        Some((name, body))
    };
    std::iter::from_fn(next).take(BOX_COUNT_MAX)
}

/// The beginning of a range.
fn read(source: &mut (impl Read + Seek), range: Range) -> Option<Vec<u8>> {
    source.seek(SeekFrom::Start(range.start)).ok()?;
    let size = range.end.checked_sub(range.start)?.min(BODY_BYTES_MAX);
    let mut bytes = Vec::new();
    source.take(size).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn word(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    bytes.get(at..at + 4)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(8 + body.len() as u32).to_be_bytes()[..], name, body].concat()
    }

    /// A file whose second track is one of sound at 44.1 kHz and begins with its `start`th sample.
    fn file(start: i32) -> Vec<u8> {
        tagged(start, &[])
    }

    /// The same with boxes that follow the tracks.
    fn tagged(start: i32, tags: &[u8]) -> Vec<u8> {
        let track = |handler: &[u8; 4], start: i32| {
            let header = boxed(b"mdhd", &[[0; 12], [0, 0, 0xac, 0x44, 0, 0, 0, 0, 0, 0, 0, 0]].concat());
            let handler = boxed(b"hdlr", &[&[0; 8], &handler[..], &[0; 12]].concat());
            let list =
                [&[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0x10, 0][..], &start.to_be_bytes(), &[0, 1, 0, 0]].concat();
            let edits = boxed(b"edts", &boxed(b"elst", &list));
            boxed(b"trak", &[edits, boxed(b"mdia", &[header, handler].concat())].concat())
        };
        let movie = boxed(b"moov", &[&track(b"vide", 500), &track(b"soun", start)[..], tags].concat());
        [boxed(b"ftyp", b"M4A "), boxed(b"mdat", &[7; 100]), movie].concat()
    }

    #[test]
    fn the_delay_is_that_of_the_sound() {
        for (start, seconds) in [(1_024, 1_024.0 / 44_100.0), (2_112, 2_112.0 / 44_100.0), (0, 0.0)] {
            let mut source = Cursor::new(file(start));
            source.set_position(0);
            assert!((delay_seconds(&mut source) - seconds).abs() < 1e-9, "{start}");
            assert_eq!(source.position(), 0);
        }
        // A cut, and an empty edit.
        assert_eq!(delay_seconds(&mut Cursor::new(file(441_000))), 0.0);
        assert_eq!(delay_seconds(&mut Cursor::new(file(-1))), 0.0);
    }

    fn itunes() -> Vec<u8> {
        let item = |name: &[u8], text: &[u8]| {
            let name = boxed(b"name", &[&[0; 4], name].concat());
            let data = boxed(b"data", &[&[0, 0, 0, 1, 0, 0, 0, 0], text].concat());
            boxed(b"----", &[boxed(b"mean", b"\0\0\0\0com.apple.iTunes"), name, data].concat())
        };
        let items = [
            item(b"iTunNORM", b" 00000001 00000002"),
            item(b"iTunSMPB", b" 00000000 00000840 000001CA 00000000003F31F6 00000000 00000000"),
        ];
        boxed(b"udta", &boxed(b"meta", &[&[0; 4], &boxed(b"ilst", &items.concat())[..]].concat()))
    }

    #[test]
    fn the_note_of_itunes_counts_where_there_is_no_list() {
        let samples = |start| 44_100.0 * delay_seconds(&mut Cursor::new(tagged(start, &itunes())));
        assert!((samples(0) - 2_112.0).abs() < 1e-6);
        assert!((samples(1_024) - 1_024.0).abs() < 1e-6);
    }

    #[test]
    fn damaged_files_have_none() {
        let whole = tagged(0, &itunes());
        for cut in 0..whole.len() {
            let _ = delay_seconds(&mut Cursor::new(&whole[..cut]));
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xff;
            assert!((0.0..=DELAY_MAX_SECONDS).contains(&delay_seconds(&mut Cursor::new(bytes))), "{at}");
        }
        assert_eq!(delay_seconds(&mut Cursor::new(b"RIFF....WAVE")), 0.0);
    }
}
