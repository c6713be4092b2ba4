//! What sources propose, merged without losing anybody's evidence.

use music::{Target, TrackId};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::column::Column;
use crate::evidence::Evidence;

/// One proposal of one source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// What is proposed.
    pub target: Target,
    /// The source's own score; comparable within this source only.
    pub score: f32,
    /// Why.
    pub evidence: Evidence,
}

impl Candidate {
    /// A track.
    pub const fn track(track: TrackId, score: f32, evidence: Evidence) -> Self {
        Self { target: Target::Track(track), score, evidence }
    }
}

/// What one source said about one target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Support {
    /// The source, by its place in [`crate::SOURCES`].
    pub source: u8,
    /// Its raw score.
    pub score: f32,
    /// The calibrated probability that the listener enjoys it.
    pub confidence: f32,
    /// By how much that exceeds what is usual, in log-odds; the value of the source's column.
    pub lift: f32,
    /// Why.
    pub evidence: Evidence,
}

/// Proposals of each source that are looked at closely in any case.
const KEPT_PER_SOURCE: usize = 20;

/// All targets that any source proposed, with everything that was said about them, and the scorers' columns.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    targets: Vec<Target>,
    support: Vec<SmallVec<[Support; 4]>>,
    columns: Vec<f32>,
}

impl Candidates {
    /// Merges the proposals of all sources; targets stand in the order of their ids.
    ///
    /// A proposal whose score is not finite is left out: a broken source must not spoil a slate.
    pub fn merge(proposals: impl IntoIterator<Item = (Target, Support)>) -> Self {
        let mut rows = FxHashMap::<Target, usize>::default();
        let mut merged = Self::default();
        for (target, support) in proposals {
            if !support.score.is_finite() || !support.lift.is_finite() {
                continue;
            }
            let row = *rows.entry(target).or_insert_with(|| {
                merged.targets.push(target);
                merged.support.push(SmallVec::new());
                merged.targets.len() - 1
            });
            merged.support[row].push(support);
        }
        merged.sort();
        merged
    }

    /// Targets that no source proposed, in the order of their ids, each once.
    pub fn unproposed(targets: impl IntoIterator<Item = Target>) -> Self {
        let mut targets: Vec<Target> = targets.into_iter().collect();
        targets.sort_unstable();
        targets.dedup();
        Self { support: vec![SmallVec::new(); targets.len()], targets, columns: Vec::new() }
    }

    /// Adds those of `targets` that no source proposed.
    pub fn add_unproposed(&mut self, targets: impl IntoIterator<Item = Target>) {
        let known: FxHashSet<Target> = self.targets.iter().copied().collect();
        let mut more: Vec<Target> = targets.into_iter().filter(|target| !known.contains(target)).collect();
        if more.is_empty() {
            return;
        }
        more.sort_unstable();
        more.dedup();
        self.support.resize(self.targets.len() + more.len(), SmallVec::new());
        self.targets.append(&mut more);
        self.sort();
    }

    fn sort(&mut self) {
        let mut rows: Vec<usize> = (0..self.targets.len()).collect();
        rows.sort_unstable_by_key(|&row| self.targets[row]);
        self.targets = rows.iter().map(|&row| self.targets[row]).collect();
        self.support = rows.iter().map(|&row| std::mem::take(&mut self.support[row])).collect();
        for support in &mut self.support {
            support.sort_by_key(|support| support.source);
        }
    }

