//! Tables of any shape, by a mapping of their columns.
//!
//! What a row says depends on which columns there are:
//!
//! | columns | a row is |
//! |---|---|
//! | a playlist | a track in that playlist |
//! | a tag | a tag that somebody gave; rows are counted |
//! | `plays`, or a listener and nothing else about the listening | a sum of plays |
//! | a time | a play or a skip at that time |
//! | `liked` or `rating` | an opinion, and a play only where a played time or a skip is told too |
//! | none of these | a track or artist for the catalogue |

mod layout;
mod lookups;
mod parquet_rows;
mod row;
mod text;

pub(super) use lookups::Lookups;
pub(super) use parquet_rows::read_parquet;
pub(super) use text::read_text;

/// The cells of one row.
trait Cells {
    /// The cell of the column with this number, from 0.
    fn cell(&self, index: usize) -> Option<&str>;

    /// How many cells there are.
    fn cell_count(&self) -> usize;
}

impl Cells for csv::ByteRecord {
    fn cell(&self, index: usize) -> Option<&str> {
        std::str::from_utf8(self.get(index)?).ok()
    }

    fn cell_count(&self) -> usize {
        self.len()
    }
}

impl Cells for Vec<String> {
    fn cell(&self, index: usize) -> Option<&str> {
        self.get(index).map(String::as_str)
    }

    fn cell_count(&self) -> usize {
        self.len()
    }
}
