//! Which column of one table means what.

use std::sync::Arc;

use super::Cells;
use crate::import::error::ImportError;
use crate::import::field::Field;
use crate::import::limits::COLUMN_COUNT_MAX;
use crate::import::mapping::ColumnRef;
use crate::import::report::{ColumnUse, printable};
use crate::import::request::ImportOptions;

/// The longest list of columns in a message.
const KNOWN_LEN_MAX: usize = 300;

/// The fields that can say what a row is about.
const TRACK_FIELDS: [Field; 5] =
    [Field::Track, Field::TrackId, Field::TrackMbid, Field::Isrc, Field::SpotifyUri];
const ARTIST_FIELDS: [Field; 3] = [Field::Artist, Field::ArtistId, Field::ArtistMbid];

/// The columns of one table.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// The column of each field, by [`Field::index`].
    columns: [Option<usize>; Field::COUNT],
    /// The field that fills all columns from some number on.
    repeated: Option<(Field, usize)>,
    uses: Vec<ColumnUse>,
    /// Whether the first row holds names.
    pub(super) has_header: bool,
}

impl Layout {
    /// The layout of a table whose first row is `first`, as `options` say, else as the names in `first` suggest.
    ///
    /// # Errors
    /// [`ImportError::NoSuchColumn`], [`ImportError::NothingMapped`], [`ImportError::SpaceMissing`].
    pub(super) fn of(
        file: &Arc<str>,
        first: &impl Cells,
        options: &ImportOptions,
    ) -> Result<Self, ImportError> {
        let names: Vec<&str> = (0..first.cell_count().min(COLUMN_COUNT_MAX))
            .map(|index| first.cell(index).unwrap_or("").trim())
            .collect();
        let usual = usual_columns(&names);
        let mappings = &options.table.mappings;
        let is_named = mappings.iter().any(|mapping| matches!(mapping.column, ColumnRef::Name(_)));
        // One usual name alone may be a title.
        let looks_named = usual.len() >= 2 || (mappings.is_empty() && !usual.is_empty());
        let has_header = options.table.header.unwrap_or(is_named || looks_named);
        let mut layout = Self { columns: [None; Field::COUNT], repeated: None, uses: Vec::new(), has_header };
        for mapping in mappings {
            let column = match &mapping.column {
                ColumnRef::Nothing => continue,
                ColumnRef::From(number) => {
                    layout.repeated = Some((mapping.field, number - 1));
                    layout.note(mapping.field, &format!("{number} and all behind it"), false);
                    continue;
                }
                ColumnRef::Number(number) if *number <= names.len() => number - 1,
                ColumnRef::Number(number) => return Err(no_column(file, &number.to_string(), &names)),
                ColumnRef::Name(name) if has_header => {
                    named(&names, name).ok_or_else(|| no_column(file, name, &names))?
                }
                ColumnRef::Name(name) => return Err(no_column(file, name, &names)),
            };
            layout.columns[mapping.field.index()] = Some(column);
            layout.note(mapping.field, &column_name(has_header, &names, column), false);
        }
        if has_header {
            for (field, column) in usual {
                if mappings.iter().all(|mapping| mapping.field != field) {
                    layout.columns[field.index()] = Some(column);
                    layout.note(field, &column_name(has_header, &names, column), true);
                }
            }
        }
        layout.require(file, &names, options)?;
        Ok(layout)
    }

    fn note(&mut self, field: Field, column: &str, inferred: bool) {
        self.uses.push(ColumnUse { field, column: printable(column, 60), inferred });
    }

    fn require(&self, file: &Arc<str>, names: &[&str], options: &ImportOptions) -> Result<(), ImportError> {
        if let Some(field) = Field::all().find(|field| field.needs_space() && self.has(*field))
            && options.space.is_none()
        {
            return Err(ImportError::SpaceMissing { field });
        }
        if !self.is_about_tracks() && !ARTIST_FIELDS.into_iter().any(|field| self.has(field)) {
            return Err(ImportError::NothingMapped {
                file: (&**file).into(),
                missing: "a track or an artist",
                known: known(names),
            });
        }
        Ok(())
    }

    /// Whether there is a column for `field`.
    pub(super) fn has(&self, field: Field) -> bool {
        self.column(field).is_some() || self.repeated.is_some_and(|(repeated, _)| repeated == field)
    }

    /// Whether rows are about tracks, and not about artists alone.
    pub(super) fn is_about_tracks(&self) -> bool {
        TRACK_FIELDS.into_iter().any(|field| self.has(field))
    }

    /// The column of `field`, from 0.
    pub(super) fn column(&self, field: Field) -> Option<usize> {
        self.columns[field.index()]
    }

    /// The field that each column from some number on is for.
    pub(super) const fn repeated(&self) -> Option<(Field, usize)> {
        self.repeated
    }

    /// How the columns are understood, for the report.
    pub(super) fn uses(&self) -> Vec<ColumnUse> {
        self.uses.clone()
    }

    /// The columns that are used, each once, in order; and makes the layout one of a table of these alone.
    pub(super) fn narrow(&mut self) -> Vec<usize> {
        let mut used: Vec<usize> = self.columns.iter().flatten().copied().collect();
        used.sort_unstable();
        used.dedup();
        for column in self.columns.iter_mut().flatten() {
            *column = used.partition_point(|other| *other < *column);
        }
        used
    }
}

/// Fields whose usual name is in the header, each with its most telling column.
fn usual_columns(names: &[&str]) -> Vec<(Field, usize)> {
    let mut found: Vec<(Field, usize, usize)> = Vec::new();
    for (column, name) in names.iter().enumerate() {
        let Some((field, rank)) = Field::usually(name) else { continue };
        match found.iter_mut().find(|(known, ..)| *known == field) {
            Some(known) if rank < known.1 => *known = (field, rank, column),
            Some(_) => {}
            None => found.push((field, rank, column)),
        }
    }
    found.into_iter().map(|(field, _, column)| (field, column)).collect()
}

fn named(names: &[&str], name: &str) -> Option<usize> {
    let exact = names.iter().position(|known| *known == name);
    exact.or_else(|| names.iter().position(|known| known.eq_ignore_ascii_case(name)))
}

fn column_name(has_header: bool, names: &[&str], column: usize) -> String {
    let name = names.get(column).filter(|name| has_header && !name.is_empty());
    name.map_or_else(|| (column + 1).to_string(), |name| (*name).to_owned())
}

fn no_column(file: &Arc<str>, column: &str, names: &[&str]) -> ImportError {
    ImportError::NoSuchColumn { file: (&**file).into(), column: printable(column, 60), known: known(names) }
}

fn known(names: &[&str]) -> Box<str> {
    printable(&names.join(", "), KNOWN_LEN_MAX)
}
