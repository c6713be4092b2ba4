//! What was learnt, as a request reads it. How it is learnt and stored is the business of `engine`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use learn::calibration::Isotonic;
use learn::ials::ItemModel;
use learn::popularity::Popularity;
use learn::reception::Reception;
use learn::{Neighbours, Sparse};
use music::{ArtistId, TrackId};
use serde::{Deserialize, Serialize};

use crate::attributes::TrackAttributes;
use crate::combination::Combination;
use crate::heads::Head;
use crate::query::Aim;
use crate::ranker::Trees;
use crate::segments::ListenerSegments;
use crate::skip_meaning::SkipMeaning;

/// Everything that was learnt from the log; parts that could not be learnt yet are absent.
///
/// Rows and items are track or artist ids; a model may end before the catalogue does.
#[derive(Clone, Debug, Default)]
pub struct Models {
    /// Tracks as vectors, from listeners and playlists.
    pub track_factors: Option<ItemModel>,
    /// Artists as vectors, from listeners and playlists.
    pub artist_factors: Option<ItemModel>,
    /// Tracks that the same people listen to.
    pub track_neighbours: Option<Neighbours>,
    /// Tracks that stand on the same playlists, playlists made with care counting more.
    pub playlist_neighbours: Option<Neighbours>,
    /// Tracks that are heard in the same sessions, the later one after the earlier.
    pub session_neighbours: Option<Neighbours>,
    /// Tracks that are put on within two steps after another.
    pub followers: Option<Neighbours>,
    /// Who likes what: what listeners are compared by. *Shape*: `[listeners, tracks]`, above 0.
    pub crowd: Option<Sparse>,
    /// Tracks that are alike in all that is known of them: listeners, artist, playlists and sound in one vector.
    pub view_neighbours: Option<Neighbours>,
    /// Songs of other artists whose words are alike.
    pub lyrics_neighbours: Option<Neighbours>,
    /// Tracks of other artists and releases whose covers look alike.
    pub art_neighbours: Option<Neighbours>,
    /// Which tags tracks probably have.
    pub track_attributes: Option<TrackAttributes>,
    /// Artists that the same people listen to.
    pub artist_neighbours: Option<Neighbours>,
    /// How much each track is played, and how that changes.
    pub track_popularity: Option<Popularity>,
    /// How much each artist is played.
    pub artist_popularity: Option<Popularity>,
    /// How tracks and artists go down when they come up.
    pub reception: Option<Reception>,
    /// What listeners do with tracks that come up; empty where too little is known of it.
    pub heads: Vec<Head>,
    /// What skips mean; none where the table of [`taste::signal`] tells as well.
    pub skip_meaning: Option<Arc<SkipMeaning>>,
    /// What to ask newcomers.
    pub questions: Questions,
    /// Kinds of listeners; none where no kinds can be told apart.
    pub segments: Option<ListenerSegments>,
    /// What scores mean and how columns add up, by aim.
    pub ranking: BTreeMap<Aim, Ranking>,
}

/// What to ask somebody of whom nothing is known, the most telling first; ids may lie beyond the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Questions {
    /// Artists of which every kind of listener knows some.
    pub artists: Vec<ArtistId>,
    /// The same with tracks.
    pub tracks: Vec<TrackId>,
}

impl Models {
    /// The head for an action, if it was learnt.
    pub fn head(&self, action: &str) -> Option<&Head> {
        self.heads.iter().find(|head| head.action == action)
    }

    /// What was measured for `aim`, or what is assumed as long as nothing was.
    pub fn ranking(&self, aim: Aim) -> Cow<'_, Ranking> {
        self.ranking.get(&aim).map_or_else(|| Cow::Owned(Ranking::default()), Cow::Borrowed)
    }
}

/// What was measured about sources and columns, for one aim.
#[derive(Clone, Debug)]
pub struct Ranking {
    /// The probability that a candidate is enjoyed, whoever proposed it.
    pub base_rate: f32,
    /// What each source's raw score means, by source name.
    pub sources: BTreeMap<String, SourceCalibration>,
    /// How the columns add up.
    pub combination: Combination,
    /// What corrects the sum, where it has proved better on listeners who had not been seen.
    pub trees: Option<Arc<Trees>>,
    /// How the ways to rank compared, where there were enough listeners to tell.
    pub contest: Option<Contest>,
}

/// How good ways to rank were for listeners whom none of them had seen.
///
/// Each figure is the mean NDCG@10 of tracks over these listeners.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contest {
    /// Listeners on whom it was decided.
    pub listener_count: usize,
    /// The weights alone.
    pub weights: f64,
    /// The weights with trees on top.
    pub trees: f64,
    /// By how much the trees are better, less one standard error; the trees rank where this is above 0.
    pub surely_better_by: f64,
    /// The best source alone.
    pub best_source: String,
    /// What it reaches.
    pub source: f64,
}

impl Contest {
    /// Whether the trees have won.
    pub fn is_won_by_trees(&self) -> bool {
        self.surely_better_by > 0.0
    }

    /// What the ranker in use reaches.
    pub fn ranker(&self) -> f64 {
        if self.is_won_by_trees() { self.trees } else { self.weights }
    }
}

impl Default for Ranking {
    /// Nothing was measured yet: one candidate in fifty is enjoyed, as in the simulated world.
    fn default() -> Self {
        Self {
            base_rate: 0.02,
            sources: BTreeMap::new(),
            combination: Combination::default(),
            trees: None,
            contest: None,
        }
    }
}

/// What the raw score of one source means, measured on plays that the models had not seen.
#[derive(Clone, Debug)]
pub struct SourceCalibration {
    /// From raw score to the probability that the listener enjoys the track.
    pub curve: Isotonic,
    /// How many proposals it was measured on.
    pub proposal_count: u32,
    /// How many of them were enjoyed.
    pub enjoyed_count: u32,
}
