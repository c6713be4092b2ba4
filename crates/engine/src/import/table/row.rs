//! From the cells of a row to what the row says.

use music::description::TagDescription;
use music::{
    ArtistDescription, Context, ExternalId, Millis, PlayStart, ReleaseDate, ReleaseDescription,
    SkipDirection, Sound, SoundFeature, TrackDescription,
};
use smallvec::SmallVec;

use super::Cells;
use super::layout::Layout;
use crate::import::drop_reason::DropReason;
use crate::import::error::Place;
use crate::import::field::Field;
use crate::import::formats::Plan;
use crate::import::input::RowFault;
use crate::import::record::{Act, Deed, Fact, PlaylistEntry, Subject, TagGiven};
use crate::import::report::RecordKind;
use crate::import::sink::Sink;
use crate::import::tag_kind::tag_kind;
use crate::import::time::{self, Moment};
use crate::import::values::{self, SpotifyKind};

/// Turns rows of one table into records.
#[derive(Debug)]
pub(super) struct RowReader<'a> {
    layout: Layout,
    plan: &'a Plan,
    kind: RecordKind,
}

/// One row, or one of the records that a row with repeated columns makes.
struct Row<'a, C> {
    cells: &'a C,
    layout: &'a Layout,
    plan: &'a Plan,
    /// The value of the repeated field.
    repeated: Option<(Field, &'a str)>,
    place: Place,
}

impl<'a> RowReader<'a> {
    /// A reader for a table of this layout.
    pub(super) fn new(layout: Layout, plan: &'a Plan) -> Self {
        let kind = if layout.has(Field::Playlist) || layout.has(Field::PlaylistId) {
            RecordKind::PlaylistTrack
        } else if layout.has(Field::Tag) {
            RecordKind::Tag
        } else if [
            Field::Listener,
            Field::Timestamp,
            Field::Plays,
            Field::Liked,
            Field::Rating,
            Field::Skipped,
        ]
        .into_iter()
        .any(|field| layout.has(field))
        {
            RecordKind::Event
        } else {
            RecordKind::Catalogue
        };
        Self { layout, plan, kind }
    }

    /// What the rows of this table are.
    pub(super) const fn kind(&self) -> RecordKind {
        self.kind
    }

    /// Hands over what one row says.
    pub(super) fn take(&self, cells: &impl Cells, place: Place, sink: &mut Sink) {
        let row = |repeated| Row { cells, layout: &self.layout, plan: self.plan, repeated, place };
        let Some((field, from)) = self.layout.repeated() else {
            return self.take_one(&row(None), sink);
        };
        for index in from..cells.cell_count() {
            if let Some(cell) = cells.cell(index).and_then(values::text) {
                self.take_one(&row(Some((field, cell))), sink);
            }
        }
    }

    fn take_one(&self, row: &Row<'_, impl Cells>, sink: &mut Sink) {
        let fact = match self.kind {
            RecordKind::PlaylistTrack => row.playlist_entry(sink),
            RecordKind::Tag => row.tag(sink),
            RecordKind::Event => row.deed(sink),
            RecordKind::Catalogue | RecordKind::Playlist => {
                row.subject(sink).map(Box::new).map(Fact::Catalogue)
            }
        };
        match fact {
            Ok(fact) => sink.give(row.place, fact),
            Err(RowFault { reason, text }) => sink.drop_record(self.kind, row.place, reason, &text),
        }
    }
}

