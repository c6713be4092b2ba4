//! How playlists come to be: some built over weeks around one idea, some thrown together in one go.

use music::playlist::PlaylistEdit;
use music::surface::PlaylistKind;
use music::{
    Context, ListenerId, Mood, Playlist, PlaylistDetails, PlaylistId, Prompt, Surface, TrackId, UnixMillis,
};
use rand::{Rng, RngExt as _};
use rand_chacha::ChaCha8Rng;

use super::Day;
use super::agenda::Life;
use super::diary::Diary;
use super::feedback::Heard;
use super::memory::Memory;
use super::pick::{come_across, find};
use super::setting::Setting;
use crate::chance::{happens, one_of};
use crate::listener::{Listener, Temper};
use crate::mood::mismatch;
use crate::past::Past;
use crate::playlist_plan::PlaylistPlan;
use crate::space::Point;
use crate::world::World;

/// How far from its theme a careful playlist's music lies at most, squared.
const THEME_REACH: f32 = 4.0;

/// A playlist and what its owner means it to be.
#[derive(Clone, Debug)]
pub(super) struct OwnPlaylist {
    pub(super) plan: PlaylistPlan,
    pub(super) playlist: Playlist,
}

/// What others see of a playlist.
#[derive(Clone, Debug)]
pub(super) struct PublicPlaylist {
    pub(super) id: PlaylistId,
    pub(super) owner: ListenerId,
    pub(super) careful: bool,
    pub(super) mood: Option<Mood>,
    pub(super) created: UnixMillis,
    pub(super) centre: Point,
    pub(super) tracks: Vec<TrackId>,
}

/// The playlists that are long enough to be shown to others, in the order of their ids.
pub(super) fn published(lives: &[Life<'_>]) -> Vec<PublicPlaylist> {
    let mut public: Vec<PublicPlaylist> = lives
        .iter()
        .flat_map(|life| &life.memory.playlists)
        .filter(|own| !own.playlist.deleted && own.playlist.tracks.len() >= 8)
        .map(|own| PublicPlaylist {
            id: own.playlist.id,
            owner: own.playlist.owner,
            careful: own.plan.careful,
            mood: own.plan.mood,
            created: own.playlist.created,
            centre: own.plan.theme,
            tracks: own.playlist.tracks.clone(),
        })
        .collect();
    public.sort_by_key(|playlist| playlist.id);
    public
}

impl OwnPlaylist {
    /// How probable it is that the owner tends it on a day.
    pub(super) fn tending_share(&self, temper: &Temper) -> f32 {
        match () {
            () if self.playlist.deleted => 0.0,
            () if !self.plan.careful => 0.02,
            () if self.playlist.tracks.len() < self.plan.size => 0.1 + 0.25 * temper.passion,
            () => 0.03 + 0.05 * temper.passion,
        }
    }

    /// How far a track is from what a careful playlist is about; none where it would not fit in.
    fn distance(&self, world: &World, track: TrackId) -> Option<f32> {
        let centre = &world.track(track).centre;
        let wrong = self.plan.mood.map_or(0.0, |mood| mismatch(mood, centre));
        let distance = centre.squared_distance(&self.plan.theme) + 2.0 * wrong;
        (distance < THEME_REACH && !self.playlist.tracks.contains(&track)).then_some(distance)
    }

    fn surface(&self) -> Surface {
        Surface::Playlist { kind: PlaylistKind::Own, mood: self.plan.mood }
    }
}

/// Somebody at work on one playlist.
struct Curator<'a> {
    day: &'a Day<'a>,
    who: &'a Listener,
    diary: &'a mut Diary,
    at: UnixMillis,
    context: Context,
    past: &'a Past,
    rng: &'a mut ChaCha8Rng,
}

