//! The time, as a value that is handed in.
//!
//! [`SystemClock`] is the one place that reads the machine's clock; tests set a [`ManualClock`].
//! Nothing here waits, and nothing here measures how long something took.

use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, Ordering};

use music::UnixMillis;

/// Says what time it is.
pub trait Clock: Debug + Send + Sync {
    /// The time now. It may jump in both directions, as clocks do: use it as data, never to order events.
    fn now(&self) -> UnixMillis;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    /// The time now; a clock that stands before 1970 reads as 1970.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn now(&self) -> UnixMillis {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let ms = since_epoch.map_or(0, |duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX));
        UnixMillis::new(ms)
    }
}

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct ManualClock {
    now_ms: AtomicI64,
}

impl ManualClock {
    /// A clock that stands at `now`.
    pub const fn new(now: UnixMillis) -> Self {
        Self { now_ms: AtomicI64::new(now.get()) }
    }

    /// Puts the hands to `now`.
    pub fn set(&self, now: UnixMillis) {
        self.now_ms.store(now.get(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(self.now_ms.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_stands_where_it_was_put() {
        let clock = ManualClock::new(UnixMillis::new(5));
        assert_eq!(clock.now(), UnixMillis::new(5));
        clock.set(UnixMillis::new(3));
        assert_eq!(clock.now(), UnixMillis::new(3));
    }

    #[test]
    fn the_system_clock_is_past_the_day_this_was_written() {
        assert!(SystemClock.now() > UnixMillis::from_seconds(1_750_000_000));
    }
}
