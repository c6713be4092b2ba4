//! The company of a listener: those who like the same music, and what they hear these days.
//!
//! What friends put on is welcome before any model has learnt why. Who belongs to the company is read from what people
//! like; what it hears, from the log up to this moment. Nobody is named, and what one or two of them hear does not count:
//! only what several have heard, and how many.
//!
//! *Sources*: Aiolli, "Efficient top-N recommendation for very large scale binary rated datasets", 2013, section 3: the
//! power of the cosine that makes near neighbours count more, here 2, and the discount of famous tracks; Salganik, Dodds,
//! Watts, "Experimental Study of Inequality and Unpredictability in an Artificial Cultural Market", 2006, for why what
//! others hear now matters beside what they like.

use music::{ArtistId, Id as _, ListenerId, TagId, Track, TrackId, UnixMillis};
use rustc_hash::FxHashMap;
use taste::summary::tags_of;
use taste::{HalfLife, TasteSummary};

use crate::pulse::{PLAYS_LIMIT, Pulse};
use crate::snapshot::Snapshot;

/// Liked tracks by which listeners are compared, the most telling first.
const COMPARED_LIMIT: usize = 100;
/// Listeners looked at for each of these; a track with more fans tells too little to look at all of them.
const FANS_LIMIT: usize = 400;
/// Listeners in a company.
const COMPANION_LIMIT: usize = 40;
/// How much less a track with many fans says of who is alike.
const FAME_EXPONENT: f32 = 0.5;
/// What was heard five days ago counts half; a judgement.
const HEARD_HALF_LIFE: HalfLife = HalfLife::days(5.0);
/// What fewer companions have heard is told to nobody and decides nothing: what one person plays is theirs.
const TOLD_MIN: u32 = 3;

/// Somebody who likes the same music.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Companion {
    /// Who; never told to anybody.
    pub listener: ListenerId,
    /// How much alike, as a share of the nearest. *Range*: above 0, to 1.
    pub likeness: f32,
}

/// The listeners who share most with one, the nearest first; none where nobody can be compared.
pub fn companions(own: ListenerId, summary: &TasteSummary, snapshot: &Snapshot) -> Vec<Companion> {
    let Some(fans) = snapshot.fans() else { return Vec::new() };
    // One number for everybody: a table by key would cost more than to look at all of them.
    let mut alike = vec![0.0_f32; fans.column_count()];
    for &(track, affinity) in summary.liked.iter().take(COMPARED_LIMIT) {
        let (listeners, weights) = fans.row(track.row());
        let say = affinity / (listeners.len() as f32).powf(FAME_EXPONENT);
        for (&listener, weight) in listeners.iter().zip(weights).take(FANS_LIMIT) {
            alike[listener as usize] += say * weight;
        }
    }
    if let Some(own) = alike.get_mut(own.row()) {
        *own = 0.0;
    }
    let cosine = |(listener, product): (u32, f32)| {
        (listener, product / snapshot.crowd_length(listener as usize).max(f32::MIN_POSITIVE))
    };
    let known = (0..).zip(alike).filter(|&(_, product)| product > 0.0);
    let mut nearest: Vec<(u32, f32)> = known.map(cosine).collect();
    let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if nearest.len() > COMPANION_LIMIT {
        nearest.select_nth_unstable_by(COMPANION_LIMIT, order);
        nearest.truncate(COMPANION_LIMIT);
    }
    nearest.sort_unstable_by(order);
    let scale = nearest.first().map_or(1.0, |&(_, likeness)| likeness.max(f32::MIN_POSITIVE));
    let companion = |(listener, likeness): (u32, f32)| Companion {
        listener: ListenerId::new(listener),
        likeness: (likeness / scale).max(f32::MIN_POSITIVE),
    };
    nearest.into_iter().map(companion).collect()
}

/// What the company of a listener has heard out these days.
#[derive(Clone, Debug, Default)]
pub struct Company {
    tracks: FxHashMap<TrackId, Heard>,
    artists: FxHashMap<ArtistId, f32>,
    /// Shares of all that was heard.
    tags: FxHashMap<TagId, f32>,
}

/// How much the company heard one track.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Heard {
    /// Plays that fade, each companion's weighed by how much alike they are.
    pub plays: f32,
    /// How many companions heard it. *Range*: 3 or more, or 0 where nothing is told.
    pub listener_count: u32,
}

impl Company {
    /// What `companions` heard before `now`.
    ///
    /// *Complexity*: linear in their latest plays, at most a hundred each.
    pub fn of(companions: &[Companion], pulse: &Pulse, snapshot: &Snapshot, now: UnixMillis) -> Self {
        let mut company = Self::default();
        let mut own: Vec<(TrackId, f32)> = Vec::with_capacity(PLAYS_LIMIT);
        for companion in companions {
            own.clear();
            for (at, track) in pulse.before(companion.listener, now).take(PLAYS_LIMIT) {
                own.push((track, HEARD_HALF_LIFE.factor(now.since(at))));
            }
            own.sort_by_key(|&(track, _)| track);
            let weight = companion.likeness.powi(2);
            for plays in own.chunk_by(|a, b| a.0 == b.0) {
                let heard = company.tracks.entry(plays[0].0).or_default();
                let faded: f32 = plays.iter().map(|&(_, faded)| faded).sum();
                // A track on repeat says little more than one that was heard twice.
                heard.plays += weight * faded.min(2.0);
                heard.listener_count += 1;
            }
        }
        company.tracks.retain(|_, heard| heard.listener_count >= TOLD_MIN);
        let mut all = 0.0;
        let mut heard: Vec<(&TrackId, &Heard)> = company.tracks.iter().collect();
        heard.sort_unstable_by_key(|(track, _)| **track);
        for (id, heard) in heard {
            let Some(track) = snapshot.catalogue.track(*id) else { continue };
            *company.artists.entry(track.main_artist()).or_default() += heard.plays;
            for tag in tags_of(&snapshot.catalogue, track) {
                *company.tags.entry(tag.tag).or_default() += heard.plays * tag.weight;
                all += heard.plays * tag.weight;
            }
        }
        company.tags.values_mut().for_each(|share| *share /= all);
        company
    }

    /// How much it heard a track.
    pub fn track(&self, track: TrackId) -> Heard {
        self.tracks.get(&track).copied().unwrap_or_default()
    }

    /// How much it heard an artist: plays that fade.
    pub fn artist(&self, artist: ArtistId) -> f32 {
        self.artists.get(&artist).copied().unwrap_or_default()
    }

    /// How much of what it heard has the tags of a track: the mean share of its tags. *Range*: 0 to 1.
    pub fn tags(&self, snapshot: &Snapshot, track: &Track) -> f32 {
        let (mut sum, mut weight) = (0.0, 0.0);
        for tag in tags_of(&snapshot.catalogue, track) {
            sum += tag.weight * self.tags.get(&tag.tag).copied().unwrap_or(0.0);
            weight += tag.weight;
        }
        if weight > 0.0 { sum / weight } else { 0.0 }
    }

    /// All that it heard, in no order that means anything.
    pub fn tracks(&self) -> impl ExactSizeIterator<Item = (TrackId, Heard)> + '_ {
        self.tracks.iter().map(|(&track, &heard)| (track, heard))
    }

    /// Whether it has heard nothing, or there is none.
    pub fn is_silent(&self) -> bool {
        self.tracks.is_empty()
    }
}
