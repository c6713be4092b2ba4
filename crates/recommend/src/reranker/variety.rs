//! Variety: each pick should add something to those before it.
//!
//! *Source*: Carbonell, Goldstein, "The use of MMR, diversity-based reranking for reordering documents and producing
//! summaries", 1998.

use super::{Adjustment, Ranked, Reranker};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Maximal marginal relevance: the score less the mix's variety times the likeness to the nearest pick before.
#[derive(Debug)]
pub(super) struct Variety;

/// Candidates that are looked at, per pick wanted.
const POOL_PER_PICK: usize = 5;
/// Candidates handed on, per pick wanted, so that the spacing of artists has something to choose from.
const KEPT_PER_PICK: usize = 3;
/// Candidates that are looked at in any case.
const POOL_MIN: usize = 60;

impl Reranker for Variety {
    fn name(&self) -> &'static str {
        "variety"
    }

    fn rerank(&self, query: &Query, snapshot: &Snapshot, ranked: Vec<Ranked>) -> Vec<Ranked> {
        let strength = query.request.mix.variety;
        let mut pool = ranked;
        pool.truncate((POOL_PER_PICK * query.limit).max(POOL_MIN));
        let kept_count = (KEPT_PER_PICK * query.limit).max(POOL_MIN).min(pool.len());
        // The nearest pick so far of each candidate, brought up to date with every new pick.
        let mut nearest = vec![(0.0_f32, None); pool.len()];
        let mut taken = vec![false; pool.len()];
        let mut chosen = Vec::with_capacity(kept_count);
        while chosen.len() < kept_count {
            let marginal = |index: usize| pool[index].score - strength * nearest[index].0;
            let open = (0..pool.len()).filter(|&index| !taken[index]);
            // Of equals the earlier one, which has the better score.
            let Some(best) = open.max_by(|&a, &b| marginal(a).total_cmp(&marginal(b)).then(b.cmp(&a))) else {
                break;
            };
            taken[best] = true;
            let mut pick = pool[best].clone();
            if let (likeness, Some(because_of)) = nearest[best] {
                let contribution = -strength * likeness;
                pick.score += contribution;
                pick.adjustments.push(Adjustment { name: self.name(), contribution, because_of });
            }
            for (index, candidate) in pool.iter().enumerate().filter(|&(index, _)| !taken[index]) {
                let likeness = snapshot.target_likeness(pick.target, candidate.target);
                if likeness > nearest[index].0 {
                    nearest[index] = (likeness, Some(pick.target));
                }
            }
            chosen.push(pick);
        }
        chosen
    }
}
