//! Releases as an answer: what is thought of tracks, read as what is thought of the records they stand on.
//!
//! A record is as good as its best track, and a little better for each further one that would have a place in a long
//! slate of tracks. So a record is recommended for reasons that are true of music on it, and whatever is known of tracks,
//! from likes to sound, counts for records too.

use std::sync::Arc;

use music::{ArtistId, Id as _, ReleaseId, Target, TrackId};
use rustc_hash::FxHashMap;

use crate::filter::DropReason;
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
    let mut found = FxHashMap::<ReleaseId, Found>::default();
    let (views, mut trace) = (tracks.views, tracks.trace);
    let mut alone = 0;
    for (place, pick) in tracks.picks.into_iter().enumerate() {
        let Picked::Track(track) = &pick.what else { continue };
        let Some(id) = track.release_id else {
            alone += 1;
            continue;
        };
        let entry = found.entry(id).or_insert_with(|| Found { places: Vec::new(), best: None });
        entry.places.push(place);
        if entry.best.as_ref().is_none_or(|best| pick.score > best.pick.score) {
            entry.best = Some(Best { place, track: track.id, pick });
        }
    }
    let count = found.len();
    found.retain(|&id, _| !is_known(query, snapshot, id));
    for (reason, count) in [(DropReason::NoRelease, alone), (DropReason::Known, count - found.len())] {
        if count > 0 {
            trace.dropped.push(DroppedTrace { reason, words: reason.words(), count });
        }
    }
    let mut records: Vec<(ReleaseId, Best, f32)> = found
        .into_iter()
        .filter_map(|(id, found)| Some((id, found.best?, MORE_TRACKS * (found.places.len() as f32).log2())))
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

struct Found {
    /// Where its tracks stand in the slate.
    places: Vec<usize>,
    best: Option<Best>,
}

/// The best track of a record.
struct Best {
    place: usize,
    track: TrackId,
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

/// Whether a record is to be new and is not.
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

/// The target of a record, for those who ask about it.
pub(crate) fn place_of(slate: &Slate, target: Target) -> Option<usize> {
    slate.picks.iter().position(|pick| pick.what.target() == target)
}

/// The tracks of each release, by the row of the release.
pub(crate) fn tracks_by_release(catalogue: &music::Catalogue) -> Vec<Vec<TrackId>> {
    let mut tracks = vec![Vec::new(); catalogue.releases().len()];
    for track in catalogue.tracks() {
        if let Some(of_release) = track.release.and_then(|release| tracks.get_mut(release.row())) {
            of_release.push(track.id);
        }
    }
    tracks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{bilingual, query, rock_lover};
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