impl<C: Cells> Row<'_, C> {
    /// The text of a field, where there is any; by its lookup table, where it has one.
    fn text(&self, field: Field) -> Option<&str> {
        let text = match self.repeated {
            Some((repeated, value)) if repeated == field => Some(value),
            _ => self.cells.cell(self.layout.column(field)?).and_then(values::text),
        }?;
        match self.plan.lookups.of(field) {
            Some(table) => table.get(text).map(|name| &**name).filter(|name| !name.is_empty()),
            None => Some(text),
        }
    }

    /// A value made from the text of a field; text that makes none is counted.
    fn value<T>(&self, field: Field, sink: &mut Sink, make: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(field)?;
        let value = make(text);
        if value.is_none() {
            sink.drop_value(field.name(), self.place, text);
        }
        value
    }

    fn number(&self, field: Field, sink: &mut Sink) -> Option<f64> {
        self.value(field, sink, |text| text.parse().ok().filter(|number: &f64| number.is_finite()))
    }

    fn foreign(&self, field: Field) -> Option<ExternalId> {
        values::foreign(self.plan.options.space.as_deref()?, self.text(field)?)
    }

    /// A listener's id means something in its space only, and so does the name made of it.
    fn listener(&self) -> Result<Option<Box<str>>, RowFault> {
        if !self.layout.has(Field::Listener) {
            return Ok(None);
        }
        let name = self.text(Field::Listener).ok_or(DropReason::NoName)?;
        Ok(Some(match self.plan.options.space.as_deref() {
            Some(space) => format!("{space}/{name}").into(),
            None => name.into(),
        }))
    }

    fn artist(&self, sink: &mut Sink) -> Option<ArtistDescription> {
        let mbid = self.value(Field::ArtistMbid, sink, values::mbid);
        let external: Vec<ExternalId> = mbid.into_iter().chain(self.foreign(Field::ArtistId)).collect();
        let name = self.text(Field::Artist).unwrap_or("");
        (!name.is_empty() || !external.is_empty()).then(|| ArtistDescription {
            name: name.to_owned(),
            external,
            ..Default::default()
        })
    }

    fn subject(&self, sink: &mut Sink) -> Result<Subject, RowFault> {
        if self.layout.is_about_tracks() {
            return Ok(Subject::Track(self.track(sink)?));
        }
        let mut artist = self.artist(sink).ok_or(DropReason::NoName)?;
        artist.tags = self.genres();
        Ok(Subject::Artist(artist))
    }

    fn track(&self, sink: &mut Sink) -> Result<TrackDescription, RowFault> {
        let external: Vec<ExternalId> = [
            self.value(Field::TrackMbid, sink, values::mbid),
            self.value(Field::SpotifyUri, sink, |text| values::spotify(SpotifyKind::Track, text)),
            self.foreign(Field::TrackId),
            self.value(Field::Isrc, sink, values::isrc),
        ]
        .into_iter()
        .flatten()
        .collect();
        let title = self.text(Field::Track).unwrap_or("");
        let artist = self.artist(sink);
        // A title without an artist is found again by an id only.
        if external.is_empty() && (title.is_empty() || artist.is_none()) {
            return Err(DropReason::NoName.into());
        }
        let date = self.value(Field::ReleaseDate, sink, |text| text.parse::<ReleaseDate>().ok());
        let release = self.release(date, sink);
        let ms = self.number(Field::DurationMs, sink).and_then(|ms| values::duration(ms, 1.0));
        let duration =
            ms.or_else(|| self.number(Field::DurationS, sink).and_then(|s| values::duration(s, 1_000.0)));
        Ok(TrackDescription {
            title: title.to_owned(),
            artists: artist.into_iter().collect(),
            date: date.filter(|_| release.is_none()),
            release,
            duration,
            explicit: None,
            external,
            tags: self.genres(),
            sound: self.sound(sink),
        })
    }

    fn release(&self, date: Option<ReleaseDate>, sink: &mut Sink) -> Option<ReleaseDescription> {
        let mbid = self.value(Field::AlbumMbid, sink, values::mbid);
        let external: Vec<ExternalId> = mbid.into_iter().chain(self.foreign(Field::AlbumId)).collect();
        let title = self.text(Field::Album).unwrap_or("");
        (!title.is_empty() || !external.is_empty()).then(|| ReleaseDescription {
            title: title.to_owned(),
            artist: None,
            kind: None,
            date,
            external,
        })
    }

    fn genres(&self) -> Vec<TagDescription> {
        [Field::Genre, Field::Subgenre]
            .into_iter()
            .filter_map(|field| self.text(field))
            .map(TagDescription::genre)
            .collect()
    }

    fn sound(&self, sink: &mut Sink) -> Sound {
        let mut sound = Sound::default();
        for feature in SoundFeature::ALL {
            let field = Field::Sound(feature);
            let Some(text) = self.text(field) else { continue };
            let is_set = text.parse().is_ok_and(|value: f32| sound.set(feature, value).is_ok());
            if !is_set {
                sink.drop_value(field.name(), self.place, text);
            }
        }
        sound
    }

    fn playlist_entry(&self, sink: &mut Sink) -> Result<Fact, RowFault> {
        let external = self.foreign(Field::PlaylistId);
        let title = self.text(Field::Playlist).or(self.text(Field::PlaylistId)).unwrap_or("");
        if title.is_empty() && external.is_none() {
            return Err(RowFault::new(DropReason::NoName, "it names no playlist"));
        }
        if !self.layout.is_about_tracks() {
            return Err(RowFault::new(DropReason::NoName, "it names no track"));
        }
        let track = self.track(sink)?;
        let position = self.number(Field::Position, sink);
        let position = position.filter(|p| (0.0..f64::from(u32::MAX)).contains(p)).map(|p| p as u32);
        Ok(Fact::PlaylistEntry(Box::new(PlaylistEntry {
            owner: self.listener()?,
            external,
            title: title.into(),
            position,
            track,
        })))
    }

    fn tag(&self, sink: &mut Sink) -> Result<Fact, RowFault> {
        let Some(tag) = self.text(Field::Tag) else {
            return Err(RowFault::new(
                DropReason::NoName,
                "it has no tag, or one that the lookup table does not have",
            ));
        };
        let tag: Box<str> = tag.into();
        let subject = match self.subject(sink)? {
            // A tag alone makes no sense of an id that nobody knows.
            Subject::Track(track) if track.title.is_empty() => {
                Subject::KnownTrack(track.external.into_iter().next().ok_or(DropReason::NoName)?)
            }
            Subject::Artist(artist) if artist.name.is_empty() => {
                Subject::KnownArtist(artist.external.into_iter().next().ok_or(DropReason::NoName)?)
            }
            subject => subject,
        };
        let kind = tag_kind(&tag);
        Ok(Fact::Tag(Box::new(TagGiven { subject, tag, kind })))
    }

    fn deed(&self, sink: &mut Sink) -> Result<Fact, RowFault> {
        let listener = self.listener()?;
        let subject = self.subject(sink)?;
        let moment = self.moment(sink)?;
        let acts = self.acts(&subject, moment.is_some(), sink)?;
        if acts.is_empty() {
            return Ok(Fact::Catalogue(Box::new(subject)));
        }
        let context = Context {
            utc_offset_minutes: moment.and_then(|moment| moment.utc_offset_minutes),
            ..Context::default()
        };
        let at = moment.map(|moment| moment.at);
        Ok(Fact::Deed(Box::new(Deed { listener, subject, acts, at, context })))
    }

    fn moment(&self, sink: &Sink) -> Result<Option<Moment>, RowFault> {
        let Some(text) = self.text(Field::Timestamp) else { return Ok(None) };
        let local = self.plan.options.utc_offset.unwrap_or_default();
        let moment = time::parse(text, &self.plan.options.table.time, local)
            .ok_or_else(|| RowFault::new(DropReason::UnreadableTime, format!("`{text}` is no time")))?;
        sink.check_time(moment.at)?;
        Ok(Some(moment))
    }

    /// What was done; nothing where the row only describes a track.
    fn acts(
        &self,
        subject: &Subject,
        has_time: bool,
        sink: &mut Sink,
    ) -> Result<SmallVec<[Act; 1]>, RowFault> {
        let mut acts = SmallVec::new();
        let has = |field| self.layout.has(field);
        let tells_opinion = has(Field::Liked) || has(Field::Rating);
        let tells_play = has(Field::PlayedMs) || has(Field::Skipped);
        if self.value(Field::Liked, sink, values::flag) == Some(true) {
            acts.push(Act::Liked);
        }
        if let Some(stars) = self.value(Field::Rating, sink, stars) {
            acts.push(Act::Rated { stars });
        }
        if has(Field::Plays) {
            let plays = self.text(Field::Plays).map(plays).transpose()?;
            acts.extend(plays.filter(|plays| *plays > 0).map(|plays| Act::PlayedBefore { plays }));
        } else if has(Field::Timestamp) || tells_play {
            if tells_opinion && !tells_play {
                return Ok(acts);
            }
            if !has_time {
                return Err(DropReason::NoTime.into());
            }
            if !matches!(subject, Subject::Track(_)) {
                return Err(RowFault::new(DropReason::NoName, "it has a time but no track"));
            }
            acts.push(self.play(sink));
        } else if !tells_opinion {
            acts.push(Act::PlayedBefore { plays: 1 });
        }
        Ok(acts)
    }

    fn play(&self, sink: &mut Sink) -> Act {
        let played: Option<Millis> =
            self.number(Field::PlayedMs, sink).and_then(|ms| values::played(ms, 1.0));
        let start = PlayStart::Unknown;
        if self.value(Field::Skipped, sink, values::flag) == Some(true) {
            Act::Skipped { played, start, direction: SkipDirection::Forward }
        } else {
            Act::Played { played, start }
        }
    }
}

/// A count of plays, also where a tool has written it as `3.0`.
fn plays(text: &str) -> Result<u32, RowFault> {
    let count = text.parse().ok().filter(|count: &f64| count.fract() == 0.0);
    let count = count.filter(|count| (0.0..=f64::from(u32::MAX)).contains(count));
    count
        .map(|count| count as u32)
        .ok_or_else(|| RowFault::new(DropReason::Malformed, format!("`{text}` is no number of plays")))
}

/// Whole stars, 0 to 5.
fn stars(text: &str) -> Option<u8> {
    let stars = text.parse().ok().filter(|stars: &f64| stars.fract() == 0.0 && (0.0..=5.0).contains(stars));
    stars.map(|stars| stars as u8)
}
