//! Genre, mood and use of an item as probabilities, also where nobody has tagged it.
//!
//! One logistic model per attribute reads the merged vector of an item and its flags; a rising curve, fitted to what the
//! models say of items that they were not fitted to, makes probabilities of it.
//! How far those can be believed is measured on further items and kept with the model ([`AttributeQuality`]).
//! An item without any tag is no counter-example: nobody may have looked at it.
//!
//! *Sources*: Zadrozny, Elkan (2002), "Transforming Classifier Scores into Accurate Multiclass Probability Estimates"
//! (isotonic calibration); Naeini, Cooper, Hauskrecht (2015), "Obtaining Well Calibrated Probabilities Using Bayesian
//! Binning" (the calibration error).

use rayon::prelude::*;

use crate::calibration::{Isotonic, Logistic, LogisticParams};
use crate::error::{LearnError, check_length, check_positive};
use crate::metrics::auc;
use crate::representation::Representation;
use crate::sparse::Sparse;

/// What is chosen before fitting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttributeParams {
    /// Items that must have an attribute for it to be learnt.
    pub item_count_min: usize,
    /// The penalty on the weights, in items.
    pub penalty: f32,
}

impl Default for AttributeParams {
    /// Judgements, not tuned.
    fn default() -> Self {
        Self { item_count_min: 20, penalty: 1.0 }
    }
}

/// How far the probabilities of an attribute can be believed, measured on items that nothing was fitted to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttributeQuality {
    /// How well items with the attribute are told from those without. *Range*: 0 to 1, 0.5 by chance; none where the items
    /// that it was measured on are all of one kind.
    pub auc: Option<f64>,
    /// The mean distance between what was promised and what came, over ten bins. *Range*: 0 to 1.
    pub calibration_error: f64,
    /// Tagged items that have the attribute.
    pub item_count: usize,
}

/// Everything that was learnt about attributes.
#[derive(Clone, Debug)]
pub struct Attributes {
    heads: Vec<Option<Head>>,
}

#[derive(Clone, Debug)]
struct Head {
    model: Logistic,
    curve: Isotonic,
    quality: AttributeQuality,
}

/// Parts that items are cut into: each is scored by a model that was fitted to the others.
const FOLDS: usize = 3;
const BINS: usize = 10;

impl Attributes {
    /// Learns every attribute that enough items have.
    ///
    /// *Shape*: `tags` is `[items, attributes]`; an entry above 0 says that an item has an attribute.
    ///
    /// *Complexity*: four logistic fits per attribute over all tagged items.
    ///
    /// # Errors
    /// When the shapes do not fit, or the penalty is out of its range.
    pub fn fit(
        representation: &Representation,
        tags: &Sparse,
        params: &AttributeParams,
    ) -> Result<Self, LearnError> {
        check_length("items with tags", representation.vectors().row_count(), tags.row_count())?;
        check_positive("penalty", f64::from(params.penalty))?;
        let has_tag = |item: usize| tags.row(item).1.iter().any(|&value| value > 0.0);
        let items: Vec<usize> =
            (0..tags.row_count()).filter(|&item| has_tag(item) && representation.has_any(item)).collect();
        let width = representation.feature_count();
        let mut features = Vec::with_capacity(items.len() * width);
        items.iter().for_each(|&item| representation.write_features(item, &mut features));
        let sample = Sample { features, width };
        let fit = |attribute: usize| {
            let has = |&item: &usize| {
                let (columns, values) = tags.row(item);
                columns.binary_search(&(attribute as u32)).is_ok_and(|place| values[place] > 0.0)
            };
            let labels: Vec<f32> = items.iter().map(|item| f32::from(u8::from(has(item)))).collect();
            let count = labels.iter().filter(|&&label| label > 0.0).count();
            if count < params.item_count_min.max(1) || count == labels.len() {
                return Ok(None);
            }
            sample.head(&labels, count, params.penalty).map(Some)
        };
        let heads = (0..tags.column_count()).into_par_iter().map(fit).collect::<Result<_, LearnError>>()?;
        Ok(Self { heads })
    }

    /// The probability that an item has an attribute; none where the attribute was not learnt or nothing is known about the
    /// item.
    ///
    /// *Range*: 0 to 1.
    pub fn probability(&self, representation: &Representation, item: usize, attribute: usize) -> Option<f32> {
        let head = self.heads.get(attribute)?.as_ref()?;
        if !representation.has_any(item) {
            return None;
        }
        let mut features = Vec::with_capacity(representation.feature_count());
        representation.write_features(item, &mut features);
        Some(head.curve.apply(head.model.log_odds(&features)))
    }

