//! Listeners of whom few items are known, or none: do segments of listeners help?
//!
//! # Protocol
//!
//! * All parts of the set are taken together. A listener whose id leaves 0 when divided by 5 is new and for judging, one
//!   whose id leaves 1 is new while choosing; the models see the others only.
//! * Ten items of each new listener are drawn; none, the first, three or all of them are known. All other items are
//!   ranked and the listener's others are to be found, so that all four questions are judged by the same items.
//! * Each metric is told for every number of known items, as `ndcg@10_known_1`, and under its plain name their mean.
//!
//! # Models
//!
//! | name | ranks by |
//! |---|---|
//! | `popularity` | how many listeners know an item |
//! | `fold_in` | the vector folded into iALS, which weighs what is known as is best while choosing; popularity where nothing is known |
//! | `mean_prior` | the vector folded in around the mean of all listeners, with the trust that is best while choosing |
//! | `segments` | how frequent an item is in the segments ([`crate::segments`]) that the listener probably belongs to |
//! | `segment_prior` | the vector folded in around the mixed mean vectors of these segments, with the trust that is best while choosing |

use std::collections::{BTreeMap, BTreeSet};

use rand::SeedableRng;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::cf::Split;
use super::dealt::{PARTS, Parts};
use super::outcome::{Outcome, Verdict, judge};
use super::{DataSet, EvalOptions, EvalReport, Meter};
use crate::error::LearnError;
use crate::factors::Factors;
use crate::ials::{Ials, IalsParams, ItemModel, Observation};
use crate::metrics::{Metric, bootstrap, bootstrap_difference};
use crate::progress::Progress;
use crate::segments::{Fitted, SegmentParams, Segments, Telling, fit, mixed, telling};
use crate::top_k::top_k;

/// What is reported; the first is what is chosen by.
const METRICS: [Metric; 4] = [Metric::Ndcg(10), Metric::Recall(10), Metric::Ndcg(20), Metric::Recall(20)];
/// How many items are known, in turn.
const KNOWN: [usize; 4] = [0, 1, 3, 10];
/// Items drawn of each listener.
const DRAWN: usize = 10;
/// What the weight of a known item and the trust in a prior are chosen among.
const STRENGTHS: [f32; 8] = [0.03, 0.06, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0];

/// Runs the task.
pub(super) fn task(
    data: &dyn DataSet,
    options: &EvalOptions,
    meter: &dyn Meter,
    progress: &mut dyn FnMut(Progress),
) -> Result<EvalReport, LearnError> {
    let started = meter.seconds();
    let mut step = |stage, done| progress(Progress { stage, done, total: 4 });
    step("reading who turned to what", 0);
    let parts = Parts::of(&Split::read(data)?)?;
    step("fitting factors and segments", 1);
    let world = World::of(&parts, options.seed)?;
    let fit_seconds = meter.seconds() - started;
    step("choosing strengths", 2);
    let (metric, metrics) = options.metrics(&METRICS);
    let (choosing, test) =
        (Newcomer::draw(&parts.choosing, options.seed), Newcomer::draw(&parts.test, options.seed));
    if choosing.is_empty() || test.is_empty() {
        return Err(LearnError::Empty { what: "the new listeners with more than ten items" });
    }
    let ways = world.choose(&choosing, metric)?;
    step("judging on test data", 3);
    let mut outcomes = Vec::new();
    for way in ways {
        let (validation, test) =
            (way.values(&world, &choosing, &metrics)?, way.values(&world, &test, &metrics)?);
        let params = way.params(&world);
        outcomes.push(Outcome { name: way.name(), params, test, validation, started, fit_seconds });
    }
    let values: Vec<Vec<Vec<f64>>> = outcomes.iter().map(|outcome| outcome.test.clone()).collect();
    let groups: Vec<u32> = (0..test.len() as u32).flat_map(|group| [group; KNOWN.len()]).collect();
    let verdict = Verdict {
        task: "newcomers",
        data,
        protocol: format!(
            "all parts together; of the {} listeners whose id leaves 0 when divided by {PARTS} nothing, one, three or ten \
             items are known that were drawn; all others are ranked and judged by; a plain name is the mean of the four; \
             everything chosen by {metric} on the listeners whose id leaves 1; test looked at once",
            test.len(),
        ),
        metrics: &metrics,
        choose_by: metric,
        groups: &groups,
        seed: options.seed,
    };
    let mut report = verdict.report(outcomes, meter)?;
    for (model, own) in report.models.iter_mut().zip(&values) {
        tell_apart(model, own, &values[0], &metrics, options.seed)?;
    }
    Ok(report)
}

