//! What an import did: the closing table, whose counts add up.
//!
//! Each record that was read ends in exactly one of three ways: stored, known already, or dropped with a reason.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::drop_reason::DropReason;
use super::error::{ImportError, Place};
use super::field::Field;
use super::limits::{EXAMPLE_COUNT_MAX, EXAMPLE_LEN_MAX};

/// What an import did.
#[derive(Debug, Default, Serialize)]
pub struct ImportReport {
    /// The files that were read, in order.
    pub files: Vec<FileReport>,
    /// What became of the records, by kind.
    pub records: Records,
    /// What is new in the catalogue.
    pub new: NewThings,
    /// The full name of the first listener of whom something was told, as an example of what names look like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listener: Option<Box<str>>,
    /// Records that were dropped, by kind and reason.
    pub dropped: Vec<Dropped>,
    /// Values that were dropped from records that were taken all the same.
    pub dropped_values: Vec<DroppedValue>,
}

/// One file, or one member of an archive.
#[derive(Debug, Serialize)]
pub struct FileReport {
    /// Its name; that of an archive's member stands behind the archive's.
    pub name: Arc<str>,
    /// Lines, elements or rows that were read.
    pub row_count: u64,
    /// Which column was taken for what, in a table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnUse>,
    /// Where and why reading ended too early; what stood before it is stored.
    #[serde(serialize_with = "as_text")]
    pub error: Option<ImportError>,
}

/// One column of a table and what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnUse {
    /// The meaning.
    pub field: Field,
    /// The column's name, or its number where it has none.
    pub column: Box<str>,
    /// Whether this was concluded from the column's name, and not said by anybody.
    pub inferred: bool,
}

fn as_text<S: Serializer>(error: &Option<ImportError>, serializer: S) -> Result<S::Ok, S::Error> {
    match error {
        Some(error) => serializer.collect_str(error),
        None => serializer.serialize_none(),
    }
}

/// What a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// Something that a listener did.
    Event,
    /// A playlist.
    Playlist,
    /// A track in a playlist.
    PlaylistTrack,
    /// A track or artist, and nothing about anybody.
    Catalogue,
    /// A tag that somebody gave.
    Tag,
}

impl RecordKind {
    /// What one of them is called.
    pub const fn singular(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Playlist => "playlist",
            Self::PlaylistTrack => "track in a playlist",
            Self::Catalogue => "catalogue row",
            Self::Tag => "tag row",
        }
    }

    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Event, Self::Playlist, Self::PlaylistTrack, Self::Catalogue, Self::Tag];

    /// What many of them are called.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Event => "events",
            Self::Playlist => "playlists",
            Self::PlaylistTrack => "tracks in playlists",
            Self::Catalogue => "catalogue rows",
            Self::Tag => "tag rows",
        }
    }
}

/// Counts for each kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Records {
    /// Plays, skips, likes and the like.
    pub events: Tally,
    /// Playlists.
    pub playlists: Tally,
    /// Tracks in playlists.
    pub playlist_tracks: Tally,
    /// Tracks and artists alone.
    pub catalogue: Tally,
    /// Tags.
    pub tags: Tally,
}

impl Records {
    /// The counts of one kind.
    pub const fn of(&self, kind: RecordKind) -> &Tally {
        match kind {
            RecordKind::Event => &self.events,
            RecordKind::Playlist => &self.playlists,
            RecordKind::PlaylistTrack => &self.playlist_tracks,
            RecordKind::Catalogue => &self.catalogue,
            RecordKind::Tag => &self.tags,
        }
    }

    pub(super) const fn of_mut(&mut self, kind: RecordKind) -> &mut Tally {
        match kind {
            RecordKind::Event => &mut self.events,
            RecordKind::Playlist => &mut self.playlists,
            RecordKind::PlaylistTrack => &mut self.playlist_tracks,
            RecordKind::Catalogue => &mut self.catalogue,
            RecordKind::Tag => &mut self.tags,
        }
    }
}

/// What became of the records of one kind: `read` is the sum of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Found in the files.
    pub read: u64,
    /// On disk now, and not before.
    pub stored: u64,
    /// There already.
    pub known: u64,
    /// Not taken; [`ImportReport::dropped`] says why.
    pub dropped: u64,
}

impl Tally {
    /// Whether every record that was read has ended in one of the three ways.
    pub const fn adds_up(&self) -> bool {
        self.read == self.stored + self.known + self.dropped
    }

    const fn add(&mut self, other: Self) {
        self.read += other.read;
        self.stored += other.stored;
        self.known += other.known;
        self.dropped += other.dropped;
    }
}

/// What the catalogue has learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct NewThings {
    /// Listeners.
    pub listeners: u64,
    /// Artists.
    pub artists: u64,
    /// Releases.
    pub releases: u64,
    /// Tracks.
    pub tracks: u64,
    /// Playlists.
    pub playlists: u64,
    /// Tags.
    pub tags: u64,
}

/// Records that were dropped for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// What they would have been.
    pub kind: RecordKind,
    /// Why.
    pub reason: DropReason,
    /// How many.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<Example>,
}

/// Values that were dropped for being none, while their records were taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DroppedValue {
    /// Which value.
    pub value: &'static str,
    /// How many.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<Example>,
}

/// One record or value that was dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    /// The file.
    pub file: Arc<str>,
    /// Where in the file, where that can be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What was wrong, in a line.
    pub text: Box<str>,
}

impl Example {
    pub(super) fn new(file: &Arc<str>, place: Option<Place>, text: &str) -> Self {
        Self { file: Arc::clone(file), place, text: printable(text, EXAMPLE_LEN_MAX) }
    }
}

