//! Why one row is not taken, while all others are.

use music::UnixMillis;

/// What is wrong with one description or event. It is dropped and counted; nothing else is lost.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// A name or text is missing.
    #[error("it has no {what}")]
    Missing {
        /// Which.
        what: &'static str,
    },
    /// A name or text is too long.
    #[error("its {what} has {length} characters, at most {length_max} are taken")]
    TooLong {
        /// Which.
        what: &'static str,
        /// Its length in characters.
        length: usize,
        /// The greatest length.
        length_max: usize,
    },
    /// A name or text holds a line break, a NUL or the like.
    #[error("its {what} holds a control character")]
    ControlCharacter {
        /// Which.
        what: &'static str,
    },
    /// A list is too long.
    #[error("it has {count} {what}, at most {count_max} are taken")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
        /// How many are possible.
        count_max: usize,
    },
    /// A number is out of range or not a number.
    #[error("its {what} {value} is not within {least} to {greatest}")]
    OutOfRange {
        /// Which number.
        what: &'static str,
        /// What was given.
        value: f64,
        /// The least that is taken.
        least: f64,
        /// The greatest that is taken.
        greatest: f64,
    },
    /// A tag's weight is none.
    #[error("a tag's weight is above 0 and at most 1, not {weight}")]
    TagWeight {
        /// What was given.
        weight: f32,
    },
    /// It happened before there were clocks that count from 1970.
    #[error("it happened before 1970 (at {} ms); check the clock or the unit of the time", at.get())]
    BeforeEpoch {
        /// The time that was given.
        at: UnixMillis,
    },
    /// It has not happened yet.
    #[error("it happens in the future (at {} ms, now is {} ms); check the clock or the unit of the time", at.get(), now.get())]
    InFuture {
        /// The time that was given.
        at: UnixMillis,
        /// The time now.
        now: UnixMillis,
    },
    /// It names something that is not there.
    #[error("there is no {id}")]
    Unknown {
        /// The id in its text form.
        id: Box<str>,
    },
    /// There is no more and no less of it.
    #[error("there is no more and no less of {of}; say `learnt` or `off`")]
    NoDegrees {
        /// The property of tracks.
        of: &'static str,
    },
    /// The batch is full; commit and go on with a new one.
    #[error("the batch is full at {row_count_max} rows; commit it first")]
    BatchFull {
        /// The greatest number of rows.
        row_count_max: usize,
    },
}

impl Rejection {
    /// A short name for statistics: what is wrong, without the values.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "missing",
            Self::TooLong { .. } => "too_long",
            Self::ControlCharacter { .. } => "control_character",
            Self::TooMany { .. } => "too_many",
            Self::OutOfRange { .. } => "out_of_range",
            Self::TagWeight { .. } => "tag_weight",
            Self::BeforeEpoch { .. } => "before_1970",
            Self::InFuture { .. } => "in_the_future",
            Self::Unknown { .. } => "unknown_id",
            Self::NoDegrees { .. } => "no_degrees",
            Self::BatchFull { .. } => "batch_full",
        }
    }
}
