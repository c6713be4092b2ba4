//! Drops what the listener does not want: a dislike is never argued with.

use music::{ArtistId, Target};
use taste::profile::Standing;

use super::{DropReason, Filter};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Drops disliked tracks, everything by disliked artists, and what is skipped again and again.
#[derive(Debug)]
pub(super) struct Disliked;

/// From here on a track counts as rejected by behaviour alone: about two early skips where they mean most.
const REJECTED_AFFINITY: f32 = -0.45;

impl Filter for Disliked {
    fn verdict(&self, query: &Query, snapshot: &Snapshot, target: Target) -> Option<DropReason> {
        let profile = &query.listener.profile;
        let dislikes_artist = |artist: &ArtistId| {
            profile
                .artist(*artist)
                .and_then(|taste| taste.standing.said())
                .is_some_and(|said| said.preference < 0.0)
        };
        match target {
            Target::Track(id) => {
                let taste = profile.track(id);
                let said = taste.and_then(|taste| taste.standing.said());
                let track = snapshot.catalogue.track(id);
                if said.is_some_and(|said| said.preference < 0.0) {
                    Some(DropReason::Disliked)
                } else if track.is_some_and(|track| track.artists.iter().any(dislikes_artist)) {
                    Some(DropReason::ArtistDisliked)
                } else {
                    let affinity = taste.map_or(0.0, |taste| taste.affinity(query.request.now));
                    (affinity < REJECTED_AFFINITY).then_some(DropReason::Rejected)
                }
            }
            Target::Artist(artist) => dislikes_artist(&artist).then_some(DropReason::ArtistDisliked),
            Target::Release(release) => {
                let said = profile.release(release).and_then(Standing::said);
                said.is_some_and(|said| said.preference < 0.0).then_some(DropReason::Disliked)
            }
            Target::Playlist(playlist) => {
                let said = profile.playlist(playlist).and_then(Standing::said);
                said.is_some_and(|said| said.preference < 0.0).then_some(DropReason::Disliked)
            }
        }
    }
}
