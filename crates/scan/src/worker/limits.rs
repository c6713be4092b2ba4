//! What a worker may use, and how the system is told.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What one worker may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Address space of the process. *Unit*: MiB.
    pub memory_mib: u64,
    /// Processor time for one job. *Unit*: seconds.
    pub processor_seconds: u64,
    /// Time on the clock for one job. *Unit*: seconds.
    pub wall_seconds: u64,
}

impl Default for Limits {
    /// Room for an hour of sound on a slow machine: 158 MB of samples, and ten minutes to look at them.
    fn default() -> Self {
        Self { memory_mib: 1_024, processor_seconds: 600, wall_seconds: 900 }
    }
}

impl Limits {
    /// The time on the clock for one job.
    pub const fn wall(&self) -> Duration {
        Duration::from_secs(self.wall_seconds)
    }

    /// Whether this system holds a process to memory and processor time; the clock is held everywhere.
    pub const fn are_enforced() -> bool {
        cfg!(unix)
    }

    /// Binds this process: memory, no core files, no growing of files, no new rights, and an end with its parent.
    ///
    /// Where the system knows one of them not, the others hold all the same.
    #[cfg(unix)]
    pub(super) fn bind(&self) {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = |resource, value| {
            let fixed = Rlimit { current: Some(value), maximum: Some(value) };
            let _ = setrlimit(resource, fixed);
        };
        limit(Resource::As, self.memory_mib << 20);
        limit(Resource::Core, 0);
        limit(Resource::Fsize, 0);
        #[cfg(target_os = "linux")]
        {
            let _ = rustix::thread::set_no_new_privs(true);
            let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
        }
    }

    #[cfg(not(unix))]
    pub(super) fn bind(&self) {}

    /// Gives this process its processor time for the next job, whatever it has used so far.
    #[cfg(unix)]
    pub(super) fn grant(&self) {
        use rustix::process::{Resource, Rlimit, setrlimit};
        use rustix::time::{ClockId, clock_gettime};
        let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
        // The limit counts whole seconds, so that one more is what was promised.
        let until = used + self.processor_seconds + 1;
        let _ = setrlimit(Resource::Cpu, Rlimit { current: Some(until), maximum: None });
    }

    #[cfg(not(unix))]
    pub(super) fn grant(&self) {}
}
