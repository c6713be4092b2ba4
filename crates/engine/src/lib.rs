//! The state of Segue, and the one API that its edges use.
//!
//! | question | module |
//! |---|---|
//! | what is on disk, and when is it safe? | [`store`] |
//! | when do two descriptions mean the same track? | [`catalogue`] |
//! | how do descriptions and events come in? | [`ingest`] |
//! | how are files of other services read? | [`import`] |
//! | who may log in? | [`account`] |
//! | what is learnt from the log, and how? | [`train`] |
//! | where is what was learnt, and is it whole? | [`snapshot`] |
//! | how is a request answered? | [`serve`] |
//! | which of two ways to answer do listeners prefer? | [`experiment`] |
//! | what is known about one listener? | [`export`](mod@export) |
//! | what time is it? | [`clock`] |
//! | what can go wrong? | [`error`](mod@error) |
//!
//! The order of things, once: an [`Intake`](ingest::Intake) resolves descriptions to ids and collects events, its
//! commit queues one batch to the store's only writer, and the receipts come back when the disk has it.
//!
//! ```
//! # async fn listen(directory: &std::path::Path) -> Result<(), engine::EngineError> {
//! use std::sync::Arc;
//!
//! use engine::{Clock, Engine, NewEvent, StoreOptions, SystemClock};
//! use music::{Prompt, TrackDescription};
//!
//! let engine = Engine::open(directory, StoreOptions::default(), Arc::new(SystemClock)).await?;
//! let mut intake = engine.intake().await?;
//! let listener = intake.listener("anna")?;
//! let track = intake.track(&TrackDescription::named("Nina Simone", "Sinnerman"))?;
//! intake.event(NewEvent::plain(listener, engine.clock().now(), Prompt::played(track)))?;
//! let receipts = intake.commit().await?;
//! assert!(receipts[0].is_stored());
//! # engine.close().await
//! # }
//! # let directory = tempfile::tempdir().unwrap();
//! # tokio::runtime::Runtime::new().unwrap().block_on(listen(directory.path())).unwrap();
//! ```

pub mod account;
pub mod catalogue;
pub mod clock;
pub mod engine;
pub mod error;
pub mod experiment;
pub mod export;
pub mod import;
pub mod ingest;
pub mod serve;
pub mod snapshot;
pub mod store;
pub mod train;

pub use account::{Account, Accounts, OsRandom, Random, Role, Secret, Token, TokenKind};
pub use catalogue::Library;
pub use clock::{Clock, ManualClock, SystemClock};
pub use engine::{Engine, LibraryView};
pub use error::EngineError;
pub use experiment::{ExperimentError, Experiments};
pub use export::{ExportReport, export};
pub use ingest::{Intake, NewEvent, PlaylistHistory, PlaylistImport, Rejection};
pub use serve::{Ask, ServeOptions, Service};
pub use snapshot::SnapshotDirectory;
pub use store::{
    AnalysisStore, AudioHash, Batch, CatalogueChange, Durability, FileChange, FilePath, FileProblem,
    FileRecord, Heard, Integrity, Receipt, Scan, ScanOf, Seq, SqliteStore, Store, StoreOptions,
    StoredAnalysis, StoredBooklet, StoredEvent, TaggedFile,
};
