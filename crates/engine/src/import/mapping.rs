//! How a person says which column means what, each from one argument of the command line.

use std::path::PathBuf;
use std::str::FromStr;

use super::field::{Field, FieldError};

/// `field=column`: which column of a table means what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The meaning.
    pub field: Field,
    /// The column.
    pub column: ColumnRef,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnRef {
    /// By its name in the header.
    Name(Box<str>),
    /// By its number, from 1.
    Number(usize),
    /// The column of this number, from 1, and all behind it: a row makes one record for each of them.
    From(usize),
    /// No column, also where the header suggests one.
    Nothing,
}

/// `field=FILE:KEYCOLUMN:VALUECOLUMN`: a second table that replaces the ids of a field by names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The field whose values are keys of that table.
    pub field: Field,
    /// The table, read with the same delimiter and encoding.
    pub path: PathBuf,
    /// Where its keys stand.
    pub key: ColumnRef,
    /// Where its names stand.
    pub value: ColumnRef,
}

/// A text that is no mapping or no lookup.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// There is no `=`.
    #[error("`{0}` has no `=`; write field=column, with a column's name or its number from 1")]
    NoEquals(Box<str>),
    /// The field is none.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The number of a column is out of range.
    #[error("`{0}` is not a column; columns are numbered from 1 to 65535")]
    Number(Box<str>),
    /// A lookup lacks a part.
    #[error("`{0}` is not a lookup; write field=FILE:KEYCOLUMN:VALUECOLUMN")]
    Lookup(Box<str>),
    /// All columns from some number on cannot be used here.
    #[error("`{0}` takes one column, not all from one on")]
    Single(Box<str>),
}

impl FromStr for Mapping {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, MappingError> {
        let (field, column) = text.split_once('=').ok_or_else(|| MappingError::NoEquals(text.into()))?;
        let field: Field = field.trim().parse()?;
        let column: ColumnRef = column.parse()?;
        let is_repeatable = matches!(field, Field::Artist | Field::ArtistId | Field::Track | Field::TrackId);
        if matches!(column, ColumnRef::From(_)) && !is_repeatable {
            return Err(MappingError::Single(field.name().into()));
        }
        Ok(Self { field, column })
    }
}

impl FromStr for ColumnRef {
    type Err = MappingError;

    /// `3` is the third column, `3..` it and all behind it, `-` none, anything else a name.
    fn from_str(text: &str) -> Result<Self, MappingError> {
        let text = text.trim();
        let (digits, is_open) = text.strip_suffix("..").map_or((text, false), |digits| (digits, true));
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(if matches!(text, "" | "-") { Self::Nothing } else { Self::Name(text.into()) });
        }
        match digits.parse::<u16>() {
            Ok(number) if number > 0 && is_open => Ok(Self::From(number.into())),
            Ok(number) if number > 0 => Ok(Self::Number(number.into())),
            _ => Err(MappingError::Number(text.into())),
        }
    }
}

impl FromStr for Lookup {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, MappingError> {
        let wrong = || MappingError::Lookup(text.into());
        let (field, rest) = text.split_once('=').ok_or_else(wrong)?;
        // From the right, because a path may hold a colon.
        let mut parts = rest.rsplitn(3, ':');
        let mut part = || parts.next().filter(|part| !part.is_empty()).ok_or_else(wrong);
        let (value, key, path) = (part()?, part()?, part()?);
        let column = |text: &str| match text.parse()? {
            ColumnRef::From(_) | ColumnRef::Nothing => Err(wrong()),
            column => Ok(column),
        };
        Ok(Self { field: field.trim().parse()?, path: path.into(), key: column(key)?, value: column(value)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_or_numbered() {
        let column = |text: &str| text.parse::<Mapping>().map(|mapping| mapping.column);
        assert_eq!(column("plays=weight"), Ok(ColumnRef::Name("weight".into())));
        assert_eq!(column("plays=3"), Ok(ColumnRef::Number(3)));
        assert_eq!(column("track_id=2.."), Ok(ColumnRef::From(2)));
        assert_eq!(column("genre=-"), Ok(ColumnRef::Nothing));
        assert_eq!(column("genre="), Ok(ColumnRef::Nothing));
        assert_eq!(column("plays=2.."), Err(MappingError::Single("plays".into())));
        assert_eq!(column("plays=0"), Err(MappingError::Number("0".into())));
        assert_eq!(column("plays=99999999999"), Err(MappingError::Number("99999999999".into())));
        assert_eq!(column("plays"), Err(MappingError::NoEquals("plays".into())));
        assert!(matches!(column("bpm=2"), Err(MappingError::Field(_))));
    }

    #[test]
    fn a_lookup_has_a_file_and_two_columns() {
        let lookup: Lookup = "tag=c:/sets/tags.dat:tagID:2".parse().unwrap();
        let expected = Lookup {
            field: Field::Tag,
            path: "c:/sets/tags.dat".into(),
            key: ColumnRef::Name("tagID".into()),
            value: ColumnRef::Number(2),
        };
        assert_eq!(lookup, expected);
        for wrong in ["tag=tags.dat", "tag=tags.dat:1", "tags.dat:1:2", "tag=:1:2", "tag=tags.dat:1:2.."] {
            assert!(wrong.parse::<Lookup>().is_err(), "{wrong}");
        }
    }
}
