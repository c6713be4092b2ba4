//! From scores to probabilities: isotonic curves, and logistic models whose weights can be read.

mod isotonic;
mod logistic;

pub use isotonic::Isotonic;
pub use logistic::Logistic;
#[cfg(feature = "train")]
pub use logistic::LogisticParams;
