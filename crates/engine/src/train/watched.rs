//! The listeners on whom everything is measured, with what they did; read once and looked at by all who measure.

use music::{Event, ListenerId};

use super::history::Reader;
use super::{TrainOptions, TrainProgress};
use crate::error::EngineError;

/// One of them.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) listener: ListenerId,
    /// In the order of their time.
    pub(super) events: Vec<Event>,
}

/// Reads listeners that are spread evenly over all of them.
pub(super) async fn read(
    reader: &Reader,
    options: &TrainOptions,
    progress: &mut (dyn FnMut(TrainProgress) + Send),
) -> Result<Vec<Watched>, EngineError> {
    let total = options.measured_listener_count.min(reader.listener_count());
    let step = reader.listener_count().max(1) as f64 / total.max(1) as f64;
    let mut watched = Vec::with_capacity(total);
    for index in 0..total {
        let listener = ListenerId::new((index as f64 * step) as u32);
        watched.push(Watched { listener, events: reader.events(listener).await? });
        progress(TrainProgress { stage: "choosing listeners to measure on", done: index + 1, total });
    }
    Ok(watched)
}
