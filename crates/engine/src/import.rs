//! Importers: from a file to the engine.
//!
//! ```text
//! file ─► input (counted, unpacked, bounded) ─► formats, table (records) ─► sink ══ chunks ══► recorder ─► ingest
//!         └──────────────── the parser's thread ────────────────────────────┘      └── the caller's task ──┘
//! ```
//!
//! | question | file |
//! |---|---|
//! | which formats are there, and where does a person get the files? | [`format`](mod@format) |
//! | what can be asked for? | [`request`], [`mapping`], [`field`] |
//! | what did it do? | [`report`], [`drop_reason`] |
//! | what went wrong with a file? | [`error`] |
//! | how much of a file is believed? | [`limits`] |
//! | how is a format read? | `formats/`, `table/` |
//!
//! It decides nothing about taste, and it never merges tracks: that is the [catalogue](crate::catalogue)'s.
//! Names of accounts, addresses and clients are never read into a record, so they cannot be stored.
//!
//! ```
//! # async fn example(directory: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use engine::import::{ImportFormat, ImportRequest, import};
//! use engine::{Engine, StoreOptions, SystemClock};
//!
//! let file = directory.join("plays.csv");
//! std::fs::write(&file, "user,artist,title,plays\nanna,Nina Simone,Sinnerman,12\n")?;
//! let engine = Engine::open(&directory.join("data"), StoreOptions::default(), Arc::new(SystemClock)).await?;
//! let request = ImportRequest::new(ImportFormat::Csv, [&file]);
//! let report = import(&engine, request, &mut |progress| println!("{} rows", progress.row_count)).await?;
//! assert_eq!(report.records.events.stored, 1);
//! assert!(report.adds_up());
//! # engine.close().await?;
//! # Ok(())
//! # }
//! # let directory = tempfile::tempdir().unwrap();
//! # tokio::runtime::Runtime::new().unwrap().block_on(example(directory.path())).unwrap();
//! ```

pub mod drop_reason;
pub mod error;
pub mod field;
pub mod format;
mod formats;
mod input;
pub mod limits;
pub mod mapping;
mod playlist_gatherer;
mod reading;
mod record;
mod recorder;
pub mod report;
pub mod request;
mod run;
mod sink;
mod table;
mod tag_counter;
mod tag_kind;
mod time;
mod values;

#[cfg(test)]
mod tests;

pub use drop_reason::DropReason;
pub use error::{ImportError, Place};
pub use field::Field;
pub use format::ImportFormat;
pub use mapping::{ColumnRef, Lookup, Mapping};
pub use report::{
    ColumnUse, Dropped, DroppedValue, Example, FileReport, ImportReport, NewThings, RecordKind, Records,
    Tally,
};
pub use request::{
    Delimiter, ImportOptions, ImportRequest, TableOptions, TextEncoding, TimeFormat, UtcOffset,
};
pub use run::{DEFAULT_LISTENER, ImportProgress, import};
