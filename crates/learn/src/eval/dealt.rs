//! Listeners dealt into those that models see and those who are new, by their ids.

use super::cf::Split;
use crate::error::LearnError;
use crate::sparse::Sparse;

/// Into how many parts listeners are dealt by their ids; the first is for judging, the second for choosing.
pub(super) const PARTS: u64 = 5;

/// Listeners dealt by their ids.
pub(super) struct Parts {
    /// Who is known. *Shape*: `[listeners, items]`, empty rows for the others.
    pub(super) known: Sparse,
    /// The histories of those who are new while choosing, and when judging.
    pub(super) choosing: Vec<Vec<u32>>,
    pub(super) test: Vec<Vec<u32>>,
}

impl Parts {
    pub(super) fn of(split: &Split) -> Result<Self, LearnError> {
        let (mut known, mut choosing, mut test) = (Vec::new(), Vec::new(), Vec::new());
        for (row, id) in split.listener_ids.iter().enumerate() {
            let parts = [Some(&split.train), split.valid.as_ref(), Some(&split.test)];
            let items = parts.into_iter().flatten().flat_map(|part| part.row(row).0.iter().copied());
            match id % PARTS {
                0 => test.push(items.collect()),
                1 => choosing.push(items.collect()),
                _ => known.extend(items.map(|item| (row as u32, item, 1.0))),
            }
        }
        for (what, is_empty) in [
            ("the part of known listeners", known.is_empty()),
            ("the part of new listeners to choose by", choosing.is_empty()),
            ("the part of new listeners to judge by", test.is_empty()),
        ] {
            if is_empty {
                return Err(LearnError::Empty { what });
            }
        }
        let known = Sparse::from_triplets(split.listener_ids.len(), split.item_ids.len(), known)?;
        Ok(Self { known, choosing, test })
    }
}
