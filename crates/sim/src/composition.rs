//! The music of a world with its ids: the public catalogue, and beside each row what is true about it.
//!
//! Ids are handed out in the order of release, so at any time the music that is out is a prefix of the tracks.

use std::cmp::Reverse;

use music::{
    Artist, ArtistId, Catalogue, Id as _, Release, ReleaseId, TagWeight, Track, TrackId, UnixMillis,
};
use rand::{Rng, RngExt as _};
use rustc_hash::FxHashMap;
use smallvec::smallvec;

use crate::artist::{ArtistTruth, artists};
use crate::chance::{Purpose, happens, stream};
use crate::discography::{ReleaseDraft, TrackDraft, discography};
use crate::params::WorldParams;
use crate::space::Point;
use crate::style::Style;
use crate::trend::Trend;
use crate::vocabulary::{language_tag, mood_tags, vocabulary};

/// The share of the tracks with a guest.
const GUEST_SHARE: f32 = 0.07;

/// What is true about a track.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackTruth {
    /// Where it lies in the hidden space.
    pub centre: Point,
    /// The row of its style.
    pub style: usize,
    /// Its main artist.
    pub artist: ArtistId,
    /// Its release.
    pub release: ReleaseId,
    /// From when on it can be heard.
    pub released: UnixMillis,
    /// How well it is made, to everybody's ears: about −2 to 2.
    pub appeal: f32,
    /// How many listens it draws in quiet times, in no unit; heavy-tailed.
    pub draw: f32,
    /// The same as a standard score: 0 for the usual track, 2 for a famous one.
    pub fame: f32,
    /// Its rise and fall, where it has one.
    pub trend: Option<Trend>,
    /// The track it is a live version or a remaster of.
    pub version_of: Option<TrackId>,
    /// Whether somebody sings.
    pub sung: bool,
    /// Whether the words are explicit.
    pub explicit: bool,
    /// How long it is, in milliseconds.
    pub duration_ms: u32,
}

/// The catalogue and the truth about its rows.
#[derive(Clone, Debug)]
pub(crate) struct Composition {
    pub(crate) catalogue: Catalogue,
    pub(crate) artists: Vec<ArtistTruth>,
    pub(crate) tracks: Vec<TrackTruth>,
}

/// Composes the music of a world.
pub(crate) fn compose(params: &WorldParams, styles: &[Style]) -> Composition {
    let mut rng = stream(params.seed, Purpose::Discography, 0);
    let artists = artists(params, styles);
    let counts = track_counts(params, &artists);
    let mut releases: Vec<ReleaseDraft> = artists
        .iter()
        .enumerate()
        .zip(counts)
        .flat_map(|(artist, count)| discography(params, styles, artist, count, &mut rng))
        .collect();
    releases.sort_by_key(|release| (release.date.earliest(), release.date, release.artist));
    let guests = guests(&releases, &artists, styles, &mut rng);
    let order = order_of_first_credit(&releases, &guests, artists.len());
    let mut composer = Composer { params, styles, artists, order, serials: FxHashMap::default() };
    composer.assemble(releases, &guests)
}

/// How many tracks each artist has: one at least, the rest by productivity, exactly `track_count` in total.
fn track_counts(params: &WorldParams, artists: &[ArtistTruth]) -> Vec<usize> {
    let spare = params.track_count as usize - artists.len();
    let total: f64 = artists.iter().map(|artist| f64::from(artist.productivity)).sum();
    let mut given = 0;
    let mut sum = 0.0;
    let mut counts = Vec::with_capacity(artists.len());
    for artist in artists {
        sum += f64::from(artist.productivity);
        let upto = (sum / total * spare as f64).round() as usize;
        counts.push(1 + upto.min(spare) - given);
        given = upto.min(spare);
    }
    // Rounding errors may keep the last few tracks back.
    *counts.last_mut().expect("a world has an artist") += spare - given;
    counts
}

