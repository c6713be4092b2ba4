//! One running Segue: it answers requests from the snapshot in use and logs what it showed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use music::{Context, ListenerId, Playlist, PlaylistId, Prompt, Target, UnixMillis};
use recommend::blend::{Member, blend};
use recommend::{Answer, ListenerView, Mix, Slate, Snapshot, Why};

use super::arms::{Arms, Footing};
use super::ask::Ask;
use super::listeners::Listeners;
use super::pool::SourcePool;
use super::shared_lists::{SharedLists, is_shared};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::experiment::Experiments;
use crate::ingest::{NewEvent, PlaylistHistory, Rejection};
use crate::snapshot::{Loaded, SnapshotDirectory};

/// How requests are served.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Threads for sources.
    pub source_thread_count: usize,
    /// How long a request waits for its sources.
    pub source_deadline: Duration,
    /// The experiments that run.
    pub experiments: Experiments,
}

impl Default for ServeOptions {
    /// As many threads as cores, and 50 ms: a third of what a whole request may take at the 99th percentile.
    fn default() -> Self {
        Self {
            source_thread_count: std::thread::available_parallelism().map_or(2, usize::from),
            source_deadline: Duration::from_millis(50),
            experiments: Experiments::default(),
        }
    }
}

/// A slate and when it was asked for.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) slate: Slate,
    pub(super) now: UnixMillis,
}

/// Listeners whom one slate is for at most.
const COMPANY_MAX: usize = 8;

/// Answers requests. Share it behind an `Arc`.
#[derive(Debug)]
pub struct Service {
    pub(super) engine: Engine,
    directory: SnapshotDirectory,
    snapshot: ArcSwap<Snapshot>,
    /// When the snapshot in use was learnt, in milliseconds; below zero before the first.
    snapshot_created_ms: AtomicI64,
    pool: SourcePool,
    pub(super) listeners: Listeners,
    pub(super) shared_lists: SharedLists,
    arms: Arc<Arms>,
    refreshing: tokio::sync::Mutex<()>,
}

impl Service {
    /// A service over `engine`, with the latest snapshot in its directory that is whole.
    ///
    /// Where there is none, or none that can be used, it serves what needs no learning, and says so in each trace.
    ///
    /// # Errors
    /// Where the catalogue cannot be read.
    pub async fn start(
        engine: Engine,
        directory: SnapshotDirectory,
        options: &ServeOptions,
    ) -> Result<Self, EngineError> {
        let catalogue = engine.catalogue().await;
        let (experiments, place) = (options.experiments.clone(), directory.clone());
        let load = move || Arms::load(experiments, &place, &catalogue);
        let arms = aside("loading the snapshots of experiments", load).await?;
        let arms = Arc::new(arms);
        let service = Self {
            snapshot: ArcSwap::from_pointee(Snapshot::new("", Arc::default(), Arc::default())),
            snapshot_created_ms: AtomicI64::new(-1),
            pool: SourcePool::new(options.source_thread_count, options.source_deadline),
            listeners: Listeners::default(),
            shared_lists: SharedLists::default(),
            arms,
            refreshing: tokio::sync::Mutex::new(()),
            engine,
            directory,
        };
        service.refresh().await?;
        Ok(service)
    }

    /// The state below.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The snapshot in use.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// When what is in use was learnt; none before the first training.
    pub fn snapshot_created(&self) -> Option<UnixMillis> {
        let ms = self.snapshot_created_ms.load(Ordering::Relaxed);
        (ms >= 0).then_some(UnixMillis::new(ms))
    }

