//! The one writer: a thread that turns what is queued into transactions.
//!
//! Group commit: while one transaction waits for the disk, others queue up, and the next transaction takes them all.
//! So a lone caller waits for one sync, and a thousand callers share one.
//!
//! Failure is final.
//! The first error of any statement, commit or checkpoint poisons the store: nobody in that group is acknowledged,
//! nobody after it either, and no sync is tried again.

use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::{Connection, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::read_events;
use super::transaction::{self, Encoded};
use crate::error::EngineError;
use crate::store::data_directory::WriteLock;
use crate::store::{Acknowledgement, Batch, Poison, Receipt, Reservation};

/// Rows that may wait in the queue; about 40 MB of events.
const QUEUE_ROW_COUNT_MAX: usize = 2 * Batch::ROW_COUNT_MAX;

/// Rows after which a transaction takes no further batch: long enough to share the cost of a sync and of rewriting
/// the pages of the key index, short enough that others do not wait long.
const GROUP_ROW_COUNT_MAX: usize = 50_000;

/// A checkpoint is due after so many rows…
const CHECKPOINT_ROW_COUNT: usize = 50_000;

/// …or so many transactions, of which each writes half a dozen pages at least.
const CHECKPOINT_COMMIT_COUNT: usize = 1_000;

type Receipts = Result<Vec<Receipt>, EngineError>;

struct Request {
    batch: Encoded,
    acknowledge: oneshot::Sender<Receipts>,
    /// Gives the room in the queue back when the request is done.
    _room: OwnedSemaphorePermit,
}

/// The way to the writer.
pub(super) struct WriterHandle {
    /// None after closing.
    queue: Mutex<Option<mpsc::UnboundedSender<Request>>>,
    room: Arc<Semaphore>,
    poison: Poison,
    /// Resolves when the thread has closed its connection.
    finished: tokio::sync::Mutex<Option<oneshot::Receiver<()>>>,
}

impl fmt::Debug for WriterHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriterHandle").field("poison", &self.poison).finish_non_exhaustive()
    }
}

impl WriterHandle {
    /// Starts the thread, which keeps `connection` and `lock` to itself.
    pub(super) async fn start(
        mut connection: SqliteConnection,
        lock: WriteLock,
        poison: Poison,
    ) -> Result<Self, EngineError> {
        let next_seq = read_events::highest_given(&mut connection).await?.get() + 1;
        let (queue, requests) = mpsc::unbounded_channel();
        let (finish, finished) = oneshot::channel();
        let writer = Writer {
            connection: ManuallyDrop::new(connection),
            requests,
            poison: poison.clone(),
            next_seq,
            row_count: 0,
            commit_count: 0,
        };
        let io = |source| EngineError::Io { action: "start the writer for", path: "segue.db".into(), source };
        // Its own runtime: a caller whose runtime is busy or ends never holds an acknowledgement back.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(io)?;
        let thread = move || {
            runtime.block_on(writer.run());
            drop(lock);
            // Nobody waits where the store was dropped without closing it.
            let _ = finish.send(());
        };
        std::thread::Builder::new().name("segue-writer".to_owned()).spawn(thread).map_err(io)?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            room: Arc::new(Semaphore::new(QUEUE_ROW_COUNT_MAX)),
            poison,
            finished: tokio::sync::Mutex::new(Some(finished)),
        })
    }

    /// Waits for room in the queue.
    pub(super) async fn reserve(&self, row_count: usize) -> Result<Reservation, EngineError> {
        if row_count > Batch::ROW_COUNT_MAX {
            return Err(EngineError::BatchTooLarge { row_count, row_count_max: Batch::ROW_COUNT_MAX });
        }
        self.poison.refusal()?;
        let queue = self.lock_queue().clone().ok_or(EngineError::Closed)?;
        let permits = u32::try_from(row_count.max(1)).expect("a batch is far below four billion rows");
        let room =
            Arc::clone(&self.room).acquire_many_owned(permits).await.expect("the semaphore is never closed");
        let poison = self.poison.clone();
        Ok(Reservation::new(move |batch| enqueue(&queue, &poison, room, batch)))
    }

    /// Writes what is queued, then closes the file. Does nothing the second time.
    pub(super) async fn close(&self) {
        drop(self.lock_queue().take());
        if let Some(finished) = self.finished.lock().await.take() {
            // An error means that the thread is gone, which is what we wait for.
            let _ = finished.await;
        }
    }

    fn lock_queue(&self) -> std::sync::MutexGuard<'_, Option<mpsc::UnboundedSender<Request>>> {
        // Nothing panics while it is held, and the option is whole at all times.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn enqueue(
    queue: &mpsc::UnboundedSender<Request>,
    poison: &Poison,
    room: OwnedSemaphorePermit,
    batch: Batch,
) -> Acknowledgement {
    let (acknowledge, acknowledged) = oneshot::channel();
    let encoded = match Encoded::new(batch) {
        Ok(encoded) => encoded,
        Err(error) => return Acknowledgement::new(std::future::ready(Err(error))),
    };
    let sent = queue.send(Request { batch: encoded, acknowledge, _room: room });
    let poison = poison.clone();
    Acknowledgement::new(async move {
        // The writer outlives every way to it, so only a panic can have ended it.
        let gone = || EngineError::Poisoned { cause: poison.set(EngineError::WriterGone) };
        sent.map_err(|_| gone())?;
        acknowledged.await.map_err(|_| gone())?
    })
}

