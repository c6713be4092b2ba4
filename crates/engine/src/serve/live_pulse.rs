//! The pulse of the log while it is served from: what everybody heard lately, a few seconds behind at most.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use music::UnixMillis;
use recommend::Pulse;
use recommend::pulse::PLAYS_LIMIT;

use crate::error::EngineError;
use crate::store::{Scan, Seq, Store};

/// Events that are read at the start, at most, the latest.
const EVENTS_AT_START: i64 = 200_000;
/// The log is asked for news this long after the last time.
const INTERVAL_MS: i64 = 5_000;
/// Pages that a request reads of it, at most; while an import runs, the rest comes with later requests.
const PAGES_OF_REQUEST: usize = 2;

/// Reads up behind the log.
#[derive(Debug)]
pub(super) struct LivePulse {
    pulse: RwLock<Pulse>,
    reading: tokio::sync::Mutex<Reading>,
}

#[derive(Debug, Default)]
struct Reading {
    through: Option<Seq>,
    looked: Option<UnixMillis>,
}

impl Default for LivePulse {
    fn default() -> Self {
        Self { pulse: RwLock::new(Pulse::new(PLAYS_LIMIT)), reading: tokio::sync::Mutex::default() }
    }
}

impl LivePulse {
    /// Takes in some of what has happened since the last time, unless that was just now.
    ///
    /// Where the log cannot be read, what is known stays, and a line in the program's log says so.
    pub(super) async fn keep_up(&self, store: &dyn Store, now: UnixMillis) {
        if let Err(error) = self.read_on(store, now, PAGES_OF_REQUEST).await {
            tracing::warn!(%error, "what others hear is not up to date");
        }
    }

    /// Takes in all that has happened since the last time.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub(super) async fn catch_up(&self, store: &dyn Store, now: UnixMillis) -> Result<(), EngineError> {
        self.read_on(store, now, usize::MAX).await
    }

    async fn read_on(&self, store: &dyn Store, now: UnixMillis, pages_max: usize) -> Result<(), EngineError> {
        let mut reading = self.reading.lock().await;
        let is_asked = pages_max < usize::MAX;
        if is_asked && reading.looked.is_some_and(|looked| (0..INTERVAL_MS).contains(&now.since(looked))) {
            return Ok(());
        }
        let mut through = match reading.through {
            Some(through) => through,
            None => Seq::new(store.latest().await?.get().saturating_sub(EVENTS_AT_START).max(0)),
        };
        for _ in 0..pages_max {
            let scan = Scan::all().after(through);
            let page = store.events(scan).await?;
            let is_last = page.len() < scan.limit as usize;
            if let Some(last) = page.last() {
                through = last.seq;
                let mut pulse = self.pulse.write().unwrap_or_else(PoisonError::into_inner);
                page.iter().for_each(|stored| pulse.observe(&stored.event));
            }
            // What was read is kept, whatever becomes of the next page.
            reading.through = Some(through);
            if is_last {
                break;
            }
        }
        reading.looked = Some(now);
        Ok(())
    }

    /// What is known.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Pulse> {
        self.pulse.read().unwrap_or_else(PoisonError::into_inner)
    }
}
