//! What somebody asks for.

use music::{Context, ListenerId, Prompt, Target, TrackId};
use recommend::{Answer, Mix, Sliders, Stage};

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// For whom.
    pub listener: ListenerId,
    /// The product.
    pub mix: &'static Mix,
    /// Tracks or artists.
    pub answer: Answer,
    /// What to start from.
    pub seeds: Vec<Target>,
    /// How many picks; none for the mix's own length.
    pub limit: Option<usize>,
    /// What is around the listener.
    pub context: Context,
    /// Whether to leave no trace: then no impression is logged.
    pub is_private: bool,
    /// What makes chance repeatable; none for a fresh draw.
    pub random_seed: Option<u64>,
    /// Who listens too: then it is one slate for all.
    pub with: Vec<ListenerId>,
    /// What is wished for beside the mix.
    pub sliders: Sliders,
    /// What the page shows elsewhere; it comes again only where nothing else is left.
    pub elsewhere: Vec<TrackId>,
    /// A stage to do without, to measure what it is worth.
    pub without: Option<Stage>,
    /// What would be answered had the listener just done this too, in this order; it is written nowhere.
    pub suppose: Vec<(Prompt, Context)>,
}

impl Ask {
    /// A mix for a listener, without anything special.
    pub fn plain(listener: ListenerId, mix: &'static Mix) -> Self {
        Self {
            listener,
            mix,
            answer: Answer::Tracks,
            seeds: Vec::new(),
            limit: None,
            context: Context::default(),
            is_private: false,
            random_seed: None,
            with: Vec::new(),
            elsewhere: Vec::new(),
            without: None,
            sliders: Sliders::default(),
            suppose: Vec::new(),
        }
    }
}
