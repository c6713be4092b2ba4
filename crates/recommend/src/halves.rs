//! Work on many rows, shared by two threads.
//!
//! What comes after the sources runs one step after the other; within a step rows do not know of each other.

use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::LazyLock;
use std::thread;

/// Rows below this are not worth a thread, which takes some twenty microseconds to begin.
const SHARED_MIN: usize = 128;

/// What `work` makes of the first half of `count` rows and of the second, in this order; of all at once where there are
/// few, or where there is no second core.
pub(crate) fn in_halves<T: Send>(count: usize, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    in_halves_from(SHARED_MIN, count, work)
}

/// The same where a row takes long, so that few of them are worth a thread.
pub(crate) fn in_halves_from<T: Send>(
    shared_min: usize,
    count: usize,
    work: impl Fn(Range<usize>) -> T + Sync,
) -> Vec<T> {
    static CORES: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, usize::from));
    if count < shared_min || *CORES < 2 {
        return vec![work(0..count)];
    }
    let middle = count / 2;
    thread::scope(|scope| {
        let second = scope.spawn(|| work(middle..count));
        let first = work(0..middle);
        match second.join() {
            Ok(second) => vec![first, second],
            Err(panic) => resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_stand_in_order_and_nothing_is_lost() {
        for count in [0, 1, SHARED_MIN, SHARED_MIN + 1, 1_001] {
            let rows: Vec<usize> = in_halves(count, |rows| rows.collect::<Vec<_>>()).concat();
            assert_eq!(rows, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    #[should_panic(expected = "row 200")]
    fn a_panic_of_the_second_half_is_told() {
        in_halves(256, |rows| assert!(!rows.contains(&200), "row 200"));
    }
}
