//! Releases as an answer: what is thought of tracks, read as what is thought of the records they stand on.
//!
//! A record is as good as its best track, and a little better for each further one that would have a place in a long
//! slate of tracks. So a record is recommended for reasons that are true of music on it, and whatever is known of tracks,
//! from likes to sound, counts for records too.

use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use music::{ArtistId, ReleaseId, Target, TrackId};
use rustc_hash::FxHashMap;

use crate::filter::{DropReason, verdict};
use crate::query::{Answer, Query, Request};
use crate::slate::{DroppedTrace, Pick, Picked, PickedRelease, Reason, Slate};
use crate::snapshot::Snapshot;

/// Places of the slate of tracks that is looked at, per record wanted, and at least.
const TRACKS_PER_RELEASE: usize = 8;
const TRACKS_MIN: usize = 200;
/// What a doubling of the tracks on a record that would have a place adds to its score; a judgement.
const MORE_TRACKS: f32 = 0.15;
/// Records of one artist at most.
const PER_ARTIST_MAX: usize = 2;
/// A record of which more than this share was heard is nothing new.
const KNOWN_SHARE: f32 = 0.5;
/// The name of the reason that further tracks are.
const NAME: &str = "more_tracks";

/// The same request for as many tracks as records are found among.
pub(crate) fn query_for_tracks(query: &Query, snapshot: &Snapshot) -> Arc<Query> {
    let limit = (TRACKS_PER_RELEASE * query.limit).max(TRACKS_MIN);
    // A slate of records is no page of tracks that have stood there since Monday.
    let request = Request {
        answer: Answer::Tracks,
        limit: Some(limit),
        is_for_releases: true,
        ..query.request.clone()
    };
    Arc::new(Query::new(request, Arc::clone(&query.listener), snapshot))
}

/// The records of a slate of tracks, best first.
pub(crate) fn of_tracks(query: &Query, snapshot: &Snapshot, tracks: Slate) -> Slate {
    let mut found = FxHashMap::<ReleaseId, Best>::default();
    let (views, mut trace) = (tracks.views, tracks.trace);
    let mut alone = 0;
    for (place, pick) in tracks.picks.into_iter().enumerate() {
        let Picked::Track(track) = &pick.what else { continue };
        let Some(id) = track.release_id else {
            alone += 1;
            continue;
        };
        let best = Best { place, track: track.id, track_count: 1, pick };
        match found.entry(id) {
            Entry::Vacant(entry) => {
                entry.insert(best);
            }
            Entry::Occupied(mut entry) => {
                let track_count = entry.get().track_count + 1;
                if best.pick.score > entry.get().pick.score {
                    entry.insert(best);
                }
                entry.get_mut().track_count = track_count;
            }
        }
    }
    let mut dropped = BTreeMap::from([(DropReason::NoRelease, alone)]);
    found.retain(|&id, _| match dropped_for(query, snapshot, id) {
        Some(reason) => {
            *dropped.entry(reason).or_default() += 1;
            false
        }
        None => true,
    });
    for (reason, count) in dropped.into_iter().filter(|(_, count)| *count > 0) {
        trace.dropped.push(DroppedTrace { reason, words: reason.words(), count });
    }
    let mut records: Vec<(ReleaseId, Best, f32)> = found
        .into_iter()
        .map(|(id, best)| {
            let more = MORE_TRACKS * (best.track_count as f32).log2();
            (id, best, more)
        })
        .collect();
    let score = |record: &(ReleaseId, Best, f32)| record.1.pick.score + record.2;
    records.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.0.cmp(&b.0)));
    let mut of_artists = FxHashMap::<ArtistId, usize>::default();
    let mut slate = Slate {
        picks: Vec::new(),
        views: Vec::new(),
        stands: false,
        trace,
        mix: tracks.mix,
        slate_id: tracks.slate_id,
        snapshot: tracks.snapshot,
    };
    for (id, best, more) in records {
        if slate.picks.len() == query.limit {
            break;
        }
        let Some(what) = picked(snapshot, id, best.track) else { continue };
        let count = what.artist_ids.first().map(|&artist| of_artists.entry(artist).or_default());
        if let Some(count) = count {
            *count += 1;
            if *count > PER_ARTIST_MAX {
                continue;
            }
        }
        slate.views.extend(views.get(best.place));
        slate.picks.push(record(what, best.pick, more));
    }
    slate
}

/// The best track of a record.
struct Best {
    /// Its place in the slate of tracks.
    place: usize,
    track: TrackId,
    /// Tracks of the record in that slate.
    track_count: usize,
    pick: Pick,
}

fn record(what: PickedRelease, mut best: Pick, more: f32) -> Pick {
    let title = match &best.what {
        Picked::Track(track) => track.title.clone(),
        _ => String::new(),
    };
    if more > 0.0 {
        let text = "more of its tracks would have a place".to_owned();
        best.reasons.push(Reason { text, contribution: more, source: NAME });
        best.reasons.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
    }
    Pick {
        what: Picked::Release(what),
        score: best.score + more,
        why: format!("With “{title}”: {}", best.why),
        ..best
    }
}

