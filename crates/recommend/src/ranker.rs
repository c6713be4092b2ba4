//! What candidates are ranked by: weights for all columns, and trees over all features where they have proved better.
//!
//! Both are [`RankingModel`]s over a row of [`Features`], and so is their sum.
//! The score of a row is the sum of its contributions, one per feature, exactly: the weights' are weight times value,
//! the trees' are what each decision on the row's path changes.
//! Where the mix asks for it, the [`heads`](crate::heads) add what becomes of a track once it comes up.
//! The trees say what the weights get wrong, and are fitted on top of them; so their sum stays in log-odds, a mix can
//! tilt the weights as before, and without trees everything works.
//!
//! *Source* of the attribution along paths: Palczewska and others (2013), "Interpreting random forest models using a
//! feature contribution method". It adds up for each row; unlike Lundberg and others (2020), "From local explanations
//! to global understanding with explainable AI for trees", it is that of the one order in which the tree asked.

use std::sync::Arc;

use learn::LearnError;
use learn::blocks::Blocks;
use learn::boost::{Boosted, Node, RankingModel, Tree};

use crate::column::Column;
use crate::combination::Combination;
use crate::feature::Features;
use crate::query::Query;
use crate::snapshot::Snapshot;
use crate::stage::Stage;

/// Trees over features.
#[derive(Clone, Debug, PartialEq)]
pub struct Trees {
    model: Boosted,
    /// What every row gets whatever it is; taken off, so that contributions add up to the score.
    constant: f32,
}

impl Trees {
    /// Trees that were fitted to rows of [`Features`].
    ///
    /// # Panics
    /// When they were fitted to rows of another width.
    pub fn new(model: Boosted) -> Self {
        assert_eq!(model.feature_count(), Features::width(), "trees are fitted to rows of features");
        let root = |tree: &Tree| tree.nodes.first().map_or_else(|| tree.leaves[0], |node| node.mean);
        let constant = model.start() + model.trees().iter().map(root).sum::<f32>();
        Self { model, constant }
    }

    /// Trees whose nodes name features by their place in `names`; none where one of these features is no more, for
    /// such trees would decide on nothing.
    ///
    /// # Errors
    /// When a number is not finite, or a node names a feature, node or leaf that does not exist.
    pub fn from_named(names: &[String], trees: Vec<Tree>) -> Result<Option<Self>, LearnError> {
        let checked = Boosted::from_parts(names.len(), 0.0, trees)?;
        let place = |name: &String| Features::names().position(|known| known == name);
        let places: Vec<Option<usize>> = names.iter().map(place).collect();
        let translate = |tree: &Tree| {
            let node = |node: &Node| Some(Node { feature: places[node.feature as usize]? as u32, ..*node });
            let nodes = tree.nodes.iter().map(node).collect::<Option<Vec<_>>>()?;
            Some(Tree { nodes, leaves: tree.leaves.clone() })
        };
        let Some(trees) = checked.trees().iter().map(translate).collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        Ok(Some(Self::new(Boosted::from_parts(Features::width(), 0.0, trees)?)))
    }

    /// The names of the features, and the trees, as [`from_named`](Self::from_named) takes them.
    pub fn to_named(&self) -> (Vec<String>, Vec<Tree>) {
        (Features::names().map(str::to_owned).collect(), self.model.trees().to_vec())
    }

    /// What every row gets whatever it is, and the score leaves out.
    pub const fn constant(&self) -> f32 {
        self.constant
    }

    /// The scores of many rows, as [`score`](RankingModel::score) gives them one by one.
    pub(crate) fn scores(&self, rows: &Blocks) -> Vec<f32> {
        let mut scores = self.model.scores(rows);
        scores.iter_mut().for_each(|score| *score -= self.constant);
        scores
    }

    /// How many trees.
    pub fn tree_count(&self) -> usize {
        self.model.trees().len()
    }
}

impl RankingModel for Trees {
    fn feature_count(&self) -> usize {
        self.model.feature_count()
    }

    fn score(&self, features: &[f32]) -> f32 {
        self.model.score(features) - self.constant
    }

    fn contributions(&self, features: &[f32]) -> Vec<f32> {
        self.model.contributions(features)
    }
}

impl RankingModel for Combination {
    fn feature_count(&self) -> usize {
        Column::count()
    }

    fn score(&self, features: &[f32]) -> f32 {
        self.weights().iter().zip(features).map(|(weight, value)| weight * value).sum()
    }

    fn contributions(&self, features: &[f32]) -> Vec<f32> {
        let of_column = |column: Column| self.weight(column) * features[column.index()];
        Column::all().map(of_column).chain(features[Column::count()..].iter().map(|_| 0.0)).collect()
    }
}

/// The ranker of one request.
#[derive(Clone, Debug)]
pub struct Ranker {
    weights: Combination,
    trees: Option<Arc<Trees>>,
    /// What the trees' score counts; the weights are scaled already.
    choice: f32,
    /// Heads with what the mix makes of their log-odds.
    heads: Vec<(Arc<Trees>, f32)>,
}

impl Ranker {
    /// The weights alone, or with trees on top.
    pub fn new(weights: Combination, trees: Option<Arc<Trees>>) -> Self {
        Self { weights, trees, choice: 1.0, heads: Vec::new() }
    }

