//! What a check of the whole store found.

use serde::Serialize;

/// The report of [`Store::check`](super::Store::check), for `segue doctor`.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Integrity {
    /// Events that could be read.
    pub event_count: u64,
    /// Tracks.
    pub track_count: u64,
    /// Artists.
    pub artist_count: u64,
    /// Releases.
    pub release_count: u64,
    /// Listeners.
    pub listener_count: u64,
    /// Playlists.
    pub playlist_count: u64,
    /// Accounts.
    pub account_count: u64,
    /// What is wrong, in words; the first [`Integrity::PROBLEM_COUNT_MAX`] findings.
    pub problems: Vec<Box<str>>,
    /// Findings beyond those listed.
    pub more_problem_count: u64,
}

impl Integrity {
    /// Findings that are listed; the rest is counted.
    pub const PROBLEM_COUNT_MAX: usize = 100;

    /// Whether nothing is wrong.
    pub const fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// Adds a finding.
    pub(crate) fn found(&mut self, problem: impl std::fmt::Display) {
        if self.problems.len() < Self::PROBLEM_COUNT_MAX {
            self.problems.push(problem.to_string().into());
        } else {
            self.more_problem_count += 1;
        }
    }
}
