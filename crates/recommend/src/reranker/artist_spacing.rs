//! No artist and no release fills the slate, and nobody hears the same recording twice.

use music::{Catalogue, Target, TrackId};
use rustc_hash::FxHashMap;

use super::{Ranked, Reranker};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Keeps a distance between tracks of one artist or one release, caps the number of an artist, and leaves out
/// near-duplicates; behind the slate stand the others that would still be allowed.
///
/// The cap holds whatever happens: a slate gets shorter rather than fuller of one artist.
/// The distance gives way when nothing else is left.
#[derive(Debug)]
pub(super) struct ArtistSpacing;

impl Reranker for ArtistSpacing {
    fn name(&self) -> &'static str {
        "artist_spacing"
    }

    fn rerank(
        &self,
        query: &Query,
        snapshot: &Snapshot,
        before: &[Ranked],
        ranked: Vec<Ranked>,
    ) -> Vec<Ranked> {
        let mix = query.request.mix;
        let catalogue = &snapshot.catalogue;
        let mut waiting = ranked;
        let mut slate: Vec<Ranked> = Vec::with_capacity(query.limit + waiting.len());
        let mut places = FxHashMap::<Target, Vec<usize>>::default();
        for (place, pick) in before.iter().enumerate() {
            waiting.retain(|candidate| !is_same_recording(catalogue, pick.target, candidate.target));
            origins(catalogue, pick.target).for_each(|origin| places.entry(origin).or_default().push(place));
        }
        let drop_full = |waiting: &mut Vec<Ranked>, places: &FxHashMap<Target, Vec<usize>>| {
            let is_full = |origin: Target| {
                let count = places.get(&origin).map_or(0, Vec::len);
                matches!(origin, Target::Artist(_)) && count >= mix.artist_max
            };
            waiting.retain(|candidate| !origins(catalogue, candidate.target).any(is_full));
        };
        drop_full(&mut waiting, &places);
        while before.len() + slate.len() < query.limit && !waiting.is_empty() {
            let place = before.len() + slate.len();
            let spaced = |candidate: &Ranked| {
                origins(catalogue, candidate.target).all(|origin| {
                    let last = places.get(&origin).and_then(|places| places.last());
                    last.is_none_or(|&last| place - last > mix.artist_gap)
                })
            };
            // Where nobody keeps the distance, it gives way.
            let pick = waiting.remove(waiting.iter().position(spaced).unwrap_or(0));
            waiting.retain(|candidate| !is_same_recording(catalogue, pick.target, candidate.target));
            origins(catalogue, pick.target).for_each(|origin| places.entry(origin).or_default().push(place));
            slate.push(pick);
            drop_full(&mut waiting, &places);
        }
        slate.extend(waiting);
        slate
    }
}

/// All artists of a track, guests included, and its release; an artist as a target is not spaced.
pub(super) fn origins(catalogue: &Catalogue, target: Target) -> impl Iterator<Item = Target> + '_ {
    let track = match target {
        Target::Track(track) => catalogue.track(track),
        _ => None,
    };
    let artists = track.map_or(&[][..], |track| track.artists.as_slice());
    let release = track.and_then(|track| track.release).map(Target::Release);
    artists.iter().copied().map(Target::Artist).chain(release)
}

/// Whether two tracks are versions of one recording: the same artist, and titles alike up to what is in brackets
/// or behind a dash.
///
/// For ranking only; the catalogue keeps them apart.
fn is_same_recording(catalogue: &Catalogue, a: Target, b: Target) -> bool {
    let (Target::Track(a), Target::Track(b)) = (a, b) else { return false };
    let artist = |track: TrackId| catalogue.track(track).map(music::Track::main_artist);
    let title = |track: TrackId| catalogue.track(track).map(|track| core_title(&track.title));
    artist(a) == artist(b) && title(a) == title(b)
}

/// A title without "(Live)", "[Remastered]" or " - 2011 Remaster"; the whole title where nothing else is left.
fn core_title(title: &str) -> String {
    let end = ["(", "[", " - "].iter().filter_map(|mark| title.find(mark)).min().unwrap_or(title.len());
    let core = title[..end].trim();
    if core.is_empty() { title } else { core }.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_share_a_core_title() {
        for version in ["Song (Live)", "Song [Remastered 2011]", "Song - Radio Edit", "song"] {
            assert_eq!(core_title(version), "song", "{version}");
        }
        assert_eq!(core_title("(I Can't Get No) Satisfaction"), "(i can't get no) satisfaction");
        assert_ne!(core_title("Song 2"), core_title("Song"));
    }
}