    /// Takes over what has changed: a snapshot that was published, or music that came in.
    ///
    /// Requests go on with the old state until the new one is complete, and are never mixed from both.
    /// A published snapshot that is broken is refused and logged; the one in use stays.
    /// Returns whether anything was swapped.
    ///
    /// # Errors
    /// Where the catalogue cannot be read.
    pub async fn refresh(&self) -> Result<bool, EngineError> {
        let _one_at_a_time = self.refreshing.lock().await;
        self.listeners.catch_up(&**self.engine.store(), self.now()).await?;
        let present = self.snapshot();
        self.roll_back_if_worse(&present.name);
        let catalogue = self.engine.catalogue().await;
        let directory = self.directory.clone();
        let name = present.name.clone();
        let load =
            move || if directory.current_name().as_deref() == Some(&*name) { None } else { directory.load() };
        let loaded = aside("loading a snapshot", load).await?;
        let (name, models) = match loaded {
            Some(Loaded { name, models, manifest }) if *name != *present.name => {
                self.snapshot_created_ms.store(manifest.created.get(), Ordering::Relaxed);
                (name, Arc::new(models))
            }
            _ if Arc::ptr_eq(&catalogue, &present.catalogue) => return Ok(false),
            _ => (present.name.clone(), Arc::clone(&present.models)),
        };
        let music = Arc::clone(&catalogue);
        let build = move || Snapshot::new(&name, catalogue, models);
        let next = aside("building a snapshot", build).await?;
        let arms = Arc::clone(&self.arms);
        aside("building the snapshots of experiments", move || arms.refresh(&music)).await?;
        let tracks = next.catalogue.tracks().len();
        if next.name.is_empty() {
            tracing::info!(tracks, "nothing was learnt yet; `segue train` makes a snapshot");
        } else {
            tracing::info!(snapshot = &*next.name, tracks, "snapshot in use");
        }
        self.snapshot.store(Arc::new(next));
        Ok(true)
    }

    /// Goes back to the snapshot before where listeners answer clearly worse to the one in use.
    ///
    /// What was learnt later stays on disk and is not taken up again by itself; the next training makes another.
    fn roll_back_if_worse(&self, in_use: &str) {
        // Somebody may have put another one to use meanwhile: then that one is to be tried.
        if self.directory.current_name().as_deref() != Some(in_use) {
            return;
        }
        let better = self.listeners.better_than(in_use).filter(|name| self.directory.has(name));
        if let Some(better) = better {
            match self.directory.put_to_use(&better) {
                Ok(()) => {
                    tracing::warn!(from = in_use, to = better, "listeners answer worse; rolled back");
                    self.listeners.failed(in_use);
                }
                Err(error) => tracing::error!(%error, "cannot roll back to {better}"),
            }
        }
    }

    /// Answers, and logs what is shown before it is handed out, unless the session is private or supposes something.
    ///
    /// # Errors
    /// [`Rejection::Unknown`] for a listener or seed that does not exist, [`Rejection::Missing`] for a seed that the
    /// mix needs, [`Rejection::OutOfRange`] for a limit that is no number of picks, and where the log cannot be read or written.
    pub async fn recommend(self: &Arc<Self>, ask: Ask) -> Result<Slate, EngineError> {
        let (context, is_private) = (ask.context.clone(), ask.is_private || !ask.suppose.is_empty());
        let is_of_tracks = ask.answer == Answer::Tracks;
        let listener = ask.listener;
        let tried = self.tried(ask).await?;
        // A page has no row for records or playlists where there are none: then nothing was shown.
        let is_shown = is_of_tracks || !tried.made.slate.picks.is_empty();
        if !is_private && is_shown {
            // It is noted for the one who asked; the others did not open it.
            let Made { slate, now } = &tried.made;
            self.log_impression(listener, *now, context, slate).await?;
            tried.served(listener, *now);
        }
        Ok(tried.made.slate)
    }

    /// The slate for `ask` from `footing`.
    pub(super) async fn made(self: &Arc<Self>, ask: Ask, footing: &Footing<'_>) -> Result<Made, EngineError> {
        let mut listeners = vec![ask.listener];
        for &with in &ask.with {
            if !listeners.contains(&with) {
                listeners.push(with);
            }
        }
        if listeners.len() > COMPANY_MAX {
            let (value, greatest) = (listeners.len() as f64, COMPANY_MAX as f64);
            return Err(
                Rejection::OutOfRange { what: "number of listeners", value, least: 1.0, greatest }.into()
            );
        }
        let mut members = Vec::with_capacity(listeners.len());
        for &listener in &listeners {
            let query = self.query(Ask { listener, ..ask.clone() }, footing).await?;
            let name = self.engine.library().await.listener(listener).unwrap_or_default().to_owned();
            members.push(Member { name, query });
        }
        let now = members[0].query.request.now;
        let (service, snapshot) = (Arc::clone(self), Arc::clone(&footing.snapshot));
        let answer = move || blend(&members, &snapshot, &service.pool);
        Ok(Made { slate: aside("making a slate", answer).await?, now })
    }

