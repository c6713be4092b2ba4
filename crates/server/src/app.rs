//! What all handlers share.

use std::sync::Arc;

use engine::{EngineError, Service};
use tokio::sync::Semaphore;

use crate::access::csrf::Key;
use crate::access::throttle::Throttle;
use crate::config::Config;
use crate::files::Files;
use crate::name_search::NameSearch;
use crate::telemetry::Telemetry;

/// One running server.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) service: Arc<Service>,
    pub(crate) config: Config,
    pub(crate) telemetry: Telemetry,
    pub(crate) throttle: Throttle,
    pub(crate) names: NameSearch,
    pub(crate) files: Files,
    /// Turns sessions into the tokens of forms.
    pub(crate) csrf_key: Key,
    /// Passwords hashed at once: each takes a processor and 19 MiB for a while.
    pub(crate) hashing: Semaphore,
}

/// The handle that handlers get.
pub(crate) type Shared = Arc<App>;

const HASHING_COUNT_MAX: usize = 2;

impl App {
    pub(crate) fn new(service: Arc<Service>, config: Config) -> Result<Shared, EngineError> {
        let csrf_key = Key::draw(service.engine().random())?;
        Ok(Arc::new(Self {
            service,
            telemetry: Telemetry::new(),
            throttle: Throttle::default(),
            names: NameSearch::default(),
            files: Files::new(config.reader.clone()),
            config,
            csrf_key,
            hashing: Semaphore::new(HASHING_COUNT_MAX),
        }))
    }

    pub(crate) fn engine(&self) -> &engine::Engine {
        self.service.engine()
    }
}
