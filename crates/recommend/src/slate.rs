//! What a request ends in: picks with their reasons, and the trace of how they came about.
//!
//! The JSON form is the one that `segue recommend --json` and the API promise.

use music::{ArtistId, Impression, PlaylistId, ReleaseId, ShownPick, SlateId, Target, TrackId, Trial};
use serde::Serialize;

use crate::perspective::Views;

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Slate {
    /// The mix.
    pub mix: &'static str,
    /// Its name in the log.
    pub slate_id: SlateId,
    /// The snapshot it was made from; empty before the first training.
    pub snapshot: Box<str>,
    /// The picks, best place first.
    pub picks: Vec<Pick>,
    /// How it came about.
    pub trace: Trace,
    /// What each perspective saw in each pick, to learn from what becomes of it; empty for artists.
    #[serde(skip)]
    pub views: Vec<Views>,
    /// Whether it comes again in the same order for the rest of the week.
    #[serde(skip)]
    pub stands: bool,
}

impl Slate {
    /// The slate as an event: what was shown where.
    pub fn impression(&self) -> Impression {
        let shown = |pick: &Pick| ShownPick {
            target: pick.what.target(),
            score: pick.score,
            propensity: pick.propensity,
        };
        Impression {
            slate: self.slate_id,
            mix: self.mix.into(),
            snapshot: self.snapshot.clone(),
            picks: self.picks.iter().map(shown).collect(),
            stands: self.stands,
            trial: self.trace.trial.clone().map(Box::new),
        }
    }
}

/// One place of a slate.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Pick {
    /// What stands there.
    #[serde(flatten)]
    pub what: Picked,
    /// What it was ranked by: the sum of the contributions of its reasons.
    pub score: f32,
    /// The main reasons in one sentence.
    pub why: String,
    /// All reasons, the weightiest first.
    pub reasons: Vec<Reason>,
    /// How likely the listener is to do something with it, where that was learnt; see [`crate::heads`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chances: Vec<Chance>,
    /// How probable it was that it came up at all; 1 where nothing was left to chance.
    pub propensity: f32,
}

/// How likely the listener is to do something with a pick.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Chance {
    /// What: `finish`, hear it out; `like`, like or keep it within a day; `return`, play it again within a week.
    pub action: String,
    /// *Range*: 0 to 1, calibrated on listeners whom the model had not seen.
    pub probability: f32,
}

/// What a pick is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Picked {
    /// A track.
    Track(PickedTrack),
    /// An artist.
    Artist(PickedArtist),
    /// A release.
    Release(PickedRelease),
    /// A playlist that its maker shares.
    Playlist(PickedPlaylist),
}

impl Picked {
    /// Its id.
    pub const fn target(&self) -> Target {
        match self {
            Self::Track(track) => Target::Track(track.id),
            Self::Artist(artist) => Target::Artist(artist.id),
            Self::Release(release) => Target::Release(release.id),
            Self::Playlist(playlist) => Target::Playlist(playlist.id),
        }
    }
}

/// A track with the names that people need.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PickedTrack {
    /// Its id.
    pub id: TrackId,
    /// Its title.
    pub title: String,
    /// The names of its artists, main artist first.
    pub artists: Vec<String>,
    /// The title of its release, where known.
    pub release: Option<String>,
    /// The ids of its artists.
    pub artist_ids: Vec<ArtistId>,
    /// The id of its release.
    pub release_id: Option<ReleaseId>,
    /// How long it is in milliseconds, where known.
    pub duration_ms: Option<u32>,
}

/// An artist with the names that people need.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PickedArtist {
    /// Its id.
    pub id: ArtistId,
    /// The name.
    pub name: String,
    /// What people call the music, strongest first, at most five.
    pub tags: Vec<String>,
    /// A track to begin with, where the catalogue has one.
    pub begin_with: Option<TrackId>,
}

/// A release with the names that people need.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PickedRelease {
    /// Its id.
    pub id: ReleaseId,
    /// Its title.
    pub title: String,
    /// The names of whom it is credited to, or whose its best track is.
    pub artists: Vec<String>,
    /// Their ids.
    pub artist_ids: Vec<ArtistId>,
    /// The year in which it came out, where known.
    pub year: Option<u16>,
    /// Tracks of it in the catalogue.
    pub track_count: usize,
    /// The track for which it is recommended most.
    pub begin_with: TrackId,
}

/// A shared playlist with what people need to know of it; it does not say who made it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PickedPlaylist {
    /// Its id.
    pub id: PlaylistId,
    /// Its title.
    pub title: String,
    /// The names of the artists with most tracks on it, at most three.
    pub artists: Vec<String>,
    /// Their ids.
    pub artist_ids: Vec<ArtistId>,
    /// Different tracks on it.
    pub track_count: usize,
    /// How much passion and care went into it. *Range*: 0.05 to 1.
    pub care: f32,
    /// The track for which it is recommended most.
    pub begin_with: TrackId,
}

/// One reason of a pick.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reason {
    /// In words.
    pub text: String,
    /// What it adds to the score; below zero where it speaks against.
    pub contribution: f32,
    /// The source, scorer or reranker it comes from.
    pub source: &'static str,
}

/// How a slate came about.
#[derive(Clone, Debug, PartialEq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Trace {
    /// What each source did.
    pub sources: Vec<SourceTrace>,
    /// Different targets that were proposed.
    pub candidate_count: usize,
    /// How many of them were dropped, by reason.
    pub dropped: Vec<DroppedTrace>,
    /// The experiment that the slate is part of, if it is part of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial: Option<Trial>,
}

/// What one source did.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SourceTrace {
    /// Which.
    pub name: &'static str,
    /// How many candidates it proposed.
    pub candidates: usize,
    /// How long it took.
    pub milliseconds: f32,
    /// Why it did not answer, if it did not.
    pub error: Option<String>,
    /// Why it had nothing to propose, where all that it looks into is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence: Option<&'static str>,
}

/// How many targets were dropped for one reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DroppedTrace {
    /// The reason.
    pub reason: crate::filter::DropReason,
    /// In words.
    pub words: &'static str,
    /// How many.
    pub count: usize,
}