    /// The same of all items, in order, 0 for those that nothing is known about; none where the attribute was not learnt.
    pub fn probabilities(&self, representation: &Representation, attribute: usize) -> Option<Vec<f32>> {
        let head = self.heads.get(attribute)?.as_ref()?;
        let mut features = Vec::with_capacity(representation.feature_count());
        let mut probability = |item: usize| {
            if !representation.has_any(item) {
                return 0.0;
            }
            features.clear();
            representation.write_features(item, &mut features);
            head.curve.apply(head.model.log_odds(&features))
        };
        Some((0..representation.vectors().row_count()).map(&mut probability).collect())
    }

    /// How far an attribute can be believed; none where it was not learnt.
    pub fn quality(&self, attribute: usize) -> Option<AttributeQuality> {
        self.heads.get(attribute)?.as_ref().map(|head| head.quality)
    }
}

/// The tagged items. *Shape*: `[items, width]`.
struct Sample {
    features: Vec<f32>,
    width: usize,
}

impl Sample {
    fn head(&self, labels: &[f32], item_count: usize, penalty: f32) -> Result<Head, LearnError> {
        let params = LogisticParams { penalty, ..LogisticParams::default() };
        let mut scores = vec![0.0; labels.len()];
        for fold in 0..FOLDS {
            let (mut rows, mut kept) = (Vec::new(), Vec::new());
            for (place, &label) in labels.iter().enumerate().filter(|(place, _)| place % FOLDS != fold) {
                rows.extend(self.row(place));
                kept.push(label);
            }
            if kept.is_empty() {
                continue;
            }
            let model = Logistic::fit(&rows, self.width, &kept, &params)?;
            for place in (fold..labels.len()).step_by(FOLDS) {
                scores[place] = model.log_odds(self.row(place));
            }
        }
        let seen: Vec<(f32, f32)> = scores.iter().copied().zip(labels.iter().copied()).collect();
        // The curve that is measured has seen one half; the one that is used has seen all.
        let half = |parity: usize| seen.iter().skip(parity).step_by(2).copied();
        let measured = curve(half(0))?;
        let promised: Vec<(f32, f32)> =
            half(1).map(|(score, label)| (measured.apply(score), label)).collect();
        let quality = AttributeQuality {
            auc: auc(
                &seen.iter().map(|&(score, _)| f64::from(score)).collect::<Vec<_>>(),
                &labels.iter().map(|&label| label > 0.0).collect::<Vec<_>>(),
            )?,
            calibration_error: calibration_error(&promised),
            item_count,
        };
        let model = Logistic::fit(&self.features, self.width, labels, &params)?;
        Ok(Head { model, curve: curve(seen.iter().copied())?, quality })
    }

    fn row(&self, place: usize) -> &[f32] {
        &self.features[place * self.width..(place + 1) * self.width]
    }
}

fn curve(seen: impl Iterator<Item = (f32, f32)>) -> Result<Isotonic, LearnError> {
    Isotonic::fit(&seen.map(|(score, label)| (score, label, 1.0)).collect::<Vec<_>>())
}

