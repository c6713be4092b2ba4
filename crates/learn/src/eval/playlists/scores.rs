//! What each model of the first stage says about every track of the catalogue, for one playlist.

use super::base_models::{Base, columns};
use super::read::Playlists;
use crate::ials::Observation;

/// Scores of each track for a playlist, in the order of [`Score`].
pub(super) const SCORE_COUNT: usize = 19;

/// What a score is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Score {
    Ease,
    /// Playlists that share tracks.
    Playlists,
    Knn,
    Together,
    Factors,
    Nearby,
    /// Tracks of the artists and albums that the playlist has.
    Owners,
    NearArtists,
    NearAlbums,
    /// As above, of the end of the playlist.
    LateKnn,
    LateTogether,
    LateNearby,
    LateFactors,
    /// EASE that reads artists and albums too, for the track, its artist and its album.
    OwnerEase,
    OwnerEaseArtist,
    OwnerEaseAlbum,
    /// How near the nearest of the playlist's tracks is, and how many of them have it among their neighbours.
    KnnMost,
    KnnCount,
    TogetherMost,
}

/// Weights of the scores in the first stage, each brought to at most 1; a judgement, the ranker learns its own.
const BLEND: [f32; SCORE_COUNT] =
    [1.0, 0.6, 0.4, 0.6, 0.5, 0.3, 0.3, 0.15, 0.2, 0.2, 0.3, 0.2, 0.3, 0.8, 0.0, 0.0, 0.0, 0.0, 0.0];
/// What is left of a track's weight with each further one after it, for scores of the end of the playlist.
const FADE: f32 = 0.85;

/// Room for the scores of one playlist, to be used again.
pub(super) struct Scores {
    /// *Shape*: `[SCORE_COUNT, tracks]`.
    pub(super) by_kind: Vec<Vec<f32>>,
    pub(super) blend: Vec<f32>,
    /// The inverse of the best score of each kind among the tracks that the playlist does not have.
    pub(super) scales: [f32; SCORE_COUNT],
    pub(super) is_own: Vec<bool>,
    pub(super) own: Owners,
    pub(super) late: Owners,
    with_owners: Vec<f32>,
}

/// How much of a playlist each artist and album has.
#[derive(Default)]
pub(super) struct Owners {
    pub(super) artists: Vec<f32>,
    pub(super) albums: Vec<f32>,
}

impl Owners {
    fn clear(&mut self, playlists: &Playlists) {
        self.artists.clear();
        self.artists.resize(playlists.artist_count, 0.0);
        self.albums.clear();
        self.albums.resize(playlists.album_count, 0.0);
    }
}

impl Scores {
    pub(super) fn new(playlists: &Playlists) -> Self {
        let track_count = playlists.tracks.len();
        Self {
            by_kind: vec![vec![0.0; track_count]; SCORE_COUNT],
            blend: vec![0.0; track_count],
            scales: [0.0; SCORE_COUNT],
            is_own: vec![false; track_count],
            own: Owners::default(),
            late: Owners::default(),
            with_owners: vec![0.0; track_count + playlists.artist_count + playlists.album_count],
        }
    }

    fn of(&mut self, score: Score) -> &mut [f32] {
        &mut self.by_kind[score as usize]
    }

    /// Scores every track for the playlist of that row.
    pub(super) fn fill(&mut self, base: &Base, playlists: &Playlists, shown: &[Vec<u32>], row: usize) {
        let tracks = &*shown[row];
        self.by_kind.iter_mut().for_each(|scores| scores.fill(0.0));
        self.blend.fill(0.0);
        self.is_own.fill(false);
        tracks.iter().for_each(|&track| self.is_own[track as usize] = true);
        let fading: Vec<f32> =
            (0..tracks.len()).map(|place| FADE.powi((tracks.len() - 1 - place) as i32)).collect();
        self.add_linear(base, playlists, tracks);
        self.add_neighbours(base, tracks, &fading);
        self.add_factors(base, tracks, &fading);
        add_playlists(base, tracks, row, shown, self.of(Score::Playlists));
        self.add_owners(base, playlists, tracks, &fading);
        self.mix();
    }

    fn add_linear(&mut self, base: &Base, playlists: &Playlists, tracks: &[u32]) {
        if let Some(ease) = &base.ease {
            ease.scores(tracks, &vec![1.0; tracks.len()], self.of(Score::Ease));
        }
        let Some(ease) = &base.owner_ease else { return };
        let (columns, values) = columns(playlists, tracks);
        ease.scores(&columns, &values, &mut self.with_owners);
        let (of_tracks, of_owners) = self.with_owners.split_at(playlists.tracks.len());
        self.by_kind[Score::OwnerEase as usize].copy_from_slice(of_tracks);
        for (track, facts) in playlists.tracks.iter().enumerate() {
            let album = playlists.artist_count + facts.album as usize;
            self.by_kind[Score::OwnerEaseArtist as usize][track] = of_owners[facts.artist as usize];
            self.by_kind[Score::OwnerEaseAlbum as usize][track] = of_owners[album];
        }
    }

