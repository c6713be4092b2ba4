//! Progress of long work: a bar with rate and remaining time on a terminal, nothing elsewhere.

use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often a bar without news still moves.
const TICK: Duration = Duration::from_millis(120);

/// A bar for bytes that are read.
pub(crate) fn of_bytes(is_quiet: bool) -> ProgressBar {
    bar(is_quiet, "{spinner} {wide_msg} {bytes}/{total_bytes} [{bar:24}] {bytes_per_sec}, {eta} left")
}

/// A bar for files that are worked through.
pub(crate) fn of_files(is_quiet: bool) -> ProgressBar {
    bar(is_quiet, "{spinner} {wide_msg} {human_pos}/{human_len} files [{bar:24}] {per_sec}, {eta} left")
}

/// A bar for steps of one kind after the other.
pub(crate) fn of_steps(is_quiet: bool) -> ProgressBar {
    bar(is_quiet, "{spinner} {wide_msg} {human_pos}/{human_len} [{bar:24}] {per_sec}, {eta} left")
}

/// A bar for things whose number is not known before.
pub(crate) fn of_count(is_quiet: bool) -> ProgressBar {
    bar(is_quiet, "{spinner} {wide_msg} {human_pos} {per_sec}, {elapsed}")
}

fn bar(is_quiet: bool, template: &str) -> ProgressBar {
    // Drawn on standard error; hidden by itself where that is no terminal.
    let target = if is_quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some(0), target);
    bar.set_style(ProgressStyle::with_template(template).expect("the templates above are sound"));
    bar.enable_steady_tick(TICK);
    bar
}

/// Shows step `done` of `total` of a stage, beginning anew with each stage.
pub(crate) fn show(bar: &ProgressBar, stage: &'static str, done: usize, total: usize) {
    if bar.message() != stage {
        bar.reset();
        bar.set_message(stage);
    }
    bar.set_length(total as u64);
    bar.set_position(done as u64);
}

/// A span of time for people.
pub(crate) fn spoken(duration: Duration) -> String {
    if duration < Duration::from_secs(90) {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        HumanDuration(duration).to_string()
    }
}
