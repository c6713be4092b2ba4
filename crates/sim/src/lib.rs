//! A simulated world of music and listeners whose tastes are known.
//!
//! Nobody outside a streaming service has a log in which the reason for a skip stands beside the skip.
//! Here is one: a [`World`] composes a catalogue, invents people with several selves each, and lets them listen for
//! some months; what they do comes out as ordinary [`music::Event`]s, and why they did it stays available for tests.
//!
//! | question | module |
//! |---|---|
//! | how large, from which seed? | [`params`] |
//! | what music is there? | [`style`], [`artist`], [`composition`], placed in a hidden [`space`] |
//! | who listens? | [`listener`], made of [`persona`]s that are awake on [`occasion`]s |
//! | what would they enjoy? | [`enjoyment`], a pure function of the moment and the [`past`] |
//! | by which mechanism? | that of the world's [`family`] |
//! | what do they do? | [`behaviour`] |
//! | how is the music told to an engine? | [`describe`] |
//! | which playlists are made, and with how much care? | [`playlist_plan`] |
//! | how does all of it get into an engine? | [`populate`] |
//! | how much better is one recommender than another, over weeks? | [`experiment`] |
//! | how does a song sound whose beats, chords and form are known? | [`song`] |
//!
//! `cargo run --release -p sim --example portrait` prints what goes on in a world.
//!
//! The generator is pure: no clock, no I/O, all chance from the seed; only [`populate`] and [`experiment`] write.
//! It claims to be plausible, not to be measured on real people: shapes follow the literature where a constant says
//! so, and everything else is set by judgement.
//!
//! ```
//! use sim::{Moment, World, WorldParams};
//!
//! let params = WorldParams { track_count: 400, artist_count: 60, listener_count: 5, day_count: 7, ..Default::default() };
//! let world = World::new(&params)?;
//! let mut skips = 0;
//! world.simulate(&mut |sim_event| {
//!     skips += u32::from(sim_event.truth.is_some());
//! });
//! let listener = world.listeners()[0].id;
//! let enjoyment = world.enjoyment(listener, world.catalogue().tracks()[0].id, &Moment::at(params.start));
//! assert!((0.0..=1.0).contains(&enjoyment));
//! # Ok::<(), sim::WorldError>(())
//! ```

pub mod artist;
pub mod behaviour;
pub mod composition;
pub mod describe;
pub mod enjoyment;
pub mod error;
pub mod experiment;
pub mod family;
pub mod listener;
pub mod occasion;
pub mod origin;
pub mod params;
pub mod past;
pub mod persona;
pub mod playlist_plan;
pub mod populate;
pub mod song;
pub mod space;
pub mod style;
pub mod trend;
pub mod world;

mod chance;
mod circles;
mod discography;
mod mood;
mod name;
mod sound;
mod source;
mod vocabulary;

pub use artist::ArtistTruth;
pub use behaviour::{Lives, Response, SimEvent, SkipReason};
pub use composition::TrackTruth;
pub use enjoyment::Moment;
pub use error::WorldError;
pub use family::{Family, FamilyError};
pub use listener::{Listener, Temper};
pub use occasion::Occasion;
pub use params::WorldParams;
pub use past::Past;
pub use persona::Persona;
pub use playlist_plan::PlaylistPlan;
pub use populate::{PopulateProgress, Populated, populate};
pub use space::{Axis, Point};
pub use style::Style;
pub use world::World;
