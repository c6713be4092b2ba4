//! Adds up what several anchors say about the same track, and remembers which of them said most.

use music::Target;
use rustc_hash::FxHashMap;

use super::PROPOSAL_LIMIT;
use crate::candidate::Candidate;
use crate::evidence::Evidence;

/// Proposals in the making.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    by_target: FxHashMap<Target, Gathered>,
}

#[derive(Debug)]
struct Gathered {
    sum: f32,
    strongest: f32,
    evidence: Evidence,
}

impl Gathering {
    /// Adds `score` for `target`; the evidence of the largest single score stays.
    pub(super) fn add(&mut self, target: Target, score: f32, evidence: Evidence) {
        let gathered =
            self.by_target.entry(target).or_insert(Gathered { sum: 0.0, strongest: score, evidence });
        gathered.sum += score;
        if score > gathered.strongest {
            gathered.strongest = score;
            gathered.evidence = evidence;
        }
    }

    /// The targets with the highest sums, best first, ties by id.
    pub(super) fn into_proposals(self) -> Vec<Candidate> {
        let mut proposals = self.into_sorted();
        proposals.truncate(PROPOSAL_LIMIT);
        proposals
    }

    /// All targets, best first, ties by id.
    pub(super) fn into_sorted(self) -> Vec<Candidate> {
        let candidate = |(target, gathered): (Target, Gathered)| Candidate {
            target,
            score: gathered.sum,
            evidence: gathered.evidence,
        };
        let mut proposals: Vec<Candidate> = self.by_target.into_iter().map(candidate).collect();
        proposals.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.target.cmp(&b.target)));
        proposals
    }
}
