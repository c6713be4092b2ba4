//! No artist fills the slate, and nobody hears the same recording twice.

use music::{ArtistId, Catalogue, Target, TrackId};
use rustc_hash::FxHashMap;

use super::{Ranked, Reranker};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Keeps a distance between tracks of one artist, caps their number, and leaves out near-duplicates.
///
/// The cap holds whatever happens: a slate gets shorter rather than fuller of one artist.
/// The distance gives way when nothing else is left.
#[derive(Debug)]
pub(super) struct ArtistSpacing;

impl Reranker for ArtistSpacing {
    fn name(&self) -> &'static str {
        "artist_spacing"
    }

    fn rerank(&self, query: &Query, snapshot: &Snapshot, ranked: Vec<Ranked>) -> Vec<Ranked> {
        let mix = query.request.mix;
        let catalogue = &snapshot.catalogue;
        let mut waiting = ranked;
        let mut slate: Vec<Ranked> = Vec::with_capacity(query.limit);
        let mut places = FxHashMap::<ArtistId, Vec<usize>>::default();
        while slate.len() < query.limit && !waiting.is_empty() {
            let place = slate.len();
            let allowed = |candidate: &Ranked| {
                artists(catalogue, candidate.target)
                    .iter()
                    .all(|artist| places.get(artist).is_none_or(|places| places.len() < mix.artist_max))
                    // Versions of earlier picks are gone already.
                    && slate
                        .last()
                        .is_none_or(|pick| !is_same_recording(catalogue, pick.target, candidate.target))
            };
            let spaced = |candidate: &Ranked| {
                artists(catalogue, candidate.target).iter().all(|artist| {
                    let last = places.get(artist).and_then(|places| places.last());
                    last.is_none_or(|&last| place - last > mix.artist_gap)
                })
            };
            waiting.retain(allowed);
            let next = waiting.iter().position(spaced).or(if waiting.is_empty() { None } else { Some(0) });
            let Some(next) = next else { break };
            let pick = waiting.remove(next);
            for &artist in artists(catalogue, pick.target) {
                places.entry(artist).or_default().push(place);
            }
            slate.push(pick);
        }
        slate
    }
}

/// All artists of a track, guests included; an artist as a target is not spaced.
fn artists(catalogue: &Catalogue, target: Target) -> &[ArtistId] {
    match target {
        Target::Track(track) => catalogue.track(track).map_or(&[], |track| track.artists.as_slice()),
        _ => &[],
    }
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
