//! What stands in the player after a listener has gone to a source.

use std::collections::VecDeque;

use music::surface::PlaylistKind;
use music::{
    ListenerId, PlayStart, PlaylistId, ReleaseId, ReleaseKind, SlateId, Surface, Target, TrackId, UnixMillis,
};
use rand::seq::SliceRandom as _;
use rand::{Rng, RngExt as _};

use super::Day;
use super::memory::Memory;
use super::pick::{come_across, find, similar};
use crate::chance::{happens, normal, one_of, weighted_index};
use crate::family::Family;
use crate::listener::Listener;
use crate::source::Source;

/// Editorial lists that are looked at before one is started.
const LISTS_ON_OFFER: usize = 14;
/// Tracks in a queue at most.
const LENGTH_MAX: usize = 30;

/// The tracks that come next.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    /// Where they were started.
    pub(super) surface: Surface,
    /// The slate they are from, where something recommended them.
    pub(super) slate: Option<SlateId>,
    /// The playlist they are from.
    pub(super) playlist: Option<PlaylistId>,
    /// Whether their order is random, where there is a choice.
    pub(super) shuffle: Option<bool>,
    /// The tracks, next one first.
    pub(super) tracks: VecDeque<TrackId>,
    /// What started the first of them.
    pub(super) start: PlayStart,
    /// What was searched for to get here.
    pub(super) search: Option<(Box<str>, Target)>,
    /// The release, where it is one.
    pub(super) release: Option<ReleaseId>,
    /// How many tracks from the front the listener skips over on the way to the one that is wanted.
    pub(super) seek_count: usize,
}

impl Queue {
    pub(super) fn of(surface: Surface, tracks: impl IntoIterator<Item = TrackId>, start: PlayStart) -> Self {
        Self {
            surface,
            slate: None,
            playlist: None,
            shuffle: None,
            tracks: tracks.into_iter().take(LENGTH_MAX).collect(),
            start,
            search: None,
            release: None,
            seek_count: 0,
        }
    }
}

/// Who is about to choose, and what is there to choose from.
pub(super) struct Chooser<'a> {
    pub(super) day: &'a Day<'a>,
    pub(super) who: &'a Listener,
    pub(super) persona: usize,
    pub(super) memory: &'a Memory,
    pub(super) now: UnixMillis,
}

