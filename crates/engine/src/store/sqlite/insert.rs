//! Inserting many rows with few statements.

use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, SqliteConnection};

/// An `INSERT` of a fixed table with fixed columns, in a few sizes.
///
/// A statement for 256 rows costs little more than one for a single row to start, and each of the four texts is
/// prepared once per connection.
/// No text ever contains a value.
#[derive(Debug)]
pub(super) struct Insert {
    texts: [String; SIZES.len()],
    column_count: usize,
}

/// Rows per statement, greatest first; 256 rows of seven columns stay far below SQLite's 32,766 values.
pub(super) const SIZES: [usize; 4] = [256, 32, 4, 1];

/// What to do when binding fails: nothing that is bound here can fail, but the library's signature allows for it.
type Bound = Result<(), sqlx::error::BoxDynError>;

impl Insert {
    /// `INSERT INTO {into} VALUES (…), … {conflict}` with `column_count` values per row.
    pub(super) fn new(into: &'static str, column_count: usize, conflict: &'static str) -> Self {
        let row = format!("({})", vec!["?"; column_count].join(", "));
        let text = |rows: usize| {
            format!("INSERT INTO {into} VALUES {} {conflict}", vec![row.as_str(); rows].join(", "))
        };
        Self { texts: SIZES.map(text), column_count }
    }

    /// Inserts `rows` in their order.
    pub(super) async fn run<R>(
        &'static self,
        connection: &mut SqliteConnection,
        rows: &[R],
        bind: impl Fn(&mut SqliteArguments, &R) -> Bound,
    ) -> Result<(), sqlx::Error> {
        let mut rest = rows;
        while !rest.is_empty() {
            let chunk = Self::chunk(rest);
            self.run_chunk(connection, chunk, &bind).await?;
            rest = &rest[chunk.len()..];
        }
        Ok(())
    }

    /// The rows that the next statement takes.
    pub(super) fn chunk<R>(rows: &[R]) -> &[R] {
        let size = SIZES.into_iter().find(|&size| size <= rows.len()).unwrap_or(0);
        &rows[..size]
    }

    /// Inserts one [`chunk`](Self::chunk) and says how many of its rows were new.
    pub(super) async fn run_chunk<R>(
        &'static self,
        connection: &mut SqliteConnection,
        chunk: &[R],
        bind: impl Fn(&mut SqliteArguments, &R) -> Bound,
    ) -> Result<u64, sqlx::Error> {
        let size =
            SIZES.into_iter().position(|size| size == chunk.len()).expect("`chunk` gives these sizes only");
        let mut arguments = SqliteArguments::default();
        arguments.reserve(chunk.len() * self.column_count, 0);
        for row in chunk {
            bind(&mut arguments, row).map_err(sqlx::Error::Encode)?;
        }
        debug_assert_eq!(arguments.len(), chunk.len() * self.column_count, "one value per column");
        let done = sqlx::query_with(self.texts[size].as_str(), arguments).execute(connection).await?;
        Ok(done.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_cover_all_rows_in_order() {
        let rows: Vec<u32> = (0..1000).collect();
        let mut rest = rows.as_slice();
        let mut seen = Vec::new();
        while !rest.is_empty() {
            let chunk = Insert::chunk(rest);
            seen.extend_from_slice(chunk);
            rest = &rest[chunk.len()..];
        }
        assert_eq!(seen, rows);
    }

    #[test]
    fn the_text_has_a_place_for_every_value() {
        let insert = Insert::new("t (a, b)", 2, "ON CONFLICT DO NOTHING");
        assert_eq!(insert.texts[3], "INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT DO NOTHING");
        assert_eq!(insert.texts[2].matches('?').count(), 8);
    }
}
