//! What a listener has heard and heard of: all of a life that satisfaction depends on.
//!
//! It only counts; what the counts mean is said by the mechanism of the world's family, in [`crate::enjoyment`].

mod exposure;
mod trace;

use music::{ArtistId, TrackId, UnixMillis};
use rustc_hash::FxHashMap;

pub(crate) use self::exposure::Exposure;
pub(crate) use self::trace::Trace;
use crate::listener::Listener;

/// Parts of the day in which routines are told apart: night, morning, afternoon, evening.
const DAYPART_COUNT: usize = 4;

/// The hours of a part of the day.
const DAYPART_HOURS: usize = 24 / DAYPART_COUNT;

/// The past of one listener.
#[derive(Clone, Debug, Default)]
pub struct Past {
    exposures: FxHashMap<TrackId, Exposure>,
    tracks: FxHashMap<TrackId, Trace>,
    artists: FxHashMap<ArtistId, Trace>,
    routines: [FxHashMap<ArtistId, Trace>; DAYPART_COUNT],
    /// In the order of the tracks.
    talk: Vec<(TrackId, f32)>,
    /// The artists of `artists` in the order in which they came up first, so that one can be drawn.
    artists_known: Vec<ArtistId>,
}

impl Past {
    /// How often the track came up and was heard to more than its half.
    pub fn play_count(&self, track: TrackId) -> u32 {
        self.exposures.get(&track).map_or(0, |exposure| exposure.play_count)
    }

    /// Whether the track ever came up.
    pub fn knows(&self, track: TrackId) -> bool {
        self.exposures.contains_key(&track)
    }

    /// The tracks that ever came up, in no order.
    pub fn tracks(&self) -> impl Iterator<Item = TrackId> + '_ {
        self.exposures.keys().copied()
    }

    /// Counts that `share` of a track sounded from `at` on.
    pub(crate) fn hear(
        &mut self,
        (track, artist): (TrackId, ArtistId),
        at: UnixMillis,
        share: f32,
        who: &Listener,
    ) {
        let mut exposure = self.exposure(track, at);
        exposure.hear(at, share, &who.temper);
        self.exposures.insert(track, exposure);
        self.tracks.entry(track).or_insert(Trace::none(at)).add(at, share);
        if !self.artists.contains_key(&artist) {
            self.artists_known.push(artist);
        }
        self.artists.entry(artist).or_insert(Trace::none(at)).add(at, share);
        self.routines[daypart(who, at)].entry(artist).or_insert(Trace::none(at)).add(at, share);
    }

    /// How often a track was heard, and how lately.
    pub(crate) fn exposure(&self, track: TrackId, at: UnixMillis) -> Exposure {
        self.exposures.get(&track).copied().unwrap_or(Exposure::none(at))
    }

    /// What plays of a track have left behind.
    pub(crate) fn of_track(&self, track: TrackId, at: UnixMillis) -> Trace {
        faded(self.tracks.get(&track), at)
    }

    /// What plays of an artist have left behind.
    pub(crate) fn of_artist(&self, artist: ArtistId, at: UnixMillis) -> Trace {
        faded(self.artists.get(&artist), at)
    }

    /// What plays of an artist at this part of the day have left behind.
    pub(crate) fn routine(&self, artist: ArtistId, who: &Listener, at: UnixMillis) -> Trace {
        faded(self.routines[daypart(who, at)].get(&artist), at)
    }

    /// The artists that ever came up, first met first.
    pub(crate) fn artists(&self) -> &[ArtistId] {
        &self.artists_known
    }

    /// How much friends played the track in the last days, in plays that fade.
    pub(crate) fn talk_of(&self, track: TrackId) -> f32 {
        self.talk.binary_search_by_key(&track, |(track, _)| *track).map_or(0.0, |index| self.talk[index].1)
    }

    /// Hears what friends play now, in place of what they played before.
    pub(crate) fn hear_of(&mut self, mut talk: Vec<(TrackId, f32)>) {
        talk.sort_by_key(|(track, _)| *track);
        self.talk = talk;
    }

    /// What friends play, each track once, in the order of the tracks.
    pub(crate) fn talk(&self) -> &[(TrackId, f32)] {
        &self.talk
    }
}

fn faded(trace: Option<&Trace>, at: UnixMillis) -> Trace {
    trace.map_or(Trace::none(at), |trace| trace.faded(at))
}

/// The part of the listener's day at `at`.
fn daypart(who: &Listener, at: UnixMillis) -> usize {
    at.local(who.origin.utc_offset_minutes).hour() / DAYPART_HOURS
}
