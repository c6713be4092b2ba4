//! One face for all recommenders: they are told what was done, learn now and then, and make offers.

use std::path::Path;
use std::sync::Arc;

use music::{SlateId, TrackId, UnixMillis};

use super::oracle::oracle;
use super::ranked::{Ranked, Ranking};
use super::served::Served;
use super::{ExperimentError, Plan, Policy};
use crate::behaviour::{Lives, SimEvent, Visit};
use crate::world::World;

/// A slate in the world's own ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    /// Its name in the recommender's own log.
    pub(super) slate: Option<SlateId>,
    /// Best place first.
    pub(super) tracks: Vec<TrackId>,
}

/// Whoever recommends.
pub(super) enum Recommender {
    Oracle { slate_length: usize },
    Served(Box<Served>),
    Ranked(Box<Ranked>),
    Nobody,
}

impl Recommender {
    pub(super) async fn start(
        policy: Policy,
        world: &Arc<World>,
        plan: &Plan,
        directory: &Path,
        now: UnixMillis,
    ) -> Result<Self, ExperimentError> {
        let ranked = |ranking| Self::Ranked(Box::new(Ranked::new(ranking, world, plan)));
        Ok(match policy {
            Policy::Oracle => Self::Oracle { slate_length: plan.slate_length },
            Policy::Engine | Policy::Without(_) | Policy::WithoutSkips => {
                Self::Served(Box::new(Served::start(world, (plan, policy), directory, now).await?))
            }
            Policy::Ials => ranked(Ranking::Ials),
            Policy::ItemKnn => ranked(Ranking::ItemKnn),
            Policy::Popularity => ranked(Ranking::Popularity),
            Policy::Random => ranked(Ranking::Random),
            Policy::Organic => Self::Nobody,
        })
    }

    /// Is told what was done, in the order of time.
    pub(super) async fn take_in(&mut self, events: &[SimEvent]) -> Result<(), ExperimentError> {
        match self {
            Self::Served(served) => served.take_in(events).await?,
            Self::Ranked(ranked) => events.iter().for_each(|sim| ranked.take_in(&sim.event)),
            Self::Oracle { .. } | Self::Nobody => {}
        }
        Ok(())
    }

    /// Learns from everything it was told.
    pub(super) async fn learn(&mut self, now: UnixMillis) -> Result<(), ExperimentError> {
        match self {
            Self::Served(served) => served.learn(now).await?,
            Self::Ranked(ranked) => ranked.learn(now)?,
            Self::Oracle { .. } | Self::Nobody => {}
        }
        Ok(())
    }

    /// A slate for each visit; none where nobody recommends.
    pub(super) async fn offers(
        &mut self,
        world: &World,
        lives: &Lives<'_>,
        visits: &[Visit],
        now: UnixMillis,
    ) -> Result<Vec<Option<Offer>>, ExperimentError> {
        let plain = |tracks| Some(Offer { slate: None, tracks });
        Ok(match self {
            Self::Oracle { slate_length } => {
                visits.iter().map(|visit| plain(oracle(world, lives, visit, *slate_length))).collect()
            }
            Self::Ranked(ranked) => visits
                .iter()
                .map(|visit| plain(ranked.slate(world, visit.listener, lives.disliked(visit.listener), now)))
                .collect(),
            Self::Served(served) => served.offers(visits, now).await?,
            Self::Nobody => visits.iter().map(|_| None).collect(),
        })
    }

    /// Closes what is open.
    pub(super) async fn stop(self) -> Result<(), ExperimentError> {
        if let Self::Served(served) = self {
            served.stop().await?;
        }
        Ok(())
    }
}
