//! A page does not say the same thing twice.

use music::Target;

use super::{Adjustment, Because, Ranked, Reranker};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Puts what the page shows elsewhere already behind everything else.
///
/// It is not left out: in a small library the rows of a page would end up empty.
#[derive(Debug)]
pub(super) struct Elsewhere;

/// What being shown elsewhere costs, in log-odds, more than what any two candidates lie apart; a judgement.
const COST: f32 = 10.0;

impl Reranker for Elsewhere {
    fn name(&self) -> &'static str {
        "elsewhere"
    }

    fn rerank(&self, query: &Query, _: &Snapshot, _: &[Ranked], ranked: Vec<Ranked>) -> Vec<Ranked> {
        let elsewhere = &query.request.elsewhere;
        if elsewhere.is_empty() {
            return ranked;
        }
        let (fresh, mut shown): (Vec<Ranked>, Vec<Ranked>) =
            ranked.into_iter().partition(|ranked| match ranked.target {
                Target::Track(track) => !elsewhere.contains(&track),
                _ => true,
            });
        for ranked in &mut shown {
            ranked.score -= COST;
            let because = Because::Elsewhere;
            ranked.adjustments.push(Adjustment { name: self.name(), contribution: -COST, because });
        }
        fresh.into_iter().chain(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use music::TrackId;

    use crate::fixture::{TRACKS, picked, query, rock_lover, snapshot};
    use crate::query::{Answer, Query};
    use crate::recommend;
    use crate::runner::Inline;

    #[test]
    fn what_stands_elsewhere_on_a_page_comes_again_only_where_nothing_else_is_left() {
        let snapshot = snapshot();
        let plain = query(&snapshot, &rock_lover(), "home", Answer::Tracks, &[]);
        let beside = |elsewhere: Vec<TrackId>| {
            let mut request = plain.request.clone();
            (request.limit, request.elsewhere) = (Some(5), elsewhere);
            let query = Arc::new(Query::new(request, Arc::clone(&plain.listener), &snapshot));
            picked(&recommend(&query, &snapshot, &Inline))
        };
        let first = beside(Vec::new());
        let second = beside(first.clone());
        assert_eq!((first.len(), second.len()), (5, 5));
        assert!(second.iter().all(|track| !first.contains(track)), "{first:?} {second:?}");
        assert_eq!(beside((0..TRACKS).map(TrackId::new).collect()).len(), 5);
    }
}