/// Adds each metric for every number of known items, and by how much that is better than the first model.
fn tell_apart(
    report: &mut super::ModelReport,
    own: &[Vec<f64>],
    first: &[Vec<f64>],
    metrics: &[Metric],
    seed: u64,
) -> Result<(), LearnError> {
    let mut gains = BTreeMap::new();
    for (place, metric) in metrics.iter().enumerate() {
        for (nth, known) in KNOWN.iter().enumerate() {
            let of = |values: &[Vec<f64>]| -> Vec<f64> {
                values.iter().skip(nth).step_by(KNOWN.len()).map(|values| values[place]).collect()
            };
            let name = format!("{metric}_known_{known}");
            if let Some(gain) = bootstrap_difference(&of(own), &of(first), seed)? {
                gains.insert(name.clone(), [gain.mean, gain.low, gain.high]);
            }
            if let Some(interval) = bootstrap(&of(own), seed)? {
                report.metrics.insert(name.clone(), interval.mean);
                report.ci95.insert(name, [interval.low, interval.high]);
            }
        }
    }
    report.params["gain_over_popularity"] = json!(gains);
    Ok(())
}

/// Somebody new.
struct Newcomer {
    /// Drawn; the first few of them are known.
    drawn: [u32; DRAWN],
    /// What is to be found, in order.
    relevant: Vec<u32>,
}

impl Newcomer {
    /// Those who have something to be found besides what is drawn.
    fn draw(histories: &[Vec<u32>], seed: u64) -> Vec<Self> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let draw = |history: &Vec<u32>| {
            let mut items: Vec<u32> =
                history.iter().copied().collect::<BTreeSet<u32>>().into_iter().collect();
            items.shuffle(&mut random);
            let (drawn, relevant) = items.split_first_chunk_mut::<DRAWN>()?;
            relevant.sort_unstable();
            (!relevant.is_empty()).then(|| Self { drawn: *drawn, relevant: relevant.to_vec() })
        };
        histories.iter().filter_map(draw).collect()
    }
}

/// What the models have seen.
struct World {
    model: ItemModel,
    popularity: Vec<f32>,
    segments: Segments,
    /// *Shape*: `[segments, dim]`.
    means: Factors,
    /// The mean of all listeners.
    mean: Vec<f32>,
    tellings: Vec<Telling>,
}

impl World {
    fn of(parts: &Parts, seed: u64) -> Result<Self, LearnError> {
        let by_item = parts.known.transpose();
        let popularity = (0..by_item.row_count()).map(|item| by_item.row_len(item) as f32).collect();
        let Ials { rows, items: model } =
            Ials::fit(&parts.known, &IalsParams { seed, ..IalsParams::default() }, &mut |_| {})?;
        let say = vec![1.0; parts.known.row_count()];
        let params = SegmentParams { seed, ..SegmentParams::default() };
        let tellings = telling(&parts.known, &say, &rows, &params)?;
        let count = Telling::best(&tellings).unwrap_or(1);
        let Fitted { segments, memberships } =
            fit(&parts.known, &say, &rows, &SegmentParams { count, ..params })?;
        let means = crate::segments::means(&rows, &say, &memberships)?;
        let mean = mixed(&means, &segments.shares())?;
        Ok(Self { model, popularity, segments, means, mean, tellings })
    }

    /// The models, with what was chosen for each.
    fn choose(&self, newcomers: &[Newcomer], metric: Metric) -> Result<Vec<Way>, LearnError> {
        let mut ways = vec![Way::Popularity];
        let kinds: [&dyn Fn(f32) -> Way; 4] = [
            &|weight| Way::FoldIn { weight },
            &|trust| Way::MeanPrior { trust },
            &|_| Way::Segments,
            &|trust| Way::Prior { trust },
        ];
        for kind in kinds {
            let mut best: Option<(f64, Way)> = None;
            for strength in STRENGTHS {
                let way = kind(strength);
                let reached: f64 =
                    way.values(self, newcomers, &[metric])?.iter().map(|values| values[0]).sum();
                if best.as_ref().is_none_or(|(other, _)| reached > *other) {
                    best = Some((reached, way));
                }
            }
            ways.extend(best.map(|(_, way)| way));
        }
        Ok(ways)
    }
}

/// A model.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Popularity,
    FoldIn { weight: f32 },
    MeanPrior { trust: f32 },
    Segments,
    Prior { trust: f32 },
}