    /// What was learnt for the aim of the mix, with the weights tilted as the mix asks for.
    ///
    /// The trees were taught on tracks, and rank nothing else.
    pub fn of(query: &Query, snapshot: &Snapshot) -> Self {
        let mix = query.request.mix;
        let ranking = snapshot.models.ranking(mix.aim);
        let is_tracks = query.request.answer == crate::query::Answer::Tracks;
        let trees = ranking.trees.clone().filter(|_| is_tracks && query.has(Stage::Trees));
        let mut trusted = 0.0_f32;
        let head = |&(action, weight): &(&str, f32)| {
            let head = snapshot.models.head(action)?;
            let trust = head.quality.trust();
            trusted = trusted.max(trust);
            Some((Arc::clone(&head.trees), weight * trust))
        };
        let heads: Vec<_> =
            mix.heads.iter().filter(|_| is_tracks && query.has(Stage::Heads)).filter_map(head).collect();
        let choice = 1.0 - (1.0 - mix.choice) * trusted;
        let weights = ranking.combination.clone().tilted(mix.tilts).scaled(choice);
        Self { heads, choice, ..Self::new(weights, trees) }
    }

    /// The scores of all rows, as [`score`](RankingModel::score) gives them one by one.
    pub fn scores(&self, features: &Features) -> Vec<f32> {
        let trees = self.trees.iter().map(|trees| (trees, self.choice));
        let models: Vec<(&Arc<Trees>, f32)> =
            trees.chain(self.heads.iter().map(|(head, weight)| (head, *weight))).collect();
        let mut scores: Vec<f32> = features.rows().map(|row| self.weights.score(row)).collect();
        if !models.is_empty() {
            let blocks = features.blocks();
            for (model, weight) in models {
                let more = model.scores(&blocks);
                scores.iter_mut().zip(more).for_each(|(score, more)| *score += weight * more);
            }
        }
        scores
    }
}

impl RankingModel for Ranker {
    fn feature_count(&self) -> usize {
        Features::width()
    }

    fn score(&self, features: &[f32]) -> f32 {
        let weights = self.weights.score(features);
        let with_trees =
            self.trees.iter().fold(weights, |sum, trees| sum + self.choice * trees.score(features));
        self.heads.iter().fold(with_trees, |sum, (head, weight)| sum + weight * head.score(features))
    }

    fn contributions(&self, features: &[f32]) -> Vec<f32> {
        let mut parts = self.weights.contributions(features);
        if let Some(trees) = &self.trees {
            let more = trees.contributions(features);
            parts.iter_mut().zip(more).for_each(|(part, more)| *part += self.choice * more);
        }
        for (head, weight) in &self.heads {
            let more = head.contributions(features);
            parts.iter_mut().zip(more).for_each(|(part, more)| *part += weight * more);
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::stump;

    #[test]
    fn contributions_add_up_to_the_score() {
        let trees = Trees::new(
            Boosted::from_parts(Features::width(), 0.3, vec![stump("known"), stump("source_count")]).unwrap(),
        );
        let ranker = Ranker::new(Combination::default(), Some(Arc::new(trees)));
        for seed in 0..20 {
            let value = |place: usize| ((place * 7 + seed * 13) % 11) as f32 / 5.0 - 1.0;
            let features: Vec<f32> = (0..Features::width()).map(value).collect();
            let sum: f32 = ranker.contributions(&features).iter().sum();
            assert!((sum - ranker.score(&features)).abs() < 1e-4, "{sum}");
        }
    }

    #[test]
    fn heads_count_as_the_mix_asks_and_add_up_too() {
        let trees = |name| {
            Arc::new(Trees::new(Boosted::from_parts(Features::width(), 0.0, vec![stump(name)]).unwrap()))
        };
        let weights = Combination::default();
        let plain = Ranker::new(weights.clone(), Some(trees("known")));
        let ranker = Ranker {
            choice: 0.5,
            heads: vec![(trees("in_ear"), 3.0)],
            ..Ranker::new(weights.scaled(0.5), Some(trees("known")))
        };
        let rejection = Column::named("rejection").unwrap().index();
        for seed in 0..20 {
            let value = |place: usize| ((place * 5 + seed * 17) % 13) as f32 / 6.0 - 1.0;
            let mut features: Vec<f32> = (0..Features::width()).map(value).collect();
            let sum: f32 = ranker.contributions(&features).iter().sum();
            assert!((sum - ranker.score(&features)).abs() < 1e-4, "{sum}");
            features[rejection] = 0.0;
            let expected = 0.5 * plain.score(&features) + 3.0 * trees("in_ear").score(&features);
            assert!((ranker.score(&features) - expected).abs() < 1e-4);
        }
    }

    #[test]
    fn trees_survive_a_change_of_columns_and_go_when_theirs_is_gone() {
        let trees =
            Trees::new(Boosted::from_parts(Features::width(), 0.0, vec![stump("source_count")]).unwrap());
        let (mut names, parts) = trees.to_named();
        assert_eq!(Trees::from_named(&names, parts.clone()).unwrap().unwrap(), trees);
        // Two features that are no more stood in front of all others.
        names.splice(0..0, ["a_source_of_the_past".to_owned(), "another".to_owned()]);
        let moved = |tree: &Tree| Tree {
            nodes: tree.nodes.iter().map(|node| Node { feature: node.feature + 2, ..*node }).collect(),
            leaves: tree.leaves.clone(),
        };
        let moved: Vec<Tree> = parts.iter().map(moved).collect();
        assert_eq!(Trees::from_named(&names, moved.clone()).unwrap().unwrap(), trees);
        let place = moved[0].nodes[0].feature as usize;
        names[place] = "a_fact_of_the_past".to_owned();
        assert_eq!(Trees::from_named(&names, moved).unwrap(), None);
        assert!(Trees::from_named(&names[..1], parts).is_err(), "a node names no feature");
    }
}
