//! A slate of playlists for one listener, and what became of one of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use music::{ArtistId, ListenerId, Target, TrackId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::SharedPlaylist;
use super::judge::{Judge, Judged, Proposed, rows_near};
use crate::filter::DropReason;
use crate::pipeline::Why;
use crate::query::{LIMIT_MAX, Query};
use crate::runner::Runner;
use crate::slate::{DroppedTrace, Pick, Picked, PickedPlaylist, Reason, Slate, Trace};
use crate::snapshot::Snapshot;

/// Two playlists of which the shorter shares more than this with the other are one; a judgement.
const ALIKE_SHARE: f32 = 0.7;
/// Playlists of one maker at most.
const PER_OWNER_MAX: usize = 2;
/// Artists that a playlist is named after.
const ARTISTS_NAMED: usize = 3;

/// The playlists of others for the listener of `query`, best first.
pub(crate) fn recommend(query: &Arc<Query>, snapshot: &Arc<Snapshot>, runner: &dyn Runner) -> Slate {
    let mut trace = Trace::default();
    let ranked = rank(query, snapshot, runner, None, &mut trace);
    let (chosen, dropped) = chosen(query, ranked.lists);
    trace_drops(&mut trace, ranked.dropped.into_iter().chain(dropped).map(|(_, reason)| reason));
    let pick = |(row, judged): &(usize, Judged)| {
        let list = &query.playlists.lists[*row];
        pick(snapshot, list, judged.begin_with(), judged.score, ranked.judge.told(list, judged))
    };
    slate(query, snapshot, chosen.iter().take(query.limit).map(pick).collect(), trace)
}

/// What became of one playlist.
///
/// Of a playlist that is not shared it says the same as of one that does not exist.
pub(crate) fn why(query: &Arc<Query>, snapshot: &Arc<Snapshot>, runner: &dyn Runner, target: Target) -> Why {
    let Target::Playlist(id) = target else { return Why::NotProposed };
    let Some(asked) = query.playlists.row(id) else { return Why::NotProposed };
    let ranked = rank(query, snapshot, runner, Some(asked), &mut Trace::default());
    let told = |reason: DropReason| Why::Dropped { reason, words: reason.words() };
    let (candidate_count, judged) = (ranked.lists.len(), ranked.lists.iter().find(|(row, _)| *row == asked));
    let Some(judged) = judged.map(|(_, judged)| judged.clone()) else {
        let reason = ranked.dropped.iter().find(|(row, _)| *row == asked);
        return reason.map_or(Why::NotProposed, |(_, reason)| told(*reason));
    };
    // It would please, but too little of what the sources propose is on it for a slate to look at it.
    if !ranked.is_asked_near {
        return Why::NotProposed;
    }
    let (chosen, dropped) = chosen(query, ranked.lists);
    if let Some((_, reason)) = dropped.iter().find(|(row, _)| *row == asked) {
        return told(*reason);
    }
    let Some(place) = chosen.iter().position(|(row, _)| *row == asked) else { return Why::NotProposed };
    let list = &query.playlists.lists[asked];
    let pick = pick(snapshot, list, judged.begin_with(), judged.score, ranked.judge.told(list, &judged));
    if place < query.limit {
        return Why::Picked { place: place + 1, pick };
    }
    let score_needed = chosen.get(query.limit - 1).map(|(_, judged)| judged.score);
    Why::Outranked { rank: place + 1, candidate_count, score_needed, pick }
}

/// The playlists that were looked at.
struct RankedLists<'a> {
    judge: Judge<'a>,
    /// Best first, by their rows.
    lists: Vec<(usize, Judged)>,
    dropped: Vec<(usize, DropReason)>,
    /// Whether the one that was asked about would be looked at without being asked about.
    is_asked_near: bool,
}

fn rank<'a>(
    query: &Query,
    snapshot: &'a Arc<Snapshot>,
    runner: &dyn Runner,
    asked: Option<usize>,
    trace: &mut Trace,
) -> RankedLists<'a> {
    let mut proposed = vec![Proposed::of(query, snapshot, runner, trace)];
    let mut rows = rows_near(query, &proposed, trace);
    let is_asked_near = asked.is_none_or(|asked| rows.contains(&asked));
    rows.extend(asked.filter(|_| !is_asked_near));
    trace.candidate_count = rows.len();
    let judge = Judge::of(query, snapshot, proposed.remove(0), &rows);
    let (mut lists, mut dropped) = (Vec::new(), Vec::new());
    for row in rows {
        match judge.judge(&query.playlists.lists[row]) {
            Ok(judged) => lists.push((row, judged)),
            Err(reason) => dropped.push((row, reason)),
        }
    }
    lists.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then(a.0.cmp(&b.0)));
    RankedLists { judge, lists, dropped, is_asked_near }
}

