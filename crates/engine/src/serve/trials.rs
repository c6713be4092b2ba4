//! How listeners answer to the slates of each snapshot, so that one that fails in use can be left again.
//!
//! The canary of training replays traffic of the past; this looks at the present. It is slow to judge: an evening is
//! not a morning, and a snapshot that is a little worse is replaced by the next training anyway.

use std::collections::VecDeque;

/// The snapshots that served lately, the latest to begin last.
#[derive(Debug, Default)]
pub(super) struct Trials {
    trials: VecDeque<Trial>,
}

/// One snapshot's answers.
#[derive(Debug)]
struct Trial {
    snapshot: Box<str>,
    count: f64,
    sum: f64,
    squares: f64,
    /// Whether it was left for the one before.
    has_failed: bool,
}

/// Snapshots that are remembered.
const TRIAL_COUNT: usize = 4;
/// Answers that either side must have; a judgement.
const ANSWER_COUNT_MIN: f64 = 300.0;
/// A loss of so many standard errors is no chance, though it is looked at again and again.
const ERRORS: f64 = 4.0;
/// A loss must be as large as this too, on a scale from −1, disliked, to 1, loved.
const LOSS_MIN: f64 = 0.05;

impl Trials {
    /// Takes in how pleased somebody was with a pick of `snapshot`, −1 to 1.
    pub(super) fn observe(&mut self, snapshot: &str, reward: f32) {
        let known = self.trials.iter_mut().find(|trial| &*trial.snapshot == snapshot);
        let trial = match known {
            Some(trial) => trial,
            None => {
                if self.trials.len() == TRIAL_COUNT {
                    self.trials.pop_front();
                }
                self.trials.push_back(Trial {
                    snapshot: snapshot.into(),
                    count: 0.0,
                    sum: 0.0,
                    squares: 0.0,
                    has_failed: false,
                });
                self.trials.back_mut().expect("one was just added")
            }
        };
        let reward = f64::from(reward);
        trial.count += 1.0;
        trial.sum += reward;
        trial.squares += reward * reward;
    }

    /// Remembers that a snapshot was left for the one before: no other is measured by it.
    pub(super) fn failed(&mut self, snapshot: &str) {
        let failed = self.trials.iter_mut().filter(|trial| &*trial.snapshot == snapshot);
        failed.for_each(|trial| trial.has_failed = true);
    }

    /// The snapshot that served before `in_use`, where listeners answered clearly better to it.
    pub(super) fn better_than(&self, in_use: &str) -> Option<&str> {
        let place = self.trials.iter().position(|trial| &*trial.snapshot == in_use)?;
        let present = &self.trials[place];
        let before = self.trials.iter().take(place).rev().find(|trial| !trial.has_failed)?;
        if present.count < ANSWER_COUNT_MIN || before.count < ANSWER_COUNT_MIN || before.snapshot.is_empty() {
            return None;
        }
        let loss = before.mean() - present.mean();
        let error = (before.variance() / before.count + present.variance() / present.count).sqrt();
        (loss > LOSS_MIN && loss > ERRORS * error).then_some(&*before.snapshot)
    }
}

impl Trial {
    fn mean(&self) -> f64 {
        self.sum / self.count
    }

    fn variance(&self) -> f64 {
        (self.squares / self.count - self.mean() * self.mean()).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trials(means: &[(&str, f32)]) -> Trials {
        let mut trials = Trials::default();
        for &(snapshot, mean) in means {
            for answer in 0..400 {
                let noise = if answer % 2 == 0 { 0.3 } else { -0.3 };
                trials.observe(snapshot, mean + noise);
            }
        }
        trials
    }

    #[test]
    fn a_snapshot_that_fails_is_left_for_the_one_before() {
        assert_eq!(trials(&[("s1", 0.4), ("s2", 0.1)]).better_than("s2"), Some("s1"));
        assert_eq!(trials(&[("s1", 0.4), ("s2", 0.38)]).better_than("s2"), None, "it may be chance");
        assert_eq!(trials(&[("s1", 0.1), ("s2", 0.4)]).better_than("s2"), None);
        assert_eq!(trials(&[("s2", 0.4)]).better_than("s2"), None, "there is none before");
        // Back on the older one, the newer one is not tried again: it did not serve before it.
        assert_eq!(trials(&[("s1", 0.4), ("s2", 0.1)]).better_than("s1"), None);
        assert_eq!(
            trials(&[("", 0.9), ("s2", 0.1)]).better_than("s2"),
            None,
            "nothing learnt is no way back"
        );
    }

    #[test]
    fn after_a_failure_the_next_one_is_measured_by_what_did_not_fail() {
        let mut trials = trials(&[("s1", 0.4), ("s2", 0.1), ("s3", 0.12)]);
        assert_eq!(trials.better_than("s3"), None, "s2 was no better");
        trials.failed("s2");
        assert_eq!(trials.better_than("s3"), Some("s1"));
    }

    #[test]
    fn a_few_answers_decide_nothing() {
        let mut trials = trials(&[("s1", 0.5)]);
        (0..100).for_each(|_| trials.observe("s2", -1.0));
        assert_eq!(trials.better_than("s2"), None);
    }
}