/// The guest of each track in the order of the releases, where it has one: somebody of the same root.
fn guests(
    releases: &[ReleaseDraft],
    artists: &[ArtistTruth],
    styles: &[Style],
    rng: &mut impl Rng,
) -> Vec<Option<usize>> {
    let root = |artist: usize| styles[artists[artist].style].root;
    let mut by_root: FxHashMap<_, Vec<usize>> = FxHashMap::default();
    for artist in 0..artists.len() {
        by_root.entry(root(artist)).or_default().push(artist);
    }
    let guest = |release: &ReleaseDraft| {
        let circle = &by_root[&root(release.artist)];
        let guest = circle[rng.random_range(0..circle.len())];
        let is_other = guest != release.artist;
        (happens(rng, GUEST_SHARE) && is_other).then_some(guest)
    };
    let tracks = releases.iter().flat_map(|release| release.tracks.iter().map(move |_| release));
    tracks.map(guest).collect()
}

/// The id of each artist: those who were first credited first come first.
fn order_of_first_credit(
    releases: &[ReleaseDraft],
    guests: &[Option<usize>],
    artist_count: usize,
) -> Vec<ArtistId> {
    let mut ids: Vec<Option<ArtistId>> = vec![None; artist_count];
    let mut next = 0;
    let mut guests = guests.iter();
    for release in releases {
        let credited = guests.by_ref().take(release.tracks.len()).flatten();
        for artist in std::iter::once(release.artist).chain(credited.copied()) {
            ids[artist].get_or_insert_with(|| {
                next += 1;
                ArtistId::new(next - 1)
            });
        }
    }
    ids.into_iter().map(|id| id.expect("every artist has a track")).collect()
}

/// Turns drafts into rows.
struct Composer<'a> {
    params: &'a WorldParams,
    styles: &'a [Style],
    /// In the order of their making.
    artists: Vec<ArtistTruth>,
    /// The ids of those.
    order: Vec<ArtistId>,
    /// The tracks by artist and serial.
    serials: FxHashMap<(usize, usize), TrackId>,
}

impl Composer<'_> {
    fn assemble(&mut self, drafts: Vec<ReleaseDraft>, guests: &[Option<usize>]) -> Composition {
        let mut rng = stream(self.params.seed, Purpose::Trends, 0);
        let mut releases = Vec::with_capacity(drafts.len());
        let mut rows = Vec::with_capacity(guests.len());
        let mut truths: Vec<TrackTruth> = Vec::with_capacity(guests.len());
        for draft in drafts {
            let release = ReleaseId::from_row(releases.len() as u32);
            let released = draft.date.earliest();
            for track in draft.tracks {
                let id = TrackId::from_row(rows.len() as u32);
                self.serials.insert((draft.artist, track.serial), id);
                let guest = guests[id.row()];
                let is_version = track.version_of.is_some();
                let trend = Trend::maybe(self.params, released, &mut rng).filter(|_| !is_version);
                let truth = self.truth(draft.artist, &track, (release, released), trend);
                rows.push(self.row(id, (draft.artist, guest), track, (release, &draft.date), &mut rng));
                truths.push(truth);
            }
            releases.push(Release {
                id: release,
                title: draft.title.into(),
                artist: Some(self.order[draft.artist]),
                kind: Some(draft.kind),
                date: Some(draft.date),
            });
        }
        set_fame(&mut truths);
        let artists = self.artists_in_order();
        let artist_rows =
            artists.iter().enumerate().map(|(row, artist)| self.artist_row(row, artist)).collect();
        let catalogue = Catalogue::new(rows, artist_rows, releases, vocabulary(self.styles));
        Composition { catalogue, artists, tracks: truths }
    }

    fn truth(
        &self,
        artist: usize,
        track: &TrackDraft,
        (release, released): (ReleaseId, UnixMillis),
        trend: Option<Trend>,
    ) -> TrackTruth {
        // People reach for the version they know.
        let known = if track.version_of.is_some() { 0.3 } else { 1.0 };
        TrackTruth {
            centre: track.centre,
            style: track.style,
            artist: self.order[artist],
            release,
            released,
            appeal: track.appeal,
            draw: self.artists[artist].draw * track.appeal.exp() * known,
            fame: 0.0,
            trend,
            version_of: track.version_of.map(|serial| self.serials[&(artist, serial)]),
            sung: track.sung,
            explicit: track.explicit,
            duration_ms: track.duration.get(),
        }
    }

    fn row(
        &self,
        id: TrackId,
        (artist, guest): (usize, Option<usize>),
        draft: TrackDraft,
        (release, date): (ReleaseId, &music::ReleaseDate),
        rng: &mut impl Rng,
    ) -> Track {
        let main = &self.artists[artist];
        let mut tags = Vec::new();
        if draft.style != main.style {
            tags.push(TagWeight { tag: self.styles[draft.style].tag, weight: 0.8 });
        }
        // People do not write everything down.
        tags.extend(mood_tags(self.styles, &draft.centre).into_iter().filter(|_| happens(rng, 0.6)));
        tags.sort_by_key(|tag| Reverse((tag.weight * 1e6) as u32));
        let mut credited = smallvec![self.order[artist]];
        credited.extend(guest.map(|guest| self.order[guest]));
        Track {
            id,
            title: draft.title.into(),
            artists: credited,
            release: Some(release),
            duration: Some(draft.duration),
            date: Some(*date),
            explicit: Some(draft.explicit),
            tags: tags.into(),
            sound: Some(Box::new(draft.sound)),
        }
    }

    fn artists_in_order(&mut self) -> Vec<ArtistTruth> {
        let mut pairs: Vec<_> = std::mem::take(&mut self.artists).into_iter().zip(&self.order).collect();
        pairs.sort_by_key(|(_, id)| **id);
        pairs.into_iter().map(|(artist, _)| artist).collect()
    }

    fn artist_row(&self, row: usize, artist: &ArtistTruth) -> Artist {
        let style = &self.styles[artist.style];
        let second = &self.styles[artist.second_style];
        let mut tags = vec![TagWeight { tag: style.tag, weight: 1.0 }];
        if artist.sings() {
            tags.push(TagWeight { tag: language_tag(self.styles, artist.language), weight: 0.9 });
        }
        tags.push(TagWeight { tag: style.root, weight: 0.7 });
        if second.tag != style.tag {
            tags.push(TagWeight { tag: second.tag, weight: 0.3 });
        }
        Artist { id: ArtistId::from_row(row as u32), name: artist.name.clone(), tags: tags.into() }
    }
}

