//! What is asked for, and everything worked out from it before the sources run.

use std::sync::Arc;

use music::{ArtistId, Context, ReleaseId, SlateId, Target, TrackId, UnixMillis};
use serde::{Deserialize, Serialize};
use taste::DayPart;

use crate::chance;
use crate::listener::ListenerView;
use crate::mix::Mix;
use crate::playlists::SharedPlaylists;
use crate::sliders::Sliders;
use crate::snapshot::Snapshot;
use crate::stage::Stage;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The product.
    pub mix: &'static Mix,
    /// Tracks or artists.
    pub answer: Answer,
    /// What to start from, for mixes that start from something.
    pub seeds: Vec<Seed>,
    /// How many picks; none for the mix's own length.
    pub limit: Option<usize>,
    /// What is around the listener.
    pub context: Context,
    /// What is wished for beside it.
    pub sliders: Sliders,
    /// What the page shows elsewhere; it comes again only where nothing else is left.
    pub elsewhere: Vec<TrackId>,
    /// A stage to do without, to measure what it is worth.
    pub without: Option<Stage>,
    /// Whether others listen too, so that the slate must not follow the habits of one.
    pub is_shared: bool,
    /// Whether the tracks that are asked for are to be read as the records they stand on.
    pub is_for_releases: bool,
    /// When.
    pub now: UnixMillis,
    /// What makes chance repeatable.
    pub random_seed: u64,
    /// The name of the slate to come.
    pub slate: SlateId,
}

/// What a slate is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Tracks.
    #[default]
    Tracks,
    /// Artists.
    Artists,
    /// Releases: albums, EPs, singles.
    Releases,
    /// Playlists that their makers share.
    Playlists,
}

/// What a slate is to bring, which decides what counts as a success when learning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// Something to enjoy now, known or not.
    Enjoy,
    /// Something to enjoy that was never heard before.
    Discover,
}

/// Something to start from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seed {
    /// A track.
    Track(TrackId),
    /// An artist.
    Artist(ArtistId),
    /// A release.
    Release(ReleaseId),
    /// The tracks of a playlist, in order.
    Playlist(Vec<TrackId>),
}

/// A request with the listener and all that sources and scorers share.
#[derive(Debug)]
pub struct Query {
    /// What was asked for.
    pub request: Request,
    /// Who asks.
    pub listener: Arc<ListenerView>,
    /// Tracks that the answer should be near to, with weights up to 1: the seeds; else what is being listened to;
    /// else what was liked lately.
    pub anchors: Vec<(TrackId, f32)>,
    /// Artists that the answer should be near to, with weights up to 1.
    pub artist_anchors: Vec<(ArtistId, f32)>,
    /// Whether the anchors come from seeds, so that the answer is to stay near them.
    pub is_seeded: bool,
    /// The part of the week.
    pub day_part: DayPart,
    /// How many picks.
    pub limit: usize,
    /// What was shown already and stands, the first place first: it comes again in the same order.
    pub standing: Vec<TrackId>,
    /// The playlists that may be answered with; none until somebody hands them over.
    pub playlists: Arc<SharedPlaylists>,
}

/// Anchors at most: neighbours of more tracks only repeat each other.
const ANCHOR_LIMIT: usize = 40;
/// Picks at most, whatever is asked for.
pub const LIMIT_MAX: usize = 500;

impl Query {
    /// Works out what sources and scorers share.
    pub fn new(request: Request, listener: Arc<ListenerView>, snapshot: &Snapshot) -> Self {
        let limit = request.limit.unwrap_or(request.mix.length).clamp(1, LIMIT_MAX);
        let day_part = DayPart::of(request.context.local(request.now));
        let standing = standing(&request, &listener);
        let mut query = Self {
            limit,
            day_part,
            standing,
            playlists: Arc::default(),
            anchors: Vec::new(),
            artist_anchors: Vec::new(),
            is_seeded: !request.seeds.is_empty(),
            request,
            listener,
        };
        if query.is_seeded {
            query.anchor_at_seeds(snapshot);
        } else {
            query.anchor_at_listening();
            query.anchor_at_loved_artists();
        }
        query.anchors.truncate(ANCHOR_LIMIT);
        query.artist_anchors.truncate(ANCHOR_LIMIT);
        query
    }

