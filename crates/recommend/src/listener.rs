//! A listener as a request reads them: profile, summary, vectors and selves, worked out once and used until the next
//! event.

use std::sync::Arc;

use learn::ials::{ItemModel, Observation};
use music::{ArtistId, TrackId, UnixMillis};
use rustc_hash::FxHashMap;
use taste::persona::{Point, Stretch, personas_of_sessions};
use taste::{Acquaintance, Persona, TasteProfile, TasteSummary, acquaintances};

use crate::adaptation::Belief;
use crate::adjuster::leaning::{self, Leaning};
use crate::company::{Companion, Company, companions};
use crate::pulse::Pulse;
use crate::snapshot::Snapshot;

/// Tracks and artists that are folded into a vector at most, the most telling first.
const FOLD_IN_LIMIT: usize = 400;
/// Tracks that selves are looked for in.
const PERSONA_TRACK_COUNT: usize = 80;
/// Selves that are told apart at most.
const PERSONA_COUNT_MAX: usize = 4;
/// A firmly liked track weighs so much in the fold-in; one play in training weighs 1.
///
/// A judgement, not tuned.
const LIKED_WEIGHT: f32 = 4.0;
/// A firmly rejected track pulls its prediction to zero with this weight.
const REJECTED_WEIGHT: f32 = 2.0;

/// A listener at one moment, seen through one snapshot.
#[derive(Debug)]
pub struct ListenerView {
    /// What is known.
    pub profile: Arc<TasteProfile>,
    /// The profile read out.
    pub summary: TasteSummary,
    /// The listener among the track vectors, if there are any and the listener likes anything they know.
    pub track_vector: Option<Vec<f32>>,
    /// The listener among the artist vectors.
    pub artist_vector: Option<Vec<f32>>,
    /// The listener's selves, the most important first.
    pub personas: Vec<Persona>,
    /// Which way the listener leans in each trait of tracks, in the order of [`music::Trait::ALL`].
    pub leanings: Vec<Leaning>,
    /// How well the listener knows artists.
    pub acquaintances: FxHashMap<ArtistId, Acquaintance>,
    /// Those who like the same music, the nearest first.
    pub companions: Vec<Companion>,
    /// What they hear these days; silent where that is not known.
    pub company: Company,
    /// How mainstream the listener is, 0 to 1, if that is known.
    pub mainstream: Option<f32>,
    /// Which perspectives the listener answers to, where outcomes of slates are known.
    pub belief: Option<Belief>,
}

impl ListenerView {
    /// Reads `profile` out through `snapshot`, as of `now`.
    ///
    /// *Complexity*: a few hundred rank-one updates, two small solves, and clusters of at most 100 sessions and 80 tracks.
    pub fn of(profile: Arc<TasteProfile>, snapshot: &Snapshot, now: UnixMillis) -> Self {
        let summary = TasteSummary::of(&profile, &snapshot.catalogue, now);
        let models = &snapshot.models;
        let track_vector = models.track_factors.as_ref().and_then(|model| {
            let liked = summary.liked.iter().map(|&(track, affinity)| (track.get(), affinity));
            let rejected = summary.rejected.iter().map(|&(track, affinity)| (track.get(), affinity));
            fold_in(model, liked, rejected)
        });
        let artist_vector = models.artist_factors.as_ref().and_then(|model| {
            let artists = summary.artists.iter().map(|&(artist, affinity)| (artist.get(), affinity));
            let rejected = artists.clone().rev().take_while(|&(_, affinity)| affinity < 0.0);
            fold_in(model, artists.take_while(|&(_, affinity)| affinity > 0.0), rejected)
        });
        let personas = find_personas(&profile, &summary, snapshot);
        let mainstream = summary.mainstream(|track| snapshot.percentile(track));
        let leanings = leaning::leanings(&profile, snapshot, now);
        Self {
            acquaintances: acquaintances(&profile, &snapshot.catalogue),
            companions: companions(profile.listener(), &summary, snapshot),
            company: Company::default(),
            profile,
            summary,
            track_vector,
            artist_vector,
            personas,
            leanings,
            mainstream,
            belief: None,
        }
    }

