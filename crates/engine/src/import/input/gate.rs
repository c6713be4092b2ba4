//! A bound on the bytes that a parser may swallow for one record.
//!
//! Parsers of tables and XML gather a record before they hand it over, however long it is; an opened quote that is
//! never closed would be the rest of the file.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::LimitError;
use crate::import::limits::{HEAD_LEN, RECORD_LEN_MAX};

/// Passes bytes on while the current record is not too large.
#[derive(Debug)]
pub(in crate::import) struct Gate<R> {
    inner: R,
    budget: RecordBudget,
}

/// What is left for the current record.
#[derive(Clone, Debug)]
pub(in crate::import) struct RecordBudget {
    left: Rc<Cell<usize>>,
    limit: usize,
}

impl RecordBudget {
    /// The next record begins.
    pub(in crate::import) fn next_record(&self) {
        // Parsers read ahead by a buffer's length.
        self.left.set(self.limit + HEAD_LEN);
    }
}

impl<R: Read> Gate<R> {
    /// A gate for ordinary records, and the handle that says where each begins.
    pub(in crate::import) fn new(inner: R) -> (Self, RecordBudget) {
        Self::with_limit(inner, RECORD_LEN_MAX)
    }

    /// A gate for records of up to `limit` bytes.
    pub(in crate::import) fn with_limit(inner: R, limit: usize) -> (Self, RecordBudget) {
        let budget = RecordBudget { left: Rc::new(Cell::new(limit + HEAD_LEN)), limit };
        (Self { inner, budget: budget.clone() }, budget)
    }
}

impl<R: Read> Read for Gate<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.inner.read(buffer)?;
        match self.budget.left.get().checked_sub(len) {
            Some(left) => {
                self.budget.left.set(left);
                Ok(len)
            }
            None => Err(LimitError::Record(self.budget.limit).into()),
        }
    }
}