    fn anchor_at_seeds(&mut self, snapshot: &Snapshot) {
        for seed in self.request.seeds.clone() {
            match seed {
                Seed::Track(track) => self.anchor_tracks(&[track], snapshot),
                Seed::Artist(artist) => {
                    self.artist_anchors.push((artist, 1.0));
                    let tracks = snapshot.tracks_of_artist(artist).iter().take(5);
                    self.anchors.extend(tracks.map(|&track| (track, 0.7)));
                }
                Seed::Release(release) => {
                    self.anchor_tracks(snapshot.catalogue.tracks_by_release(release), snapshot);
                }
                // The end of a playlist is where it is going.
                Seed::Playlist(tracks) => {
                    let last: Vec<TrackId> = tracks.iter().rev().take(ANCHOR_LIMIT).copied().collect();
                    self.anchor_tracks(&last, snapshot);
                }
            }
        }
    }

    fn anchor_tracks(&mut self, tracks: &[TrackId], snapshot: &Snapshot) {
        for &track in tracks {
            self.anchors.push((track, 1.0));
            if let Some(track) = snapshot.catalogue.track(track) {
                self.artist_anchors.push((track.main_artist(), 0.8));
            }
        }
    }

    /// What was heard lately and not against the grain; in the running session the latest counts most.
    fn anchor_at_listening(&mut self) {
        let recent = self.listener.profile.recent().rev().filter(|recent| recent.evidence > 0.0);
        let mut fading = 1.0;
        for recent in recent {
            if !self.anchors.iter().any(|&(track, _)| track == recent.track) {
                self.anchors.push((recent.track, fading));
                fading *= 0.95;
            }
        }
        for &(track, affinity) in &self.listener.summary.liked {
            if self.anchors.len() >= ANCHOR_LIMIT {
                break;
            }
            if !self.anchors.iter().any(|&(known, _)| known == track) {
                self.anchors.push((track, 0.5 * affinity));
            }
        }
    }

    fn anchor_at_loved_artists(&mut self) {
        let loved = self.listener.summary.artists.iter().take(ANCHOR_LIMIT);
        self.artist_anchors.extend(loved.filter(|(_, affinity)| *affinity > 0.0));
    }

    /// Whether a stage takes part.
    pub fn has(&self, stage: Stage) -> bool {
        self.request.without != Some(stage)
    }

    /// Whether the answer may contain what the listener knows.
    pub fn wants_known(&self) -> bool {
        self.request.mix.aim == Aim::Enjoy
    }

    /// Whether `track` is what the answer is about: not a seed, and new where the answer is to be new.
    ///
    /// Sources ask this so as not to spend their places on what the filters drop anyway.
    pub fn is_open_to(&self, track: TrackId) -> bool {
        (self.wants_known() || !self.listener.has_heard(track)) && !self.is_seed(Target::Track(track))
    }

    /// Whether the answer stands for the week.
    pub fn may_stand(&self) -> bool {
        may_stand(&self.request)
    }

    /// The place of `target` among what stands.
    pub fn standing_place(&self, target: Target) -> Option<usize> {
        let Target::Track(track) = target else { return None };
        self.standing.iter().position(|&standing| standing == track)
    }

    /// Whether `target` is one of the seeds.
    pub fn is_seed(&self, target: Target) -> bool {
        self.request.seeds.iter().any(|seed| match (seed, target) {
            (Seed::Track(seed), Target::Track(track)) => *seed == track,
            (Seed::Playlist(seeds), Target::Track(track)) => seeds.contains(&track),
            (Seed::Artist(seed), Target::Artist(artist)) => *seed == artist,
            _ => false,
        })
    }

    /// A number from 0 to 1 that depends on nothing but the request's seed and `salt`.
    pub fn chance(&self, salt: u64) -> f32 {
        chance::uniform(self.request.random_seed, salt)
    }
}

/// Whether what comes of it stands for the week: nobody asks for anything but the mix itself.
fn may_stand(request: &Request) -> bool {
    let is_plain = request.sliders == Sliders::default() && request.answer == Answer::Tracks;
    let is_alone = !request.is_shared
        && !request.is_for_releases
        && request.seeds.is_empty()
        && request.elsewhere.is_empty();
    request.mix.stands_for_a_week && is_plain && is_alone && request.without.is_none()
}

/// What was shown in this week by a mix that stands for a week; nothing where somebody asks for something else of it.
fn standing(request: &Request, listener: &ListenerView) -> Vec<TrackId> {
    if !may_stand(request) {
        return Vec::new();
    }
    listener.profile.shelf().of_week(request.mix.name, request.now, &request.context).to_vec()
}
