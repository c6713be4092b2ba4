//! What one listener would think of playlists: the mean score of their tracks, and the care that went into them.

use std::sync::Arc;

use music::{ListenerId, Target, TrackId};
use rustc_hash::FxHashSet;

use super::SharedPlaylist;
use crate::candidate::Candidates;
use crate::explain::{Explainer, picked_track};
use crate::filter::{DropReason, verdict};
use crate::pipeline::{Judges, Proposals, last_resort, propose, weighed};
use crate::query::{Answer, Query, Request};
use crate::reranker::Ranked;
use crate::runner::Runner;
use crate::slate::{Reason, SourceTrace, Trace};
use crate::snapshot::Snapshot;

/// Playlists that are looked at closely.
const LISTS_LOOKED_AT: usize = 40;
/// Tracks of a playlist that are looked at, at even distances.
const TRACKS_LOOKED_AT: usize = 40;
/// The length of the slate of tracks that sources are asked for.
const TRACKS_ASKED_FOR: usize = 60;
/// Tracks that must be left to play.
const TRACKS_LEFT_MIN: usize = 4;
/// Above this share of what is not wanted, a playlist is not wanted either.
const UNWANTED_SHARE: f32 = 0.25;
/// A playlist of which more than this share was heard is nothing new.
const KNOWN_SHARE: f32 = 0.5;
/// What a track that is not wanted counts in place of its score, in log-odds; a judgement.
const UNWANTED_SCORE: f32 = -2.0;
/// The care of a playlist about which nothing speaks for or against; see [`learn::care`].
const CARE_NEUTRAL: f32 = 0.4;
/// What all the care in the world adds over none, in the log-odds of the ranker; a judgement.
const CARE_WEIGHT: f32 = 1.0;
/// Tracks that a playlist is explained by.
pub(super) const TRACKS_TOLD: usize = 3;

/// All tracks of the playlists in question, as the ranker scores them for one listener.
pub(super) struct Judge<'a> {
    query: Arc<Query>,
    snapshot: &'a Snapshot,
    candidates: Candidates,
    judges: Judges,
    scores: Vec<f32>,
}

/// What a listener thinks of one playlist.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    /// The sum of all parts below.
    pub(super) score: f32,
    /// The tracks that can be played with what each adds, the best first.
    tracks: Vec<(TrackId, f32)>,
    unwanted_count: usize,
    /// What the tracks that are not wanted add, 0 or less.
    unwanted: f32,
    care: f32,
}

/// The same listener asking for tracks.
fn query_for_tracks(query: &Query, snapshot: &Snapshot) -> Arc<Query> {
    let request = Request {
        answer: Answer::Tracks,
        limit: Some(TRACKS_ASKED_FOR),
        is_for_releases: true,
        ..query.request.clone()
    };
    Arc::new(Query::new(request, Arc::clone(&query.listener), snapshot))
}

/// What the sources propose, and the query it was proposed for.
pub(super) struct Proposed {
    query: Arc<Query>,
    proposals: Proposals,
}

impl Proposed {
    /// Asks the sources for tracks; what is played most, where nobody answers.
    pub(super) fn of(
        query: &Query,
        snapshot: &Arc<Snapshot>,
        runner: &dyn Runner,
        trace: &mut Trace,
    ) -> Self {
        let query = query_for_tracks(query, snapshot);
        let mut proposals = propose(&query, snapshot, runner, trace);
        if proposals.iter().all(|(_, proposed)| proposed.is_empty()) {
            proposals.extend(last_resort(&query, snapshot, trace));
        }
        Self { query, proposals }
    }

    fn tracks(&self) -> impl Iterator<Item = TrackId> {
        self.proposals.iter().flat_map(|(_, proposed)| proposed).filter_map(|one| match one.target {
            Target::Track(track) => Some(track),
            _ => None,
        })
    }
}

/// The rows of the playlists to look at closely, and how they were found.
pub(super) fn rows_near(query: &Query, proposed: &[Proposed], trace: &mut Trace) -> Vec<usize> {
    let listeners: FxHashSet<ListenerId> =
        proposed.iter().map(|one| one.query.listener.profile.listener()).collect();
    let tracks = proposed.iter().flat_map(Proposed::tracks);
    let rows = query.playlists.near(tracks, LISTS_LOOKED_AT, &listeners);
    let silence = match (query.playlists.is_empty(), rows.is_empty()) {
        (true, _) => Some("nobody shares a playlist of five tracks or more yet"),
        (false, true) => Some("no playlist of others holds anything that suits you"),
        (false, false) => None,
    };
    let (name, candidates) = ("shared_playlists", rows.len());
    trace.sources.insert(0, SourceTrace { name, candidates, milliseconds: 0.0, error: None, silence });
    rows
}

/// The tracks of a playlist that stand for all.
fn sample(list: &SharedPlaylist) -> impl Iterator<Item = TrackId> {
    let step = list.tracks.len().div_ceil(TRACKS_LOOKED_AT).max(1);
    list.tracks.iter().step_by(step).copied()
}