    /// The same listener, who hears of what the company heard before `now`.
    #[must_use]
    pub fn among(mut self, pulse: &Pulse, snapshot: &Snapshot, now: UnixMillis) -> Self {
        self.company = Company::of(&self.companions, pulse, snapshot, now);
        self
    }

    /// Whether the listener has heard `track`.
    pub fn has_heard(&self, track: TrackId) -> bool {
        self.profile.track(track).is_some_and(taste::TrackTaste::is_heard)
    }
}

fn fold_in(
    model: &ItemModel,
    liked: impl Iterator<Item = (u32, f32)>,
    rejected: impl Iterator<Item = (u32, f32)>,
) -> Option<Vec<f32>> {
    let known = |&(item, _): &(u32, f32)| (item as usize) < model.factors().row_count();
    let liked = liked.filter(known).take(FOLD_IN_LIMIT).map(|(item, affinity)| Observation {
        item,
        weight: LIKED_WEIGHT * affinity,
        target: 1.0,
    });
    let rejected = rejected.filter(known).take(FOLD_IN_LIMIT / 4).map(|(item, affinity)| Observation {
        item,
        weight: REJECTED_WEIGHT * -affinity,
        target: 0.0,
    });
    let liked: Vec<Observation> = liked.collect();
    // Without anything liked the solution is the origin, which says nothing.
    if liked.is_empty() {
        return None;
    }
    Some(model.fold_in(&liked.into_iter().chain(rejected).collect::<Vec<_>>()))
}

/// How much of a place is its sound: two tracks drawn by chance then lie about as far apart in sound as in the crowd.
const SOUND_SCALE: f32 = 0.25;

/// Where a track lies for telling selves apart: by who else listens and by how it sounds, side by side, since each tells
/// selves apart that the other mixes up. What is not known of a track lies in the middle, where it says nothing.
fn place(snapshot: &Snapshot, track: TrackId) -> Option<Vec<f32>> {
    let (direction, sound) = (snapshot.track_direction(track), snapshot.sound.point(track));
    if direction.is_none() && sound.is_none() {
        return None;
    }
    let mut place = vec![0.0; snapshot.direction_dim()];
    place.iter_mut().zip(direction.unwrap_or_default()).for_each(|(cell, value)| *cell = *value);
    let sound = sound.copied().unwrap_or_default();
    place.extend(sound.map(|value| value * SOUND_SCALE));
    Some(place)
}

/// Selves are looked for among sessions, which lie where their tracks lie on average and when they were.
fn find_personas(profile: &TasteProfile, summary: &TasteSummary, snapshot: &Snapshot) -> Vec<Persona> {
    let place = |track: TrackId| place(snapshot, track);
    let placed = summary.liked.iter().filter_map(|&(track, affinity)| Some((track, affinity, place(track)?)));
    let placed: Vec<(TrackId, f32, Vec<f32>)> = placed.take(PERSONA_TRACK_COUNT).collect();
    let points: Vec<Point<'_>> = placed
        .iter()
        .map(|(track, affinity, place)| Point { track: *track, weight: *affinity, position: place })
        .collect();
    let sessions: Vec<Stretch<'_>> = profile
        .sittings()
        .filter_map(|sitting| {
            let mut position = mean(sitting.tracks.iter().filter_map(|&track| place(track)))?;
            position.extend(sitting.moment());
            Some(Stretch { tracks: &sitting.tracks, position })
        })
        .collect();
    personas_of_sessions(&sessions, &points, PERSONA_COUNT_MAX)
}

/// The mean of points of one length; none of none.
fn mean(points: impl Iterator<Item = Vec<f32>>) -> Option<Vec<f32>> {
    let mut count = 0.0_f32;
    let mut sum = points.reduce(|mut sum, point| {
        sum.iter_mut().zip(point).for_each(|(sum, value)| *sum += value);
        count += 1.0;
        sum
    })?;
    sum.iter_mut().for_each(|value| *value /= count + 1.0);
    Some(sum)
}
