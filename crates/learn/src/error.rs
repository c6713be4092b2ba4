//! What can be wrong with what this crate is given.
//!
//! Broken invariants of the crate itself are assertions, not variants here.

/// Why a matrix, a model or a measurement cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LearnError {
    /// Two lengths that belong together differ.
    #[error("{what}: expected {expected}, got {got}; pass arrays whose lengths belong together")]
    Shape {
        /// Which length.
        what: &'static str,
        /// The length that would fit.
        expected: usize,
        /// The length that was given.
        got: usize,
    },
    /// A number is infinite or not a number.
    #[error("{what}: number {index} is not finite; drop or repair that entry before fitting")]
    NotFinite {
        /// Which numbers.
        what: &'static str,
        /// The place of the first such number.
        index: usize,
    },
    /// A row, column, item or label lies outside its range.
    #[error("{what}: entry {index} is {value}, which must stay below {limit}")]
    OutOfRange {
        /// Which numbers.
        what: &'static str,
        /// The place of the entry.
        index: usize,
        /// What stands there.
        value: usize,
        /// The first value that is too large.
        limit: usize,
    },
    /// Entries do not stand in the order that the type promises.
    #[error("{what}: entry {index} is out of order; sort the entries, without repeats")]
    Unordered {
        /// Which entries.
        what: &'static str,
        /// The place of the first entry that breaks the order.
        index: usize,
    },
    /// There is nothing to learn from.
    #[error("{what} is empty; there is nothing to learn from")]
    Empty {
        /// What is empty.
        what: &'static str,
    },
    /// The input is larger than this method can take.
    #[error("{what} is {got}, more than the limit of {limit}; use another method or raise the limit")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it is.
        got: usize,
        /// What is allowed.
        limit: usize,
    },
    /// A parameter makes no sense.
    #[error("parameter `{name}` is {value}; it must be {expected}")]
    Parameter {
        /// Which one.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it should be.
        expected: &'static str,
    },
    /// A factorisation failed, which happens when numbers overflow or the input is degenerate.
    #[error("{what} did not succeed; raise the regularisation or scale the input down")]
    Numeric {
        /// Which computation.
        what: &'static str,
    },
    /// A line of a data file is not what it should be.
    #[error("{file} line {line}: {problem}: `{text}`; a line is {form}")]
    Line {
        /// Which file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
        /// The word at fault, cut to 40 characters.
        text: String,
        /// What a line should be.
        form: &'static str,
    },
    /// A data file cannot be read.
    #[error("{file} line {line} cannot be read; check the file and try again")]
    Read {
        /// Which file.
        file: String,
        /// The line at which reading failed, counted from 1; 0 where the file could not be opened.
        line: usize,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A data set lacks a file.
    #[error("`{data}` has no `{file}` (nor `{file}.gz`); check the directory and its layout")]
    Missing {
        /// The data set.
        data: String,
        /// The file that is not there.
        file: String,
    },
    /// An option was given that a task has no use for.
    #[error("`{task}` has no use for `{option}`; leave it out")]
    NoUse {
        /// The task.
        task: &'static str,
        /// The option.
        option: &'static str,
    },
    /// A model was asked for that nobody knows.
    #[error("`{name}` is no model of this task; known are {known}")]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}

/// The place of the first number that is not finite, as an error.
pub(crate) fn check_finite(what: &'static str, values: &[f32]) -> Result<(), LearnError> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(LearnError::NotFinite { what, index }),
        None => Ok(()),
    }
}

/// An error unless the two lengths agree.
pub(crate) fn check_length(what: &'static str, expected: usize, got: usize) -> Result<(), LearnError> {
    if expected == got { Ok(()) } else { Err(LearnError::Shape { what, expected, got }) }
}

/// An error unless `value` is finite and not below zero.
pub(crate) fn check_not_negative(name: &'static str, value: f64) -> Result<(), LearnError> {
    if value.is_finite() && value >= 0.0 {
        Ok(())
    } else {
        Err(LearnError::Parameter { name, value, expected: "finite and not negative" })
    }
}

/// An error unless `value` is finite and above zero.
pub(crate) fn check_positive(name: &'static str, value: f64) -> Result<(), LearnError> {
    if value.is_finite() && value > 0.0 {
        Ok(())
    } else {
        Err(LearnError::Parameter { name, value, expected: "finite and above zero" })
    }
}