    /// Says what became of `target` in an answer to `ask`: where it stands and why, or why it is not there.
    ///
    /// Nothing is shown by that, so nothing is logged.
    ///
    /// # Errors
    /// As [`recommend`](Self::recommend).
    pub async fn why(self: &Arc<Self>, ask: Ask, target: Target) -> Result<Why, EngineError> {
        self.tried_why(ask, target).await
    }

    /// The same, from `footing`.
    pub(super) async fn why_on(
        self: &Arc<Self>,
        ask: Ask,
        footing: &Footing<'_>,
        target: Target,
    ) -> Result<Why, EngineError> {
        let query = self.query(ask, footing).await?;
        let (service, snapshot) = (Arc::clone(self), Arc::clone(&footing.snapshot));
        let answer = move || recommend::pipeline::why(&query, &snapshot, &service.pool, target);
        aside("explaining a slate", answer).await
    }

    /// A listener as requests see them, every event in the log included.
    ///
    /// # Errors
    /// [`Rejection::Unknown`], and where the log cannot be read.
    pub async fn listener(&self, listener: ListenerId) -> Result<Arc<ListenerView>, EngineError> {
        self.listener_by(listener, &self.footing()).await
    }

    /// What requests are answered from where no experiment says otherwise.
    pub(super) fn footing(&self) -> Footing<'_> {
        Footing { snapshot: self.snapshot(), listeners: &self.listeners }
    }

    /// The experiments that run.
    pub(super) fn arms(&self) -> &Arms {
        &self.arms
    }

    /// The same, read out through the snapshot of `footing` and no other.
    pub(super) async fn listener_by(
        &self,
        listener: ListenerId,
        footing: &Footing<'_>,
    ) -> Result<Arc<ListenerView>, EngineError> {
        if self.engine.library().await.listener(listener).is_none() {
            return Err(Rejection::Unknown { id: listener.to_string().into() }.into());
        }
        let store = Arc::clone(self.engine.store());
        footing.listeners.view(&*store, listener, &footing.snapshot, self.engine.clock().now()).await
    }

    /// The rows of a start page for a listener, in their order; it changes by the hour and with what is played.
    ///
    /// # Errors
    /// As [`listener`](Self::listener).
    pub async fn rows(&self, listener: ListenerId) -> Result<Vec<&'static Mix>, EngineError> {
        if self.engine.library().await.listener(listener).is_none() {
            return Err(Rejection::Unknown { id: listener.to_string().into() }.into());
        }
        let profile = self.listeners.profile(&**self.engine.store(), listener, &self.snapshot()).await?;
        let now = self.now();
        let hour = now.get().div_euclid(music::unit::HOUR_MS);
        Ok(recommend::rows::rows(&profile, now, (hour as u64) << 32 | u64::from(listener.get())))
    }

    /// A playlist as its history makes it; none where there is no such playlist.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn playlist(&self, id: PlaylistId) -> Result<Option<Playlist>, EngineError> {
        PlaylistHistory::read(&**self.engine.store(), id).await
    }

    /// The same, where everybody may see it.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn shared_playlist(&self, id: PlaylistId) -> Result<Option<Playlist>, EngineError> {
        Ok(self.playlist(id).await?.filter(is_shared))
    }

    async fn log_impression(
        &self,
        listener: ListenerId,
        now: UnixMillis,
        context: Context,
        slate: &Slate,
    ) -> Result<(), EngineError> {
        let key = slate.slate_id.to_string();
        let event = NewEvent {
            listener,
            at: now,
            prompt: Prompt::Shown(slate.impression()),
            context,
            client_key: Some(&key),
        };
        let mut intake = self.engine.intake().await?;
        intake.event(event)?;
        intake.commit().await?;
        Ok(())
    }

    pub(super) fn now(&self) -> UnixMillis {
        self.engine.clock().now()
    }
}

/// Runs what takes the processor for a while where it holds nobody up.
async fn aside<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| EngineError::Broke { what })
}

pub(super) fn draw(random: &dyn crate::account::Random) -> Result<u128, EngineError> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes)?;
    Ok(u128::from_le_bytes(bytes))
}