impl Way {
    const fn name(self) -> &'static str {
        match self {
            Self::Popularity => "popularity",
            Self::FoldIn { .. } => "fold_in",
            Self::MeanPrior { .. } => "mean_prior",
            Self::Segments => "segments",
            Self::Prior { .. } => "segment_prior",
        }
    }

    fn params(self, world: &World) -> Value {
        let segments = || {
            let tellings: Vec<(usize, f64)> =
                world.tellings.iter().map(|one| (one.count, one.gain)).collect();
            json!({
                "segments": world.segments.count(),
                "listeners": world.segments.listener_counts(),
                "gain_of_counts_in_nats": tellings,
            })
        };
        match self {
            Self::Popularity => json!({}),
            Self::FoldIn { weight } => json!({ "weight": weight }),
            Self::MeanPrior { trust } => json!({ "trust": trust }),
            Self::Segments => segments(),
            Self::Prior { trust } => {
                let mut params = segments();
                params["trust"] = json!(trust);
                params
            }
        }
    }

    /// One value per listener and number of known items for each metric.
    fn values(
        self,
        world: &World,
        newcomers: &[Newcomer],
        metrics: &[Metric],
    ) -> Result<Vec<Vec<f64>>, LearnError> {
        let depth = metrics.iter().map(|metric| metric.depth(world.popularity.len())).max().unwrap_or(0);
        let answers = |newcomer: &Newcomer| {
            KNOWN.map(|known| -> Result<(Vec<u32>, Vec<u32>), LearnError> {
                let scores = self.scores(world, &newcomer.drawn[..known])?;
                let best = top_k(&scores, depth, |item| !newcomer.drawn.contains(&item));
                Ok((best.into_iter().map(|(item, _)| item).collect(), newcomer.relevant.clone()))
            })
        };
        let answers: Vec<_> = newcomers.par_iter().flat_map_iter(answers).collect::<Result<_, _>>()?;
        judge(&answers, metrics)
    }

    fn scores(self, world: &World, known: &[u32]) -> Result<Vec<f32>, LearnError> {
        let mut scores = vec![0.0; world.popularity.len()];
        let observed = |weight: f32| -> Vec<Observation> {
            known.iter().map(|&item| Observation { item, weight, target: 1.0 }).collect()
        };
        let facts: Vec<(u32, f32)> = known.iter().map(|&item| (item, 1.0)).collect();
        let odds = world.segments.posterior(&facts).probabilities();
        match self {
            Self::FoldIn { weight } if !known.is_empty() => {
                world.model.scores(&world.model.fold_in(&observed(weight)), &mut scores);
            }
            Self::Popularity | Self::FoldIn { .. } => scores.clone_from(&world.popularity),
            Self::Segments => {
                for (item, score) in scores.iter_mut().enumerate() {
                    let lift = |(segment, odds): (usize, &f32)| {
                        odds * world.segments.table().ln_lift(segment, item as u32).exp()
                    };
                    *score = world.popularity[item] * odds.iter().enumerate().map(lift).sum::<f32>();
                }
            }
            Self::MeanPrior { trust } => {
                let vector = world.model.fold_in_around(&world.mean, trust, &observed(1.0))?;
                world.model.scores(&vector, &mut scores);
            }
            Self::Prior { trust } => {
                let prior = mixed(&world.means, &odds)?;
                let vector = world.model.fold_in_around(&prior, trust, &observed(1.0))?;
                world.model.scores(&vector, &mut scores);
            }
        }
        Ok(scores)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::eval::{MemoryDataSet, NoMeter};

    fn mixed_up(number: u32) -> u32 {
        number.wrapping_mul(2_654_435_761) >> 16
    }

    /// Four camps with forty items each, of which everybody has a half, and the first of which is the largest.
    fn data() -> MemoryDataSet {
        let (mut train, mut test) = (String::new(), String::new());
        for listener in 0..600_u32 {
            let camp = [0, 0, 1, 2, 3][(mixed_up(listener) % 5) as usize];
            for (text, part) in [(&mut train, 0), (&mut test, 1)] {
                write!(text, "{listener}").unwrap();
                (0..40_u32)
                    .filter(|item| mixed_up(item * 1_000 + listener) % 4 == part)
                    .for_each(|item| write!(text, " {}", camp * 40 + item).unwrap());
                writeln!(text).unwrap();
            }
        }
        MemoryDataSet::new("camps").with("train.txt", train).with("test.txt", test)
    }

    #[test]
    fn one_known_item_tells_the_camp_and_none_tells_nothing() {
        let report = task(&data(), &EvalOptions::default(), &NoMeter, &mut |_| {}).unwrap();
        let ndcg =
            |name: &str, known: usize| report.model(name).unwrap().metrics[&format!("ndcg@10_known_{known}")];
        for name in ["segments", "segment_prior"] {
            assert!(ndcg(name, 1) > ndcg("popularity", 1) + 0.1, "{name}: {report:?}");
            assert!(ndcg(name, 3) >= ndcg(name, 1) - 0.05, "{name}: {report:?}");
            let params = &report.model(name).unwrap().params;
            assert!(params["segments"].as_u64().unwrap() >= 4);
            assert!(params["gain_over_popularity"]["ndcg@10_known_1"][1].as_f64().unwrap() > 0.05);
        }
        assert!((ndcg("segments", 0) - ndcg("popularity", 0)).abs() < 0.05);
        assert_eq!(ndcg("fold_in", 0), ndcg("popularity", 0));
    }

    #[test]
    fn a_set_without_new_listeners_is_refused() {
        let few = MemoryDataSet::new("few").with("train.txt", "2 1 2\n3 1\n").with("test.txt", "2 3\n");
        let outcome = task(&few, &EvalOptions::default(), &NoMeter, &mut |_| {});
        assert!(matches!(outcome, Err(LearnError::Empty { .. })));
    }
}
