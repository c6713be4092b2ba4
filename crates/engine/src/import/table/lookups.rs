//! Second tables that replace the ids in a column by names.

use rustc_hash::FxHashMap;

use super::Cells;
use super::text::text_rows;
use crate::import::error::ImportError;
use crate::import::field::Field;
use crate::import::format::ImportFormat;
use crate::import::input::{Input, Magic, SourceFile, UnpackLimit, Unpacked, source_files};
use crate::import::limits::LOOKUP_ROW_COUNT_MAX;
use crate::import::mapping::{ColumnRef, Lookup};
use crate::import::request::ImportOptions;
use crate::import::sink::ByteCount;

/// Names by the ids that stand for them.
type Names = FxHashMap<Box<str>, Box<str>>;

/// Names by id, for each field that has a table of them.
#[derive(Debug, Default)]
pub(in crate::import) struct Lookups {
    tables: Vec<(Field, Names)>,
}

impl Lookups {
    /// Reads all tables into memory.
    ///
    /// # Errors
    /// Where one cannot be read, lacks a column or is too large.
    pub(in crate::import) fn load(
        format: ImportFormat,
        options: &ImportOptions,
    ) -> Result<Self, ImportError> {
        let tables = options.table.lookups.iter().map(|lookup| {
            let files = source_files(format, std::slice::from_ref(&lookup.path))?;
            let [file] = files.as_slice() else {
                return Err(ImportError::NotFound { path: lookup.path.clone() });
            };
            Ok((lookup.field, load_one(file, lookup, format, options)?))
        });
        Ok(Self { tables: tables.collect::<Result<_, _>>()? })
    }

    /// The table of `field`, where there is one.
    pub(super) fn of(&self, field: Field) -> Option<&FxHashMap<Box<str>, Box<str>>> {
        self.tables.iter().find(|(known, _)| *known == field).map(|(_, table)| table)
    }
}

fn load_one(
    source: &SourceFile,
    lookup: &Lookup,
    format: ImportFormat,
    options: &ImportOptions,
) -> Result<FxHashMap<Box<str>, Box<str>>, ImportError> {
    // What is read for a lookup is no progress of the import.
    let (file, magic) = source.open(&ByteCount::default())?;
    let input = match magic {
        Magic::Gzip => {
            let limit = UnpackLimit::of_file(source.len);
            let unpacked = flate2::bufread::MultiGzDecoder::new(std::io::BufReader::new(file));
            Input::new(&source.name, Unpacked::new(unpacked, limit))?
        }
        Magic::Zip | Magic::Other => Input::new(&source.name, file)?,
    };
    let mut rows = text_rows(input, format, options);
    let mut table = FxHashMap::default();
    let mut columns = None;
    while rows.advance()?.is_some() {
        // A name that is missing would drop rows elsewhere, where nobody sees why.
        let row = rows.needed_row()?;
        let (key, value) = match columns {
            Some(columns) => columns,
            None => {
                let found = (place(row, &lookup.key, source)?, place(row, &lookup.value, source)?);
                columns = Some(found);
                if matches!((&lookup.key, &lookup.value), (ColumnRef::Name(_), _) | (_, ColumnRef::Name(_))) {
                    continue;
                }
                found
            }
        };
        let (Some(key), Some(value)) = (row.cell(key), row.cell(value)) else { continue };
        if table.len() == LOOKUP_ROW_COUNT_MAX {
            let file = (&*source.name).into();
            return Err(ImportError::LookupTooLarge { file, row_count_max: LOOKUP_ROW_COUNT_MAX });
        }
        table.insert(key.trim().into(), value.trim().into());
    }
    Ok(table)
}

/// Where a column stands; by its name only in the first row.
fn place(first: &impl Cells, column: &ColumnRef, source: &SourceFile) -> Result<usize, ImportError> {
    let names = || (0..first.cell_count()).map(|index| first.cell(index).unwrap_or("").trim());
    let found = match column {
        ColumnRef::Number(number) => Some(number - 1).filter(|index| *index < first.cell_count()),
        ColumnRef::Name(name) => names().position(|known| known == &**name),
        ColumnRef::From(_) | ColumnRef::Nothing => None,
    };
    found.ok_or_else(|| ImportError::NoSuchColumn {
        file: (&*source.name).into(),
        column: match column {
            ColumnRef::Name(name) => name.clone(),
            ColumnRef::Number(number) | ColumnRef::From(number) => number.to_string().into(),
            ColumnRef::Nothing => "-".into(),
        },
        known: crate::import::report::printable(&names().collect::<Vec<_>>().join(", "), 300),
    })
}