/// Something about each of some playlists, by their rows.
pub(super) type OfRows<T> = Vec<(usize, T)>;

/// What stays of ranked playlists, best first, when what says the same stands once and no maker has all places; and
/// why the others go.
pub(super) fn chosen<T>(query: &Query, ranked: OfRows<T>) -> (OfRows<T>, OfRows<DropReason>) {
    let (mut chosen, mut dropped) = (Vec::<(usize, T)>::new(), Vec::new());
    let mut of_owners = FxHashMap::<ListenerId, usize>::default();
    let mut sets: Vec<FxHashSet<TrackId>> = Vec::new();
    for (row, judged) in ranked {
        let list = &query.playlists.lists[row];
        let of_owner = of_owners.entry(list.owner).or_default();
        if sets.iter().any(|set| are_alike(set, list)) {
            dropped.push((row, DropReason::Alike));
        } else if *of_owner == PER_OWNER_MAX {
            dropped.push((row, DropReason::SameMaker));
        } else {
            *of_owner += 1;
            sets.push(list.tracks.iter().copied().collect());
            chosen.push((row, judged));
        }
        if chosen.len() == LIMIT_MAX {
            break;
        }
    }
    (chosen, dropped)
}

fn are_alike(set: &FxHashSet<TrackId>, list: &SharedPlaylist) -> bool {
    let shared = list.tracks.iter().filter(|track| set.contains(track)).count();
    shared as f32 > ALIKE_SHARE * set.len().min(list.tracks.len()) as f32
}

/// Writes down how many playlists were dropped for which reason.
pub(super) fn trace_drops(trace: &mut Trace, reasons: impl Iterator<Item = DropReason>) {
    let mut counts = BTreeMap::<DropReason, usize>::new();
    reasons.for_each(|reason| *counts.entry(reason).or_default() += 1);
    let dropped =
        |(reason, count): (DropReason, usize)| DroppedTrace { reason, words: reason.words(), count };
    trace.dropped = counts.into_iter().map(dropped).collect();
}

/// The slate with these picks.
pub(super) fn slate(query: &Query, snapshot: &Snapshot, picks: Vec<Pick>, trace: Trace) -> Slate {
    Slate {
        mix: query.request.mix.name,
        slate_id: query.request.slate,
        snapshot: snapshot.name.clone(),
        picks,
        trace,
        // What perspectives see, they see in tracks.
        views: Vec::new(),
        stands: false,
    }
}

/// One place of such a slate.
pub(super) fn pick(
    snapshot: &Snapshot,
    list: &SharedPlaylist,
    begin_with: TrackId,
    score: f32,
    (why, reasons): (String, Vec<Reason>),
) -> Pick {
    let (artist_ids, artists) = main_artists(snapshot, list).into_iter().unzip();
    let what = PickedPlaylist {
        id: list.id,
        title: list.title.to_string(),
        artists,
        artist_ids,
        track_count: list.tracks.len(),
        care: list.care,
        begin_with,
    };
    Pick { what: Picked::Playlist(what), score, why, reasons, chances: Vec::new(), propensity: 1.0 }
}

/// The artists with most tracks on a playlist; of those with as many, the one who comes first on it.
fn main_artists(snapshot: &Snapshot, list: &SharedPlaylist) -> Vec<(ArtistId, String)> {
    let mut counts: Vec<(ArtistId, usize)> = Vec::new();
    let mut places = FxHashMap::<ArtistId, usize>::default();
    for artist in list.tracks.iter().filter_map(|&track| snapshot.main_artist(track)) {
        let place = *places.entry(artist).or_insert_with(|| {
            counts.push((artist, 0));
            counts.len() - 1
        });
        counts[place].1 += 1;
    }
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let named = |(id, _)| Some((id, snapshot.catalogue.artist(id)?.name.to_string()));
    counts.into_iter().take(ARTISTS_NAMED).filter_map(named).collect()
}
