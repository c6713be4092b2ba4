//! The first slate of somebody of whom little is known: a little of everything that is loved.

use music::{Id as _, TagId, TagKind, Target};

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Brings the best known tracks of each of the widest genres, until the listener has shown what they like.
///
/// What everybody plays says little of anybody; what they skip and keep of a spread says much.
#[derive(Debug)]
pub(super) struct Onboarding;

/// From so many liked tracks on there is better to go by.
const KNOWN_ENOUGH: usize = 10;
/// Genres, the widest first.
const GENRE_LIMIT: usize = 20;
/// Tracks of each.
const TRACKS_PER_GENRE: usize = 5;

impl Source for Onboarding {
    fn name(&self) -> &'static str {
        "onboarding"
    }

    fn purpose(&self) -> &'static str {
        "for newcomers, the best known tracks of every wide genre"
    }

    fn prior(&self) -> f32 {
        0.04
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        if query.is_seeded || query.listener.summary.liked.len() >= KNOWN_ENOUGH {
            return Ok(Vec::new());
        }
        let genres = snapshot.catalogue.tags().iter().filter(|tag| tag.kind == TagKind::Genre);
        let mut genres: Vec<TagId> = genres.map(|tag| tag.id).collect();
        genres.sort_by_key(|&tag| (std::cmp::Reverse(snapshot.tracks_with_tag(tag).len()), tag.row()));
        let mut gathering = Gathering::default();
        for tag in genres.into_iter().take(GENRE_LIMIT) {
            let open = snapshot.tracks_with_tag(tag).iter().filter(|&&track| query.is_open_to(track));
            for (rank, &track) in open.take(TRACKS_PER_GENRE).enumerate() {
                // One of each genre before the second of any.
                let score = 1.0 / (1.0 + rank as f32);
                gathering.add(Target::Track(track), score, Evidence::WideGenre { tag });
            }
        }
        Ok(gathering.into_proposals())
    }
}
