//! Where in an app the listening happens. The meaning of an event depends on it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The place a prompt came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// Nobody said; most imported history.
    #[default]
    Unknown,
    /// The start page.
    Home,
    /// Search results.
    Search,
    /// An album's page.
    Album,
    /// An artist's page.
    Artist,
    /// A playlist.
    Playlist {
        /// Whose and what sort of playlist.
        kind: PlaylistKind,
        /// What it is for, where its title or maker says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mood: Option<Mood>,
    },
    /// A station that started from a seed.
    Radio,
    /// What plays on when the chosen music has ended.
    Autoplay,
    /// The list of new releases.
    FreshReleases,
    /// The listener's own library.
    Library,
    /// A mix made for the listener.
    Mix,
}

/// Whose playlist it is, and how it came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlaylistKind {
    /// Made by the listener.
    #[default]
    Own,
    /// Shared by the listener who made it: everybody on the server may see it, without being told who that is.
    Shared,
    /// Made by an editor, which only administrators may say; everybody may see it.
    Editorial,
    /// Made by a machine.
    Generated,
}

impl PlaylistKind {
    /// Whether everybody may see a playlist whose details say so: its owner shares it, or an editor made it for all.
    ///
    /// Everything else is seen by its owner alone.
    pub const fn is_public(self) -> bool {
        matches!(self, Self::Shared | Self::Editorial)
    }
}

/// What music is played for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// Concentrated work.
    Focus,
    /// Falling asleep.
    Sleep,
    /// Resting.
    Chill,
    /// Sport.
    Workout,
    /// Company and dancing.
    Party,
    /// Being sad.
    Sad,
    /// Being happy.
    Happy,
    /// On the way.
    Travel,
    /// Love.
    Romance,
}

impl Mood {
    /// All moods.
    pub const ALL: [Self; 9] = [
        Self::Focus,
        Self::Sleep,
        Self::Chill,
        Self::Workout,
        Self::Party,
        Self::Sad,
        Self::Happy,
        Self::Travel,
        Self::Romance,
    ];

    /// The name in text and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Focus => "focus",
            Self::Sleep => "sleep",
            Self::Chill => "chill",
            Self::Workout => "workout",
            Self::Party => "party",
            Self::Sad => "sad",
            Self::Happy => "happy",
            Self::Travel => "travel",
            Self::Romance => "romance",
        }
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Unknown => "unknown",
            Self::Home => "home",
            Self::Search => "search",
            Self::Album => "album",
            Self::Artist => "artist",
            Self::Playlist { mood: Some(mood), .. } => return write!(f, "{} playlist", mood.name()),
            Self::Playlist { mood: None, kind } => match kind {
                PlaylistKind::Own => "own playlist",
                PlaylistKind::Shared => "shared playlist",
                PlaylistKind::Editorial => "editorial playlist",
                PlaylistKind::Generated => "generated playlist",
            },
            Self::Radio => "radio",
            Self::Autoplay => "autoplay",
            Self::FreshReleases => "fresh releases",
            Self::Library => "library",
            Self::Mix => "mix",
        };
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_short_where_there_is_little_to_say() {
        assert_eq!(serde_json::to_string(&Surface::FreshReleases).unwrap(), r#""fresh_releases""#);
        let focus = Surface::Playlist { kind: PlaylistKind::Own, mood: Some(Mood::Focus) };
        let json = serde_json::to_string(&focus).unwrap();
        assert_eq!(json, r#"{"playlist":{"kind":"own","mood":"focus"}}"#);
        assert_eq!(serde_json::from_str::<Surface>(&json).unwrap(), focus);
    }
}