/// The mean distance between promise and outcome over bins of equal width, each by its number of items.
fn calibration_error(promised: &[(f32, f32)]) -> f64 {
    let mut bins = [(0.0_f64, 0.0_f64); BINS];
    for &(promise, outcome) in promised {
        let bin = ((promise * BINS as f32) as usize).min(BINS - 1);
        bins[bin].0 += f64::from(promise);
        bins[bin].1 += f64::from(outcome);
    }
    bins.iter().map(|(promised, came)| (promised - came).abs()).sum::<f64>() / promised.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::factors::Factors;
    use crate::representation::{View, centre};
    use crate::vector_index::{VectorIndex, VectorIndexParams};

    const ITEMS: usize = 900;

    /// Items of three genres with two noisy views, each of which some items lack; tags for the first half.
    fn world() -> (Representation, Sparse, impl Fn(usize) -> usize) {
        let mut random = ChaCha8Rng::seed_from_u64(4);
        let mut draw = move || (0..3).map(|_| random.random::<f32>() - 0.5).sum::<f32>();
        let genre = |item: usize| item * 7919 % 3;
        let mut view = |dim: usize, noise: f32| {
            let row = |item: usize| (0..dim).map(move |place| (item, place)).collect::<Vec<_>>();
            let values = (0..ITEMS).flat_map(row);
            let value = |(item, place): (usize, usize)| {
                f32::from(u8::from(place % 3 == genre(item))) * 4.0 + noise * draw()
            };
            Factors::new(dim, values.map(value).collect()).unwrap()
        };
        let (crowd, sound) = (view(6, 3.0), view(9, 6.0));
        let has_crowd: Vec<bool> = (0..ITEMS).map(|item| item % 10 < 7).collect();
        let has_sound: Vec<bool> = (0..ITEMS).map(|item| item % 10 > 0 && item % 97 > 0).collect();
        let views = [
            View { vectors: &crowd, is_present: &has_crowd, weight: 1.0 },
            View { vectors: &sound, is_present: &has_sound, weight: 1.0 },
        ];
        let tags = (0..ITEMS as u32 / 2).map(|item| (item, genre(item as usize) as u32, 1.0));
        let tags = Sparse::from_triplets(ITEMS, 4, tags.chain([(3, 3, 1.0)])).unwrap();
        (Representation::merge(&views).unwrap(), tags, genre)
    }

    #[test]
    fn items_without_tags_get_probabilities_that_come_true() {
        let (representation, tags, genre) = world();
        let attributes = Attributes::fit(&representation, &tags, &AttributeParams::default()).unwrap();
        assert_eq!(attributes.quality(3), None, "one item is too few");
        let mut promised = Vec::new();
        for item in (ITEMS / 2..ITEMS).filter(|&item| representation.has_any(item)) {
            for attribute in 0..3 {
                let probability = attributes.probability(&representation, item, attribute).unwrap();
                promised.push((probability, f32::from(u8::from(genre(item) == attribute))));
            }
        }
        let error = calibration_error(&promised);
        assert!(error < 0.05, "off by {error}");
        let right = promised.iter().filter(|(p, label)| (*p > 0.5) == (*label > 0.5)).count();
        assert!(right > promised.len() * 9 / 10, "{right} of {}", promised.len());
        for attribute in 0..3 {
            let all = attributes.probabilities(&representation, attribute).unwrap();
            let one = |item| attributes.probability(&representation, item, attribute).unwrap_or(0.0);
            assert_eq!(all, (0..ITEMS).map(one).collect::<Vec<_>>());
        }
        for attribute in 0..3 {
            let quality = attributes.quality(attribute).unwrap();
            assert!(quality.auc.unwrap() > 0.9 && quality.calibration_error < 0.1, "{quality:?}");
        }
    }

    #[test]
    fn what_one_view_lacks_the_other_tells() {
        let (representation, _, genre) = world();
        let vectors = representation.vectors();
        let ids: Vec<u32> = (0..ITEMS as u32).collect();
        let index =
            VectorIndex::build(vectors.dim(), &ids, vectors.values(), VectorIndexParams::default()).unwrap();
        let (mut right, mut count) = (0, 0);
        for item in (0..ITEMS).filter(|&item| !representation.has(item, 0) && representation.has(item, 1)) {
            let near = index.nearest(vectors.row(item), 5, |id| {
                id as usize != item && representation.has(id as usize, 0)
            });
            right += near.iter().filter(|(id, _)| genre(*id as usize) == genre(item)).count();
            count += 5;
        }
        assert!(right * 10 > count * 8, "{right} of {count}");
        let middle = centre(&representation, (0..ITEMS).filter(|&item| genre(item) == 1));
        assert!(index.nearest(&middle, 20, |_| true).iter().all(|(id, _)| genre(*id as usize) == 1));
    }

    #[test]
    fn an_item_without_any_view_has_no_place_and_no_probability() {
        let vectors = Factors::new(2, vec![1.0, 0.0, 0.0, 1.0, 9.0, 9.0]).unwrap();
        let is_present = [true, true, false];
        let view = View { vectors: &vectors, is_present: &is_present, weight: 1.0 };
        let representation = Representation::merge(&[view, view]).unwrap();
        assert!(representation.has(0, 1) && !representation.has(2, 0) && !representation.has_any(2));
        assert_eq!(representation.vectors().row(2), [0.0; 4]);
        let tags = Sparse::from_triplets(3, 1, [(0, 0, 1.0), (1, 0, 0.0)]).unwrap();
        let params = AttributeParams { item_count_min: 1, ..AttributeParams::default() };
        let attributes = Attributes::fit(&representation, &tags, &params).unwrap();
        assert_eq!(attributes.probability(&representation, 2, 0), None);
        assert!(Representation::merge(&[]).is_err());
        let short = View { is_present: &is_present[..1], ..view };
        assert!(Representation::merge(&[short]).is_err());
        assert!(
            Attributes::fit(&representation, &tags, &AttributeParams { penalty: 0.0, ..params }).is_err()
        );
    }
}
