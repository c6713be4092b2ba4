//! The parser's way to the engine: collects records into chunks and counts what is dropped on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use music::UnixMillis;
use music::unit::HOUR_MS;
use tokio::sync::mpsc;

use super::drop_reason::DropReason;
use super::error::{ImportError, Place};
use super::limits::{CHUNK_LEN, CHUNK_RECORD_COUNT};
use super::record::{Fact, Record};
use super::report::{ColumnUse, Example, FileReport, ImportReport, RecordKind};

/// Records of one file on their way to the engine.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) file: Arc<str>,
    pub(super) records: Vec<Record>,
    /// Rows read so far, of all files.
    pub(super) row_count: u64,
}

/// Takes what a parser finds.
#[derive(Debug)]
pub(super) struct Sink {
    queue: mpsc::Sender<Chunk>,
    now: UnixMillis,
    records: Vec<Record>,
    /// Bytes of input since the last chunk.
    len: usize,
    row_count: u64,
    file: Arc<str>,
    file_row_count: u64,
    columns: Vec<ColumnUse>,
    report: ImportReport,
}

impl Sink {
    /// A sink into `queue`; times are compared with `now`.
    pub(super) fn new(queue: mpsc::Sender<Chunk>, now: UnixMillis) -> Self {
        Self {
            queue,
            now,
            records: Vec::new(),
            len: 0,
            row_count: 0,
            file: "".into(),
            file_row_count: 0,
            columns: Vec::new(),
            report: ImportReport::default(),
        }
    }

    /// What follows is from this file.
    pub(super) fn open_file(&mut self, name: &Arc<str>) {
        self.file = Arc::clone(name);
        self.file_row_count = 0;
        self.columns.clear();
    }

    /// The file has ended, well or not.
    ///
    /// # Errors
    /// [`ImportError::Stopped`] where nobody takes the records.
    pub(super) fn close_file(&mut self, outcome: Result<(), ImportError>) -> Result<(), ImportError> {
        if let Err(ImportError::Stopped) = outcome {
            return outcome;
        }
        self.report.files.push(FileReport {
            name: Arc::clone(&self.file),
            row_count: self.file_row_count,
            columns: std::mem::take(&mut self.columns),
            error: outcome.err(),
        });
        self.flush()
    }

    /// How the columns of this file are understood.
    pub(super) fn set_columns(&mut self, columns: Vec<ColumnUse>) {
        self.columns = columns;
    }

    /// Counts one row of `len` bytes.
    ///
    /// # Errors
    /// [`ImportError::Stopped`] where nobody takes the records.
    pub(super) fn row(&mut self, len: usize) -> Result<(), ImportError> {
        self.row_count += 1;
        self.file_row_count += 1;
        self.len += len;
        // Between rows, so that one row's records stay together.
        if self.records.len() >= CHUNK_RECORD_COUNT || self.len >= CHUNK_LEN { self.flush() } else { Ok(()) }
    }

    /// Takes one record.
    pub(super) fn give(&mut self, place: Place, fact: Fact) {
        for (kind, count) in fact.counts() {
            self.report.read(kind, count);
        }
        self.records.push(Record { place, fact });
    }

    /// Counts one record that cannot be taken.
    pub(super) fn drop_record(&mut self, kind: RecordKind, place: Place, reason: DropReason, text: &str) {
        self.drop_records(kind, place, reason, text, 1);
    }

    /// Counts several records that cannot be taken for one reason.
    pub(super) fn drop_records(
        &mut self,
        kind: RecordKind,
        place: Place,
        reason: DropReason,
        text: &str,
        count: u64,
    ) {
        self.report.read(kind, count);
        let file = &self.file;
        self.report.drop_records(kind, reason, count, || Example::new(file, Some(place), text));
    }

    /// Counts a value that is left out of a record.
    pub(super) fn drop_value(&mut self, value: &'static str, place: Place, text: &str) {
        let file = &self.file;
        self.report.drop_value(value, || Example::new(file, Some(place), text));
    }

    /// Accepts the times that the log accepts, before anything is made for a row that it would not.
    pub(super) const fn check_time(&self, at: UnixMillis) -> Result<UnixMillis, DropReason> {
        if at.get() < 0 {
            return Err(DropReason::BeforeEpoch);
        }
        if at.get() == 0 {
            // What players without a clock write.
            return Err(DropReason::NoTime);
        }
        if at.since(self.now) > HOUR_MS {
            return Err(DropReason::InFuture);
        }
        Ok(at)
    }

    /// What was counted, when all files have ended.
    pub(super) fn into_report(self) -> ImportReport {
        self.report
    }

    fn flush(&mut self) -> Result<(), ImportError> {
        self.len = 0;
        let records = std::mem::take(&mut self.records);
        let chunk = Chunk { file: Arc::clone(&self.file), records, row_count: self.row_count };
        self.queue.blocking_send(chunk).map_err(|_| ImportError::Stopped)
    }
}

/// Bytes read from the files so far; shared with whoever reports progress.
#[derive(Clone, Debug, Default)]
pub(super) struct ByteCount(Arc<AtomicU64>);

impl ByteCount {
    /// Adds bytes that were read.
    pub(super) fn add(&self, len: u64) {
        self.0.fetch_add(len, Ordering::Relaxed);
    }

    /// Makes it at least `len`.
    pub(super) fn raise_to(&self, len: u64) {
        self.0.fetch_max(len, Ordering::Relaxed);
    }

    /// The bytes so far.
    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
