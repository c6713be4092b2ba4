//! Bytes on their way from a file to a parser: counted, unpacked, bounded, decoded.
//!
//! Nothing here knows a format.

mod archive;
mod cut_row;
mod decoded;
mod gate;
mod json_elements;
mod json_rows;
mod lines;
mod source_file;
mod text_rows;
mod unpacked;

use std::fmt;
use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;

pub(super) use archive::Archive;
pub(super) use decoded::Decoded;
pub(super) use gate::Gate;
pub(super) use json_rows::{Container, JsonRows, RowFault};
pub(super) use lines::{Line, Lines};
pub(super) use source_file::{Magic, SourceFile, source_files};
pub(super) use text_rows::{TextRows, guess_delimiter};
pub(super) use unpacked::{UnpackLimit, Unpacked};

use super::error::{ImportError, Place};
use super::limits::HEAD_LEN;

/// One open file or member of an archive, with its first bytes in view.
pub(super) struct Input<'a> {
    file: Arc<str>,
    head: Vec<u8>,
    rest: Box<dyn Read + 'a>,
}

impl<'a> Input<'a> {
    /// Looks at the first bytes of `reader`; a byte order mark is passed over.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub(super) fn new(file: &Arc<str>, mut reader: impl Read + 'a) -> Result<Self, ImportError> {
        let mut head = Vec::new();
        let read = reader.by_ref().take(HEAD_LEN as u64).read_to_end(&mut head);
        read.map_err(|error| of_io(file, Place::Row(0), error))?;
        if head.starts_with(b"\xEF\xBB\xBF") {
            head.drain(..3);
        }
        Ok(Self { file: Arc::clone(file), head, rest: Box::new(reader) })
    }

    /// The name of the file.
    pub(super) fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// The first bytes, or all of a short file.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// The whole file.
    pub(super) fn into_reader(self) -> Reader<'a> {
        BufReader::with_capacity(HEAD_LEN, Cursor::new(self.head).chain(self.rest))
    }
}

/// A whole file, head first.
pub(super) type Reader<'a> = BufReader<io::Chain<Cursor<Vec<u8>>, Box<dyn Read + 'a>>>;

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("file", &self.file).finish_non_exhaustive()
    }
}

/// A limit that a reader has met; it travels within an [`io::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum LimitError {
    #[error("more than {0} bytes in one record")]
    Record(usize),
    #[error("more than {0} bytes when unpacked")]
    Unpacked(u64),
}

impl From<LimitError> for io::Error {
    fn from(limit: LimitError) -> Self {
        Self::other(limit)
    }
}

/// What a failed read means for the file, of which everything up to `place` was whole.
pub(super) fn of_io(file: &Arc<str>, place: Place, error: io::Error) -> ImportError {
    let limit = error.get_ref().and_then(|inner| inner.downcast_ref::<LimitError>()).copied();
    let name: Box<str> = (&**file).into();
    match (limit, error.kind()) {
        (Some(LimitError::Record(limit)), _) => ImportError::RecordTooLarge { file: name, place, limit },
        (Some(LimitError::Unpacked(limit)), _) => ImportError::UnpacksTooFar { file: name, limit },
        (None, io::ErrorKind::UnexpectedEof) => ImportError::Truncated { file: name, place },
        (None, io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => {
            ImportError::Broken { file: name, place, reason: error.to_string().into() }
        }
        (None, _) => ImportError::Io { file: name, source: error },
    }
}
