//! What somebody asks for becomes a query: seeds are looked up, and the listener is read.

use std::sync::Arc;

use music::{Context, Event, EventKey, Prompt, SlateId, Target};
use recommend::query::LIMIT_MAX;
use recommend::{Answer, ListenerView, Query, Request, Seed, Snapshot, SnapshotReading};
use taste::TasteProfile;

use super::arms::Footing;
use super::ask::Ask;
use super::service::{Service, draw};
use crate::error::EngineError;
use crate::ingest::Rejection;

impl Service {
    /// The query that `ask` comes to, for a listener seen through the snapshot of `footing`.
    ///
    /// # Errors
    /// As [`recommend`](Self::recommend).
    pub(super) async fn query(&self, ask: Ask, footing: &Footing<'_>) -> Result<Arc<Query>, EngineError> {
        if ask.mix.needs_seed && ask.seeds.is_empty() {
            return Err(
                Rejection::Missing { what: "seed: a track, an artist, a release or a playlist" }.into()
            );
        }
        if let Some(limit) = ask.limit.filter(|limit| !(1..=LIMIT_MAX).contains(limit)) {
            let (value, greatest) = (limit as f64, LIMIT_MAX as f64);
            return Err(Rejection::OutOfRange { what: "limit", value, least: 1.0, greatest }.into());
        }
        let mut seeds = Vec::with_capacity(ask.seeds.len());
        for target in &ask.seeds {
            seeds.push(self.seed(*target).await?);
        }
        let snapshot = &footing.snapshot;
        let mut listener = self.listener_by(ask.listener, footing).await?;
        if !ask.suppose.is_empty() {
            listener = Arc::new(self.supposing(&listener, &ask.suppose, snapshot));
        }
        let random = self.engine.random();
        let request = Request {
            mix: ask.mix,
            answer: ask.answer,
            seeds,
            limit: ask.limit,
            context: ask.context,
            sliders: ask.sliders,
            elsewhere: ask.elsewhere,
            without: ask.without,
            is_shared: !ask.with.is_empty(),
            is_for_releases: false,
            now: self.now(),
            random_seed: match ask.random_seed {
                Some(seed) => seed,
                None => draw(random)? as u64,
            },
            slate: SlateId::new(draw(random)?),
        };
        let answer = request.answer;
        let mut query = Query::new(request, listener, snapshot);
        if answer == Answer::Playlists {
            query.playlists = self.shared_lists.current(&self.engine, snapshot).await?;
        }
        Ok(Arc::new(query))
    }

    /// The listener as they would be had they just done `more`.
    fn supposing(
        &self,
        listener: &ListenerView,
        more: &[(Prompt, Context)],
        snapshot: &Snapshot,
    ) -> ListenerView {
        let mut profile = TasteProfile::clone(&listener.profile);
        for (prompt, context) in more {
            let event = Event {
                key: EventKey::from_bytes([0; 16]),
                listener: profile.listener(),
                at: self.now(),
                prompt: prompt.clone(),
                context: context.clone(),
            };
            profile.observe(&event, &SnapshotReading(snapshot));
        }
        let now = self.now();
        let view = ListenerView::of(Arc::new(profile), snapshot, now);
        let mut view = self.listeners.among(view, snapshot, now);
        view.belief.clone_from(&listener.belief);
        view
    }

    async fn seed(&self, target: Target) -> Result<Seed, EngineError> {
        let unknown = |id: String| EngineError::from(Rejection::Unknown { id: id.into() });
        let library = self.engine.library().await;
        match target {
            Target::Track(id) if library.has(target) => Ok(Seed::Track(id)),
            Target::Artist(id) if library.has(target) => Ok(Seed::Artist(id)),
            Target::Release(id) if library.has(target) => Ok(Seed::Release(id)),
            Target::Playlist(id) => {
                drop(library);
                let playlist = self.playlist(id).await?.filter(|playlist| !playlist.deleted);
                Ok(Seed::Playlist(playlist.ok_or_else(|| unknown(id.to_string()))?.tracks))
            }
            Target::Track(id) => Err(unknown(id.to_string())),
            Target::Artist(id) => Err(unknown(id.to_string())),
            Target::Release(id) => Err(unknown(id.to_string())),
        }
    }
}
