//! What can go wrong with an import as a whole or with one of its files; never with one row, which is dropped.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::field::Field;
use super::format::ImportFormat;

/// Why a file or a request cannot be imported; the text names file and place and says what to do.
///
/// What stood before the place in that file is stored, and other files go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    // The environment.
    /// A file cannot be read.
    #[error("cannot read {file}: {source}; check that it exists and is readable")]
    Io {
        /// The file.
        file: Box<str>,
        /// What the system said.
        source: io::Error,
    },
    /// The import was given up from outside.
    #[error("the import was stopped; start it again, what is known is not stored twice")]
    Stopped,

    // The data.
    /// The file ends too early.
    #[error("{file} ends in the middle, after {place}; get it again, or import what is there")]
    Truncated {
        /// The file.
        file: Box<str>,
        /// The last place that was whole.
        place: Place,
    },
    /// The file is not what the format says.
    #[error("{file} is not {format}: {reason}; check the format, it reads {}", format.reads())]
    NotThisFormat {
        /// The file.
        file: Box<str>,
        /// The format it should have.
        format: ImportFormat,
        /// What is wrong with it.
        reason: Box<str>,
    },
    /// The structure around the records is broken.
    #[error("{file} is broken after {place}: {reason}; what stands before it is stored")]
    Broken {
        /// The file.
        file: Box<str>,
        /// The last place that was whole.
        place: Place,
        /// What is wrong with it.
        reason: Box<str>,
    },
    /// A record is so large that its end is not looked for.
    #[error(
        "{file} holds a record of more than {limit} bytes after {place}; what stands before it is stored"
    )]
    RecordTooLarge {
        /// The file.
        file: Box<str>,
        /// The last place that was whole.
        place: Place,
        /// The greatest size of a record.
        limit: usize,
    },
    /// A compressed file becomes too large.
    #[error(
        "{file} unpacks to more than {limit} bytes, which no honest file of its size does; unpack it by hand and look"
    )]
    UnpacksTooFar {
        /// The file.
        file: Box<str>,
        /// The most that a file of its size may hold.
        limit: u64,
    },
    /// An archive has too many members, or the paths lead to too many files.
    #[error("{file} has {count} files, at most {count_max} are read; choose fewer")]
    TooManyFiles {
        /// The archive or folder.
        file: Box<str>,
        /// How many it has.
        count: usize,
        /// How many are possible.
        count_max: usize,
    },
    /// An archive cannot be read.
    #[error("{file} is not a readable archive: {source}; get it again, or unpack it by hand")]
    Archive {
        /// The file.
        file: Box<str>,
        /// What the archive's reader said.
        source: zip::result::ZipError,
    },
    /// A Parquet file cannot be read.
    #[error("{file} is broken after {place}: {source}; what stands before it is stored")]
    Parquet {
        /// The file.
        file: Box<str>,
        /// The last place that was whole.
        place: Place,
        /// What the Parquet reader said.
        source: parquet::errors::ParquetError,
    },
    /// A parser has a mistake of its own.
    #[error("reading {file} has failed in Segue itself; please report it with the file's format")]
    Crashed {
        /// The file.
        file: Box<str>,
    },

    // The caller.
    /// A path does not exist.
    #[error("there is no {}; check the path", path.display())]
    NotFound {
        /// The path.
        path: PathBuf,
    },
    /// There is nothing of this format in a folder or archive.
    #[error("{file} holds no file for {format}, which reads {}", format.reads())]
    NothingToRead {
        /// The folder or archive.
        file: Box<str>,
        /// The format that was looked for.
        format: ImportFormat,
    },
    /// An option means nothing to this format.
    #[error("{format} has no columns; leave --map, --lookup, --delimiter and --header out")]
    NoColumns {
        /// The format.
        format: ImportFormat,
    },
    /// A column is not there.
    #[error("{file} has no column `{column}`; it has {known}")]
    NoSuchColumn {
        /// The file.
        file: Box<str>,
        /// The column that was asked for.
        column: Box<str>,
        /// Those that are there, cut to a line.
        known: Box<str>,
    },
    /// The columns tell too little.
    #[error(
        "{file} has no column for {missing}; say which with --map field=column (its columns are {known})"
    )]
    NothingMapped {
        /// The file.
        file: Box<str>,
        /// What is missing.
        missing: &'static str,
        /// The columns that are there, cut to a line.
        known: Box<str>,
    },
    /// Ids mean nothing without their system.
    #[error("the column for `{field}` holds ids of some system; say which with --space NAME")]
    SpaceMissing {
        /// The field.
        field: Field,
    },
    /// The name of an id space is one of ours.
    #[error("`{space}` cannot be the name of an id space; choose another, such as the data set's name")]
    SpaceTaken {
        /// The name.
        space: Box<str>,
    },
    /// The table of a lookup is too large.
    #[error("the lookup table {file} has more than {row_count_max} rows; make a smaller one")]
    LookupTooLarge {
        /// The file.
        file: Box<str>,
        /// How many rows are possible.
        row_count_max: usize,
    },
}

/// Where in a file: the number of a line, an element or a row, from 1; 0 is its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A line of text.
    Line(u64),
    /// An element of a list.
    Element(u64),
    /// A row of a table.
    Row(u64),
}

impl Place {
    /// The number.
    pub const fn number(self) -> u64 {
        match self {
            Self::Line(number) | Self::Element(number) | Self::Row(number) => number,
        }
    }

    /// Makes places of the same kind.
    pub(super) const fn with_number(self) -> fn(u64) -> Self {
        match self {
            Self::Line(_) => Self::Line,
            Self::Element(_) => Self::Element,
            Self::Row(_) => Self::Row,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(0) | Self::Element(0) | Self::Row(0) => f.write_str("its beginning"),
            Self::Line(number) => write!(f, "line {number}"),
            Self::Element(number) => write!(f, "element {number}"),
            Self::Row(number) => write!(f, "row {number}"),
        }
    }
}
