//! Scrobbles as a table, whichever of the usual exporters wrote it.
//!
//! | exporter | columns |
//! |---|---|
//! | mainstream.ghan.nl and many scripts | `uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid` |
//! | lastfm-to-csv | no header: artist, album, track, `31 Dec 2020 23:59` |
//! | lastfmstats.com | `Artist;Album;AlbumId;Track;Date#…` (behind `#` stands the account's name) |
//! | lastexport.py | no header, tabs: time, track, artist, album and three identifiers |
//! | lastscrape.py | no header, tabs: artist, track, time |

use std::sync::Arc;

use csv::ByteRecord;
use music::{ArtistDescription, ReleaseDescription, TrackDescription};

use crate::import::drop_reason::DropReason;
use crate::import::error::ImportError;
use crate::import::field::Field;
use crate::import::format::ImportFormat;
use crate::import::input::{Input, RowFault, TextRows, guess_delimiter};
use crate::import::record::{Act, Deed, Fact, Subject};
use crate::import::report::{ColumnUse, RecordKind};
use crate::import::sink::Sink;
use crate::import::{time, values};

/// Where the parts of a scrobble stand.
#[derive(Clone, Copy, Debug)]
struct Columns {
    time: usize,
    artist: usize,
    track: usize,
    album: Option<usize>,
    artist_mbid: Option<usize>,
    album_mbid: Option<usize>,
    track_mbid: Option<usize>,
}

/// artist, album, track, time.
const LASTFM_TO_CSV: Columns = Columns {
    time: 3,
    artist: 0,
    track: 2,
    album: Some(1),
    artist_mbid: None,
    album_mbid: None,
    track_mbid: None,
};
/// time, track, artist, album, track mbid, artist mbid, album mbid.
const LASTEXPORT: Columns = Columns {
    time: 0,
    artist: 2,
    track: 1,
    album: Some(3),
    track_mbid: Some(4),
    artist_mbid: Some(5),
    album_mbid: Some(6),
};
/// artist, track, time.
const LASTSCRAPE: Columns = Columns {
    time: 2,
    artist: 0,
    track: 1,
    album: None,
    artist_mbid: None,
    album_mbid: None,
    track_mbid: None,
};

/// Reads a table of scrobbles or loved tracks.
pub(super) fn read(
    input: Input<'_>,
    format: ImportFormat,
    act: Act,
    sink: &mut Sink,
) -> Result<(), ImportError> {
    let file = Arc::clone(input.file());
    let delimiter = guess_delimiter(input.head());
    // The forms with tabs know no quotes.
    let mut rows = TextRows::new(&file, input.into_reader(), delimiter, delimiter != b'\t');
    let Some(mut place) = rows.advance()? else { return Ok(()) };
    let first = rows.needed_row()?;
    let columns = if let Some(columns) = Columns::of_header(first) {
        sink.set_columns(columns.uses(first));
        match rows.advance()? {
            Some(next) => place = next,
            None => return Ok(()),
        }
        columns
    } else {
        Columns::of_first_row(first).ok_or_else(|| {
            let reason = "its first line is neither a header nor a scrobble of a form that is known".into();
            ImportError::NotThisFormat { file: (&*file).into(), format, reason }
        })?
    };
    loop {
        sink.row(rows.len())?;
        match rows.row().and_then(|row| columns.deed(row, act, sink)) {
            Ok(deed) => sink.give(place, Fact::Deed(Box::new(deed))),
            Err(RowFault { reason, text }) => sink.drop_record(RecordKind::Event, place, reason, &text),
        }
        match rows.advance()? {
            Some(next) => place = next,
            None => return Ok(()),
        }
    }
}

impl Columns {
    /// The places by the names of a header; none where it is no header.
    fn of_header(header: &ByteRecord) -> Option<Self> {
        let place = |field: Field| {
            let ranked = header.iter().enumerate().filter_map(|(index, cell)| {
                let (found, rank) = Field::usually(header_name(cell)?)?;
                (found == field).then_some((rank, index))
            });
            ranked.min().map(|(_, index)| index)
        };
        Some(Self {
            time: place(Field::Timestamp)?,
            artist: place(Field::Artist)?,
            track: place(Field::Track)?,
            album: place(Field::Album),
            artist_mbid: place(Field::ArtistMbid),
            album_mbid: place(Field::AlbumMbid),
            track_mbid: place(Field::TrackMbid),
        })
    }

    /// The places by where the first row has its time.
    fn of_first_row(row: &ByteRecord) -> Option<Self> {
        let is_time =
            |columns: &Self| cell(row, columns.time).is_some_and(|text| time::parse_utc(text).is_some());
        let forms: &[Self] = match row.len() {
            3 => &[LASTSCRAPE],
            4 => &[LASTFM_TO_CSV, LASTEXPORT],
            5.. => &[LASTEXPORT, LASTFM_TO_CSV],
            _ => &[],
        };
        forms.iter().find(|form| is_time(form)).copied()
    }

    fn uses(&self, header: &ByteRecord) -> Vec<ColumnUse> {
        let places = [
            (Field::Timestamp, Some(self.time)),
            (Field::Artist, Some(self.artist)),
            (Field::ArtistMbid, self.artist_mbid),
            (Field::Album, self.album),
            (Field::AlbumMbid, self.album_mbid),
            (Field::Track, Some(self.track)),
            (Field::TrackMbid, self.track_mbid),
        ];
        let column = |index: usize| header.get(index).and_then(header_name).unwrap_or_default().into();
        let uses = places.into_iter().filter_map(|(field, index)| Some((field, index?)));
        uses.map(|(field, index)| ColumnUse { field, column: column(index), inferred: true }).collect()
    }

    fn deed(&self, row: &ByteRecord, act: Act, sink: &Sink) -> Result<Deed, RowFault> {
        if std::str::from_utf8(row.as_slice()).is_err() {
            return Err(RowFault::new(DropReason::Malformed, "it is not UTF-8"));
        }
        let text = |index: Option<usize>| index.and_then(|index| cell(row, index)).and_then(values::text);
        let title = text(Some(self.track)).ok_or(DropReason::NoName)?;
        let artist = text(Some(self.artist)).ok_or(DropReason::NoName)?;
        let mbid = |index: Option<usize>| text(index).and_then(values::mbid).into_iter().collect();
        let track = TrackDescription {
            title: title.to_owned(),
            artists: vec![ArtistDescription {
                name: artist.to_owned(),
                external: mbid(self.artist_mbid),
                ..Default::default()
            }],
            release: text(self.album).map(|album| ReleaseDescription {
                title: album.to_owned(),
                external: mbid(self.album_mbid),
                ..Default::default()
            }),
            external: mbid(self.track_mbid),
            ..TrackDescription::default()
        };
        let when = text(Some(self.time)).ok_or(DropReason::NoTime)?;
        let at = time::parse_utc(when)
            .ok_or_else(|| RowFault::new(DropReason::UnreadableTime, format!("`{when}` is no time")))?;
        Ok(Deed::own(Subject::Track(track), act, Some(sink.check_time(at)?)))
    }
}

/// The name of a column; lastfmstats.com writes the account's name behind `#`.
fn header_name(cell: &[u8]) -> Option<&str> {
    std::str::from_utf8(cell).ok()?.split('#').next()
}

fn cell(row: &ByteRecord, index: usize) -> Option<&str> {
    std::str::from_utf8(row.get(index)?).ok()
}
