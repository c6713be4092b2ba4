//! What a request reads: the music, what was learnt about it, and the indexes that make both quick to search.

use std::sync::Arc;

use learn::inner_product::InnerProducts;
use learn::{Sparse, kernel};
use music::{ArtistId, Catalogue, Id, ReleaseId, TagId, Target, Track, TrackId, UnixMillis};
use taste::summary::tags_of;

use crate::adjuster::Kinds;
use crate::directions::Directions;
use crate::models::Models;
use crate::search::Names;
use crate::sound_space::{SoundSpace, likeness};

/// One consistent state of the music and the models; never changes once made.
#[derive(Debug)]
pub struct Snapshot {
    /// What it is called; empty before the first training.
    pub name: Box<str>,
    /// The music.
    pub catalogue: Arc<Catalogue>,
    /// What was learnt.
    pub models: Arc<Models>,
    /// The tracks as points of sound.
    pub sound: SoundSpace,
    /// What the words about each track say it is.
    pub kinds: Kinds,
    track_directions: Option<Directions>,
    /// The vectors of tracks, ready to be searched.
    track_products: InnerProducts,
    artist_directions: Option<Directions>,
    tracks_by_popularity: Vec<TrackId>,
    tracks_by_artist: Vec<Vec<TrackId>>,
    tracks_by_release: Vec<Vec<TrackId>>,
    tracks_by_tag: Vec<Vec<TrackId>>,
    tracks_by_date: Vec<(UnixMillis, TrackId)>,
    fans: Option<Sparse>,
    /// How long the rows of the crowd are.
    crowd_lengths: Vec<f32>,
    names: Names,
    /// The main artist of each track, side by side: likeness is asked for ten thousand times in a request.
    main_artists: Vec<ArtistId>,
}

/// Two tracks of one artist are never less alike than this.
pub(crate) const SAME_ARTIST: f32 = 0.5;
/// Tracks kept for each tag, the most played first.
const TRACKS_PER_TAG: usize = 2_000;

impl Snapshot {
    /// The snapshot of this music and these models.
    ///
    /// *Complexity*: linear in the catalogue, apart from sorting.
    pub fn new(name: &str, catalogue: Arc<Catalogue>, models: Arc<Models>) -> Self {
        let sound = SoundSpace::of(&catalogue);
        let popularity = |track: TrackId| popularity_of(&models, track);
        let mut tracks_by_popularity: Vec<TrackId> =
            catalogue.tracks().iter().map(|track| track.id).collect();
        tracks_by_popularity.sort_by(|&a, &b| popularity(b).total_cmp(&popularity(a)).then(a.cmp(&b)));

        let mut tracks_by_tag = vec![Vec::new(); catalogue.tags().len()];
        let mut tracks_by_artist = vec![Vec::new(); catalogue.artists().len()];
        for track in tracks_by_popularity.iter().filter_map(|&id| catalogue.track(id)) {
            let id = track.id;
            for artist in &track.artists {
                tracks_by_artist[artist.row()].push(id);
            }
            for tag in tags_of(&catalogue, track) {
                let tracks: &mut Vec<TrackId> = &mut tracks_by_tag[tag.tag.row()];
                if tracks.len() < TRACKS_PER_TAG {
                    tracks.push(id);
                }
            }
        }
        let dated = |track: &Track| Some((catalogue.released(track)?, track.id));
        let mut tracks_by_date: Vec<(UnixMillis, TrackId)> =
            catalogue.tracks().iter().filter_map(dated).collect();
        tracks_by_date.sort_unstable();
        let names = Names::of(&catalogue, |artist| tracks_by_artist[artist.row()].len());
        let mut tracks_by_release = vec![Vec::new(); catalogue.releases().len()];
        for track in catalogue.tracks() {
            let of_release = track.release.and_then(|release| tracks_by_release.get_mut(release.row()));
            let Some(of_release) = of_release else { continue };
            let of_release: &mut Vec<TrackId> = of_release;
            of_release.push(track.id);
        }
        let fans = models.crowd.as_ref().map(Sparse::transpose);
        let crowd_lengths = models.crowd.as_ref().map_or_else(Vec::new, lengths);
        Self {
            main_artists: catalogue.tracks().iter().map(Track::main_artist).collect(),
            name: name.into(),
            track_products: models
                .track_factors
                .as_ref()
                .map_or_else(InnerProducts::default, |model| InnerProducts::of(model.factors())),
            track_directions: models.track_factors.as_ref().map(|model| Directions::of(model.factors())),
            artist_directions: models.artist_factors.as_ref().map(|model| Directions::of(model.factors())),
            kinds: Kinds::of(&catalogue),
            catalogue,
            models,
            sound,
            names,
            tracks_by_release,
            tracks_by_popularity,
            tracks_by_artist,
            tracks_by_tag,
            tracks_by_date,
            fans,
            crowd_lengths,
        }
    }

    /// All tracks, the most played first.
    pub fn tracks_by_popularity(&self) -> &[TrackId] {
        &self.tracks_by_popularity
    }

    /// The tracks of an artist, the most played first.
    pub fn tracks_of_artist(&self, artist: ArtistId) -> &[TrackId] {
        self.tracks_by_artist.get(artist.row()).map_or(&[], Vec::as_slice)
    }

    /// The tracks of a release, in the order of their ids.
    pub fn tracks_of_release(&self, release: ReleaseId) -> &[TrackId] {
        self.tracks_by_release.get(release.row()).map_or(&[], Vec::as_slice)
    }

