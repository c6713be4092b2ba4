//! What facts are read from: the request, its candidates, and what is worked out once for all of them.

use music::{ArtistId, Target, Track, TrackId};
use rustc_hash::FxHashMap;
use taste::Acquaintance;
use taste::profile::EAR_HALF_LIFE;

use crate::candidate::Candidates;
use crate::column::Column;
use crate::company::Company;
use crate::gathered::Gathered;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// The value of a fact that is not known.
pub(super) const UNKNOWN: f32 = f32::NAN;

/// What facts are read from, worked out once for all candidates.
pub(super) struct View<'a> {
    pub(super) query: &'a Query,
    pub(super) snapshot: &'a Snapshot,
    pub(super) candidates: &'a Candidates,
    gathered: Gathered<'a>,
    columns: [Column; 3],
    pub(super) session_play_count: f32,
    pub(super) day_part_share: f32,
    pub(super) liked_count: f32,
    /// How alike each row is to the nearest of the listener's sides.
    pub(super) persona: Vec<f32>,
    /// How alike each row is to what was just heard, where a session is running.
    pub(super) last: Vec<f32>,
    /// The mean likeness of each row to what was heard out in the running session, and to what was skipped in it.
    pub(super) session_heard: Vec<f32>,
    pub(super) session_skipped: Vec<f32>,
    /// The mean likeness of each row to what is played at this part of the week.
    pub(super) day_part_tracks: Vec<f32>,
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
        let last = session.and_then(|session| {
            let latest = profile.recent().next_back()?;
            (latest.session_start == session.started).then_some(latest.track)
        });
        let gathered = Gathered::of(query, snapshot, candidates.targets());
        let sides = query.listener.personas.iter().map(|persona| persona.medoid);
        Self {
            persona: over(&gathered, sides, f32::max),
            last: over(&gathered, last, f32::max),
            session_heard: mean(&gathered, &in_session(false)),
            session_skipped: mean(&gathered, &in_session(true)),
            day_part_tracks: mean(&gathered, &day_part_tracks(query)),
            gathered,
            artists_in_ear: artists_in_ear(query, snapshot),
            columns: ["taste", "tags", "artist"].map(named),
            session_play_count: session.map_or(0.0, |session| session.play_count as f32),
            day_part_share: query.listener.summary.day_parts[query.day_part.index()],
            liked_count: query.listener.summary.liked.len() as f32,
            query,
            snapshot,
            candidates,
        }
    }

    pub(super) fn track(&self, row: usize) -> Option<TrackId> {
        match self.gathered.targets[row] {
            Target::Track(track) => Some(track),
            _ => None,
        }
    }

    pub(super) fn taste(&self, row: usize) -> Option<&taste::TrackTaste> {
        self.gathered.tastes[row]
    }

    pub(super) fn product(&self, a: usize, b: usize, row: usize) -> f32 {
        self.candidates.value(self.columns[a], row) * self.candidates.value(self.columns[b], row)
    }

    pub(super) fn percentile(&self, row: usize) -> Option<f32> {
        self.snapshot.percentile(self.track(row)?)
    }

    pub(super) fn artist(&self, row: usize) -> Option<ArtistId> {
        self.gathered.artist(row)
    }

    /// Those who share the listener's taste, where they are known to hear anything.
    pub(super) fn company(&self) -> Option<&Company> {
        let company = &self.query.listener.company;
        (!company.is_silent()).then_some(company)
    }

    /// How well the listener knows the artist of a row, if at all.
    pub(super) fn acquaintance(&self, row: usize) -> Option<&Acquaintance> {
        self.query.listener.acquaintances.get(&self.artist(row)?)
    }

    /// What the catalogue says of the track in a row.
    pub(super) fn known(&self, row: usize) -> Option<&Track> {
        self.gathered.tracks[row]
    }
}

/// The likenesses of each row to some tracks, taken together by `take`; not known of what is no track, and where there
/// is nothing to compare with.
fn over(
    gathered: &Gathered<'_>,
    tracks: impl IntoIterator<Item = TrackId>,
    take: impl Fn(f32, f32) -> f32,
) -> Vec<f32> {
    let mut all = vec![UNKNOWN; gathered.targets.len()];
    gathered.compare(tracks.into_iter().map(Target::Track), |place, likeness| {
        for ((all, &likeness), target) in all.iter_mut().zip(likeness).zip(gathered.targets) {
            if matches!(target, Target::Track(_)) {
                *all = if place == 0 { likeness } else { take(*all, likeness) };
            }
        }
    });
    all
}

/// The mean likeness of each row to some tracks.
fn mean(gathered: &Gathered<'_>, tracks: &[TrackId]) -> Vec<f32> {
    let mut all = over(gathered, tracks.iter().copied(), |sum, likeness| sum + likeness);
    all.iter_mut().for_each(|sum| *sum /= tracks.len() as f32);
    all
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
