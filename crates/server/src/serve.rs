//! The loop that takes connections, and what it refuses to wait for.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use engine::{EngineError, Service};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use crate::access::caller::Peer;
use crate::config::{Config, ConfigError, Limits};
use crate::router::router;

/// Why a server could not start, or ended without being asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The settings would let strangers in.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The listening socket does not say where it listens.
    #[error("cannot read the address of the listening socket: {0}; check the network settings")]
    Address(io::Error),
    /// The engine refuses, or has stopped; restart the process.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A write failed while serving; nothing more can be stored before a restart.
    #[error("stopped serving: {0}; free or repair the disk, then restart Segue")]
    Poisoned(Arc<EngineError>),
}

/// How long running requests may go on when the server ends.
const FAREWELL: Duration = Duration::from_secs(10);
/// How often a published snapshot or new music is looked for.
const REFRESH_EVERY: Duration = Duration::from_secs(5);
/// A pause after the system has refused a connection, for example because too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves on `listener` until `shutdown` resolves, then lets running requests end for at most ten seconds.
///
/// Meanwhile it takes over what changes: snapshots that are published, and music that comes in.
///
/// # Errors
/// [`ServeError::Config`] where a server without a login listens beyond loopback, and [`ServeError::Poisoned`] when a
/// write fails: the process should then end with a code other than zero.
pub async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    config: Config,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Address)?;
    if config.is_open() && !address.ip().is_loopback() {
        return Err(ConfigError::OpenBeyondLoopback { address }.into());
    }
    let limits = config.limits;
    let router = router(Arc::clone(&service), config)?;
    let connections = Connections::new(router, limits);
    let poison = service.engine().store().poison();
    let (mut shutdown, mut poisoned) = (pin!(shutdown), pin!(poison.wait()));
    let mut refresh = pin!(keep_fresh(&service));
    tracing::info!(%address, "serving");
    let end = loop {
        tokio::select! {
            () = &mut shutdown => break Ok(()),
            cause = &mut poisoned => break Err(ServeError::Poisoned(cause)),
            () = &mut refresh => {}
            (stream, peer, permit) = connections.next(&listener) => connections.start(stream, peer, permit),
        }
    };
    drop(listener);
    connections.finish().await;
    end
}

/// Takes over new snapshots and music, for ever.
async fn keep_fresh(service: &Service) {
    let mut ticks = tokio::time::interval(REFRESH_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = service.refresh().await {
            tracing::error!(%error, "cannot take over what has changed; serving what was there before");
        }
    }
}

struct Connections {
    router: Router,
    http: http1::Builder,
    places: Arc<Semaphore>,
    running: GracefulShutdown,
}

impl Connections {
    fn new(router: Router, limits: Limits) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.head_time)
            .max_headers(limits.header_count)
            // A larger head is answered with 431; the buffer also bounds what one connection holds in memory.
            .max_header_size(limits.head_bytes)
            .max_buf_size(limits.head_bytes.max(16 << 10));
        let places = Arc::new(Semaphore::new(limits.connection_count));
        Self { router, http, places, running: GracefulShutdown::new() }
    }

    /// Waits for a free place, then for somebody to take it.
    async fn next(&self, listener: &TcpListener) -> (TcpStream, Peer, OwnedSemaphorePermit) {
        let permit = Arc::clone(&self.places).acquire_owned().await.expect("the semaphore is never closed");
        loop {
            match listener.accept().await {
                Ok((stream, address)) => return (stream, Peer(address), permit),
                Err(error) => {
                    tracing::warn!(%error, "cannot take a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn start(&self, stream: TcpStream, peer: Peer, permit: OwnedSemaphorePermit) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "answers may wait for one another");
        }
        let router = self.router.clone();
        let answer = hyper::service::service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(peer);
            let router = router.clone();
            async move {
                Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {}))
            }
        });
        let connection = self.running.watch(self.http.serve_connection(TokioIo::new(stream), answer));
        tokio::spawn(async move {
            let _place = permit;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }

    async fn finish(self) {
        if tokio::time::timeout(FAREWELL, self.running.shutdown()).await.is_err() {
            tracing::warn!("some requests did not end in time and were cut off");
        }
    }
}
