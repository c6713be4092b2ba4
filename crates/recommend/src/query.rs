//! What is asked for, and everything worked out from it before the sources run.

use std::sync::Arc;

use music::{ArtistId, Context, ReleaseId, SlateId, Target, TrackId, UnixMillis};
use serde::{Deserialize, Serialize};
use taste::DayPart;

use crate::listener::ListenerView;
use crate::mix::Mix;
use crate::sliders::Sliders;
use crate::snapshot::Snapshot;

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
        let mut query = Self {
            limit,
            day_part,
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
        let mixed = scramble(self.request.random_seed ^ scramble(salt));
        (mixed >> 40) as f32 / (1_u64 << 24) as f32
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
fn scramble(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
