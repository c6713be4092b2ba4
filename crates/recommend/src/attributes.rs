//! What tracks are like, as probabilities: also where nobody has tagged them.
//!
//! They are learnt from the tags that there are and from everything else that is known of a track; see
//! `learn::attributes`.
//! A tag that somebody gave is a fact of the catalogue and stands there.

use learn::{LearnError, Sparse};
use music::{Id as _, TagId, TrackId};

/// The probability that each tag applies to each track, as far as it was learnt.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackAttributes {
    /// *Shape*: `[tags, tracks]`; improbable ones are left out.
    by_tag: Sparse,
    qualities: Vec<AttributeQuality>,
}

/// How far the probabilities of a tag can be believed, measured on tracks that nothing was fitted to.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct AttributeQuality {
    /// How well tracks with the tag are told from those without; 0.5 by chance, 0 where the tag was not learnt.
    pub auc: f32,
    /// The mean distance between what was promised and what came.
    pub calibration_error: f32,
}

impl TrackAttributes {
    /// The attributes with these parts, as [`by_tag`](Self::by_tag) and [`qualities`](Self::qualities) return them.
    ///
    /// # Errors
    /// When there is not one quality per tag, or a number is no probability.
    pub fn from_parts(by_tag: Sparse, qualities: Vec<AttributeQuality>) -> Result<Self, LearnError> {
        if by_tag.row_count() != qualities.len() {
            let (expected, got) = (by_tag.row_count(), qualities.len());
            return Err(LearnError::Shape { what: "qualities of attributes", expected, got });
        }
        let measured = qualities.iter().flat_map(|quality| [quality.auc, quality.calibration_error]);
        if let Some(value) =
            by_tag.values().iter().copied().chain(measured).find(|value| !(0.0..=1.0).contains(value))
        {
            let value = f64::from(value);
            return Err(LearnError::Parameter { name: "probability", value, expected: "from 0 to 1" });
        }
        Ok(Self { by_tag, qualities })
    }

    /// All tracks that probably have a tag, by id, with the probabilities.
    pub fn with(&self, tag: TagId) -> impl Iterator<Item = (TrackId, f32)> {
        let (tracks, probabilities) = self.by_tag.row(tag.row());
        tracks.iter().map(|&track| TrackId::new(track)).zip(probabilities.iter().copied())
    }

    /// The probability that a track has a tag; none where it is small or was not learnt.
    pub fn probability(&self, track: TrackId, tag: TagId) -> Option<f32> {
        let (tracks, probabilities) = self.by_tag.row(tag.row());
        tracks.binary_search(&track.get()).ok().map(|place| probabilities[place])
    }

    /// How far a tag can be believed; none where it was not learnt.
    pub fn quality(&self, tag: TagId) -> Option<AttributeQuality> {
        self.qualities.get(tag.row()).copied().filter(|quality| quality.auc > 0.0)
    }

    /// All probabilities. *Shape*: `[tags, tracks]`.
    pub fn by_tag(&self) -> &Sparse {
        &self.by_tag
    }

    /// Of each tag, how far it can be believed.
    pub fn qualities(&self) -> &[AttributeQuality] {
        &self.qualities
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_probability_is_refused() {
        let matrix = |value| Sparse::from_triplets(2, 3, [(0, 1, value)]).unwrap();
        let qualities =
            vec![AttributeQuality { auc: 0.9, calibration_error: 0.1 }, AttributeQuality::default()];
        let good = TrackAttributes::from_parts(matrix(0.7), qualities.clone()).unwrap();
        assert_eq!(good.probability(TrackId::new(1), TagId::new(0)), Some(0.7));
        assert_eq!(good.probability(TrackId::new(0), TagId::new(0)), None);
        assert_eq!(good.with(TagId::new(0)).collect::<Vec<_>>(), [(TrackId::new(1), 0.7)]);
        assert!(good.quality(TagId::new(0)).is_some() && good.quality(TagId::new(1)).is_none());
        assert!(TrackAttributes::from_parts(matrix(1.7), qualities.clone()).is_err());
        assert!(TrackAttributes::from_parts(matrix(0.7), qualities[..1].to_vec()).is_err());
    }
}
