//! How much of a file is believed.
//!
//! A file comes from outside and may be damaged or made to do damage, so everything that grows with it stands here
//! with its greatest size.
//! Names longer than [`NAME_LEN_MAX`](crate::catalogue::NAME_LEN_MAX) and times before 1970 or in the future are
//! refused by the catalogue and by ingest for everybody; those limits are not repeated here.

/// The longest record in bytes: a JSON element, a line, a row of a table, a piece of XML text.
///
/// A longer one drops alone where its end can be found.
/// The largest honest record known is a playlist of the Million Playlist Dataset with 376 tracks: 150 kB.
pub const RECORD_LEN_MAX: usize = 16 << 20;

/// The most line ends within a quoted cell of a table: twice the longest song text.
///
/// A quote that is closed further away was opened by a slip.
pub const QUOTED_LINE_COUNT_MAX: usize = 2_000;

/// The longest playlist that is one JSON document, in bytes: 100,000 tracks of 600 bytes.
pub const DOCUMENT_LEN_MAX: usize = 64 << 20;

/// The longest key of a JSON object that is looked at; a longer one is none of ours.
pub const KEY_LEN_MAX: usize = 256;

/// How deep arrays may lie within arrays around the elements; what is deeper is an element.
pub const ARRAY_DEPTH_MAX: usize = 8;

/// The first bytes of a file, by which its layout is recognised.
pub const HEAD_LEN: usize = 64 << 10;

/// Records that go to the engine together, and are stored together.
///
/// Long enough that a sync costs little per event, short enough that other writers do not wait.
pub const CHUNK_RECORD_COUNT: usize = 4_096;

/// The bytes of input after which records go to the engine, however few they are.
pub const CHUNK_LEN: usize = 4 << 20;

/// Chunks that wait between the parser and the engine.
pub const CHUNK_QUEUE_LEN: usize = 2;

/// The most bytes that one compressed file may hold: twice the Million Playlist Dataset.
pub const DECOMPRESSED_LEN_MAX: u64 = 64 << 30;

/// How many times larger than itself a compressed file may become.
///
/// Listening history shrinks to a twentieth; nothing that says something shrinks to a two-hundredth.
pub const DECOMPRESSED_RATIO_MAX: u64 = 200;

/// What any compressed file may hold, whatever its ratio: this much is read in a second.
pub const DECOMPRESSED_LEN_FREE: u64 = 64 << 20;

/// The most members of an archive; the Million Playlist Dataset has a thousand.
pub const MEMBER_COUNT_MAX: usize = 20_000;

/// The most files that the paths of one import may lead to.
pub const FILE_COUNT_MAX: usize = 100_000;

/// How deep folders are searched.
pub const FOLDER_DEPTH_MAX: usize = 16;

/// The most tracks of one playlist; the rest is dropped and counted.
pub const PLAYLIST_TRACK_COUNT_MAX: usize = 100_000;

/// The most rows of a table that wait until their playlists are whole: 64 MB.
pub const GATHERED_ENTRY_COUNT_MAX: usize = 8_000_000;

/// The most different pairs of a thing and a tag that are counted at once: about 110 MB.
pub const TAG_PAIR_COUNT_MAX: usize = 2_000_000;

/// The most rows of a table that replaces ids by names: about 100 bytes each.
pub const LOOKUP_ROW_COUNT_MAX: usize = 2_000_000;

/// The most columns of a table that have a name.
pub const COLUMN_COUNT_MAX: usize = 4_096;

/// How many examples of each reason for dropping are kept.
pub const EXAMPLE_COUNT_MAX: usize = 3;

/// The longest text of an example, in characters.
pub const EXAMPLE_LEN_MAX: usize = 160;