/// Why a record must not be shown: the filters' reason, or that it is to be new and is not.
fn dropped_for(query: &Query, snapshot: &Snapshot, id: ReleaseId) -> Option<DropReason> {
    let reason = verdict(query, snapshot, Target::Release(id));
    reason.or_else(|| is_known(query, snapshot, id).then_some(DropReason::Known))
}

fn is_known(query: &Query, snapshot: &Snapshot, id: ReleaseId) -> bool {
    if query.wants_known() {
        return false;
    }
    let tracks = snapshot.tracks_of_release(id);
    let heard = tracks.iter().filter(|&&track| query.listener.has_heard(track)).count();
    heard as f32 > KNOWN_SHARE * tracks.len() as f32
}

fn picked(snapshot: &Snapshot, id: ReleaseId, begin_with: TrackId) -> Option<PickedRelease> {
    let catalogue = &snapshot.catalogue;
    let release = catalogue.release(id)?;
    let of_track = || catalogue.track(begin_with).map(music::Track::main_artist);
    let artist_ids: Vec<ArtistId> = release.artist.or_else(of_track).into_iter().collect();
    let name = |&artist: &ArtistId| catalogue.artist(artist).map(|artist| artist.name.to_string());
    Some(PickedRelease {
        id,
        title: release.title.to_string(),
        artists: artist_ids.iter().filter_map(name).collect(),
        artist_ids,
        year: release.date.map(music::ReleaseDate::year),
        track_count: snapshot.tracks_of_release(id).len(),
        begin_with,
    })
}

#[cfg(test)]
mod tests {
    use music::{Prompt, Surface};

    use super::*;
    use crate::fixture::{bilingual, event, query, rock_lover};
    use crate::pipeline::{Why, recommend, why};
    use crate::runner::Inline;

    #[test]
    fn records_are_recommended_for_what_stands_on_them() {
        let snapshot = bilingual();
        let query = query(&snapshot, &rock_lover(), "home", Answer::Releases, &[]);
        let slate = recommend(&query, &snapshot, &Inline);
        assert!(slate.picks.len() >= 3, "{}", slate.picks.len());
        assert!(slate.picks.windows(2).all(|pair| pair[0].score >= pair[1].score));
        for pick in &slate.picks {
            let Picked::Release(record) = &pick.what else { panic!("{pick:?}") };
            let begin_with = snapshot.catalogue.track(record.begin_with).unwrap();
            assert_eq!(begin_with.release, Some(record.id));
            assert!(pick.why.contains(&*begin_with.title), "{}", pick.why);
            let sum: f32 = pick.reasons.iter().map(|reason| reason.contribution).sum();
            assert!((sum - pick.score).abs() < 1e-3, "{sum} {}", pick.score);
        }
        let mut ids: Vec<Target> = slate.picks.iter().map(|pick| pick.what.target()).collect();
        let asked = ids[1];
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), slate.picks.len(), "no record twice");
        let answer = why(&query, &snapshot, &Inline, asked);
        assert!(matches!(answer, Why::Picked { place: 2, .. }), "{answer:?}");
    }

    #[test]
    fn a_disliked_record_does_not_come_again() {
        let snapshot = bilingual();
        let before = query(&snapshot, &rock_lover(), "home", Answer::Releases, &[]);
        let first = recommend(&before, &snapshot, &Inline).picks[0].what.target();
        let mut history = rock_lover();
        history.push(event(0.1, Surface::Home, Prompt::Disliked { target: first }));
        let after = query(&snapshot, &history, "home", Answer::Releases, &[]);
        let slate = recommend(&after, &snapshot, &Inline);
        assert!(!slate.picks.is_empty() && slate.picks.iter().all(|pick| pick.what.target() != first));
        let answer = why(&after, &snapshot, &Inline, first);
        assert!(matches!(answer, Why::Dropped { reason: DropReason::Disliked, .. }), "{answer:?}");
    }

    #[test]
    fn a_discovery_brings_no_record_that_was_mostly_heard() {
        let snapshot = bilingual();
        let query = query(&snapshot, &rock_lover(), "weekly-discovery", Answer::Releases, &[]);
        let slate = recommend(&query, &snapshot, &Inline);
        assert!(!slate.picks.is_empty() && !slate.stands);
        for pick in &slate.picks {
            let Target::Release(id) = pick.what.target() else { panic!("{pick:?}") };
            let tracks = snapshot.tracks_of_release(id);
            let heard = tracks.iter().filter(|&&track| query.listener.has_heard(track)).count();
            assert!(2 * heard <= tracks.len(), "{heard} of {}", tracks.len());
        }
    }
}
