//! Events become taste.
//!
//! One event takes three steps: [`session`] says what stretch of listening it belongs to, [`signal`] says what it
//! means there, and [`profile`] adds that to what is known about the listener.
//! [`summary`] reads a profile back in terms of artists, tags, sound and habits; [`persona`] finds the several
//! selves of one listener, from what they like and from each [`sitting`]; [`adventure`] tells how much of what they
//! choose is new to them.
//! [`shelf`] keeps what was shown, mix by mix, and [`searches`] what was searched for.
//! [`circumstances`](mod@circumstances) and [`aftermath`] are what a model learns the meaning of a skip from.
//!
//! The crate is pure: events, the catalogue and the time are arguments, and a profile is the fold of its events.
//!
//! ```
//! use music::{Context, Event, EventKey, ListenerId, Prompt, Target, TrackId, UnixMillis};
//! use taste::TasteProfile;
//!
//! let at = UnixMillis::from_seconds(1_700_000_000);
//! let like = Event {
//!     key: EventKey::from_bytes([1; 16]),
//!     listener: ListenerId::new(0),
//!     at,
//!     prompt: Prompt::Liked { target: Target::Track(TrackId::new(5)) },
//!     context: Context::default(),
//! };
//! let mut profile = TasteProfile::new(ListenerId::new(0));
//! profile.observe(&like, &|_| None);
//! assert!(profile.track(TrackId::new(5)).unwrap().affinity(at) > 0.9);
//! ```

pub mod acquaintance;
pub mod adventure;
pub mod aftermath;
pub mod circumstances;
pub mod decay;
pub mod habits;
pub mod opinion;
pub mod persona;
pub mod profile;
pub mod reading;
pub mod searches;
pub mod session;
pub mod shelf;
pub mod signal;
pub mod sitting;
pub mod summary;

pub use acquaintance::{Acquaintance, acquaintances};
pub use adventure::Adventure;
pub use aftermath::Aftermath;
pub use circumstances::{Background, circumstances};
pub use decay::{Decayed, HalfLife};
pub use habits::{DayPart, Habits};
pub use opinion::Opinion;
pub use persona::Persona;
pub use profile::{ArtistTaste, TasteProfile, TrackTaste};
pub use reading::{Reading, SkipMoment};
pub use searches::Searches;
pub use session::SessionRules;
pub use shelf::Shelf;
pub use signal::{Familiarity, Judgement, Signal, signal};
pub use sitting::Sitting;
pub use summary::TasteSummary;
