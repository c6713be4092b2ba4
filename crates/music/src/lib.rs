//! The words every other crate speaks: who, what, when, where, and how it sounds.
//!
//! This crate holds data and nothing else.
//! It makes no decisions, reads no clock, does no I/O and owns no randomness, so a phone, a server and a test
//! mean the same thing by the same word.
//!
//! | question | module |
//! |---|---|
//! | how is a track, artist, listener… named? | [`id`] |
//! | what is known about the music itself? | [`catalogue`], made of [`track`], [`artist`], [`release`], [`tag`] |
//! | what did a client or a file say about a track, before it is matched? | [`description`] |
//! | what did a listener do? | [`event`] |
//! | what may a listener wish of tracks as such? | [`wish`] |
//! | where, when and on what did they do it? | [`context`], [`surface`], [`session`] |
//! | what is a playlist, and how did it come to be? | [`playlist`] |
//! | how does a track sound? | [`sound`] for one track's numbers, [`analysis`] for its course in time |
//! | what are its words and its cover like? | [`booklet`] |
//! | what is a millisecond, a tempo, a loudness? | [`unit`], [`key`], [`date`] |
//!
//! ```
//! use music::{Context, Event, EventKey, ListenerId, Millis, Prompt, Surface, TrackId, UnixMillis};
//!
//! let event = Event {
//!     key: EventKey::from_bytes([7; 16]),
//!     listener: ListenerId::new(3),
//!     at: UnixMillis::new(1_700_000_000_000),
//!     prompt: Prompt::skipped(TrackId::new(42), Millis::new(12_400)),
//!     context: Context { surface: Surface::FreshReleases, ..Context::default() },
//! };
//! assert_eq!(event.prompt.track(), Some(TrackId::new(42)));
//! ```

pub mod analysis;
pub mod artist;
pub mod booklet;
pub mod catalogue;
pub mod context;
pub mod date;
pub mod description;
pub mod event;
pub mod external;
pub mod id;
pub mod key;
pub mod playlist;
pub mod release;
#[cfg(feature = "schema")]
mod schema;
pub mod session;
pub mod sound;
mod spelling;
pub mod surface;
pub mod tag;
pub mod track;
pub mod unit;
pub mod wish;

pub use analysis::{Descriptor, FeaturesVersion, TrackAnalysis};
pub use artist::Artist;
pub use booklet::{Booklet, BookletVersion};
pub use catalogue::Catalogue;
pub use context::{Activity, Context, Device, Network, Region, Tier};
pub use date::ReleaseDate;
pub use description::{ArtistDescription, ReleaseDescription, TrackDescription};
pub use event::{Event, EventKey, Impression, PlayStart, Prompt, ShownPick, SkipDirection, Target, Trial};
pub use external::ExternalId;
pub use id::{ArtistId, Id, IdError, ListenerId, PlaylistId, ReleaseId, SlateId, TagId, TrackId};
pub use key::{Key, Mode, PitchClass};
pub use playlist::{Playlist, PlaylistDetails, PlaylistEdit};
pub use release::{Release, ReleaseKind};
pub use session::Session;
pub use sound::{Sound, SoundFeature};
pub use surface::{Mood, PlaylistKind, Surface};
pub use tag::{Tag, TagKind, TagWeight};
pub use track::Track;
pub use unit::{Bpm, Hertz, LocalTime, Lufs, Millis, Seconds, UnixMillis, Weekday};
pub use wish::{Trait, Wish};
