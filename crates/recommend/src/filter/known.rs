//! Drops what the listener knows, where a slate is to bring something new.

use music::Target;

use super::{DropReason, Filter};
use crate::query::{Answer, Query};
use crate::snapshot::Snapshot;

/// Drops heard tracks from discoveries, and loved artists from lists of artists.
#[derive(Debug)]
pub(super) struct Known;

impl Filter for Known {
    fn verdict(&self, query: &Query, _: &Snapshot, target: Target) -> Option<DropReason> {
        let known = match target {
            Target::Track(track) => {
                // What was new on Monday stays until Sunday.
                let stands = query.standing_place(target).is_some();
                !query.wants_known() && !stands && query.listener.has_heard(track)
            }
            // Whoever asks for artists asks for new ones, whatever the mix.
            Target::Artist(artist) => {
                query.request.answer == Answer::Artists && query.listener.summary.artist(artist) > 0.0
            }
            Target::Release(_) | Target::Playlist(_) => false,
        };
        known.then_some(DropReason::Known)
    }
}
