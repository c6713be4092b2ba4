//! Tables in Parquet files, one row group after another.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parquet::basic::Repetition;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field as Value;
use parquet::schema::types::{Type, TypePtr};

use super::layout::Layout;
use super::row::RowReader;
use crate::import::error::{ImportError, Place};
use crate::import::formats::Plan;
use crate::import::sink::Sink;

/// Reads one file.
///
/// Columns that hold lists or groups are passed over.
///
/// # Errors
/// Where it is no Parquet file, its columns do not fit the mapping, or a part of it is broken.
pub(in crate::import) fn read_parquet(
    name: &Arc<str>,
    file: File,
    plan: &Plan,
    sink: &mut Sink,
) -> Result<(), ImportError> {
    let mut row_count = 0;
    let broken = |row_count: u64| {
        move |source: ParquetError| ImportError::Parquet {
            file: (&**name).into(),
            place: Place::Row(row_count),
            source,
        }
    };
    let file_len = file.metadata().map_or(0, |metadata| metadata.len());
    let reader = guarded(|| SerializedFileReader::new(file)).map_err(|error| ImportError::NotThisFormat {
        file: (&**name).into(),
        format: plan.format,
        reason: error.to_string().into(),
    })?;
    let schema = reader.metadata().file_metadata().schema_descr().root_schema_ptr();
    let flat: Vec<TypePtr> = schema.get_fields().iter().filter(|field| is_flat(field)).cloned().collect();
    let names: Vec<String> = flat.iter().map(|field| field.name().to_owned()).collect();
    let mut layout = layout_of(name, &names, plan)?;
    sink.set_columns(layout.uses());
    let used: Vec<TypePtr> = layout.narrow().into_iter().map(|index| Arc::clone(&flat[index])).collect();
    let projection =
        Type::group_type_builder(schema.name()).with_fields(used).build().map_err(broken(row_count))?;
    let rows = RowReader::new(layout, plan);
    let mut cells = Vec::new();
    for index in 0..reader.num_row_groups() {
        check_places(reader.metadata().row_group(index), file_len).map_err(broken(row_count))?;
        let group = guarded(|| reader.get_row_group(index)).map_err(broken(row_count))?;
        let mut records =
            guarded(|| group.get_row_iter(Some(projection.clone()))).map_err(broken(row_count))?;
        while let Some(row) = guarded(|| records.next().transpose()).map_err(broken(row_count))? {
            row_count += 1;
            cells.clear();
            cells.extend(row.get_column_iter().map(|(_, value)| text(value)));
            sink.row(cells.iter().map(String::len).sum())?;
            rows.take(&cells, Place::Row(row_count), sink);
        }
    }
    Ok(())
}

/// Asks the library; where it panics on bytes it did not expect, the file is broken, and not this program.
///
/// Only calls into the library stand inside, so that mistakes of our own are not taken for damage.
fn guarded<T>(ask: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    catch_unwind(AssertUnwindSafe(ask)).unwrap_or_else(|_| {
        Err(ParquetError::General(
            "its bytes contradict each other, and reading them was given up".to_owned(),
        ))
    })
}

/// Refuses columns that lie before, behind or across the end of the file: the library takes their places for granted.
fn check_places(group: &RowGroupMetaData, file_len: u64) -> Result<(), ParquetError> {
    for column in group.columns() {
        let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
        let end = start.checked_add(column.compressed_size());
        let is_within = |end: i64| u64::try_from(end).is_ok_and(|end| end <= file_len);
        if start < 0 || column.compressed_size() < 0 || !end.is_some_and(is_within) {
            let name = column.column_path().string();
            return Err(ParquetError::General(format!("column `{name}` lies outside the file")));
        }
    }
    Ok(())
}

fn layout_of(file: &Arc<str>, names: &Vec<String>, plan: &Plan) -> Result<Layout, ImportError> {
    let mut options = plan.options.clone();
    // A Parquet table always has names.
    options.table.header = Some(true);
    Layout::of(file, names, &options)
}

fn is_flat(field: &TypePtr) -> bool {
    field.is_primitive() && field.get_basic_info().repetition() != Repetition::REPEATED
}

/// A value as a table of text would have it.
fn text(value: &Value) -> String {
    let instant = |ms: Option<i64>| {
        let time = ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
        time.map_or_else(String::new, |time| time.to_string())
    };
    match value {
        Value::Null => String::new(),
        Value::Str(text) => text.clone(),
        Value::Bytes(bytes) => bytes.as_utf8().map(str::to_owned).unwrap_or_default(),
        Value::TimestampMillis(ms) => instant(Some(*ms)),
        Value::TimestampMicros(us) => instant(Some(us.div_euclid(1_000))),
        Value::Date(days) => instant(i64::from(*days).checked_mul(music::unit::DAY_MS)),
        Value::Bool(flag) => flag.to_string(),
        Value::Byte(number) => number.to_string(),
        Value::Short(number) => number.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Long(number) => number.to_string(),
        Value::UByte(number) => number.to_string(),
        Value::UShort(number) => number.to_string(),
        Value::UInt(number) => number.to_string(),
        Value::ULong(number) => number.to_string(),
        Value::Float16(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Double(number) => number.to_string(),
        // Times of day, decimals and what is nested mean nothing to any field.
        _ => String::new(),
    }
}
