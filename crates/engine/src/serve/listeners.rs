//! Profiles that are up to date at every request.
//!
//! A profile is a fold over its listener's events.
//! Before it is used, the log is asked for events behind the last one that was folded: one look into an index.
//! So the next slate knows what has just happened, whoever wrote it down, and any replica can serve any listener.

use std::sync::{Arc, Mutex, PoisonError};

use music::{ListenerId, Prompt, UnixMillis};
use recommend::{ListenerView, SkipMeaning, Slate, Snapshot, SnapshotReading};
use rustc_hash::FxHashMap;
use taste::TasteProfile;
use taste::summary::names_a_style;

use super::answers::Answers;
use super::live_pulse::LivePulse;
use crate::error::EngineError;
use crate::store::{Scan, Seq, Store, StoredEvent};

/// Profiles kept in memory at most; the one that was not asked for longest goes first.
const PROFILE_LIMIT: usize = 10_000;
/// A view is worked out again after this time even if nothing happened: what was heard lately moves on.
const VIEW_AGE_MS_MAX: i64 = 10 * music::unit::MINUTE_MS;

/// The profiles in memory.
#[derive(Debug, Default)]
pub struct Listeners {
    known: Mutex<Known>,
    answers: Mutex<Answers>,
    pulse: LivePulse,
}

#[derive(Debug, Default)]
struct Known {
    entries: FxHashMap<ListenerId, Entry>,
    tick: u64,
}

#[derive(Debug, Clone)]
struct Entry {
    profile: Arc<TasteProfile>,
    through: Seq,
    /// What skips were read by; a profile that was read by another model is folded anew.
    meaning: Option<Arc<SkipMeaning>>,
    view: Option<View>,
    used: u64,
}

impl Entry {
    fn is_read_by(&self, meaning: Option<&Arc<SkipMeaning>>) -> bool {
        match (&self.meaning, meaning) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (None, None) => true,
            _ => false,
        }
    }
}

/// A profile read out, and what it was read through.
#[derive(Debug, Clone)]
struct View {
    view: Arc<ListenerView>,
    snapshot: Arc<Snapshot>,
    at: UnixMillis,
}

