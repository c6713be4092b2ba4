//! Time and memory for those who measure.

use std::time::{Duration, Instant};

use learn::eval::Meter;

/// The time since this was made, and the memory of this process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts.
    #[expect(clippy::disallowed_methods, reason = "the binary is where the clock comes from")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

impl Meter for Stopwatch {
    fn seconds(&self) -> f64 {
        self.elapsed().as_secs_f64()
    }

    /// From the kernel's own account; none on systems that keep none there.
    fn peak_rss_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
    }
}
