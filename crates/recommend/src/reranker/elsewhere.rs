//! A page does not say the same thing twice.

use music::Target;

use super::{Ranked, Reranker};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Leaves out what the page shows elsewhere already, as long as there is enough beside it.
///
/// In a small library the rows of a page would end up empty; there the best of the shown ones come again.
#[derive(Debug)]
pub(super) struct Elsewhere;

impl Reranker for Elsewhere {
    fn name(&self) -> &'static str {
        "elsewhere"
    }

    fn rerank(&self, query: &Query, _: &Snapshot, before: &[Ranked], mut ranked: Vec<Ranked>) -> Vec<Ranked> {
        let is_elsewhere = |ranked: &Ranked| match ranked.target {
            Target::Track(track) => query.request.elsewhere.contains(&track),
            _ => false,
        };
        let fresh_count = ranked.iter().filter(|ranked| !is_elsewhere(ranked)).count();
        let mut room = query.limit.saturating_sub(before.len() + fresh_count);
        ranked.retain(|ranked| {
            let is_let_in = !is_elsewhere(ranked) || room > 0;
            room -= usize::from(is_let_in && is_elsewhere(ranked));
            is_let_in
        });
        ranked
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
