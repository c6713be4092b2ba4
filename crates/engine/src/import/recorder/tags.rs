//! Tags, once it is known how often each was given.

use music::description::TagDescription;
use music::event::Target;

use super::Recorder;
use crate::catalogue::Library;
use crate::error::EngineError;
use crate::import::drop_reason::DropReason;
use crate::import::report::{Example, RecordKind};
use crate::ingest::Rejection;

impl Recorder<'_> {
    /// Puts the counted tags on what they were given to.
    pub(super) async fn store_tags(&mut self) -> Result<(), EngineError> {
        for (target, tags) in self.tags.take() {
            let intake = &mut self.open().await?.intake;
            let mut outcomes = Vec::with_capacity(tags.len());
            for tag in tags {
                let description =
                    TagDescription { name: (&*tag.name).into(), kind: tag.kind, weight: tag.weight };
                outcomes.push((intake.tag(target, &description), tag));
            }
            let thing = label(intake.library(), target);
            for (outcome, tag) in outcomes {
                let row_count = u64::from(tag.count);
                let (reason, text) = match outcome {
                    Ok(true) => {
                        self.report.stored(RecordKind::Tag, row_count);
                        continue;
                    }
                    Ok(false) => {
                        self.report.known(RecordKind::Tag, row_count);
                        continue;
                    }
                    Err(Rejection::TooMany { .. }) => {
                        (DropReason::NoRoomForTag, format!("`{}` on {thing}", tag.name))
                    }
                    Err(rejection) => ((&rejection).into(), rejection.to_string()),
                };
                let example = || Example::new(&tag.file, Some(tag.place), &text);
                self.report.drop_records(RecordKind::Tag, reason, row_count, example);
            }
        }
        Ok(())
    }
}

/// What people call it.
fn label(library: &Library, target: Target) -> String {
    let artist = |id| library.artist(id).map_or("", |artist| &artist.name);
    match target {
        Target::Artist(id) => artist(id).to_owned(),
        Target::Track(id) => library
            .track(id)
            .map_or_else(String::new, |track| format!("{} by {}", track.title, artist(track.main_artist()))),
        Target::Release(id) => id.to_string(),
        Target::Playlist(id) => id.to_string(),
    }
}