impl Chooser<'_> {
    /// The queue that `source` gives; none where it has nothing to give.
    pub(super) fn queue(&self, source: Source, rng: &mut impl Rng) -> Option<Queue> {
        let queue = match source {
            Source::Library => self.library(rng),
            Source::Album => self.album(rng),
            Source::Artist => self.artist_page(rng),
            Source::OwnPlaylist => self.own_playlist(rng),
            Source::SharedPlaylist => self.shared_playlist(rng),
            Source::Editorial => self.editorial(rng),
            Source::Search => self.search(rng),
            Source::Fresh => self.fresh(rng),
            Source::Radio => self.station(Surface::Radio, self.loved(rng)?, rng),
            Source::Home => self.home(rng),
        };
        queue.filter(|queue| !queue.tracks.is_empty())
    }

    /// What plays on after `seed` when the queue is empty.
    pub(super) fn autoplay(&self, seed: TrackId, rng: &mut impl Rng) -> Option<Queue> {
        self.station(Surface::Autoplay, seed, rng).filter(|queue| !queue.tracks.is_empty())
    }

    fn liking(&self, track: TrackId) -> f32 {
        self.day.world.liking(self.who, self.persona, track, self.now, &self.memory.past)
    }

    /// A track the persona loves: mostly from the library, else one it comes upon.
    fn loved(&self, rng: &mut impl Rng) -> Option<TrackId> {
        let library = &self.memory.library;
        let tries = (0..6).filter_map(|_| one_of(rng, library).copied()).collect::<Vec<_>>();
        let best = tries.into_iter().max_by(|a, b| self.liking(*a).total_cmp(&self.liking(*b)));
        match best.filter(|track| self.liking(*track) > 0.0) {
            Some(track) if happens(rng, 0.85) => Some(track),
            _ => find(self.day, self.who, self.persona, &self.memory.past, rng),
        }
    }

    /// Shuffled, the library is everybody's in this head; picked by hand, it is the music of the moment.
    fn library(&self, rng: &mut impl Rng) -> Option<Queue> {
        let library = &self.memory.library;
        if library.len() < 5 {
            return None;
        }
        let shuffled = happens(rng, 0.4);
        let mut drawn: Vec<TrackId> = Vec::with_capacity(60);
        for _ in 0..60 {
            // What was kept lately is played most, and some favourites are played for ever.
            let share = match happens(rng, 0.7) {
                true => 1.0 - rng.random::<f32>().powi(3),
                false => rng.random::<f32>().powi(3),
            };
            let track = library[(share * library.len() as f32) as usize % library.len()];
            if !drawn.contains(&track) {
                drawn.push(track);
            }
        }
        if !shuffled {
            let appetite = |track: TrackId, rng: &mut _| {
                let fatigue = self.day.world.fatigue(self.who, track, self.now, &self.memory.past);
                self.liking(track) - 1.5 * fatigue + normal(rng, 0.0, 0.6)
            };
            let mut ranked: Vec<(f32, TrackId)> =
                drawn.into_iter().map(|track| (appetite(track, rng), track)).collect();
            ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
            drawn = ranked.into_iter().map(|(_, track)| track).take(14).collect();
        }
        let start = if happens(rng, 0.06) { PlayStart::Resumed } else { PlayStart::Chosen };
        // On shuffle some people skip ahead until the right one comes.
        let seek_count = if shuffled && happens(rng, 0.12) { rng.random_range(1..4) } else { 0 };
        Some(Queue { shuffle: Some(shuffled), seek_count, ..Queue::of(Surface::Library, drawn, start) })
    }

    fn album(&self, rng: &mut impl Rng) -> Option<Queue> {
        let catalogue = self.day.world.catalogue();
        for _ in 0..5 {
            let saved = one_of(rng, &self.memory.saved).copied().filter(|_| happens(rng, 0.5));
            let release = match saved {
                Some(release) => release,
                None if happens(rng, 0.3 + 0.5 * self.who.temper.explorer) => {
                    self.day
                        .world
                        .track(find(self.day, self.who, self.persona, &self.memory.past, rng)?)
                        .release
                }
                None => self.day.world.track(self.loved(rng)?).release,
            };
            let tracks = catalogue.tracks_by_release(release);
            let kind = catalogue.release(release).and_then(|release| release.kind);
            let is_out = tracks.first().is_some_and(|&track| self.day.charts.is_out(track));
            if is_out && tracks.len() >= 4 && kind != Some(ReleaseKind::Single) {
                let shuffle = Some(happens(rng, 0.08));
                let queue = Queue::of(Surface::Album, tracks.iter().copied(), PlayStart::Chosen);
                return Some(Queue { shuffle, release: Some(release), ..queue });
            }
        }
        None
    }

    fn artist_page(&self, rng: &mut impl Rng) -> Option<Queue> {
        let followed = one_of(rng, &self.memory.followed).copied().filter(|_| happens(rng, 0.5));
        let artist = match followed {
            Some(artist) => artist,
            None => self.day.world.track(self.loved(rng)?).artist,
        };
        let mut tracks = self.day.charts.top_of_artist(artist, 10);
        let shuffled = happens(rng, 0.4);
        if shuffled {
            tracks.shuffle(rng);
        }
        Some(Queue { shuffle: Some(shuffled), ..Queue::of(Surface::Artist, tracks, PlayStart::Chosen) })
    }

    fn own_playlist(&self, rng: &mut impl Rng) -> Option<Queue> {
        let weight = |own: &super::curation::OwnPlaylist| match () {
            () if own.playlist.deleted || own.playlist.tracks.len() < 4 => 0.0,
            () if own.plan.persona == self.persona && own.plan.careful => 6.0,
            () if own.plan.persona == self.persona => 2.0,
            () if own.plan.careful => 0.4,
            () => 1.0,
        };
        let weights: Vec<f32> = self.memory.playlists.iter().map(weight).collect();
        let own = &self.memory.playlists[weighted_index(rng, &weights)?];
        let surface = Surface::Playlist { kind: PlaylistKind::Own, mood: own.plan.mood };
        // A shuffled playlist of leftovers is skipped through until something fits.
        let seek_count = if !own.plan.careful && happens(rng, 0.2) { rng.random_range(1..5) } else { 0 };
        let queue = self.ordered_or_shuffled(surface, &own.playlist.tracks, rng);
        Some(Queue { playlist: Some(own.playlist.id), seek_count, ..queue })
    }

    fn shared_playlist(&self, rng: &mut impl Rng) -> Option<Queue> {
        let centre = self.who.personas[self.persona].centre_at(self.now, self.day.world.params().start);
        let mut candidates = Vec::with_capacity(24);
        for _ in 0..24 {
            let public = one_of(rng, self.day.public)?;
            if public.owner != self.who.id && public.created < self.now {
                let near = match self.day.world.params().family {
                    Family::Sound => (-public.centre.squared_distance(&centre) / 2.0).exp(),
                    Family::Habit => 1.0,
                    Family::Circle => self.nearness_of(public.owner),
                };
                candidates.push((public, near * if public.careful { 3.0 } else { 1.0 }));
            }
        }
        let weights: Vec<f32> = candidates.iter().map(|(_, weight)| *weight).collect();
        let public = candidates[weighted_index(rng, &weights)?].0;
        let surface = Surface::Playlist { kind: PlaylistKind::Shared, mood: public.mood };
        Some(Queue { playlist: Some(public.id), ..self.ordered_or_shuffled(surface, &public.tracks, rng) })
    }

    /// Friends' playlists are looked at, strangers' rarely.
    fn nearness_of(&self, owner: ListenerId) -> f32 {
        if self.day.world.circles().friends(self.who.id).contains(&owner) { 1.0 } else { 0.05 }
    }

    /// Of a handful of lists on offer, the one whose first look promises most.
    fn editorial(&self, rng: &mut impl Rng) -> Option<Queue> {
        let purpose = self.who.personas[self.persona].occasion.mood();
        let mut best: Option<(f32, Surface, &super::editorial::List)> = None;
        for _ in 0..LISTS_ON_OFFER {
            let list = self.day.editorial.any(rng)?;
            let surface = Surface::Playlist { kind: PlaylistKind::Editorial, mood: list.mood };
            let look = list.tracks.iter().take(5);
            let promise: f32 =
                look.map(|&track| self.liking(track) - self.day.world.wrongness(track, surface)).sum();
            // Whoever is about to run looks for something to run to.
            let suits = if list.mood.is_some() && list.mood == purpose { 4.0 } else { 0.0 };
            let promise = promise + suits + normal(rng, 0.0, 2.0);
            if best.is_none_or(|(most, ..)| promise > most) {
                best = Some((promise, surface, list));
            }
        }
        let (_, surface, list) = best?;
        Some(self.ordered_or_shuffled(surface, &list.tracks, rng))
    }

    fn ordered_or_shuffled(&self, surface: Surface, tracks: &[TrackId], rng: &mut impl Rng) -> Queue {
        let mut tracks = tracks.to_vec();
        let shuffled = happens(rng, 0.5);
        if shuffled {
            tracks.shuffle(rng);
        } else if tracks.len() > LENGTH_MAX || happens(rng, 0.3) {
            // Long lists are rarely begun at the top every time.
            let from = if tracks.is_empty() { 0 } else { rng.random_range(0..tracks.len()) };
            tracks.rotate_left(from);
        }
        Queue { shuffle: Some(shuffled), ..Queue::of(surface, tracks, PlayStart::Chosen) }
    }

    /// Something is wanted by name: what is talked about, what is remembered, what somebody recommended.
    fn search(&self, rng: &mut impl Rng) -> Option<Queue> {
        let catalogue = self.day.world.catalogue();
        let track = match rng.random::<f32>() {
            u if u < 0.35 * self.who.temper.mainstream => self.day.charts.popular(rng)?,
            u if u < 0.6 => self.loved(rng)?,
            _ => find(self.day, self.who, self.persona, &self.memory.past, rng)?,
        };
        let row = catalogue.track(track)?;
        if happens(rng, 0.65) {
            let search = Some((typed(&row.title, rng), Target::Track(track)));
            return Some(Queue { search, ..Queue::of(Surface::Search, [track], PlayStart::Chosen) });
        }
        // Whoever finds an artist goes on to the artist's page.
        let artist = row.main_artist();
        let search = Some((typed(&catalogue.artist(artist)?.name, rng), Target::Artist(artist)));
        let tracks = self.day.charts.top_of_artist(artist, 6);
        Some(Queue { search, ..Queue::of(Surface::Artist, tracks, PlayStart::Chosen) })
    }

    /// New releases: of artists that are followed first, then of styles that are liked.
    fn fresh(&self, rng: &mut impl Rng) -> Option<Queue> {
        let self_ = &self.who.personas[self.persona];
        let weigh = |track: TrackId, rng: &mut _| {
            let truth = self.day.world.track(track);
            let follows = if self.memory.followed.contains(&truth.artist) { 2.5 } else { 0.0 };
            // Where taste is not in the style, nobody looks at new releases by style.
            let style = match self.day.world.params().family {
                Family::Sound => (self_.style_shares[truth.style] * 8.0).ln_1p(),
                Family::Habit | Family::Circle => 0.0,
            };
            let is_tired = self.memory.past.play_count(track) > 0;
            let known = if is_tired { -2.0 } else { 0.0 };
            (follows + style + 0.3 * truth.fame + known + normal(rng, 0.0, 0.5), track)
        };
        let mut ranked: Vec<(f32, TrackId)> =
            self.day.charts.fresh().map(|track| weigh(track, rng)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let tracks =
            ranked.into_iter().map(|(_, track)| track).filter(|track| !self.memory.disliked.contains(track));
        let length = rng.random_range(10..25);
        Some(Queue::of(Surface::FreshReleases, tracks.take(length), PlayStart::Chosen))
    }

    fn station(&self, surface: Surface, seed: TrackId, rng: &mut impl Rng) -> Option<Queue> {
        let mut tracks = Vec::with_capacity(20);
        for _ in 0..20 {
            tracks.extend(similar(self.day, self.memory, seed, &tracks, rng));
        }
        let start = if surface == Surface::Autoplay { PlayStart::Next } else { PlayStart::Chosen };
        Some(Queue::of(surface, tracks, start))
    }

    /// The start page: what everybody plays, and something of the listener's own styles.
    fn home(&self, rng: &mut impl Rng) -> Option<Queue> {
        let mut tracks: Vec<TrackId> = Vec::with_capacity(12);
        for _ in 0..12 {
            let track = match happens(rng, 0.5) {
                true => self.day.charts.popular(rng)?,
                false => come_across(self.day, self.who, self.persona, &self.memory.past, rng)?,
            };
            if !tracks.contains(&track) && !self.memory.avoids(track) {
                tracks.push(track);
            }
        }
        Some(Queue::of(Surface::Home, tracks, PlayStart::Chosen))
    }
}

/// What somebody types who looks for a name: in small letters, and not always to the end.
fn typed(name: &str, rng: &mut impl Rng) -> Box<str> {
    let letters: Vec<char> = name.to_lowercase().chars().collect();
    let length = match happens(rng, 0.4) {
        true => rng.random_range(letters.len().min(4)..=letters.len()),
        false => letters.len(),
    };
    letters[..length].iter().collect::<String>().trim_end().into()
}
