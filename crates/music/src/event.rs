//! What listeners do, and what Segue showed them: facts, never judgements.

mod event_key;

use serde::{Deserialize, Serialize};

pub use self::event_key::{EventKey, EventKeyError};
use crate::context::Context;
use crate::id::{ArtistId, ListenerId, PlaylistId, ReleaseId, SlateId, TrackId};
use crate::playlist::{PlaylistDetails, PlaylistEdit};
use crate::unit::{Millis, UnixMillis};
use crate::wish::{Trait, Wish};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What makes it the same event when it arrives twice.
    pub key: EventKey,
    /// Who did it.
    pub listener: ListenerId,
    /// When it happened; for a play, when the play began.
    pub at: UnixMillis,
    /// What was done.
    pub prompt: Prompt,
    /// What was around it.
    #[serde(default, skip_serializing_if = "is_unknown")]
    pub context: Context,
}

fn is_unknown(context: &Context) -> bool {
    *context == Context::default()
}

/// What a listener did; the closed list of everything Segue understands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Prompt {
    /// A track was played and was not skipped.
    Played {
        /// The track.
        track: TrackId,
        /// How long it sounded, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        played: Option<Millis>,
        /// What started it.
        #[serde(default, skip_serializing_if = "is_default")]
        start: PlayStart,
    },
    /// A track was left for another before its end.
    Skipped {
        /// The track.
        track: TrackId,
        /// How long it had sounded, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        played: Option<Millis>,
        /// What started it.
        #[serde(default, skip_serializing_if = "is_default")]
        start: PlayStart,
        /// To the next track or back to the one before.
        #[serde(default, skip_serializing_if = "is_default")]
        direction: SkipDirection,
    },
    /// A track was started again on purpose, right after or during its play.
    Replayed {
        /// The track.
        track: TrackId,
    },
    /// A sum of plays from before Segue watched: how often, but not when.
    ///
    /// A later sum for the same target replaces an earlier one.
    PlayedBefore {
        /// What was played.
        target: Target,
        /// How often.
        plays: u32,
    },
    /// Something was searched for.
    Searched {
        /// The words.
        query: Box<str>,
        /// What was chosen from the results.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chosen: Option<Target>,
    },
    /// A heart was given.
    Liked {
        /// To what.
        target: Target,
    },
    /// The heart was taken back.
    Unliked {
        /// From what.
        target: Target,
    },
    /// "Not for me", "never play this".
    Disliked {
        /// What.
        target: Target,
    },
    /// The dislike was taken back.
    Undisliked {
        /// From what.
        target: Target,
    },
    /// Stars were given; 0 takes them back.
    Rated {
        /// To what.
        target: Target,
        /// *Range*: 0 to 5.
        stars: u8,
    },
    /// A release was put into the library.
    Saved {
        /// The release.
        release: ReleaseId,
    },
    /// A release was taken out of the library.
    Unsaved {
        /// The release.
        release: ReleaseId,
    },
    /// An artist was followed.
    Followed {
        /// The artist.
        artist: ArtistId,
    },
    /// An artist is no longer followed.
    Unfollowed {
        /// The artist.
        artist: ArtistId,
    },
    /// Something was sent to somebody.
    Shared {
        /// What.
        target: Target,
    },
    /// A playlist was made.
    PlaylistCreated {
        /// The playlist.
        playlist: PlaylistId,
        /// Its title and the like.
        details: PlaylistDetails,
    },
    /// A playlist was changed.
    PlaylistEdited {
        /// The playlist.
        playlist: PlaylistId,
        /// The change.
        edit: PlaylistEdit,
    },
    /// The listener said what is to be made of a property of tracks; replaces what was said of it before.
    Wished {
        /// The property.
        of: Trait,
        /// What is to be made of it.
        wish: Wish,
    },
    /// Segue showed a slate.
    Shown(Impression),
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Prompt {
    /// A full play of unknown length.
    pub fn played(track: TrackId) -> Self {
        Self::Played { track, played: None, start: PlayStart::Unknown }
    }

    /// A skip forward after `played`.
    pub fn skipped(track: TrackId, played: Millis) -> Self {
        Self::Skipped {
            track,
            played: Some(played),
            start: PlayStart::Unknown,
            direction: SkipDirection::Forward,
        }
    }

    /// The track it is about, where it is about one.
    pub fn track(&self) -> Option<TrackId> {
        match self {
            Self::Played { track, .. } | Self::Skipped { track, .. } | Self::Replayed { track } => {
                Some(*track)
            }
            _ => match self.target() {
                Some(Target::Track(track)) => Some(track),
                _ => None,
            },
        }
    }

    /// What it is about, where that is one thing.
    pub fn target(&self) -> Option<Target> {
        match self {
            Self::Played { track, .. } | Self::Skipped { track, .. } | Self::Replayed { track } => {
                Some(Target::Track(*track))
            }
            Self::PlayedBefore { target, .. }
            | Self::Liked { target }
            | Self::Unliked { target }
            | Self::Disliked { target }
            | Self::Undisliked { target }
            | Self::Rated { target, .. }
            | Self::Shared { target } => Some(*target),
            Self::Searched { chosen, .. } => *chosen,
            Self::Saved { release } | Self::Unsaved { release } => Some(Target::Release(*release)),
            Self::Followed { artist } | Self::Unfollowed { artist } => Some(Target::Artist(*artist)),
            Self::PlaylistCreated { playlist, .. } | Self::PlaylistEdited { playlist, .. } => {
                Some(Target::Playlist(*playlist))
            }
            Self::Wished { .. } | Self::Shown(_) => None,
        }
    }

    /// Its name in the log and in statistics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Played { .. } => "played",
            Self::Skipped { .. } => "skipped",
            Self::Replayed { .. } => "replayed",
            Self::PlayedBefore { .. } => "played_before",
            Self::Searched { .. } => "searched",
            Self::Liked { .. } => "liked",
            Self::Unliked { .. } => "unliked",
            Self::Disliked { .. } => "disliked",
            Self::Undisliked { .. } => "undisliked",
            Self::Rated { .. } => "rated",
            Self::Saved { .. } => "saved",
            Self::Unsaved { .. } => "unsaved",
            Self::Followed { .. } => "followed",
            Self::Unfollowed { .. } => "unfollowed",
            Self::Shared { .. } => "shared",
            Self::PlaylistCreated { .. } => "playlist_created",
            Self::PlaylistEdited { .. } => "playlist_edited",
            Self::Wished { .. } => "wished",
            Self::Shown(_) => "shown",
        }
    }
}

