//! Why a record was dropped.

use std::fmt;

use crate::ingest::Rejection;

/// Why one record was not taken, while all others were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DropReason {
    /// It cannot be read as what it should be.
    Malformed,
    /// It is larger than any honest record.
    TooLarge,
    /// It was played in a private session.
    Incognito,
    /// It is a podcast, or a video without music.
    Podcast,
    /// It is an audiobook.
    Audiobook,
    /// It could not be played.
    DidNotPlay,
    /// It was playing while the file was written; the finished play comes with the next file.
    NowPlaying,
    /// It takes an opinion back that the file does not tell.
    NoOpinion,
    /// It has no time.
    NoTime,
    /// Its time cannot be read.
    UnreadableTime,
    /// It happened before 1970.
    BeforeEpoch,
    /// It has not happened yet.
    InFuture,
    /// It has no title, no artist or no listener.
    NoName,
    /// It is known by an id only, and nothing in the catalogue has that id.
    UnknownId,
    /// A name is too long.
    NameTooLong,
    /// It lists too many things.
    TooMany,
    /// Its playlist came so much earlier in the file that it was stored already.
    PlaylistScattered,
    /// Its file ends or breaks in the middle, and half of it would do harm.
    CutOff,
    /// Its track or artist has as many tags as are kept, each given more often; or there are too many different tags.
    NoRoomForTag,
    /// The catalogue or the log does not accept it for another reason.
    NotAcceptable,
}

impl DropReason {
    /// What was wrong, and where there is something to do, what.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Malformed => "cannot be read",
            Self::TooLarge => "larger than any honest record",
            Self::Incognito => "played in a private session",
            Self::Podcast => "a podcast or video, not music",
            Self::Audiobook => "an audiobook, not music",
            Self::DidNotPlay => "could not be played",
            Self::NowPlaying => "still playing when the file was written",
            Self::NoOpinion => "takes back an opinion that the file does not tell",
            Self::NoTime => "has no time",
            Self::UnreadableTime => "has a time that cannot be read",
            Self::BeforeEpoch => "happened before 1970; check the clock or the unit of the time",
            Self::InFuture => "happens in the future; check the clock or the unit of the time",
            Self::NoName => "has no title, artist or listener",
            Self::UnknownId => "known by an id only that the catalogue does not have; import the names first",
            Self::NameTooLong => "has a name that is too long",
            Self::TooMany => "is one too many of a list",
            Self::PlaylistScattered => "came long after the rest of its playlist; sort the file by playlist",
            Self::CutOff => "stands in a file that ends or breaks in its middle",
            Self::NoRoomForTag => {
                "beyond the tags that are kept: of each track or artist the 64 that were given most"
            }
            Self::NotAcceptable => "not acceptable",
        }
    }
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl From<&Rejection> for DropReason {
    fn from(rejection: &Rejection) -> Self {
        match rejection {
            Rejection::Missing { .. } => Self::NoName,
            Rejection::TooLong { .. } => Self::NameTooLong,
            Rejection::TooMany { .. } => Self::TooMany,
            Rejection::BeforeEpoch { .. } => Self::BeforeEpoch,
            Rejection::InFuture { .. } => Self::InFuture,
            Rejection::Unknown { .. } => Self::UnknownId,
            Rejection::ControlCharacter { .. }
            | Rejection::OutOfRange { .. }
            | Rejection::TagWeight { .. }
            | Rejection::NoDegrees { .. }
            | Rejection::BatchFull { .. } => Self::NotAcceptable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::LIST_LEN_MAX;

    #[test]
    fn the_limit_that_is_named_is_the_one_that_counts() {
        assert!(DropReason::NoRoomForTag.text().contains(&format!("the {LIST_LEN_MAX} that")));
    }
}
