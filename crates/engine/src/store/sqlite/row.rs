//! Values of a row, with errors that name the table and the row.

use music::Id;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row, Sqlite};

use crate::error::EngineError;

/// A row of a table while it is read.
pub(super) struct Reader<'r> {
    table: &'static str,
    /// What the row is called in an error: its id or `seq`.
    number: i64,
    row: &'r SqliteRow,
}

impl<'r> Reader<'r> {
    /// The row, whose number stands in column `number`.
    pub(super) fn new(table: &'static str, row: &'r SqliteRow, number: usize) -> Result<Self, EngineError> {
        let mut reader = Self { table, number: -1, row };
        reader.number = reader.get(number)?;
        Ok(reader)
    }

    /// The row's number.
    pub(super) const fn number(&self) -> i64 {
        self.number
    }

    /// An error about this row.
    pub(super) fn broken(&self, reason: impl std::fmt::Display) -> EngineError {
        EngineError::broken_row(self.table, self.number, reason)
    }

    /// The value in a column, which the schema types strictly.
    pub(super) fn get<T: Decode<'r, Sqlite>>(&self, column: usize) -> Result<T, EngineError> {
        self.row.try_get_unchecked(column).map_err(|error| self.broken(error))
    }

    /// A number that fits `T`.
    pub(super) fn number_of<T: TryFrom<i64>>(&self, column: usize) -> Result<T, EngineError> {
        let number = self.get::<i64>(column)?;
        T::try_from(number).map_err(|_| self.broken(format_args!("{number} is out of range")))
    }

    /// A number that fits `T`, or nothing.
    pub(super) fn optional_number<T: TryFrom<i64>>(&self, column: usize) -> Result<Option<T>, EngineError> {
        match self.get::<Option<i64>>(column)? {
            Some(_) => self.number_of(column).map(Some),
            None => Ok(None),
        }
    }

    /// An id of something that has `count` rows.
    pub(super) fn id<T: Id>(&self, column: usize, count: usize) -> Result<T, EngineError> {
        let id = T::from_row(self.number_of(column)?);
        if id.row() < count { Ok(id) } else { Err(self.broken(format_args!("there is no {id}"))) }
    }

    /// A text that parses, or nothing.
    pub(super) fn optional_text<T>(&self, column: usize) -> Result<Option<T>, EngineError>
    where
        T: std::str::FromStr<Err: std::fmt::Display>,
    {
        let text = self.get::<Option<&str>>(column)?;
        text.map(|text| text.parse().map_err(|error| self.broken(error))).transpose()
    }

    /// JSON in a text column.
    pub(super) fn json<T: serde::Deserialize<'r>>(&self, column: usize) -> Result<T, EngineError> {
        serde_json::from_str(self.get(column)?).map_err(|error| self.broken(error))
    }

    /// The word of an enum's variant, as in JSON, or nothing.
    pub(super) fn optional_word<T: serde::de::DeserializeOwned>(
        &self,
        column: usize,
    ) -> Result<Option<T>, EngineError> {
        use serde::de::IntoDeserializer;
        use serde::de::value::{Error, StrDeserializer};
        let read = |word: &'r str| {
            let word: StrDeserializer<'r, Error> = word.into_deserializer();
            T::deserialize(word).map_err(|error| self.broken(error))
        };
        self.get::<Option<&str>>(column)?.map(read).transpose()
    }
}
