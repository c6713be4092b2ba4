//! How a listener comes upon single tracks.

use music::TrackId;
use rand::{Rng, RngExt as _};

use super::Day;
use super::memory::Memory;
use crate::chance::{happens, normal, one_of, weighted_index};
use crate::family::Family;
use crate::listener::Listener;
use crate::past::Past;

/// How many tracks are heard into before one is taken.
const HEARD_INTO: usize = 4;
/// How many candidates a station weighs for each place.
const CANDIDATES: usize = 8;
/// The squared distance at which a station's track is e times less probable.
const STATION_REACH: f32 = 2.5;

/// A track that a persona is glad to have found, among a few that came its way.
pub(super) fn find(
    day: &Day<'_>,
    who: &Listener,
    persona: usize,
    past: &Past,
    rng: &mut impl Rng,
) -> Option<TrackId> {
    let mut best: Option<(f32, TrackId)> = None;
    for _ in 0..HEARD_INTO {
        let Some(track) = come_across(day, who, persona, past, rng) else { continue };
        let liking = day.world.liking(who, persona, track, day.at, past) + normal(rng, 0.0, 0.5);
        if best.is_none_or(|(most, _)| liking > most) {
            best = Some((liking, track));
        }
    }
    best.map(|(_, track)| track)
}

/// A track that comes a listener's way, as it does in this family of worlds.
pub(super) fn come_across(
    day: &Day<'_>,
    who: &Listener,
    persona: usize,
    past: &Past,
    rng: &mut impl Rng,
) -> Option<TrackId> {
    match day.world.params().family {
        Family::Sound => in_liked_style(day, who, persona, rng),
        Family::Habit => in_usual_places(day, past, rng),
        Family::Circle => by_word_of_mouth(day, past, rng),
    }
}

/// How often something is by an artist who is known, where habit rules.
const KNOWN_ARTIST_SHARE: f32 = 0.5;
/// How often something is told by friends, where friends rule.
const TOLD_SHARE: f32 = 0.5;

/// More by an artist who is known, or what is on everywhere.
fn in_usual_places(day: &Day<'_>, past: &Past, rng: &mut impl Rng) -> Option<TrackId> {
    match one_of(rng, past.artists()) {
        Some(&artist) if happens(rng, KNOWN_ARTIST_SHARE) => {
            one_of(rng, &day.charts.top_of_artist(artist, usize::MAX)).copied()
        }
        _ => day.charts.popular(rng),
    }
}

/// What friends play, or what is on everywhere.
fn by_word_of_mouth(day: &Day<'_>, past: &Past, rng: &mut impl Rng) -> Option<TrackId> {
    let weights: Vec<f32> = past.talk().iter().map(|(_, weight)| *weight).collect();
    match weighted_index(rng, &weights) {
        Some(index) if happens(rng, TOLD_SHARE) => Some(past.talk()[index].0),
        _ => day.charts.popular(rng),
    }
}

/// A track of a style that the persona likes: famous for the mainstream, any for the rest.
fn in_liked_style(day: &Day<'_>, who: &Listener, persona: usize, rng: &mut impl Rng) -> Option<TrackId> {
    let style = weighted_index(rng, &who.personas[persona].style_shares)?;
    match happens(rng, 0.7 + 0.3 * who.temper.mainstream) {
        true => day.charts.popular_in(style, rng),
        false => day.charts.any_in(style, rng),
    }
}

/// A track that sounds like `seed` and was not heard just now.
pub(super) fn similar(
    day: &Day<'_>,
    memory: &Memory,
    seed: TrackId,
    taken: &[TrackId],
    rng: &mut impl Rng,
) -> Option<TrackId> {
    let truth = day.world.track(seed);
    let mut candidates = [(seed, 0.0_f32); CANDIDATES];
    for candidate in &mut candidates {
        // A station knows genres, and sometimes it guesses wrong.
        let style = match happens(rng, 0.85) {
            true => truth.style,
            false => neighbour(day, truth.style, rng),
        };
        let Some(track) = day.charts.popular_in(style, rng) else { continue };
        if track != seed && !taken.contains(&track) && !memory.avoids(track) {
            let distance = day.world.track(track).centre.squared_distance(&truth.centre);
            *candidate = (track, (-distance / STATION_REACH).exp());
        }
    }
    weighted_index(rng, &candidates.map(|(_, weight)| weight)).map(|index| candidates[index].0)
}

/// Another style under the same root.
fn neighbour(day: &Day<'_>, style: usize, rng: &mut impl Rng) -> usize {
    let styles = day.world.styles();
    let near = (0..styles.len()).filter(|&row| row != style && styles[row].root == styles[style].root);
    // The root itself has no music of its own.
    let leaves: Vec<usize> = near.filter(|&row| styles[row].tag != styles[row].root).collect();
    if leaves.is_empty() { style } else { leaves[rng.random_range(0..leaves.len())] }
}
