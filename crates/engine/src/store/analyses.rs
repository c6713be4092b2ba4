//! What was heard in files: analyses by the hash of their sound; and what their words and covers are like, by file.
//!
//! They are derived state in a database of their own, `analyses.db`: delete it, and the next scan makes it anew.
//! A file that is moved or gets other tags keeps its hash, and so its analysis.

mod analysis_store;
mod booklets;
mod heard;

#[cfg(test)]
mod tests;

pub use analysis_store::AnalysisStore;
pub use booklets::StoredBooklet;
pub use heard::{Heard, StoredAnalysis};
