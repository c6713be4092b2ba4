//! Albums, EPs and singles.

use serde::{Deserialize, Serialize};

use crate::date::ReleaseDate;
use crate::id::{ArtistId, ReleaseId};

/// What the catalogue knows about a release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// Its id.
    pub id: ReleaseId,
    /// The title as first seen.
    pub title: Box<str>,
    /// Who it is credited to, where known.
    pub artist: Option<ArtistId>,
    /// Album, EP, single…, where known.
    pub kind: Option<ReleaseKind>,
    /// When it came out, where known.
    pub date: Option<ReleaseDate>,
}

/// What sort of release it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ReleaseKind {
    Album,
    Ep,
    Single,
    Compilation,
    Live,
    Soundtrack,
    Other,
}