/// A thing that a prompt can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Target {
    Track(TrackId),
    Artist(ArtistId),
    Release(ReleaseId),
    Playlist(PlaylistId),
}

/// What started a play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlayStart {
    /// Nobody said.
    #[default]
    Unknown,
    /// The listener chose this very track.
    Chosen,
    /// It came next in what was playing.
    Next,
    /// The listener went back to it.
    Back,
    /// The app resumed or another device took over.
    Resumed,
}

/// Where a skip went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SkipDirection {
    /// To what comes next, or elsewhere.
    #[default]
    Forward,
    /// To what came before.
    Back,
}

/// A slate as it was shown, so that learning knows what was not chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Impression {
    /// The slate.
    pub slate: SlateId,
    /// The mix that made it.
    pub mix: Box<str>,
    /// The name of the snapshot that it was made from; empty where there was none.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub snapshot: Box<str>,
    /// What was shown, best place first.
    pub picks: Vec<ShownPick>,
    /// Whether it is the slate of a mix that stands for a week, and not one that was asked for otherwise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stands: bool,
    /// The experiment that it is part of, if it is part of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<Box<Trial>>,
}

/// The part of a slate in an experiment: which arm made which place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The experiment.
    pub experiment: Box<str>,
    /// The arms that had a part in it: one where listeners are split between arms, two where slates are interleaved.
    pub arms: Vec<Box<str>>,
    /// Whose each pick is, as an index into `arms`, in the order of the picks; empty where all are of the one arm.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<u8>,
}

impl Trial {
    /// The arm that put something at the place with this index.
    pub fn arm_of(&self, place: usize) -> Option<&str> {
        let index = if self.teams.is_empty() { 0 } else { usize::from(*self.teams.get(place)?) };
        self.arms.get(index).map(AsRef::as_ref)
    }

    /// Whether two arms made the slate together.
    pub fn is_interleaved(&self) -> bool {
        !self.teams.is_empty()
    }
}

/// One place of a slate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ShownPick {
    /// What stood there.
    pub target: Target,
    /// The score it was ranked by.
    pub score: f32,
    /// How probable it was that this target was put there; 1 where nothing was left to chance.
    pub propensity: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(prompt: &Prompt) -> String {
        serde_json::to_string(prompt).unwrap()
    }

    #[test]
    fn the_log_stays_short_and_reads_back() {
        let track = TrackId::new(5);
        let cases = [
            (Prompt::played(track), r#"{"played":{"track":"t5"}}"#),
            (Prompt::skipped(track, Millis::new(12_400)), r#"{"skipped":{"track":"t5","played":12400}}"#),
            (
                Prompt::PlayedBefore { target: Target::Artist(ArtistId::new(2)), plays: 30 },
                r#"{"played_before":{"target":{"artist":"a2"},"plays":30}}"#,
            ),
            (
                Prompt::PlaylistEdited {
                    playlist: PlaylistId::new(1),
                    edit: PlaylistEdit::Removed { index: 3, count: 1 },
                },
                r#"{"playlist_edited":{"playlist":"p1","edit":{"removed":{"index":3,"count":1}}}}"#,
            ),
        ];
        for (prompt, expected) in cases {
            assert_eq!(json(&prompt), expected);
            assert_eq!(serde_json::from_str::<Prompt>(expected).unwrap(), prompt);
            assert!(expected.contains(prompt.name()));
        }
    }

    #[test]
    fn an_unknown_prompt_or_field_is_refused() {
        assert!(serde_json::from_str::<Prompt>(r#"{"danced":{"track":"t5"}}"#).is_err());
        assert!(serde_json::from_str::<Prompt>(r#"{"played":{"track":"t5","ip":"::1"}}"#).is_err());
        assert!(serde_json::from_str::<Prompt>(r#"{"liked":{"target":{"track":"a5"}}}"#).is_err());
    }

    #[test]
    fn every_prompt_says_what_it_is_about() {
        let artist = Prompt::Followed { artist: ArtistId::new(4) };
        assert_eq!(artist.target(), Some(Target::Artist(ArtistId::new(4))));
        assert_eq!(artist.track(), None);
        let like = Prompt::Liked { target: Target::Track(TrackId::new(8)) };
        assert_eq!(like.track(), Some(TrackId::new(8)));
    }
}
