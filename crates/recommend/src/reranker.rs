//! What depends on the slate as a whole: variety, and the spacing of artists.

mod artist_spacing;
mod variety;

use std::fmt;

use music::Target;

use crate::query::Query;
use crate::snapshot::Snapshot;

/// One candidate on its way into the slate.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// What it is.
    pub target: Target,
    /// Its row among the candidates.
    pub row: usize,
    /// Its score, adjustments included.
    pub score: f32,
    /// What rerankers added, by name.
    pub adjustments: Vec<Adjustment>,
}

/// What a reranker added to a score, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adjustment {
    /// The reranker.
    pub name: &'static str,
    /// What it added; mostly negative.
    pub contribution: f32,
    /// What the target was compared with.
    pub because_of: Target,
}

/// Reorders the best candidates, looking at them together.
pub trait Reranker: Send + Sync + fmt::Debug {
    /// Its name in traces and reasons.
    fn name(&self) -> &'static str;

    /// The candidates in their new order; may end earlier, must not add any.
    fn rerank(&self, query: &Query, snapshot: &Snapshot, ranked: Vec<Ranked>) -> Vec<Ranked>;
}

/// All rerankers, in the order in which they run.
pub static RERANKERS: &[&dyn Reranker] = &[&variety::Variety, &artist_spacing::ArtistSpacing];
