//! A query and a snapshot become an explained slate.
//!
//! The stages stand in one file each, and a request passes through them in this order:
//!
//! | stage | trait | what it may do |
//! |---|---|---|
//! | [`source`] | [`Source`] | propose targets, each with a raw score and its evidence |
//! | [`filter`] | [`Filter`] | drop a target, with a reason |
//! | [`scorer`] | [`Scorer`] | fill one column over all candidates |
//! | [`feature`], [`ranker`] | `RankingModel` | add up what columns and facts are worth: contributions are the explanation |
//! | [`perspective`], [`adaptation`] | – | add what experts see, as far as this listener answers to each |
//! | [`adjuster`], [`sliders`] | – | add what the listener leans to and asks for |
//! | [`reranker`] | [`Reranker`] | reorder: what picks add to each other, places left to chance, spacing, flow |
//! | [`mix`] | – | say which of all these a product uses; [`rows`] says in which order a page shows them |
//!
//! [`pipeline::recommend`] runs them, [`blend`] for several listeners at once; [`explain`] puts the contributions into words; [`slate`] is what comes out.
//! Tracks that somebody describes in words are found by [`search`](search::search), past all of these.
//! What a request reads is in [`snapshot`] (the music and what was learnt) and [`query`] (the listener and the
//! wish).
//!
//! The crate is pure: it reads no clock and owns no randomness; even the threads that sources run on belong to the
//! [`runner::Runner`] it is handed.

pub mod adaptation;
pub mod adjuster;
pub mod attributes;
pub mod blend;
pub mod candidate;
mod chance;
pub mod column;
pub mod combination;
pub mod company;
mod directions;
pub mod evidence;
pub mod explain;
pub mod feature;
pub mod filter;
#[cfg(test)]
mod fixture;
mod gathered;
pub mod heads;
pub mod listener;
pub mod mix;
pub mod models;
mod packed;
pub mod perspective;
pub mod pipeline;
pub mod playlists;
pub mod pulse;
pub mod query;
pub mod ranker;
mod releases;
pub mod reranker;
pub mod rows;
pub mod runner;
pub mod scorer;
pub mod search;
pub mod segments;
pub mod skip_meaning;
pub mod slate;
pub mod sliders;
pub mod snapshot;
pub mod sound_space;
pub mod source;
pub mod stage;

pub use adaptation::{Belief, Outcomes};
pub use adjuster::Leaning;
pub use candidate::{Candidate, Candidates};
pub use column::Column;
pub use combination::Combination;
pub use company::{Companion, Company};
pub use evidence::Evidence;
pub use feature::Features;
pub use filter::Filter;
pub use gathered::Gathered;
pub use heads::{Head, HeadQuality};
pub use listener::ListenerView;
pub use mix::{MIXES, Mix};
pub use models::{Contest, Models, Questions, Ranking, SourceCalibration};
pub use perspective::{PERSPECTIVES, Perspective, Views};
pub use pipeline::{Drawable, Why, drawables, recommend};
pub use playlists::{SharedPlaylist, SharedPlaylists};
pub use pulse::Pulse;
pub use query::{Aim, Answer, Query, Request, Seed};
pub use ranker::{Ranker, Trees};
pub use reranker::Reranker;
pub use runner::{Inline, Runner};
pub use scorer::Scorer;
pub use segments::ListenerSegments;
pub use skip_meaning::{SkipMeaning, SkipQuality, SnapshotReading};
pub use slate::{Pick, Reason, Slate, Trace};
pub use sliders::Sliders;
pub use snapshot::Snapshot;
pub use source::{SOURCES, Source, SourceError};
pub use stage::Stage;
