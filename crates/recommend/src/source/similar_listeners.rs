//! What those turn to who like the same things.

use music::{Id as _, Target, TrackId};
use rustc_hash::FxHashMap;

use super::gathering::Gathering;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Finds the listeners who share most with this one, and adds up what they like.
///
/// Who a neighbour is stays unsaid: only how many of them like a track is told.
///
/// *Source*: Aiolli, "Efficient top-N recommendation for very large scale binary rated datasets", 2013, section 3: the
/// power of the cosine that makes near neighbours count more, here 2; and the discount of famous tracks.
#[derive(Debug)]
pub(super) struct SimilarListeners;

/// Liked tracks by which listeners are compared, the most telling first.
const COMPARED_LIMIT: usize = 100;
/// Listeners looked at for each of these; a track with more fans tells too little to look at all of them.
const FANS_LIMIT: usize = 400;
/// Listeners whose word counts.
const NEIGHBOUR_LIMIT: usize = 40;
/// How much less a track with many fans says of who is alike.
const FAME_EXPONENT: f32 = 0.5;

impl Source for SimilarListeners {
    fn name(&self) -> &'static str {
        "similar_listeners"
    }

    fn purpose(&self) -> &'static str {
        "tracks liked by those who share most with the listener"
    }

    fn prior(&self) -> f32 {
        0.12
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let (Some(crowd), Some(fans)) = (&snapshot.models.crowd, snapshot.fans()) else {
            return Err(SourceError::NotLearnt { what: "listeners to compare with" });
        };
        let own = query.listener.profile.listener().row();
        let mut alike = FxHashMap::<u32, f32>::default();
        for &(track, affinity) in query.listener.summary.liked.iter().take(COMPARED_LIMIT) {
            let (listeners, weights) = fans.row(track.row());
            let say = affinity / (listeners.len() as f32).powf(FAME_EXPONENT);
            for (&listener, weight) in listeners.iter().zip(weights).take(FANS_LIMIT) {
                if listener as usize != own {
                    *alike.entry(listener).or_default() += say * weight;
                }
            }
        }
        let cosine = |(listener, product): (u32, f32)| {
            let length = crowd.row(listener as usize).1.iter().map(|value| value * value).sum::<f32>().sqrt();
            (listener, product / length.max(f32::MIN_POSITIVE))
        };
        let mut nearest: Vec<(u32, f32)> = alike.into_iter().map(cosine).collect();
        nearest.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        nearest.truncate(NEIGHBOUR_LIMIT);
        let scale = nearest.first().map_or(1.0, |&(_, likeness)| likeness.max(f32::MIN_POSITIVE));

        let mut likes = FxHashMap::<TrackId, (f32, u32)>::default();
        for (listener, likeness) in nearest {
            let (tracks, weights) = crowd.row(listener as usize);
            for (&track, weight) in tracks.iter().zip(weights) {
                let entry = likes.entry(TrackId::new(track)).or_default();
                entry.0 += (likeness / scale).powi(2) * weight;
                entry.1 += 1;
            }
        }
        let mut gathering = Gathering::default();
        for (track, (score, listener_count)) in likes {
            if query.is_open_to(track) {
                gathering.add(Target::Track(track), score, Evidence::SimilarListeners { listener_count });
            }
        }
        Ok(gathering.into_proposals())
    }
}