impl Curator<'_> {
    /// Writes an edit down and makes it; the next thing happens a little later.
    fn edit(&mut self, own: &mut OwnPlaylist, edit: PlaylistEdit) {
        own.playlist.apply(&edit, self.at);
        let prompt = Prompt::PlaylistEdited { playlist: own.playlist.id, edit };
        self.diary.write(self.at, prompt, self.context.clone(), own.plan.persona);
        self.at = UnixMillis::new(self.at.get() + self.rng.random_range(4_000..40_000));
    }

    /// Adds up to `count` tracks one by one, those nearest to the theme out of what comes to mind.
    fn add_with_care(&mut self, own: &mut OwnPlaylist, library: &[TrackId], count: usize) {
        let persona = own.plan.persona;
        let mut candidates: Vec<(f32, TrackId)> = Vec::new();
        for attempt in 0..40 {
            let track = match attempt % 2 {
                0 => one_of(self.rng, library).copied(),
                _ => find(self.day, self.who, persona, self.past, self.rng),
            };
            let Some(track) = track else { continue };
            let is_liked = self.day.world.liking(self.who, persona, track, self.at, self.past) > 0.6;
            if let Some(distance) = own.distance(self.day.world, track).filter(|_| is_liked) {
                candidates.push((distance, track));
            }
        }
        candidates.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        candidates.dedup_by_key(|(_, track)| *track);
        for (_, track) in candidates.into_iter().take(count) {
            // Where it goes is thought about, too: mostly the end, at times the top.
            let index = happens(self.rng, 0.15).then_some(0);
            self.edit(own, PlaylistEdit::Added { tracks: vec![track], index });
        }
    }

    /// Adds many tracks at once, of all the listener's selves and of whatever everybody plays.
    fn add_in_bulk(&mut self, own: &mut OwnPlaylist, library: &[TrackId], count: usize) {
        let mut tracks = Vec::with_capacity(count);
        for _ in 0..count {
            let persona = self.rng.random_range(0..self.who.personas.len());
            let track = match self.rng.random::<f32>() {
                u if u < 0.4 => one_of(self.rng, library).copied(),
                u if u < 0.7 => self.day.charts.popular(self.rng),
                _ => come_across(self.day, self.who, persona, self.past, self.rng),
            };
            tracks.extend(track);
        }
        if !tracks.is_empty() {
            self.edit(own, PlaylistEdit::Added { tracks, index: None });
        }
    }

    /// Moves a track beside the one that sounds most like it.
    fn reorder(&mut self, own: &mut OwnPlaylist) {
        let tracks = &own.playlist.tracks;
        if tracks.len() < 4 {
            return;
        }
        let from = self.rng.random_range(0..tracks.len());
        let centre = |track: TrackId| self.day.world.track(track).centre;
        let moved = centre(tracks[from]);
        let others = (0..tracks.len()).filter(|&index| index != from);
        let distance = |index: usize| centre(tracks[index]).squared_distance(&moved);
        let Some(beside) = others.min_by(|&a, &b| distance(a).total_cmp(&distance(b))) else { return };
        // After the track was taken out, everything behind it stands one place nearer.
        let to = if beside < from { beside + 1 } else { beside };
        if to != from {
            self.edit(own, PlaylistEdit::Moved { from: from as u32, to: to as u32 });
        }
    }

    /// Takes out the track that has least business there by now.
    fn weed(&mut self, own: &mut OwnPlaylist) {
        let persona = own.plan.persona;
        let liking = |track: TrackId| self.day.world.liking(self.who, persona, track, self.at, self.past);
        let worst =
            own.playlist.tracks.iter().enumerate().min_by(|a, b| liking(*a.1).total_cmp(&liking(*b.1)));
        if let Some((index, _)) = worst.filter(|(_, track)| liking(**track) < 0.8) {
            self.edit(own, PlaylistEdit::Removed { index: index as u32, count: 1 });
        }
    }

    fn describe(&mut self, own: &mut OwnPlaylist, change: impl FnOnce(&mut PlaylistDetails)) {
        let mut details = own.playlist.details.clone();
        change(&mut details);
        self.edit(own, PlaylistEdit::Described(details));
    }
}

