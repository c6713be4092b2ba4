//! Interactions become models: factors, neighbours, popularity, calibration, and the metrics that judge them.
//!
//! It depends on no other crate of ours: listeners, items and playlists are row numbers.
//! It does no I/O beyond the readers it is handed, reads no clock and owns no randomness; the same input and seed
//! give the same output with any number of threads.
//! Fitting sits behind the feature `train` (on by default); without it inference and fold-in remain.

pub mod arm;
#[cfg(feature = "train")]
pub mod attributes;
pub mod blocks;
pub mod boost;
pub mod calibration;
#[cfg(feature = "train")]
pub mod care;
#[cfg(feature = "train")]
pub mod cooccurrence;
#[cfg(feature = "train")]
pub mod ease;
pub mod error;
#[cfg(feature = "train")]
pub mod eval;
pub mod factors;
pub mod ials;
#[cfg(feature = "train")]
pub mod influence;
pub mod inner_product;
pub mod interleaving;
pub mod kernel;
#[cfg(feature = "train")]
pub mod knn;
#[cfg(feature = "train")]
pub mod latent_terms;
#[cfg(feature = "train")]
pub mod metrics;
pub mod neighbours;
#[cfg(feature = "train")]
pub mod off_policy;
#[cfg(feature = "train")]
pub mod onboarding;
pub mod popularity;
#[cfg(feature = "train")]
pub mod principal;
pub mod progress;
pub mod reception;
#[cfg(feature = "train")]
pub mod representation;
#[cfg(feature = "train")]
pub mod rp3beta;
pub mod sample_ratio;
pub mod segments;
pub mod sequence;
pub mod sparse;
pub mod title;
mod top_k;
#[cfg(feature = "train")]
pub mod user_knn;
#[cfg(feature = "train")]
pub mod vector_index;

pub use error::LearnError;
pub use factors::Factors;
pub use neighbours::Neighbours;
pub use progress::Progress;
pub use sparse::Sparse;
pub use top_k::{Best, top_k};
