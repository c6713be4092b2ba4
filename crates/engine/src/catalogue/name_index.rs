//! Which rows carry a name.

use rustc_hash::FxHashMap;

use super::digest::Digest;

/// Rows by name; several may share one.
///
/// Rows with the same name form a chain through a column, earliest first, so a name costs 24 bytes in the map and a
/// row 4 bytes, about 32 bytes together at the map's usual load.
#[derive(Debug, Default)]
pub(super) struct NameIndex {
    chains: FxHashMap<Digest, Chain>,
    /// The next row with the same name; [`END`] where there is none.
    next: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Chain {
    first: u32,
    last: u32,
}

const END: u32 = u32::MAX;

/// Candidates that are looked at for one name.
///
/// A list of ten thousand same-named tracks must not cost ten thousand looks per row; beyond this, descriptions without
/// an id become duplicates, which is the lesser evil.
const CANDIDATE_COUNT_MAX: usize = 64;

impl NameIndex {
    /// Adds the next row, which carries `name`, or none to be found by.
    pub(super) fn push(&mut self, name: Option<Digest>) {
        let row = u32::try_from(self.next.len()).expect("memory ends before four billion rows");
        self.next.push(END);
        let Some(name) = name else { return };
        match self.chains.get_mut(&name) {
            None => {
                self.chains.insert(name, Chain { first: row, last: row });
            }
            Some(chain) => {
                self.next[chain.last as usize] = row;
                chain.last = row;
            }
        }
    }

    /// The rows that carry `name`, earliest first; the first [`CANDIDATE_COUNT_MAX`] of them.
    pub(super) fn rows(&self, name: Digest) -> impl Iterator<Item = usize> + '_ {
        let first = self.chains.get(&name).map(|chain| chain.first);
        std::iter::successors(first, |&row| Some(self.next[row as usize]).filter(|&next| next != END))
            .take(CANDIDATE_COUNT_MAX)
            .map(|row| row as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_one_name_come_earliest_first() {
        let (a, b) = (Digest::of(["a"]), Digest::of(["b"]));
        let mut index = NameIndex::default();
        for name in [Some(a), Some(b), None, Some(a), Some(a)] {
            index.push(name);
        }
        assert_eq!(index.rows(a).collect::<Vec<_>>(), [0, 3, 4]);
        assert_eq!(index.rows(b).collect::<Vec<_>>(), [1]);
        assert_eq!(index.rows(Digest::of(["c"])).count(), 0);
    }

    #[test]
    fn a_chain_without_end_is_cut() {
        let name = Digest::of(["a"]);
        let mut index = NameIndex::default();
        (0..1000).for_each(|_| index.push(Some(name)));
        assert_eq!(index.rows(name).count(), CANDIDATE_COUNT_MAX);
    }
}
