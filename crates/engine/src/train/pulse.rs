//! What everybody heard out around the measured time, as requests of that time would have known it.

use learn::Sparse;
use music::{Id as _, ListenerId, UnixMillis};
use recommend::Pulse;
use recommend::pulse::PULSE_MS;

use super::TrainProgress;
use super::history::Reader;
use crate::error::EngineError;

/// The plays of those whom others are compared with, from three weeks before `from` on; at most 20,000 listeners, see
/// [`super::fit`].
pub(super) async fn read(
    reader: &Reader,
    crowd: Option<&Sparse>,
    from: UnixMillis,
    progress: &mut (dyn FnMut(TrainProgress) + Send),
) -> Result<Pulse, EngineError> {
    let mut pulse = Pulse::new(usize::MAX);
    let Some(crowd) = crowd else { return Ok(pulse) };
    let compared: Vec<usize> = (0..crowd.row_count()).filter(|&row| crowd.row_len(row) > 0).collect();
    for (done, &row) in compared.iter().enumerate() {
        let events = reader.events(ListenerId::from_row(row as u32)).await?;
        let late = events.iter().filter(|event| from.since(event.at) <= PULSE_MS);
        late.for_each(|event| pulse.observe(event));
        progress(TrainProgress { stage: "hearing what is heard", done: done + 1, total: compared.len() });
    }
    Ok(pulse)
}
