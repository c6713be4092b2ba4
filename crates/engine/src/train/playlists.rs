//! Playlists as lists of tracks with what their making is worth.

use learn::care::{Care, CareFeatures, care};
use music::unit::DAY_MS;
use music::{Catalogue, Event, Playlist, PlaylistKind, TrackId};
use recommend::sound_space::{SoundSpace, likeness};
use rustc_hash::FxHashSet;

use crate::ingest::PlaylistHistory;

/// A playlist that can be learnt from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WeighedPlaylist {
    /// Whose it is.
    pub(super) owner: u32,
    /// Its tracks in order, each once.
    pub(super) tracks: Vec<u32>,
    /// How much passion and care went into it, above 0 to 1.
    pub(super) weight: f32,
}

/// Playlists longer than this are libraries, and say little about what belongs together.
const TRACK_COUNT_MAX: usize = 2_000;
/// Pairs of tracks that are compared to see how far a playlist hangs together.
const COMPARED_PAIR_COUNT: usize = 100;

/// The playlists that these events make.
pub(super) fn fold(events: &[Event]) -> impl Iterator<Item = Playlist> {
    let mut history = PlaylistHistory::default();
    events.iter().for_each(|event| history.apply(event));
    history.into_playlists().into_iter()
}

/// Weighs the playlists that are there and have at least two tracks.
pub(super) fn weigh(playlists: Vec<Playlist>, catalogue: &Catalogue) -> Vec<WeighedPlaylist> {
    let sound = SoundSpace::of(catalogue);
    let live = playlists.into_iter().filter(|playlist| !playlist.deleted);
    live.filter_map(|playlist| {
        let mut seen = FxHashSet::default();
        let distinct = playlist.tracks.iter().filter(|&&track| seen.insert(track));
        let tracks: Vec<u32> = distinct.map(|track| track.get()).collect();
        if !(2..=TRACK_COUNT_MAX).contains(&tracks.len()) {
            return None;
        }
        let weight = care_of(&playlist, catalogue, &sound).weight;
        Some(WeighedPlaylist { owner: playlist.owner.get(), tracks, weight })
    })
    .collect()
}

/// How much passion and care went into a playlist, and why.
pub(crate) fn care_of(playlist: &Playlist, catalogue: &Catalogue, sound: &SoundSpace) -> Care {
    care(&features(playlist, catalogue, sound))
}

fn features(playlist: &Playlist, catalogue: &Catalogue, sound: &SoundSpace) -> CareFeatures {
    let tracks = &playlist.tracks;
    let details = &playlist.details;
    let artist = |track: &TrackId| catalogue.track(*track).map(music::Track::main_artist);
    let artists: FxHashSet<_> = tracks.iter().filter_map(artist).collect();
    let distinct: FxHashSet<_> = tracks.iter().collect();
    let share = |count: usize| count as f32 / tracks.len().max(1) as f32;
    let is_plain = is_plain_title(&details.title);
    CareFeatures {
        track_count: tracks.len() as u32,
        edit_count: playlist.edit_count.max(details.edit_count.unwrap_or(0)),
        edit_day_count: playlist.edit_day_count,
        lifetime_days: (playlist.edited.since(playlist.created).max(0) / DAY_MS) as f32,
        largest_addition: playlist.largest_addition,
        has_title: !is_plain,
        title_word_count: details.title.split_whitespace().count() as u32,
        has_description: !details.description.trim().is_empty(),
        follower_count: details.follower_count.unwrap_or(0),
        is_collaborative: details.collaborative,
        distinct_artist_share: share(artists.len()),
        duplicate_share: 1.0 - share(distinct.len()),
        cohesion: cohesion(tracks, sound),
        is_made_by_person: details.kind != PlaylistKind::Generated,
    }
}

/// A title that an app gives by itself.
fn is_plain_title(title: &str) -> bool {
    let title = title.trim().to_lowercase();
    let rest =
        ["new playlist", "my playlist", "untitled", "playlist"].iter().find_map(|p| title.strip_prefix(p));
    title.is_empty()
        || rest.is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || " #()".contains(c)))
}

/// The mean likeness of pairs of tracks by sound, where it is known of enough of them.
///
/// Pairs at growing distances are compared, so that every part of the playlist is seen.
fn cohesion(tracks: &[TrackId], sound: &SoundSpace) -> Option<f32> {
    let points: Vec<_> = tracks.iter().filter_map(|&track| sound.place(track)).collect();
    let pairs = (0..points.len()).flat_map(|step| {
        let stride = 1 + step / points.len().max(1) + step % 7;
        (0..points.len().saturating_sub(stride)).map(move |index| (index, index + stride))
    });
    let likenesses = pairs.take(COMPARED_PAIR_COUNT).map(|(a, b)| likeness(points[a], points[b]));
    let (sum, count) =
        likenesses.fold((0.0_f32, 0_u32), |(sum, count), likeness| (sum + likeness, count + 1));
    (count >= 3).then(|| sum / count as f32)
}