struct Writer {
    /// Never dropped by accident: closing a connection makes SQLite sync, and after a failed sync that must not be.
    connection: ManuallyDrop<SqliteConnection>,
    requests: mpsc::UnboundedReceiver<Request>,
    poison: Poison,
    next_seq: i64,
    row_count: usize,
    commit_count: usize,
}

impl Writer {
    async fn run(mut self) {
        while let Some(first) = self.requests.recv().await {
            let group = self.group(first);
            if self.write(group).await.is_err() {
                // From here on only refusals; the connection is left as it is until the process ends.
                return self.refuse().await;
            }
        }
        let connection = ManuallyDrop::into_inner(self.connection);
        if let Err(source) = connection.close().await {
            self.poison.set(EngineError::Database { action: "close the database", source });
        }
    }

    /// What goes into the next transaction: `first` and all that is queued behind it, up to a size.
    fn group(&mut self, first: Request) -> Vec<Request> {
        let mut row_count = first.batch.row_count();
        let mut group = vec![first];
        while row_count < GROUP_ROW_COUNT_MAX {
            let Ok(next) = self.requests.try_recv() else { break };
            row_count += next.batch.row_count();
            group.push(next);
        }
        group
    }

    /// Writes one transaction and acknowledges everybody in it; in case of an error nobody.
    ///
    /// An error has poisoned the store already.
    async fn write(&mut self, group: Vec<Request>) -> Result<(), Arc<EngineError>> {
        let batches: Vec<&Encoded> = group.iter().map(|request| &request.batch).collect();
        let row_count: usize = batches.iter().map(|batch| batch.row_count()).sum();
        let written = transaction::write(&mut self.connection, &batches, &mut self.next_seq).await;
        let receipts = match written {
            Ok(receipts) => receipts,
            Err(error) => {
                let cause = self.poison.set(error);
                for request in group {
                    let refusal = EngineError::Poisoned { cause: Arc::clone(&cause) };
                    let _ = request.acknowledge.send(Err(refusal));
                }
                return Err(cause);
            }
        };
        for (request, receipts) in group.into_iter().zip(receipts) {
            // Nobody may be waiting any more; the batch is stored all the same.
            let _ = request.acknowledge.send(Ok(receipts));
        }
        self.commit_count += 1;
        self.row_count += row_count;
        if self.row_count >= CHECKPOINT_ROW_COUNT || self.commit_count >= CHECKPOINT_COMMIT_COUNT {
            self.checkpoint().await.map_err(|error| self.poison.set(error))?;
        }
        Ok(())
    }

    /// Moves what the WAL holds into the database, as far as readers allow.
    ///
    /// Made here and not by SQLite on its own, because that ignores a sync that fails on the way.
    async fn checkpoint(&mut self) -> Result<(), EngineError> {
        (self.row_count, self.commit_count) = (0, 0);
        sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
            .execute(&mut *self.connection)
            .await
            .map_err(EngineError::database("write the log back into the database"))?;
        Ok(())
    }

    async fn refuse(&mut self) {
        while let Some(request) = self.requests.recv().await {
            let _ = request.acknowledge.send(self.poison.refusal().and(Err(EngineError::Closed)));
        }
    }
}