    /// The tracks with a tag (their own or their artist's), the most played first; at most 2,000.
    pub fn tracks_with_tag(&self, tag: TagId) -> &[TrackId] {
        self.tracks_by_tag.get(tag.row()).map_or(&[], Vec::as_slice)
    }

    /// The tracks that came out after `from` and no later than `to`, the latest first, with their dates.
    pub fn released_between(
        &self,
        from: UnixMillis,
        to: UnixMillis,
    ) -> impl Iterator<Item = (UnixMillis, TrackId)> + '_ {
        let end = self.tracks_by_date.partition_point(|&(date, _)| date <= to);
        let start = self.tracks_by_date.partition_point(|&(date, _)| date <= from).min(end);
        self.tracks_by_date[start..end].iter().rev().copied()
    }

    /// Artists and tags by name.
    pub(crate) const fn names(&self) -> &Names {
        &self.names
    }

    /// Whether it is known of any track when it came out.
    pub fn is_dated(&self) -> bool {
        !self.tracks_by_date.is_empty()
    }

    /// Who likes each track, where listeners can be compared. *Shape*: `[tracks, listeners]`.
    pub const fn fans(&self) -> Option<&Sparse> {
        self.fans.as_ref()
    }

    /// How much a listener of the crowd likes in all: the Euclidean length of what they like; 0 of anybody else.
    pub(crate) fn crowd_length(&self, listener: usize) -> f32 {
        self.crowd_lengths.get(listener).copied().unwrap_or(0.0)
    }

    /// The vector of a track, if one was learnt.
    pub fn track_vector(&self, track: TrackId) -> Option<&[f32]> {
        self.track_direction(track)?;
        Some(self.models.track_factors.as_ref()?.factors().row(track.row()))
    }

    /// The `count` tracks that `keep` accepts whose vectors have the largest products with `vector`, above zero, best
    /// first; none where no vectors were learnt.
    pub(crate) fn tracks_along(
        &self,
        vector: &[f32],
        count: usize,
        keep: impl Fn(TrackId) -> bool,
    ) -> Vec<(TrackId, f32)> {
        let Some(model) = &self.models.track_factors else { return Vec::new() };
        let keep = |row| keep(TrackId::new(row));
        let found = self.track_products.largest(model.factors(), vector, count, keep);
        found.into_iter().map(|(row, score)| (TrackId::new(row), score)).collect()
    }

    /// The vector of a track at unit length.
    pub fn track_direction(&self, track: TrackId) -> Option<&[f32]> {
        self.track_directions.as_ref()?.get(track.row())
    }

    /// Numbers of a direction; 0 where none was learnt.
    pub fn direction_dim(&self) -> usize {
        self.models.track_factors.as_ref().map_or(0, |model| model.factors().dim())
    }

    /// The vector of an artist, if one was learnt.
    pub fn artist_vector(&self, artist: ArtistId) -> Option<&[f32]> {
        self.artist_direction(artist)?;
        Some(self.models.artist_factors.as_ref()?.factors().row(artist.row()))
    }

    /// Whose a track is, of tracks of the catalogue.
    pub(crate) fn main_artist(&self, track: TrackId) -> Option<ArtistId> {
        self.main_artists.get(track.row()).copied()
    }

    fn artist_direction(&self, artist: ArtistId) -> Option<&[f32]> {
        self.artist_directions.as_ref()?.get(artist.row())
    }

    /// The share of all tracks that are played less, 0 to 1.
    pub fn percentile(&self, track: TrackId) -> Option<f32> {
        self.models.track_popularity.as_ref()?.percentile(track.get())
    }

    /// How alike two tracks are, 0 to 1: the mean of what the crowd, the tags and the sound say, as far as each is
    /// known; two tracks of one artist are never less than half alike.
    pub fn likeness(&self, a: TrackId, b: TrackId) -> f32 {
        let (mut sum, mut count) = (0.0_f32, 0.0_f32);
        if let (Some(a), Some(b)) = (self.track_direction(a), self.track_direction(b)) {
            sum += kernel::dot(a, b).clamp(0.0, 1.0);
            count += 1.0;
        }
        if let (Some(a), Some(b)) = (self.sound.place(a), self.sound.place(b)) {
            sum += likeness(a, b);
            count += 1.0;
        }
        let floor = match (self.main_artists.get(a.row()), self.main_artists.get(b.row())) {
            (Some(a), Some(b)) if a == b => SAME_ARTIST,
            _ => 0.0,
        };
        f32::max(if count > 0.0 { sum / count } else { 0.0 }, floor)
    }

    /// How alike two targets of one kind are, 0 to 1; targets of different kinds are not alike.
    pub fn target_likeness(&self, a: Target, b: Target) -> f32 {
        match (a, b) {
            (Target::Track(a), Target::Track(b)) => self.likeness(a, b),
            (Target::Artist(a), Target::Artist(b)) => {
                match (self.artist_direction(a), self.artist_direction(b)) {
                    (Some(a), Some(b)) => kernel::dot(a, b).clamp(0.0, 1.0),
                    _ => 0.0,
                }
            }
            _ => 0.0,
        }
    }
}

fn lengths(rows: &Sparse) -> Vec<f32> {
    let length = |row: usize| rows.row(row).1.iter().map(|value| value * value).sum::<f32>().sqrt();
    (0..rows.row_count()).map(length).collect()
}

fn popularity_of(models: &Models, track: TrackId) -> f32 {
    models.track_popularity.as_ref().and_then(|popularity| popularity.score(track.get())).unwrap_or(0.0)
}