    /// Keeps the rows for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(Target) -> bool) {
        let kept: Vec<bool> = self.targets.iter().map(|&target| keep(target)).collect();
        let mut flags = kept.iter();
        self.targets.retain(|_| *flags.next().expect("one flag per row"));
        let mut flags = kept.iter();
        self.support.retain(|_| *flags.next().expect("one flag per row"));
    }

    /// Keeps so many: the best of each source, then those for which most speaks; and all for which `is_kept` holds.
    ///
    /// Without the best of each source the sources that agree with each other would leave nothing of those that know
    /// something else.
    pub fn keep_best(&mut self, count: usize, is_kept: impl Fn(Target) -> bool) {
        if self.len() <= count {
            return;
        }
        let mut of_sources: Vec<Vec<(f32, usize)>> = Vec::new();
        for (row, supports) in self.support.iter().enumerate() {
            for support in supports {
                let source = usize::from(support.source);
                of_sources.resize_with(of_sources.len().max(source + 1), Vec::new);
                of_sources[source].push((support.score, row));
            }
        }
        let mut kept: Vec<bool> = self.targets.iter().map(|&target| is_kept(target)).collect();
        for rows in of_sources {
            best(rows, KEPT_PER_SOURCE).for_each(|row| kept[row] = true);
        }
        let lift = |row: usize| self.support[row].iter().map(|support| support.lift).sum::<f32>();
        let others = (0..self.len()).filter(|&row| !kept[row]).map(|row| (lift(row), row)).collect();
        let room = count.saturating_sub(kept.iter().filter(|kept| **kept).count());
        best(others, room).for_each(|row| kept[row] = true);
        let mut flags = kept.iter();
        self.retain(|_| *flags.next().expect("one flag per row"));
    }

    /// Makes room for the columns and fills in those of the sources.
    pub fn open_columns(&mut self) {
        let row_count = self.targets.len();
        self.columns = vec![0.0; Column::count() * row_count];
        for (row, supports) in self.support.iter().enumerate() {
            for support in supports {
                self.columns[Column::of_source(support.source).index() * row_count + row] = support.lift;
            }
        }
    }

    /// The targets, in the order of their ids.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// What the sources said about the target in `row`.
    pub fn support(&self, row: usize) -> &[Support] {
        &self.support[row]
    }

    /// One column over all rows.
    pub fn column(&self, column: Column) -> &[f32] {
        &self.columns[column.index() * self.len()..][..self.len()]
    }

    /// One column over all rows, to be filled.
    pub fn column_mut(&mut self, column: Column) -> &mut [f32] {
        let row_count = self.len();
        &mut self.columns[column.index() * row_count..][..row_count]
    }

    /// The value of `column` in `row`.
    pub fn value(&self, column: Column, row: usize) -> f32 {
        self.columns[column.index() * self.len() + row]
    }
}

/// The rows with the largest numbers, so many, in no order; ties by row.
fn best(mut rows: Vec<(f32, usize)>, count: usize) -> impl Iterator<Item = usize> {
    if (1..rows.len()).contains(&count) {
        rows.select_nth_unstable_by(count - 1, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    }
    rows.into_iter().take(count).map(|(_, row)| row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn support(source: u8, score: f32) -> Support {
        Support { source, score, confidence: 0.1, lift: 1.7, evidence: Evidence::Taste }
    }

    fn track(row: u32) -> Target {
        Target::Track(TrackId::new(row))
    }

    #[test]
    fn merging_keeps_the_evidence_of_every_source() {
        let merged = Candidates::merge([
            (track(9), support(2, 0.5)),
            (track(1), support(0, 0.1)),
            (track(9), support(0, 0.7)),
            (track(4), support(1, f32::NAN)),
        ]);
        assert_eq!(merged.targets(), [track(1), track(9)]);
        let sources: Vec<u8> = merged.support(1).iter().map(|support| support.source).collect();
        assert_eq!(sources, [0, 2]);
    }

    #[test]
    fn the_best_of_each_source_and_those_for_which_most_speaks_are_kept() {
        let of_first = (0..60).map(|row| (track(row), support(0, 1.0 - row as f32 / 100.0)));
        let of_second = (200..230).map(|row| (track(row), support(1, 1.0 - row as f32 / 1_000.0)));
        // The last of the first source is named by a third too, far down its list.
        let of_third =
            (300..340).map(|row| (track(row), support(2, 1.0))).chain([(track(59), support(2, 0.1))]);
        let mut candidates = Candidates::merge(of_first.chain(of_second).chain(of_third));
        candidates.keep_best(62, |target| target == track(58));
        let kept = |row| candidates.targets().contains(&track(row));
        assert_eq!(candidates.len(), 62);
        assert!((0..20).all(kept) && (200..220).all(kept) && (300..320).all(kept), "the best twenty of each");
        assert!(kept(58) && kept(59) && !kept(40), "what is asked for, and what two sources name");
        candidates.keep_best(100, |_| false);
        assert_eq!(candidates.len(), 62);
    }

    #[test]
    fn columns_begin_with_what_the_sources_say() {
        let mut merged = Candidates::merge([(track(3), support(1, 0.5)), (track(5), support(0, 0.5))]);
        merged.retain(|target| target != track(5));
        merged.open_columns();
        assert_eq!(merged.column(Column::of_source(1)), [1.7]);
        assert_eq!(merged.column(Column::of_source(0)), [0.0]);
    }
}
