//! How good a ranking is, and how sure we can be of that.
//!
//! A metric looks at one listener's ranked list and at what that listener really turned to; averages over listeners
//! and their uncertainty come from [`Interval`].
//! It ranks nothing itself and knows no protocol; [`crate::eval`] does.

mod bootstrap;
mod classification;
mod distribution;
mod ranking;
mod spread;

pub use bootstrap::{Interval, RESAMPLES, bootstrap, bootstrap_difference, bootstrap_gap};
pub use classification::auc;
pub use distribution::{coverage, gini};
pub use ranking::{Metric, Relevant};
pub use spread::Yardstick;