/// Makes a playlist at the moment that comes with the plan.
pub(super) fn create(
    day: &Day<'_>,
    who: &Listener,
    memory: &mut Memory,
    diary: &mut Diary,
    (plan, at): (&PlaylistPlan, UnixMillis),
    rng: &mut ChaCha8Rng,
) {
    let details = PlaylistDetails {
        title: plan.title.clone(),
        description: plan.description.clone(),
        // In these worlds everybody shows their playlists; see `published`.
        kind: PlaylistKind::Shared,
        ..PlaylistDetails::default()
    };
    let playlist = Playlist::create(plan.id, who.id, details.clone(), at);
    let mut own = OwnPlaylist { plan: plan.clone(), playlist };
    let context = at_work(who, &own, rng);
    let prompt = Prompt::PlaylistCreated { playlist: plan.id, details };
    diary.write(at, prompt, context.clone(), plan.persona);
    let at = UnixMillis::new(at.get() + 5_000);
    let mut curator = Curator { day, who, diary, at, context, past: &memory.past, rng };
    if plan.careful {
        let count = curator.rng.random_range(2..5);
        curator.add_with_care(&mut own, &memory.library, count);
    } else {
        curator.add_in_bulk(&mut own, &memory.library, plan.size);
    }
    memory.playlists.push(own);
}

/// Works on the playlist with the index that comes with the moment.
pub(super) fn tend(
    day: &Day<'_>,
    who: &Listener,
    memory: &mut Memory,
    diary: &mut Diary,
    (index, at): (usize, UnixMillis),
    rng: &mut ChaCha8Rng,
) {
    let Memory { library, playlists, past, .. } = memory;
    let own = &mut playlists[index];
    let context = at_work(who, own, rng);
    let mut curator = Curator { day, who, diary, at, context, past, rng };
    if !own.plan.careful {
        return neglect(&mut curator, own, library);
    }
    if own.playlist.tracks.len() < own.plan.size {
        let count = curator.rng.random_range(1..4);
        curator.add_with_care(own, library, count);
    }
    if happens(curator.rng, 0.3) {
        curator.reorder(own);
    }
    if happens(curator.rng, 0.12) {
        curator.weed(own);
    }
    if happens(curator.rng, 0.05) && own.playlist.details.description.is_empty() {
        let count = own.playlist.tracks.len();
        curator.describe(own, |details| details.description = format!("{count} so far, and growing").into());
    }
}

/// What now and then befalls a playlist that nobody cares about.
fn neglect(curator: &mut Curator<'_>, own: &mut OwnPlaylist, library: &[TrackId]) {
    match curator.rng.random::<f32>() {
        u if u < 0.55 => {
            let count = curator.rng.random_range(3..20);
            curator.add_in_bulk(own, library, count);
        }
        u if u < 0.7 => curator.describe(own, |details| details.title = "mix".into()),
        u if u < 0.8 => {
            let last = own.playlist.tracks.len() as u32;
            curator.edit(own, PlaylistEdit::Removed { index: last / 2, count: last.div_ceil(4) });
        }
        u if u < 0.87 => curator.edit(own, PlaylistEdit::Deleted),
        _ => {}
    }
}

/// Puts a track that was just enjoyed into a careful playlist that it fits.
pub(super) fn add_while_listening(
    heard: &Heard,
    day: &Day<'_>,
    memory: &mut Memory,
    diary: &mut Diary,
    at: UnixMillis,
    rng: &mut impl Rng,
) {
    if heard.situation.liking < 1.0 {
        return;
    }
    for own in &mut memory.playlists {
        let has_room = own.plan.careful && !own.playlist.deleted && own.playlist.tracks.len() < own.plan.size;
        let suits = own.plan.persona == heard.persona && own.distance(day.world, heard.track).is_some();
        if has_room && suits && happens(rng, 0.2) {
            let edit = PlaylistEdit::Added { tracks: vec![heard.track], index: None };
            own.playlist.apply(&edit, at);
            let prompt = Prompt::PlaylistEdited { playlist: own.playlist.id, edit };
            diary.write(at, prompt, heard.context.clone(), heard.persona);
            return;
        }
    }
}

/// The context of work on a playlist: wherever its owner usually is, with a connection.
fn at_work(who: &Listener, own: &OwnPlaylist, rng: &mut ChaCha8Rng) -> Context {
    let setting = Setting::draw(who, who.personas[own.plan.persona].occasion, rng);
    let context = setting.context(own.surface(), Some(own.playlist.id), None);
    if setting.is_online() {
        return context;
    }
    // What can be offline moves about.
    Context { online: Some(true), network: Some(music::Network::Cellular), ..context }
}
