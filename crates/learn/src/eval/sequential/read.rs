//! Reading `NAME.txt`, one history a line, and `NAME_item2attributes.json` where it is there.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::error::LearnError;
use crate::eval::{DataSet, Lines, missing};

/// Items and attributes numbered from 0.
#[derive(Debug)]
pub(super) struct Histories {
    /// Items in order, of repeats the first.
    pub(super) rows: Vec<Vec<u32>>,
    pub(super) item_count: usize,
    /// Different attributes of each item; empty where there are none.
    pub(super) attributes: Vec<Vec<u32>>,
    pub(super) attribute_count: usize,
}

const FORM: &str = "`user item item ...` in whole numbers";
const ATTRIBUTE_BYTES_MAX: u64 = 1 << 30;

impl Histories {
    pub(super) fn read(data: &dyn DataSet) -> Result<Self, LearnError> {
        let (name, mut lines) = open(data)?;
        let mut named: Vec<Vec<u64>> = Vec::new();
        while let Some(line) = lines.next_line()? {
            let mut words = line.words();
            let Some(user) = words.next() else { continue };
            line.whole_number(user, FORM)?;
            let mut seen = FxHashSet::default();
            let mut row = Vec::new();
            for word in words {
                let item = line.whole_number(word, FORM)?;
                if seen.insert(item) {
                    row.push(item);
                }
            }
            named.push(row);
        }
        named.retain(|row| row.len() >= 3);
        if named.is_empty() {
            return Err(LearnError::Empty { what: "the histories, which need three items," });
        }
        let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
        let mut number = |item: u64| {
            let next = numbers.len() as u32;
            *numbers.entry(item).or_insert(next)
        };
        named.iter().flat_map(|row| &row[..row.len() - 2]).for_each(|&item| {
            number(item);
        });
        // Items that only targets have, by name and not by listener: numbers decide ties.
        let rest: BTreeSet<u64> = named.iter().flat_map(|row| &row[row.len() - 2..]).copied().collect();
        rest.into_iter().for_each(|item| {
            number(item);
        });
        let rows: Vec<Vec<u32>> =
            named.iter().map(|row| row.iter().map(|&item| number(item)).collect()).collect();
        let item_count = numbers.len();
        let (attributes, attribute_count) = attributes(data, &name, &numbers)?;
        Ok(Self { rows, item_count, attributes, attribute_count })
    }

    /// The histories without their last `count` items.
    pub(super) fn without_last(&self, count: usize) -> Vec<&[u32]> {
        self.rows.iter().map(|row| &row[..row.len().saturating_sub(count)]).collect()
    }
}

/// The file of the histories; published sets name it after themselves.
fn open(data: &dyn DataSet) -> Result<(String, Lines), LearnError> {
    let known =
        ["LastFM", "sequences", data.name(), "Beauty", "Sports_and_Outdoors", "Toys_and_Games", "Yelp"];
    for name in known {
        if let Some(lines) = Lines::open_optional(data, &format!("{name}.txt"))? {
            return Ok((name.to_owned(), lines));
        }
    }
    Err(missing(data, "LastFM.txt"))
}

/// Attributes per item, and how many there are.
fn attributes(
    data: &dyn DataSet,
    name: &str,
    numbers: &FxHashMap<u64, u32>,
) -> Result<(Vec<Vec<u32>>, usize), LearnError> {
    let file = format!("{name}_item2attributes.json");
    let fails = |source: std::io::Error| LearnError::Read { file: file.clone(), line: 1, source };
    let Some(reader) = data.open(&file).map_err(fails)? else { return Ok((Vec::new(), 0)) };
    let parsed: Result<BTreeMap<u64, Vec<u64>>, _> =
        serde_json::from_reader(reader.take(ATTRIBUTE_BYTES_MAX));
    let parsed = parsed.map_err(|error| fails(error.into()))?;
    let mut attribute_numbers: FxHashMap<u64, u32> = FxHashMap::default();
    let mut attributes = vec![Vec::new(); numbers.len()];
    for (item, given) in parsed {
        let Some(&item) = numbers.get(&item) else { continue };
        // Each once: how often an attribute was given counts listeners of all parts, the test part too.
        let mut distinct: BTreeSet<u32> = BTreeSet::new();
        for attribute in given {
            let next = attribute_numbers.len() as u32;
            distinct.insert(*attribute_numbers.entry(attribute).or_insert(next));
        }
        attributes[item as usize] = distinct.into_iter().collect();
    }
    Ok((attributes, attribute_numbers.len()))
}
