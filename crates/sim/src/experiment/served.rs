//! Segue itself as a recommender: events go into its store, training publishes a snapshot, its service answers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use engine::train::{TrainOptions, train};
use engine::{Ask, Engine, EngineError, ManualClock, ServeOptions, Service, SnapshotDirectory, StoreOptions};
use music::{Event, Id as _, Target, UnixMillis};
use recommend::{Mix, Slate};

use super::policy::Policy;
use super::recommender::Offer;
use super::{ExperimentError, Plan};
use crate::behaviour::{SimEvent, Visit};
use crate::chance::{Purpose, scramble};
use crate::populate::Populated;
use crate::world::World;

/// The mix that is asked for.
const MIX: &str = "home";

/// An engine with its service.
pub(super) struct Served {
    clock: Arc<ManualClock>,
    populated: Populated,
    service: Arc<Service>,
    snapshots: SnapshotDirectory,
    mix: &'static Mix,
    slate_length: usize,
    policy: Policy,
    seed: u64,
}

impl Served {
    pub(super) async fn start(
        world: &Arc<World>,
        (plan, policy): (&Plan, Policy),
        directory: &Path,
        now: UnixMillis,
    ) -> Result<Self, ExperimentError> {
        let clock = Arc::new(ManualClock::new(now));
        let shared: Arc<dyn engine::Clock> = Arc::<ManualClock>::clone(&clock);
        let engine = Engine::open(directory, StoreOptions::default(), shared).await?;
        let populated = Populated::settle(&engine, Arc::clone(world), &mut |_| ()).await?;
        let snapshots = SnapshotDirectory::of(directory);
        // A busy machine must not change what comes out.
        let options = ServeOptions { source_deadline: Duration::from_secs(60), ..ServeOptions::default() };
        let service = Arc::new(Service::start(engine, snapshots.clone(), &options).await?);
        Ok(Self {
            clock,
            populated,
            service,
            snapshots,
            mix: Mix::named(MIX).expect("home is one of the mixes"),
            slate_length: plan.slate_length,
            policy,
            seed: world.seed(),
        })
    }

    pub(super) async fn take_in(&mut self, events: &[SimEvent]) -> Result<(), EngineError> {
        let Some(last) = events.last() else { return Ok(()) };
        if last.event.at > engine::Clock::now(&*self.clock) {
            self.clock.set(last.event.at);
        }
        let events: Vec<Event> = events.iter().map(|sim| sim.event.clone()).collect();
        self.populated.write(self.service.engine(), &events).await
    }

    pub(super) async fn learn(&mut self, now: UnixMillis) -> Result<(), EngineError> {
        self.clock.set(now);
        let learns_skips = self.policy != Policy::WithoutSkips;
        let options = TrainOptions { seed: self.seed, learns_skips, ..TrainOptions::default() };
        match train(self.service.engine(), &self.snapshots, &options, &mut |_| ()).await {
            // A world without a history is served from what needs no learning.
            Ok(_) | Err(EngineError::NothingToLearn) => {}
            Err(error) => return Err(error),
        }
        self.service.refresh().await?;
        Ok(())
    }

    /// All visits of one step are answered side by side.
    pub(super) async fn offers(
        &mut self,
        visits: &[Visit],
        now: UnixMillis,
    ) -> Result<Vec<Option<Offer>>, EngineError> {
        self.clock.set(now);
        let mut asked = Vec::with_capacity(visits.len());
        for visit in visits {
            let draw =
                scramble(self.seed, Purpose::Experiment, [visit.listener.row() as u64, now.get() as u64]);
            let ask = Ask {
                limit: Some(self.slate_length),
                context: visit.context(),
                random_seed: Some(draw),
                without: match self.policy {
                    Policy::Without(stage) => Some(stage),
                    _ => None,
                },
                ..Ask::plain(self.populated.listener(visit.listener), self.mix)
            };
            let service = Arc::clone(&self.service);
            asked.push(tokio::spawn(async move { service.recommend(ask).await }));
        }
        let mut offers = Vec::with_capacity(asked.len());
        for answer in asked {
            let slate = answer.await.map_err(|_| EngineError::Broke { what: "making a slate" })??;
            offers.push(Some(self.offer(&slate)));
        }
        Ok(offers)
    }

    fn offer(&self, slate: &Slate) -> Offer {
        let own = |target| match target {
            Target::Track(track) => self.populated.own_track(track),
            _ => None,
        };
        let tracks = slate.picks.iter().filter_map(|pick| own(pick.what.target())).collect();
        Offer { slate: Some(slate.slate_id), tracks }
    }

    pub(super) async fn stop(self) -> Result<(), EngineError> {
        self.service.engine().clone().close().await
    }
}