impl Listeners {
    /// The profile of `listener`, every event in the log included.
    ///
    /// *Complexity*: one index lookup where nothing has happened; else linear in the new events, or in all events at
    /// the first time.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn profile(
        &self,
        store: &dyn Store,
        listener: ListenerId,
        snapshot: &Snapshot,
    ) -> Result<Arc<TasteProfile>, EngineError> {
        let meaning = snapshot.models.skip_meaning.as_ref();
        let known = self.lock().entries.get(&listener).cloned();
        // Answers that were told are not told again when a profile is folded anew.
        let answered = known.as_ref().map_or(Seq::START, |entry| entry.through);
        let known = known.filter(|entry| entry.is_read_by(meaning));
        let (mut profile, mut through, view) = match known {
            Some(entry) => (entry.profile, entry.through, entry.view),
            None => (Arc::new(TasteProfile::new(listener)), Seq::START, None),
        };
        let is_first = through == Seq::START;
        let mut news = read(store, listener, through).await?;
        // What was merely shown changes nothing that is read out, unless it stands for a week.
        let is_heard = news.iter().any(|stored| !matches!(stored.event.prompt, Prompt::Shown(_)));
        let standing = profile.shelf().change_count();
        if let Some(last) = news.last() {
            through = last.seq;
            if is_first {
                // The order of arrival is that of imports; the order of time is that of listening.
                news.sort_by_key(|stored| (stored.event.at, stored.seq));
            }
            let profile = Arc::make_mut(&mut profile);
            let reading = SnapshotReading(snapshot);
            for stored in &news {
                profile.observe(&stored.event, &reading);
                if stored.seq > answered {
                    self.answers().observe(&stored.event, profile);
                }
            }
        }
        let is_news = is_heard || profile.shelf().change_count() != standing;
        let view = view.filter(|_| !is_news);
        let (kept, meaning) = (Arc::clone(&profile), meaning.cloned());
        self.keep(listener, Entry { profile: kept, through, meaning, view, used: 0 });
        Ok(profile)
    }

    /// The same, read out through `snapshot` as of `now`.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn view(
        &self,
        store: &dyn Store,
        listener: ListenerId,
        snapshot: &Arc<Snapshot>,
        now: UnixMillis,
    ) -> Result<Arc<ListenerView>, EngineError> {
        let profile = self.profile(store, listener, snapshot).await?;
        let kept = self.lock().entries.get(&listener).and_then(|entry| entry.view.clone());
        let is_current = |view: &View| {
            Arc::ptr_eq(&view.snapshot, snapshot) && (0..VIEW_AGE_MS_MAX).contains(&now.since(view.at))
        };
        if let Some(kept) = kept.filter(is_current) {
            return Ok(kept.view);
        }
        let view = ListenerView::of(Arc::clone(&profile), snapshot, now);
        self.pulse.keep_up(store, now).await;
        let mut view = self.among(view, snapshot, now);
        let mut styles = view.summary.tags.iter().map(|&(tag, _)| tag);
        let segment = styles.find(|&tag| names_a_style(&snapshot.catalogue, tag));
        view.belief = self.answers().belief(listener, segment);
        let view = Arc::new(view);
        if let Some(entry) =
            self.lock().entries.get_mut(&listener).filter(|e| Arc::ptr_eq(&e.profile, &profile))
        {
            entry.view = Some(View { view: Arc::clone(&view), snapshot: Arc::clone(snapshot), at: now });
        }
        Ok(view)
    }

    /// The same listener, who hears of what their company has heard.
    pub(super) fn among(&self, view: ListenerView, snapshot: &Snapshot, now: UnixMillis) -> ListenerView {
        view.among(&self.pulse.read(), snapshot, now)
    }

    /// Takes in all that others have heard since the last time.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn catch_up(&self, store: &dyn Store, now: UnixMillis) -> Result<(), EngineError> {
        self.pulse.catch_up(store, now).await
    }

    /// Remembers what a listener was shown, so that their answers can be told to it.
    pub fn served(&self, listener: ListenerId, slate: &Slate, at: UnixMillis) {
        self.answers().served(listener, slate, at);
    }

    /// The snapshot that listeners answered to clearly better than to `in_use`, if there is one.
    pub fn better_than(&self, in_use: &str) -> Option<String> {
        self.answers().better_than(in_use).map(str::to_owned)
    }

    /// Remembers that a snapshot failed, so that no other is measured by it.
    pub fn failed(&self, snapshot: &str) {
        self.answers().failed(snapshot);
    }

    /// Forgets a listener's profile, so that it is folded anew, and what they answered.
    pub fn forget(&self, listener: ListenerId) {
        self.answers().forget(listener);
        self.lock().entries.remove(&listener);
    }

    fn keep(&self, listener: ListenerId, mut entry: Entry) {
        let mut known = self.lock();
        known.tick += 1;
        entry.used = known.tick;
        // Two requests may have read the same news: the one that read further stays.
        if known.entries.get(&listener).is_none_or(|present| present.through <= entry.through) {
            known.entries.insert(listener, entry);
        }
        if known.entries.len() > PROFILE_LIMIT {
            known.drop_least_used();
        }
    }

    fn answers(&self) -> std::sync::MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Drops a tenth at once, so that this is rarely needed.
    fn drop_least_used(&mut self) {
        let mut used: Vec<u64> = self.entries.values().map(|entry| entry.used).collect();
        let (_, &mut limit, _) = used.select_nth_unstable(PROFILE_LIMIT / 10);
        self.entries.retain(|_, entry| entry.used > limit);
    }
}

/// All events of a listener behind `after`.
pub(crate) async fn read(
    store: &dyn Store,
    listener: ListenerId,
    after: Seq,
) -> Result<Vec<StoredEvent>, EngineError> {
    let mut scan = Scan::of_listener(listener).after(after);
    let mut events = Vec::new();
    loop {
        let mut page = store.events(scan).await?;
        let is_last = page.len() < scan.limit as usize;
        if let Some(last) = page.last() {
            scan = scan.after(last.seq);
        }
        events.append(&mut page);
        if is_last {
            return Ok(events);
        }
    }
}