/// The text cut to `length_max` characters, without anything that a terminal would obey.
pub(super) fn printable(text: &str, length_max: usize) -> Box<str> {
    let mut shown: String =
        text.chars().take(length_max).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if shown.len() < text.len() && text.chars().nth(length_max).is_some() {
        shown.push('…');
    }
    shown.into()
}

impl ImportReport {
    /// Whether every file was read to its end.
    pub fn is_whole(&self) -> bool {
        self.files.iter().all(|file| file.error.is_none())
    }

    /// Whether the counts of every kind add up, and so do the reasons for dropping.
    pub fn adds_up(&self) -> bool {
        RecordKind::ALL.into_iter().all(|kind| {
            let tally = self.records.of(kind);
            let reasons = self.dropped.iter().filter(|dropped| dropped.kind == kind);
            tally.adds_up() && tally.dropped == reasons.map(|dropped| dropped.count).sum::<u64>()
        })
    }

    pub(super) const fn read(&mut self, kind: RecordKind, count: u64) {
        self.records.of_mut(kind).read += count;
    }

    pub(super) const fn stored(&mut self, kind: RecordKind, count: u64) {
        self.records.of_mut(kind).stored += count;
    }

    pub(super) const fn known(&mut self, kind: RecordKind, count: u64) {
        self.records.of_mut(kind).known += count;
    }

    /// Counts records that were dropped; `example` is asked for only while there is room for it.
    pub(super) fn drop_records(
        &mut self,
        kind: RecordKind,
        reason: DropReason,
        count: u64,
        example: impl FnOnce() -> Example,
    ) {
        if count == 0 {
            return;
        }
        self.records.of_mut(kind).dropped += count;
        let known = self.dropped.iter_mut().find(|dropped| dropped.kind == kind && dropped.reason == reason);
        match known {
            Some(dropped) => {
                dropped.count += count;
                if dropped.examples.len() < EXAMPLE_COUNT_MAX {
                    dropped.examples.push(example());
                }
            }
            None => self.dropped.push(Dropped { kind, reason, count, examples: vec![example()] }),
        }
    }

    /// Counts a value that was dropped.
    pub(super) fn drop_value(&mut self, value: &'static str, example: impl FnOnce() -> Example) {
        match self.dropped_values.iter_mut().find(|dropped| dropped.value == value) {
            Some(dropped) => {
                dropped.count += 1;
                if dropped.examples.len() < EXAMPLE_COUNT_MAX {
                    dropped.examples.push(example());
                }
            }
            None => {
                self.dropped_values.push(DroppedValue { value, count: 1, examples: vec![example()] });
            }
        }
    }

    /// Takes over what another part of the same import has counted.
    pub(super) fn merge(&mut self, other: Self) {
        self.files.extend(other.files);
        for kind in RecordKind::ALL {
            self.records.of_mut(kind).add(*other.records.of(kind));
        }
        self.new.add(other.new);
        self.listener = self.listener.take().or(other.listener);
        for theirs in other.dropped {
            let same = |mine: &&mut Dropped| mine.kind == theirs.kind && mine.reason == theirs.reason;
            match self.dropped.iter_mut().find(same) {
                Some(mine) => {
                    mine.count += theirs.count;
                    mine.examples.extend(theirs.examples);
                    mine.examples.truncate(EXAMPLE_COUNT_MAX);
                }
                None => self.dropped.push(theirs),
            }
        }
        for theirs in other.dropped_values {
            match self.dropped_values.iter_mut().find(|mine| mine.value == theirs.value) {
                Some(mine) => {
                    mine.count += theirs.count;
                    mine.examples.extend(theirs.examples);
                    mine.examples.truncate(EXAMPLE_COUNT_MAX);
                }
                None => self.dropped_values.push(theirs),
            }
        }
        self.dropped.sort_by_key(|dropped| (dropped.kind, std::cmp::Reverse(dropped.count), dropped.reason));
    }
}

impl NewThings {
    const fn add(&mut self, other: Self) {
        self.listeners += other.listeners;
        self.artists += other.artists;
        self.releases += other.releases;
        self.tracks += other.tracks;
        self.playlists += other.playlists;
        self.tags += other.tags;
    }

    /// Adds what there is more in `after` than in `before`.
    pub(super) const fn add_growth(&mut self, before: Self, after: Self) {
        self.add(Self {
            listeners: after.listeners - before.listeners,
            artists: after.artists - before.artists,
            releases: after.releases - before.releases,
            tracks: after.tracks - before.tracks,
            playlists: after.playlists - before.playlists,
            tags: after.tags - before.tags,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(number: u64) -> Example {
        Example::new(&Arc::from("a.csv"), Some(Place::Row(number)), "wrong")
    }

    #[test]
    fn the_first_examples_are_kept_and_all_are_counted() {
        let mut report = ImportReport::default();
        report.read(RecordKind::Event, 5);
        for number in 1..=4 {
            report.drop_records(RecordKind::Event, DropReason::NoTime, 1, || example(number));
        }
        assert!(!report.adds_up(), "one record has not ended yet");
        report.known(RecordKind::Event, 1);
        assert!(report.adds_up());
        let dropped = &report.dropped[0];
        assert_eq!(dropped.count, 4);
        let places: Vec<_> = dropped.examples.iter().filter_map(|example| example.place).collect();
        assert_eq!(places, [Place::Row(1), Place::Row(2), Place::Row(3)]);
    }

    #[test]
    fn examples_are_cut_and_hold_nothing_a_terminal_obeys() {
        assert_eq!(&*printable("a\u{1b}[2Jb\n", 10), "a\u{FFFD}[2Jb\u{FFFD}");
        assert_eq!(&*printable("äöü", 2), "äö…");
        assert_eq!(&*printable("äö", 2), "äö");
    }
}
