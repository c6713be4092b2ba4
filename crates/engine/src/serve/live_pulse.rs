//! The pulse of the log while it is served from: what everybody heard lately, a few seconds behind at most.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use music::{ListenerId, UnixMillis};
use recommend::Pulse;

use crate::error::EngineError;
use crate::store::{Scan, Seq, Store};

/// Plays kept of each listener.
const PLAYS_LIMIT: usize = 60;
/// Events that are read when the first is asked for, at most, the latest.
const EVENTS_AT_START: i64 = 200_000;
/// The log is asked for news this long after the last time.
const INTERVAL_MS: i64 = 5_000;

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
    /// Takes in what has happened since the last time, unless that was just now.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub(super) async fn catch_up(&self, store: &dyn Store, now: UnixMillis) -> Result<(), EngineError> {
        let mut reading = self.reading.lock().await;
        if reading.looked.is_some_and(|looked| (0..INTERVAL_MS).contains(&now.since(looked))) {
            return Ok(());
        }
        let mut through = match reading.through {
            Some(through) => through,
            None => Seq::new(store.latest().await?.get().saturating_sub(EVENTS_AT_START).max(0)),
        };
        loop {
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

    /// Forgets what a listener heard.
    pub(super) fn forget(&self, listener: ListenerId) {
        self.pulse.write().unwrap_or_else(PoisonError::into_inner).forget(listener);
    }

    /// What is known.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Pulse> {
        self.pulse.read().unwrap_or_else(PoisonError::into_inner)
    }
}
