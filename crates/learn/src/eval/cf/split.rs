//! Reading a published split: who turned to what, in parts for fitting, choosing and judging.

use crate::error::LearnError;
use crate::eval::HoldOut;
use crate::eval::data_set::{DataSet, Lines};
use crate::sparse::Sparse;

/// What a line of every part is.
const FORM: &str = "`user item item ...` in whole numbers";

/// Pairs that a part may have; 32-bit row numbers and a few GB of memory end about here.
const PAIRS_MAX: usize = 500_000_000;

/// The parts of a data set; all matrices have the same shape and hold ones.
///
/// *Shape*: `[listeners, items]`, both numbered in the ascending order of their ids in the files.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// What may be fitted, and is masked when ranking.
    pub train: Sparse,
    /// What parameters are chosen on, where the publishers set a part aside.
    pub valid: Option<Sparse>,
    /// What is judged by.
    pub test: Sparse,
    /// The listeners' ids in the files.
    pub listener_ids: Vec<u64>,
    /// The items' ids in the files.
    pub item_ids: Vec<u64>,
    /// What listeners said about items, where the set tells.
    pub said: Option<Said>,
}

/// What listeners said about items: tags and the like.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Listener, item and feature, without repeats.
    pub entries: Vec<(u32, u32, u32)>,
    /// How many features there are.
    pub feature_count: usize,
}

impl Said {
    /// `ln(1 + count)` of each feature of each item, without what listeners said about items that are hidden from them.
    ///
    /// *Shape*: `[items, features]`; so `[listeners, items]` of what is hidden.
    fn features(&self, hidden: &[&Sparse], item_count: usize) -> Result<Sparse, LearnError> {
        let is_hidden = |listener: u32, item: u32| {
            hidden.iter().any(|hidden| hidden.row(listener as usize).0.binary_search(&item).is_ok())
        };
        let known = self.entries.iter().filter(|&&(listener, item, _)| !is_hidden(listener, item));
        let counts = known.map(|&(_, item, feature)| (item, feature, 1.0));
        Sparse::from_triplets(item_count, self.feature_count, counts)?.map(|_, _, count| count.ln_1p())
    }
}

/// What a family is fitted to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Material {
    /// Who turned to what.
    pub(super) matrix: Sparse,
    /// What is known about items. *Shape*: `[items, features]`.
    pub(super) features: Option<Sparse>,
}

type Pairs = Vec<(u64, u64)>;

impl Split {
    /// Reads the parts `train.txt`, `test.txt` and perhaps `valid.txt` with one listener a line: `user item item ...`, ids in
    /// whole numbers, in any order.
    ///
    /// Empty lines and users without items are allowed, and so is a user in some parts only.
    /// A user on several lines, or an item named twice, counts once.
    /// A pair that is in `train` is taken out of the other parts, and one that is in `valid` out of `test`: what is
    /// known cannot be judged by.
    ///
    /// *Complexity*: sorting the pairs.
    ///
    /// # Errors
    /// When `train.txt` or `test.txt` is missing or empty, a line cannot be read or is malformed (with its number), or a
    /// part is too large.
    pub fn read(data: &dyn DataSet) -> Result<Self, LearnError> {
        let train = read_part(Lines::open(data, "train.txt")?)?;
        let valid = Lines::open_optional(data, "valid.txt")?.map(read_part).transpose()?;
        let test = read_part(Lines::open(data, "test.txt")?)?;
        for (what, part) in [("the train part", &train), ("the test part", &test)] {
            if part.is_empty() {
                return Err(LearnError::Empty { what });
            }
        }
        Self::from_pairs(&train, valid.as_ref(), &test)
    }

    fn from_pairs(train: &Pairs, valid: Option<&Pairs>, test: &Pairs) -> Result<Self, LearnError> {
        let all = || train.iter().chain(valid.into_iter().flatten()).chain(test);
        let listener_ids = sorted_ids(all().map(|pair| pair.0));
        let item_ids = sorted_ids(all().map(|pair| pair.1));
        for (what, ids) in [("the number of listeners", &listener_ids), ("the number of items", &item_ids)] {
            if ids.len() > u32::MAX as usize {
                return Err(LearnError::TooLarge { what, got: ids.len(), limit: u32::MAX as usize });
            }
        }
        let matrix = |pairs: &Pairs, known: &[&Sparse]| -> Result<Sparse, LearnError> {
            let place =
                |ids: &[u64], id| ids.binary_search(&id).expect("every id of every part is listed") as u32;
            let rows = pairs.iter().map(|&(user, item)| (place(&listener_ids, user), place(&item_ids, item)));
            let new = rows.filter(|&(row, column)| {
                !known.iter().any(|known| known.row(row as usize).0.binary_search(&column).is_ok())
            });
            let ones = new.map(|(row, column)| (row, column, 1.0));
            Sparse::from_triplets(listener_ids.len(), item_ids.len(), ones)?.map(|_, _, _| 1.0)
        };
        let train = matrix(train, &[])?;
        let valid = valid.map(|valid| matrix(valid, &[&train])).transpose()?;
        let mut known = vec![&train];
        known.extend(valid.as_ref());
        let test = matrix(test, &known)?;
        Ok(Self { train, valid, test, listener_ids, item_ids, said: None })
    }