impl<'a> Judge<'a> {
    /// Scores all tracks on the playlists in `rows` for the listener of `proposed`.
    pub(super) fn of(query: &Query, snapshot: &'a Snapshot, proposed: Proposed, rows: &[usize]) -> Self {
        let Proposed { query: for_tracks, mut proposals } = proposed;
        let lists = rows.iter().map(|&row| &*query.playlists.lists[row]);
        let targets: FxHashSet<Target> = lists.flat_map(sample).map(Target::Track).collect();
        // What stands on none of them need not be looked at.
        proposals.iter_mut().for_each(|(_, proposed)| proposed.retain(|one| targets.contains(&one.target)));
        let mut targets: Vec<Target> = targets.into_iter().collect();
        targets.sort_unstable();
        let ranking = snapshot.models.ranking(for_tracks.request.mix.aim);
        let kept = (&targets[..], None);
        let candidates = weighed(&for_tracks, snapshot, (proposals, kept), &ranking, &mut Trace::default());
        let judges = Judges::of(&for_tracks, snapshot, &candidates);
        let scores = judges.scores();
        Self { query: for_tracks, snapshot, candidates, judges, scores }
    }

    /// What the listener thinks of a playlist, or why it must not be shown to them.
    pub(super) fn judge(&self, list: &SharedPlaylist) -> Result<Judged, DropReason> {
        if list.owner == self.query.listener.profile.listener() {
            return Err(DropReason::Own);
        }
        if let Some(reason) = verdict(&self.query, self.snapshot, Target::Playlist(list.id)) {
            return Err(reason);
        }
        let (mut tracks, mut unwanted_count, mut known_count, mut count) = (Vec::new(), 0, 0, 0);
        for track in sample(list) {
            count += 1;
            if let Some(score) = self.row(track).map(|row| self.scores[row]).filter(|score| score.is_finite())
            {
                tracks.push((track, score));
                continue;
            }
            match verdict(&self.query, self.snapshot, Target::Track(track)) {
                Some(DropReason::Disliked | DropReason::ArtistDisliked | DropReason::Rejected) => {
                    unwanted_count += 1;
                }
                Some(DropReason::Known) => known_count += 1,
                _ => {}
            }
        }
        let judged_count = tracks.len() + unwanted_count;
        if unwanted_count as f32 > UNWANTED_SHARE * judged_count as f32 {
            return Err(DropReason::Unwanted);
        }
        if known_count as f32 > KNOWN_SHARE * count as f32 {
            return Err(DropReason::Known);
        }
        if tracks.len() < TRACKS_LEFT_MIN {
            return Err(DropReason::TooLittle);
        }
        let share = 1.0 / judged_count as f32;
        tracks.iter_mut().for_each(|(_, score)| *score *= share);
        tracks.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let unwanted = UNWANTED_SCORE * unwanted_count as f32 * share;
        let care = CARE_WEIGHT * (list.care - CARE_NEUTRAL);
        let score = tracks.iter().map(|(_, adds)| adds).sum::<f32>() + unwanted + care;
        Ok(Judged { score, tracks, unwanted_count, unwanted, care })
    }

    fn row(&self, track: TrackId) -> Option<usize> {
        // Candidates stand in the order of their ids.
        self.candidates.targets().binary_search(&Target::Track(track)).ok()
    }

    /// The main reasons in one sentence, and all reasons, which sum to the score.
    pub(super) fn told(&self, list: &SharedPlaylist, judged: &Judged) -> (String, Vec<Reason>) {
        let explainer = Explainer {
            query: &self.query,
            snapshot: self.snapshot,
            candidates: &self.candidates,
            judges: &self.judges,
        };
        let (told, rest) = judged.tracks.split_at(judged.tracks.len().min(TRACKS_TOLD));
        let (mut titles, mut best, mut reasons) = (Vec::new(), None, Vec::new());
        for &(track, adds) in told {
            let title = picked_track(&self.snapshot.catalogue, track).map_or_else(String::new, |t| t.title);
            let row = self.row(track).expect("it has a score");
            let ranked = Ranked {
                target: Target::Track(track),
                row,
                score: self.scores[row],
                adjustments: Vec::new(),
                propensity: 1.0,
            };
            let why = explainer.pick(&ranked).map_or_else(String::new, |pick| pick.why);
            let text = format!("“{title}”: {why}");
            reasons.push(Reason { text, contribution: adds, source: "playlist_track" });
            titles.push(format!("“{title}”"));
            best.get_or_insert(why);
        }
        if !rest.is_empty() {
            let text = format!("the rest of it, {}", tracks(rest.len()));
            let contribution = rest.iter().map(|(_, adds)| adds).sum();
            reasons.push(Reason { text, contribution, source: "playlist_rest" });
        }
        if judged.unwanted_count > 0 {
            let text = format!("{} on it that you do not want to hear", tracks(judged.unwanted_count));
            reasons.push(Reason { text, contribution: judged.unwanted, source: "playlist_unwanted" });
        }
        reasons.push(Reason { text: care_words(list), contribution: judged.care, source: "care" });
        reasons.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        let mut why = format!("With {}: {}", titles[0], best.unwrap_or_default());
        if let Some(second) = titles.get(1) {
            why.push_str(&format!(" {second} is on it too."));
        }
        (why, reasons)
    }
}

impl Judged {
    /// The track for which it is recommended most.
    pub(super) fn begin_with(&self) -> TrackId {
        self.tracks[0].0
    }
}

fn tracks(count: usize) -> String {
    if count == 1 { "one track".to_owned() } else { format!("{count} tracks") }
}

fn care_words(list: &SharedPlaylist) -> String {
    match (list.care >= CARE_NEUTRAL, list.care_words.is_empty()) {
        (true, false) => format!("it was made with care: {}", list.care_words.join(", ")),
        (true, true) => "it was made with care".to_owned(),
        (false, _) => "little care went into it".to_owned(),
    }
}
