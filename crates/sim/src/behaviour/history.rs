//! What a listener brings along on the first day: a library, and sometimes the sums of an earlier life elsewhere.

use std::cmp::Reverse;

use music::unit::DAY_MS;
use music::{ArtistId, Prompt, Target, TrackId, UnixMillis};
use rand::{Rng, RngExt as _};
use rustc_hash::FxHashMap;

use super::Day;
use super::diary::Diary;
use super::memory::Memory;
use super::pick::find;
use super::setting::Setting;
use crate::chance::{happens, log_normal, weighted_index};
use crate::family::Family;
use crate::listener::Listener;
use music::Surface;

/// The share of the listeners who import what they played before.
const IMPORT_SHARE: f32 = 0.25;
/// How many tracks such an import names at most.
const IMPORTED_TRACKS: usize = 40;
/// How many artists it names at most.
const IMPORTED_ARTISTS: usize = 15;

/// Fills the library, and lets some listeners import sums of earlier plays.
pub(super) fn bring(
    day: &Day<'_>,
    who: &Listener,
    memory: &mut Memory,
    diary: &mut Diary,
    at: UnixMillis,
    rng: &mut impl Rng,
) {
    let size = log_normal(rng, 45.0 + 40.0 * who.temper.passion, 0.45).clamp(8.0, 250.0) as usize;
    let weights: Vec<f32> = who.personas.iter().map(|persona| persona.weight).collect();
    let mut artists: FxHashMap<ArtistId, u32> = FxHashMap::default();
    for _ in 0..size {
        let persona = weighted_index(rng, &weights).unwrap_or(0);
        let Some(track) = find(day, who, persona, &memory.past, rng) else { continue };
        if day.world.liking(who, persona, track, at, &memory.past) > day.world.keeping_limit() {
            memory.keep(track);
            let artist = day.world.track(track).artist;
            *artists.entry(artist).or_default() += 1;
            if day.world.params().family == Family::Habit {
                remember(memory, (track, artist), who, at, rng);
            }
        }
    }
    let mut artists: Vec<(ArtistId, u32)> = artists.into_iter().collect();
    artists.sort_by_key(|&(artist, count)| (Reverse(count), artist));
    let follows = rng.random_range(1..8);
    memory.followed = artists.iter().take(follows).map(|(artist, _)| *artist).collect();
    if happens(rng, IMPORT_SHARE) {
        import(who, memory, &artists, diary, at, rng);
    }
}

/// Some plays from before the first day: a habit has a history.
fn remember(
    memory: &mut Memory,
    track: (TrackId, ArtistId),
    who: &Listener,
    at: UnixMillis,
    rng: &mut impl Rng,
) {
    let before = UnixMillis::new(at.get() - rng.random_range(2..30) * DAY_MS);
    for _ in 0..log_normal(rng, 2.5, 0.6).clamp(1.0, 8.0) as u32 {
        memory.past.hear(track, before, 1.0, who);
    }
}

fn import(
    who: &Listener,
    memory: &Memory,
    artists: &[(ArtistId, u32)],
    diary: &mut Diary,
    at: UnixMillis,
    rng: &mut impl Rng,
) {
    let context = Setting::draw(who, who.personas[0].occasion, rng).context(Surface::Unknown, None, None);
    let tracks: Vec<TrackId> = memory.library.iter().copied().take(IMPORTED_TRACKS).collect();
    for track in tracks {
        let plays = log_normal(rng, 8.0, 1.0).clamp(1.0, 400.0) as u32;
        let prompt = Prompt::PlayedBefore { target: Target::Track(track), plays };
        diary.write(at, prompt, context.clone(), 0);
    }
    for &(artist, count) in artists.iter().take(IMPORTED_ARTISTS) {
        let plays = (count as f32 * log_normal(rng, 14.0, 0.6)).clamp(1.0, 3_000.0) as u32;
        let prompt = Prompt::PlayedBefore { target: Target::Artist(artist), plays };
        diary.write(at, prompt, context.clone(), 0);
    }
}
