//! The listener's own scene: music in the languages and from the places they listen to most.

use music::{Id as _, TagId, TagKind, Target, TrackId};
use taste::summary::tags_of;

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Takes what is played in a language that the listener prefers, nearest to their genres first.
///
/// Languages are told apart from genres everywhere else; here they are the point.
#[derive(Debug)]
pub(super) struct LocalScene;

/// A language counts where its share of the listener's languages exceeds its share of the catalogue by this factor.
const PREFERRED: f32 = 1.2;
/// Languages that count.
const LANGUAGE_LIMIT: usize = 3;
/// Tracks looked at for each.
const TRACKS_PER_LANGUAGE: usize = 600;

impl Source for LocalScene {
    fn name(&self) -> &'static str {
        "local_scene"
    }

    fn purpose(&self) -> &'static str {
        "tracks in languages that the listener prefers"
    }

    fn prior(&self) -> f32 {
        0.06
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let summary = &query.listener.summary;
        let mut gathering = Gathering::default();
        for (tag, share) in preferred(query, snapshot).into_iter().take(LANGUAGE_LIMIT) {
            let open = snapshot.tracks_with_tag(tag).iter().filter(|&&track| query.is_open_to(track));
            for &id in open.take(TRACKS_PER_LANGUAGE) {
                let Some(track) = snapshot.catalogue.track(id) else { continue };
                let fit = summary.tag_match(&snapshot.catalogue, track);
                if fit > 0.0 {
                    gathering.add(Target::Track(id), share * fit, Evidence::InLanguage { tag });
                }
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, snapshot: &Snapshot) -> Option<&'static str> {
        preferred(query, snapshot).is_empty().then_some("the listener prefers no language that is tagged")
    }
}

/// The languages of the seeds where there are any, else of what is liked, that stand out: with their shares among
/// languages, largest first.
fn preferred(query: &Query, snapshot: &Snapshot) -> Vec<(TagId, f32)> {
    let catalogue = &snapshot.catalogue;
    let is_language = |tag: TagId| catalogue.tag(tag).is_some_and(|tag| tag.kind == TagKind::Language);
    let liked: Vec<(TagId, f32)> = if query.is_seeded {
        let tags = |id: TrackId| catalogue.track(id).map_or(&[][..], |track| tags_of(catalogue, track));
        let of_seeds = query.anchors.iter().flat_map(|&(id, _)| tags(id)).map(|tag| (tag.tag, tag.weight));
        of_seeds.filter(|&(tag, _)| is_language(tag)).collect()
    } else {
        query.listener.summary.tags.iter().copied().filter(|&(tag, _)| is_language(tag)).collect()
    };
    let mut shares = std::collections::BTreeMap::<TagId, f32>::new();
    liked.iter().for_each(|&(tag, weight)| *shares.entry(tag).or_default() += weight);
    let total: f32 = shares.values().sum();
    let languages = catalogue.tags().iter().filter(|tag| tag.kind == TagKind::Language);
    let tagged: usize = languages.map(|tag| snapshot.tracks_with_tag(tag.id).len()).sum();
    let usual = |tag: TagId| snapshot.tracks_with_tag(tag).len() as f32 / tagged.max(1) as f32;
    let shares = shares.into_iter().map(|(tag, weight)| (tag, weight / total));
    let mut standing_out: Vec<_> = shares.filter(|&(tag, share)| share >= PREFERRED * usual(tag)).collect();
    standing_out.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.row().cmp(&b.0.row())));
    standing_out
}