    /// A matrix to fit, with what was said about items without what was said about `hidden` ones.
    ///
    /// What was said about items of the test part is never known.
    pub(super) fn material(&self, matrix: Sparse, hidden: &Sparse) -> Result<Material, LearnError> {
        let features =
            self.said.as_ref().map(|said| said.features(&[hidden, &self.test], matrix.column_count()));
        Ok(Material { matrix, features: features.transpose()? })
    }

    /// What to fit and what to judge by while parameters are chosen.
    ///
    /// These are `train` and `valid` where there is a `valid` part, else what `hold_out` sets aside of `train`.
    ///
    /// # Errors
    /// Never on the matrices of a split that was read; the type allows for it.
    pub fn for_choosing(&self, hold_out: HoldOut, seed: u64) -> Result<(Sparse, Sparse), LearnError> {
        match &self.valid {
            Some(valid) => Ok((self.train.clone(), valid.clone())),
            None => hold_out.split(&self.train, seed),
        }
    }
}

fn sorted_ids(ids: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut ids: Vec<u64> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn read_part(mut lines: Lines) -> Result<Pairs, LearnError> {
    let mut pairs = Vec::new();
    while let Some(line) = lines.next_line()? {
        let mut words = line.words();
        let Some(user) = words.next() else { continue };
        let user = line.whole_number(user, FORM)?;
        for word in words {
            if pairs.len() == PAIRS_MAX {
                return Err(LearnError::TooLarge {
                    what: "the number of pairs",
                    got: PAIRS_MAX + 1,
                    limit: PAIRS_MAX,
                });
            }
            pairs.push((user, line.whole_number(word, FORM)?));
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use std::io::{self, BufRead, BufReader, Read};

    use super::*;
    use crate::eval::data_set::MemoryDataSet;

    fn read(train: &str, valid: Option<&str>, test: &str) -> Result<Split, LearnError> {
        let data = MemoryDataSet::new("small").with("train.txt", train).with("test.txt", test);
        Split::read(&match valid {
            Some(valid) => data.with("valid.txt", valid),
            None => data,
        })
    }

    #[test]
    fn ids_may_be_sparse_and_users_in_one_part_only() {
        let split = read("7 900 5\n\n3 18446744073709551615\r\n", Some("7 6\n12\n"), "99 5 6").unwrap();
        assert_eq!(split.listener_ids, [3, 7, 99]);
        assert_eq!(split.item_ids, [5, 6, 900, u64::MAX]);
        assert_eq!(split.train.row(1), (&[0, 2][..], &[1.0, 1.0][..]));
        assert_eq!(split.valid.unwrap().row(1).0, [1]);
        assert_eq!(split.test.row(2).0, [0, 1]);
    }

    #[test]
    fn what_is_known_is_not_judged_by_and_repeats_count_once() {
        let split = read("1 5 5 6\n1 5\n", Some("1 6 7\n"), "1 5 7 8 8\n").unwrap();
        let ids =
            |part: &Sparse| part.row(0).0.iter().map(|&c| split.item_ids[c as usize]).collect::<Vec<_>>();
        assert_eq!(ids(&split.train), [5, 6]);
        assert_eq!(split.train.values(), [1.0, 1.0]);
        assert_eq!(ids(split.valid.as_ref().unwrap()), [7]);
        assert_eq!(ids(&split.test), [8]);
    }

    #[test]
    fn malformed_lines_are_named() {
        let error = |train: &str| read(train, None, "1 2").unwrap_err().to_string();
        insta::assert_snapshot!(
            error("1 2\n1 x9\n"),
            @"train.txt line 2: not a whole number: `x9`; a line is `user item item ...` in whole numbers"
        );
        insta::assert_snapshot!(
            error("1 18446744073709551616\n"),
            @"train.txt line 1: a number beyond 18446744073709551615: `18446744073709551616`; a line is `user item item ...` in whole numbers"
        );
        insta::assert_snapshot!(error("\n \n"), @"the train part is empty; there is nothing to learn from");
        for bad in ["-1 2", "1 2.5", "1,2", "1 \u{0661}", "\u{feff}1 2"] {
            assert!(read(bad, None, "1 2").is_err(), "{bad:?}");
        }
        let data = MemoryDataSet::new("small").with("test.txt", "1 2");
        assert!(matches!(Split::read(&data), Err(LearnError::Missing { .. })));
        let not_text = Split::read(&data.with("train.txt", &b"1 \xff\xfe\n"[..]));
        assert!(matches!(not_text, Err(LearnError::Line { line: 1, .. })));
        assert!(matches!(read("1 2", None, ""), Err(LearnError::Empty { .. })));
    }

    #[test]
    fn a_failing_reader_is_an_error_with_its_line() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("disk on fire"))
            }
        }
        impl DataSet for Broken {
            fn name(&self) -> &str {
                "broken"
            }
            fn open(&self, _: &str) -> io::Result<Option<Box<dyn BufRead + Send>>> {
                Ok(Some(Box::new(BufReader::new((&b"1 2\n3 "[..]).chain(Self)))))
            }
        }
        let error = Split::read(&Broken).unwrap_err();
        assert!(matches!(error, LearnError::Read { line: 2, .. }), "{error:?}");
    }
}
