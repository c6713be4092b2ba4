//! The mark that writing has failed.
//!
//! After a failed sync nobody knows what the disk holds: the system may have dropped the pages and will report the
//! next sync as a success.
//! SQLite itself would accept the next commit, so the mark stands outside of it, and it cannot be taken away.

use std::sync::Arc;

use tokio::sync::watch;

use crate::error::EngineError;

/// Says whether writing has failed, and why.
#[derive(Clone, Debug)]
pub struct Poison {
    cause: Arc<watch::Sender<Option<Arc<EngineError>>>>,
}

impl Default for Poison {
    fn default() -> Self {
        Self { cause: Arc::new(watch::Sender::new(None)) }
    }
}

impl Poison {
    /// The first failure, if there was one.
    pub fn cause(&self) -> Option<Arc<EngineError>> {
        self.cause.borrow().clone()
    }

    /// Whether writing has failed.
    pub fn is_poisoned(&self) -> bool {
        self.cause.borrow().is_some()
    }

    /// Waits until writing fails; a server then ends its process with a code other than zero.
    pub async fn wait(&self) -> Arc<EngineError> {
        let mut receiver = self.cause.subscribe();
        let cause = receiver.wait_for(Option::is_some).await.expect("the sender lives as long as `self`");
        Arc::clone(cause.as_ref().expect("`wait_for` waited for it"))
    }

    /// The error for those who come too late.
    pub(crate) fn refusal(&self) -> Result<(), EngineError> {
        self.cause().map_or(Ok(()), |cause| Err(EngineError::Poisoned { cause }))
    }

    /// Marks the store as failed; the first cause stays.
    pub(crate) fn set(&self, error: EngineError) -> Arc<EngineError> {
        self.cause.send_if_modified(|cause| {
            let first = cause.is_none();
            if first {
                tracing::error!(%error, "writing failed; nothing more is written or acknowledged");
                *cause = Some(Arc::new(error));
            }
            first
        });
        self.cause().expect("set above, and never taken away")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_cause_stays_and_wakes_those_who_wait() {
        let poison = Poison::default();
        assert!(!poison.is_poisoned());
        let waiting = poison.clone();
        let waiter = tokio::spawn(async move { waiting.wait().await.to_string() });
        poison.set(EngineError::Closed);
        poison.set(EngineError::ReadOnly);
        assert_eq!(waiter.await.unwrap(), EngineError::Closed.to_string());
        assert!(matches!(poison.refusal(), Err(EngineError::Poisoned { .. })));
    }
}
