//! What facts are read from: the request, its candidates, and what is worked out once for all of them.

use music::{ArtistId, Target, TrackId};
use rustc_hash::FxHashMap;
use taste::profile::EAR_HALF_LIFE;

use crate::candidate::Candidates;
use crate::column::Column;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// The value of a fact that is not known.
pub(super) const UNKNOWN: f32 = f32::NAN;

/// What facts are read from, worked out once for all candidates.
pub(super) struct View<'a> {
    pub(super) query: &'a Query,
    pub(super) snapshot: &'a Snapshot,
    pub(super) candidates: &'a Candidates,
    columns: [Column; 3],
    /// What was just heard, where a session is running.
    pub(super) last: Option<TrackId>,
    pub(super) session_play_count: f32,
    pub(super) day_part_share: f32,
    pub(super) liked_count: f32,
    /// What was heard out in the running session, and what was skipped in it, the latest first.
    pub(super) session_heard: Vec<TrackId>,
    pub(super) session_skipped: Vec<TrackId>,
    /// What is played at this part of the week, the most so first.
    pub(super) day_part_tracks: Vec<TrackId>,
    /// How present artists are in the listener's ears: faded plays of the last hundred.
    pub(super) artists_in_ear: FxHashMap<ArtistId, f32>,
}

/// Tracks of the session that a candidate is compared with, at most.
const SESSION_LIMIT: usize = 6;
/// Tracks of a part of the week that a candidate is compared with, at most.
const DAY_PART_LIMIT: usize = 8;

impl<'a> View<'a> {
    pub(super) fn of(query: &'a Query, snapshot: &'a Snapshot, candidates: &'a Candidates) -> Self {
        let profile = &query.listener.profile;
        let session = profile.running_session(query.request.now);
        let named = |name| Column::named(name).expect("these scorers exist, as a test of all names shows");
        let in_session = |skipped: bool| -> Vec<TrackId> {
            let Some(session) = session else { return Vec::new() };
            let recent = profile.recent().rev().take_while(|recent| recent.session_start == session.started);
            let tracks = recent.filter(|recent| recent.skipped == skipped).map(|recent| recent.track);
            tracks.take(SESSION_LIMIT).collect()
        };
        Self {
            session_heard: in_session(false),
            session_skipped: in_session(true),
            day_part_tracks: day_part_tracks(query),
            artists_in_ear: artists_in_ear(query, snapshot),
            columns: ["taste", "tags", "artist"].map(named),
            last: session.and_then(|session| {
                let latest = profile.recent().next_back()?;
                (latest.session_start == session.started).then_some(latest.track)
            }),
            session_play_count: session.map_or(0.0, |session| session.play_count as f32),
            day_part_share: query.listener.summary.day_parts[query.day_part.index()],
            liked_count: query.listener.summary.liked.len() as f32,
            query,
            snapshot,
            candidates,
        }
    }

    pub(super) fn track(&self, row: usize) -> Option<TrackId> {
        match self.candidates.targets()[row] {
            Target::Track(track) => Some(track),
            _ => None,
        }
    }

    pub(super) fn taste(&self, row: usize) -> Option<&taste::TrackTaste> {
        self.query.listener.profile.track(self.track(row)?)
    }

    pub(super) fn product(&self, a: usize, b: usize, row: usize) -> f32 {
        self.candidates.value(self.columns[a], row) * self.candidates.value(self.columns[b], row)
    }

    pub(super) fn percentile(&self, row: usize) -> Option<f32> {
        self.snapshot.percentile(self.track(row)?)
    }

    pub(super) fn artist(&self, row: usize) -> Option<ArtistId> {
        Some(self.snapshot.catalogue.track(self.track(row)?)?.main_artist())
    }

    /// The mean likeness to some tracks; not known where there are none.
    pub(super) fn mean_likeness(&self, tracks: &[TrackId], row: usize) -> f32 {
        let Some(track) = self.track(row).filter(|_| !tracks.is_empty()) else { return UNKNOWN };
        tracks.iter().map(|&other| self.snapshot.likeness(other, track)).sum::<f32>() / tracks.len() as f32
    }
}

/// The liked tracks that belong most to this part of the week.
fn day_part_tracks(query: &Query) -> Vec<TrackId> {
    let (listener, part) = (&query.listener, query.day_part.index());
    let usual = listener.summary.day_parts[part];
    let belonging = |&(track, affinity): &(TrackId, f32)| {
        let taste = listener.profile.track(track)?;
        let all: u32 = taste.day_parts.iter().map(|&count| u32::from(count)).sum();
        let here = f32::from(taste.day_parts[part]);
        // As in the scorer of habits: a single play is no habit.
        let excess = (here + 3.0 * usual) / (all as f32 + 3.0) - usual;
        (here > 0.0 && excess > 0.0).then_some((excess * affinity, track))
    };
    let mut tracks: Vec<(f32, TrackId)> = listener.summary.liked.iter().filter_map(belonging).collect();
    tracks.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    tracks.into_iter().take(DAY_PART_LIMIT).map(|(_, track)| track).collect()
}

fn artists_in_ear(query: &Query, snapshot: &Snapshot) -> FxHashMap<ArtistId, f32> {
    let mut artists = FxHashMap::default();
    for recent in query.listener.profile.recent().filter(|recent| !recent.skipped) {
        if let Some(track) = snapshot.catalogue.track(recent.track) {
            let left = EAR_HALF_LIFE.factor(query.request.now.since(recent.at));
            *artists.entry(track.main_artist()).or_default() += left;
        }
    }
    artists
}
