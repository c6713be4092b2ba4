//! Who listens alike, and what they turn to: neighbours on the listener's side.
//!
//! A listener's row is divided by a power of each item's fame and brought to length 1; two listeners are as alike as the
//! power of the cosine between their rows.
//! What the others turned to may be another matrix than the one they are compared by: who *tagged* a new artist says
//! who may like it before anybody has played it.
//!
//! *Source*: Aiolli (2013), "Efficient top-N recommendation for very large scale binary rated datasets", section 3 (the
//! power that makes near neighbours count more, `q` there).

use crate::error::{LearnError, check_length, check_not_negative, check_positive};
use crate::sparse::Sparse;

/// What is chosen before fitting.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct UserKnnParams {
    /// How much less a famous item says. *Range*: 0 or more.
    pub item_exponent: f32,
    /// The power of the cosine. *Range*: above 0; 1 counts far neighbours most, since there are so many.
    pub power: f32,
}

impl Default for UserKnnParams {
    fn default() -> Self {
        // Tuned on the validation folds of lastfm-2k's new artists, and near the best on lastfm-hetrec-cf.
        Self { item_exponent: 0.25, power: 2.0 }
    }
}

/// Listeners, ready to be compared.
#[derive(Clone, Debug)]
pub struct UserKnn {
    rows: Sparse,
    columns: Sparse,
    power: f32,
}

impl UserKnn {
    /// Makes the listeners of a matrix comparable.
    ///
    /// *Shape*: `interactions` is `[listeners, items]`; entries that are not positive say nothing.
    ///
    /// # Errors
    /// When a parameter is out of its range, or the numbers overflow.
    pub fn fit(interactions: &Sparse, params: &UserKnnParams) -> Result<Self, LearnError> {
        check_not_negative("item_exponent", f64::from(params.item_exponent))?;
        check_positive("power", f64::from(params.power))?;
        let positive = interactions.map(|_, _, value| value.max(0.0))?;
        let mut fame = vec![0.0_f32; positive.column_count()];
        for (&column, &value) in positive.columns().iter().zip(positive.values()) {
            fame[column as usize] += value;
        }
        let scaled = positive.map(|_, column, value| {
            if value > 0.0 { value / fame[column as usize].powf(params.item_exponent) } else { 0.0 }
        })?;
        let length = |row| scaled.row(row).1.iter().map(|value| value * value).sum::<f32>().sqrt();
        let lengths: Vec<f32> = (0..scaled.row_count()).map(length).collect();
        let rows = scaled.map(|row, _, value| value / lengths[row as usize].max(f32::MIN_POSITIVE))?;
        Ok(Self { columns: rows.transpose(), rows, power: params.power })
    }

    /// How many listeners.
    pub fn listener_count(&self) -> usize {
        self.rows.row_count()
    }

    /// Writes how alike each listener is to one of them, who is not alike to themselves.
    ///
    /// *Range*: 0 to 1.
    ///
    /// *Complexity*: the sum over the listener's items of how many listened to them.
    ///
    /// # Panics
    /// When `out` has not one place per listener.
    pub fn alike(&self, listener: usize, out: &mut [f32]) {
        assert_eq!(out.len(), self.listener_count(), "likeness needs one place per listener");
        out.fill(0.0);
        let (items, values) = self.rows.row(listener);
        for (&item, &value) in items.iter().zip(values) {
            let (others, other_values) = self.columns.row(item as usize);
            for (&other, &other_value) in others.iter().zip(other_values) {
                out[other as usize] += value * other_value;
            }
        }
        if let Some(own) = out.get_mut(listener) {
            *own = 0.0;
        }
        for alike in out {
            *alike = alike.clamp(0.0, 1.0).powf(self.power);
        }
    }

    /// Adds to `out` what listeners turned to, each as much as they are `alike`.
    ///
    /// *Shape*: `turned_to` is `[listeners, candidates]`; so is one place of `out` per candidate.
    ///
    /// # Errors
    /// When the lengths do not fit.
    pub fn add_scores(&self, alike: &[f32], turned_to: &Sparse, out: &mut [f32]) -> Result<(), LearnError> {
        check_length("listeners of what others turned to", alike.len(), turned_to.row_count())?;
        check_length("scores of candidates", turned_to.column_count(), out.len())?;
        for (other, &alike) in alike.iter().enumerate().filter(|&(_, &alike)| alike > 0.0) {
            let (items, values) = turned_to.row(other);
            for (&item, &value) in items.iter().zip(values) {
                out[item as usize] += alike * value;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> Sparse {
        let entries = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1), (2, 2), (4, 3)];
        Sparse::from_triplets(5, 4, entries.map(|(row, column)| (row, column, 1.0))).unwrap()
    }

    fn alike(params: &UserKnnParams) -> Vec<f32> {
        let mut alike = vec![f32::NAN; 5];
        UserKnn::fit(&matrix(), params).unwrap().alike(0, &mut alike);
        alike
    }

    #[test]
    fn likeness_is_a_power_of_the_cosine_and_none_to_oneself() {
        let plain = alike(&UserKnnParams { item_exponent: 0.0, power: 1.0 });
        for (got, expected) in plain.iter().zip([0.0, 1.0, 0.5, 0.0, 0.0]) {
            assert!((got - expected).abs() < 1e-6, "{plain:?}");
        }
        assert!((alike(&UserKnnParams { item_exponent: 0.0, power: 2.0 })[2] - 0.25).abs() < 1e-6);
        assert!(alike(&UserKnnParams { item_exponent: 0.5, power: 1.0 })[2] < plain[2], "item 1 is famous");
    }

    #[test]
    fn what_listeners_alike_turned_to_counts() {
        let knn = UserKnn::fit(&matrix(), &UserKnnParams::default()).unwrap();
        let tagged = Sparse::from_triplets(5, 2, [(0, 1, 1.0), (1, 0, 2.0), (4, 1, 1.0)]).unwrap();
        let mut scores = vec![0.0; 2];
        knn.add_scores(&[0.0, 0.5, 0.2, 0.0, 0.0], &tagged, &mut scores).unwrap();
        assert_eq!(scores, [1.0, 0.0], "one's own tags say nothing");
        assert!(knn.add_scores(&[0.0; 4], &tagged, &mut scores).is_err());
        assert!(knn.add_scores(&[0.0; 5], &tagged, &mut [0.0]).is_err());
    }

    #[test]
    fn odd_input_is_survived_or_refused() {
        let nothing = Sparse::from_triplets(1, 1, []).unwrap();
        let mut alone = [f32::NAN];
        UserKnn::fit(&nothing, &UserKnnParams::default()).unwrap().alike(0, &mut alone);
        assert_eq!(alone, [0.0]);
        for params in [
            UserKnnParams { power: 0.0, ..UserKnnParams::default() },
            UserKnnParams { item_exponent: -1.0, ..UserKnnParams::default() },
        ] {
            assert!(UserKnn::fit(&matrix(), &params).is_err(), "{params:?}");
        }
    }
}
