//! Reading `train_sessions.txt` and `test_prefix_target.txt`.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::error::LearnError;
use crate::eval::{DataSet, Line, Lines};

/// A prefix and what came next.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Case {
    pub(super) prefix: Vec<u32>,
    pub(super) target: u32,
    /// Cases of the same session have the same.
    pub(super) group: u32,
}

/// What the files hold, items renamed to 0, 1, … in the order in which they occur in the train part.
#[derive(Debug)]
pub(super) struct Cases {
    pub(super) sessions: Vec<Vec<u32>>,
    pub(super) test: Vec<Case>,
    pub(super) item_count: usize,
}

const TRAIN: &str = "train_sessions.txt";
const TEST: &str = "test_prefix_target.txt";
const TRAIN_FORM: &str = "`item item ...` in whole numbers";
const TEST_FORM: &str = "`item item ...`, a tab, and the item that came next";

impl Cases {
    pub(super) fn read(data: &dyn DataSet, cases_max: Option<usize>) -> Result<Self, LearnError> {
        let mut names = FxHashMap::default();
        let mut sessions = Vec::new();
        let mut lines = Lines::open(data, TRAIN)?;
        while let Some(line) = lines.next_line()? {
            let session = items(line, line.bytes, TRAIN_FORM, &mut names)?;
            if session.len() > 1 {
                sessions.push(session);
            }
        }
        if sessions.len() < 2 {
            return Err(LearnError::Empty { what: "the train part, which needs two sessions of two items," });
        }
        number_the_rest(data, &mut names)?;
        let mut test: Vec<Case> = Vec::new();
        let mut lines = Lines::open(data, TEST)?;
        while let Some(line) = lines.next_line()? {
            if line.words().next().is_none() {
                continue;
            }
            let tab = line.bytes.iter().position(|&byte| byte == b'\t');
            let Some(tab) = tab else { return Err(line.malformed("no tab", line.bytes, TEST_FORM)) };
            let prefix = items(line, &line.bytes[..tab], TEST_FORM, &mut names)?;
            let target = items(line, &line.bytes[tab + 1..], TEST_FORM, &mut names)?;
            let ([target], false) = (&target[..], prefix.is_empty()) else {
                return Err(line.malformed("not one target after a prefix", line.bytes, TEST_FORM));
            };
            let group = test.last().map_or(0, |last| {
                let is_same = last.prefix.len() == prefix.len() + 1 && last.prefix.starts_with(&prefix);
                if is_same { last.group } else { last.group + 1 }
            });
            test.push(Case { prefix, target: *target, group });
        }
        if test.is_empty() {
            return Err(LearnError::Empty { what: "the test part" });
        }
        if let Some(max) = cases_max {
            let step = test.len().div_ceil(max.max(1));
            test = test.into_iter().step_by(step).collect();
        }
        Ok(Self { sessions, test, item_count: names.len() })
    }
}

/// Numbers the items that only the test part has, by name: by their order there, numbers would tell what comes next.
fn number_the_rest(data: &dyn DataSet, names: &mut FxHashMap<u64, u32>) -> Result<(), LearnError> {
    let mut rest = BTreeSet::new();
    let mut lines = Lines::open(data, TEST)?;
    while let Some(line) = lines.next_line()? {
        for word in line.words() {
            let name = line.whole_number(word, TEST_FORM)?;
            if !names.contains_key(&name) {
                rest.insert(name);
            }
        }
    }
    for name in rest {
        let next = names.len() as u32;
        names.insert(name, next);
    }
    Ok(())
}

fn items(
    line: Line<'_>,
    bytes: &[u8],
    form: &'static str,
    names: &mut FxHashMap<u64, u32>,
) -> Result<Vec<u32>, LearnError> {
    let words = bytes.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let name = line.whole_number(word, form)?;
            let next = names.len() as u32;
            Ok(*names.entry(name).or_insert(next))
        })
        .collect()
}