    fn add_neighbours(&mut self, base: &Base, tracks: &[u32], fading: &[f32]) {
        for (&track, &weight) in tracks.iter().zip(fading) {
            base.knn.add_scores(track, 1.0, self.of(Score::Knn));
            base.knn.add_scores(track, weight, self.of(Score::LateKnn));
            base.together.add_scores(track, 1.0, self.of(Score::Together));
            base.together.add_scores(track, weight, self.of(Score::LateTogether));
            base.nearby.add_scores(track, 1.0, self.of(Score::Nearby));
            base.nearby.add_scores(track, weight, self.of(Score::LateNearby));
            let (near, likeness) = base.knn.of(track);
            for (&near, &likeness) in near.iter().zip(likeness) {
                let most = &mut self.by_kind[Score::KnnMost as usize][near as usize];
                *most = most.max(likeness);
                self.by_kind[Score::KnnCount as usize][near as usize] += 1.0;
            }
            let (near, likeness) = base.together.of(track);
            for (&near, &likeness) in near.iter().zip(likeness) {
                let most = &mut self.by_kind[Score::TogetherMost as usize][near as usize];
                *most = most.max(likeness);
            }
        }
    }

    fn add_factors(&mut self, base: &Base, tracks: &[u32], fading: &[f32]) {
        let observe = |(&item, &weight): (&u32, &f32)| Observation { item, weight, target: 1.0 };
        let late: Vec<Observation> =
            tracks.iter().zip(fading).filter(|&(_, &weight)| weight > 1e-3).map(observe).collect();
        let all: Vec<Observation> =
            tracks.iter().map(|&item| Observation { item, weight: 1.0, target: 1.0 }).collect();
        base.factors.scores(&base.factors.fold_in(&late), self.of(Score::LateFactors));
        base.factors.scores(&base.factors.fold_in(&all), self.of(Score::Factors));
    }

    fn add_owners(&mut self, base: &Base, playlists: &Playlists, tracks: &[u32], fading: &[f32]) {
        let mut near = Owners::default();
        [&mut self.own, &mut self.late, &mut near].into_iter().for_each(|owners| owners.clear(playlists));
        for (&track, weight) in tracks.iter().zip(fading) {
            let facts = playlists.tracks[track as usize];
            self.own.artists[facts.artist as usize] += 1.0;
            self.own.albums[facts.album as usize] += 1.0;
            self.late.artists[facts.artist as usize] += weight;
            self.late.albums[facts.album as usize] += weight;
            base.artists.add_scores(facts.artist, 1.0, &mut near.artists);
            base.albums.add_scores(facts.album, 1.0, &mut near.albums);
        }
        let counts = &base.counts;
        // A track among many of its artist is less likely to be the one that is missing.
        let share = |own: f32, all: f32| own / (all + 3.0).sqrt();
        for (track, facts) in playlists.tracks.iter().enumerate() {
            let (artist, album) = (facts.artist as usize, facts.album as usize);
            self.by_kind[Score::Owners as usize][track] =
                share(self.own.artists[artist], counts.artists[artist])
                    + 2.0 * share(self.own.albums[album], counts.albums[album]);
            self.by_kind[Score::NearArtists as usize][track] =
                near.artists[artist] * counts.tracks[track].sqrt();
            self.by_kind[Score::NearAlbums as usize][track] =
                near.albums[album] * (1.0 + counts.tracks[track]).sqrt();
        }
    }

    fn mix(&mut self) {
        for ((scores, scale), weight) in self.by_kind.iter().zip(&mut self.scales).zip(BLEND) {
            let candidates = scores.iter().zip(&self.is_own).filter(|&(_, &own)| !own);
            *scale = candidates.fold(1e-9_f32, |most, (&score, _)| most.max(score)).recip();
            if weight > 0.0 {
                self.blend.iter_mut().zip(scores).for_each(|(sum, score)| *sum += weight * *scale * score);
            }
        }
    }
}

/// Tracks of the playlists that share tracks with this one, by how alike they are.
fn add_playlists(base: &Base, tracks: &[u32], own: usize, shown: &[Vec<u32>], scores: &mut [f32]) {
    let mut likeness: Vec<(u32, f32)> = Vec::new();
    for &track in tracks {
        let (rows, _) = base.holders.row(track as usize);
        let rarity = (1.0 + shown.len() as f32 / (1.0 + rows.len() as f32)).ln();
        likeness.extend(rows.iter().filter(|&&row| row as usize != own).map(|&row| (row, rarity)));
    }
    likeness.sort_by_key(|&(row, _)| row);
    for same in likeness.chunk_by(|a, b| a.0 == b.0) {
        let row = same[0].0 as usize;
        let sum: f32 = same.iter().map(|(_, rarity)| rarity).sum();
        let weight = base.weights[row] * (sum / (shown[row].len() as f32).sqrt()).powf(1.5);
        shown[row].iter().for_each(|&track| scores[track as usize] += weight);
    }
    for (score, count) in scores.iter_mut().zip(&base.counts.tracks) {
        *score /= (1.0 + count).powf(0.35);
    }
}
