//! What depends on the slate as a whole and what stands around it: what picks add to each other, chance, the spacing of artists, and the order.

mod artist_spacing;
mod composition;
mod elsewhere;
pub(crate) mod exploration;
mod flow;

use std::fmt;

use music::{TagId, Target};

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
    /// How probable it was that it got its place, given all candidates and what was drawn for earlier places; 1 where
    /// nothing was drawn.
    pub propensity: f32,
}

/// What a reranker added to a score, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adjustment {
    /// The aspect of the slate.
    pub name: &'static str,
    /// What it added.
    pub contribution: f32,
    /// What it comes from.
    pub because: Because,
}

/// What an adjustment comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Because {
    /// The target is like this earlier pick.
    Like(Target),
    /// The slate has less, or more, of this genre than the listener likes.
    Genre(TagId),
    /// The target is new to the listener, who seeks more that is new, or less.
    New,
    /// The target is known to the listener, who seeks more that is known, or less.
    Known,
    /// The slate has less, or more, beside the listener's main genres than the listener likes.
    OtherGenres,
    /// The page shows it elsewhere already.
    Elsewhere,
    /// The slate as a whole.
    Slate,
}

/// Reorders the best candidates, looking at them together.
pub trait Reranker: Send + Sync + fmt::Debug {
    /// Its name in traces and reasons.
    fn name(&self) -> &'static str;

    /// The candidates in their new order, to stand behind those of `before`; may end earlier, must not add any.
    fn rerank(
        &self,
        query: &Query,
        snapshot: &Snapshot,
        before: &[Ranked],
        ranked: Vec<Ranked>,
    ) -> Vec<Ranked>;
}

/// All rerankers, in the order in which they run.
pub static RERANKERS: &[&dyn Reranker] = &[
    &elsewhere::Elsewhere,
    &composition::Composition,
    &artist_spacing::ArtistSpacing,
    &exploration::Exploration,
    &flow::Flow,
];