/// Puts each track's draw on a standard scale.
fn set_fame(tracks: &mut [TrackTruth]) {
    let count = tracks.len().max(1) as f32;
    let mean = tracks.iter().map(|track| track.draw.ln()).sum::<f32>() / count;
    let variance = tracks.iter().map(|track| (track.draw.ln() - mean).powi(2)).sum::<f32>() / count;
    let deviation = variance.sqrt().max(1e-3);
    for track in tracks {
        track.fame = (track.draw.ln() - mean) / deviation;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::styles;

    fn composed(params: &WorldParams) -> Composition {
        compose(params, &styles(params.seed))
    }

    #[test]
    fn counts_are_exact_also_in_the_smallest_world() {
        for (artist_count, track_count) in [(1, 1), (3, 3), (7, 500), (600, 5_000)] {
            let made = composed(&WorldParams { artist_count, track_count, ..WorldParams::default() });
            assert_eq!(made.catalogue.tracks().len(), track_count as usize);
            assert_eq!(made.catalogue.artists().len(), artist_count as usize);
        }
    }

    #[test]
    fn ids_follow_release_dates_and_truth_agrees_with_the_catalogue() {
        let made = composed(&WorldParams::default());
        assert!(made.tracks.is_sorted_by_key(|track| track.released));
        for (track, truth) in made.catalogue.tracks().iter().zip(&made.tracks) {
            assert_eq!(made.catalogue.released(track), Some(truth.released));
            assert_eq!(track.main_artist(), truth.artist);
            assert!(truth.version_of.is_none_or(|original| original < track.id));
        }
    }

    #[test]
    fn the_wanted_share_of_the_music_is_fresh() {
        let params = WorldParams::default();
        let made = composed(&params);
        let fresh = made.tracks.iter().filter(|track| track.released >= params.start).count();
        assert!((300..700).contains(&fresh), "{fresh} of 5,000 come out during the simulated days");
        let last = made.tracks.last().unwrap().released;
        assert!(last < params.end());
    }
}
