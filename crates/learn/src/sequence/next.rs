//! The model to serve: recent tracks in, scored next tracks with their reasons out.

use super::evidence::{COLUMN_COUNT, Column, Gatherer};
use super::log::SessionLog;
use crate::error::{LearnError, check_finite};
use crate::top_k::order;

/// How the kinds of evidence are weighed where no learned ranker does.
#[derive(Clone, Debug, PartialEq)]
pub struct NextParams {
    /// The weight of each [`Column`].
    pub weights: [f32; COLUMN_COUNT],
    /// How much less a hit counts: evidence that grows with popularity is divided by `(plays + 10)` to this power.
    pub popularity_exponent: f32,
}

impl Default for NextParams {
    /// Chosen on held-out train sessions of nowplaying, where they reach hr@20 .225; mrr@20 .07 is the ranker's to raise.
    fn default() -> Self {
        let mut weights = [0.0; COLUMN_COUNT];
        for (column, weight) in [
            (Column::Near, 1.0),
            (Column::NearRecent, 1.0),
            (Column::ForwardRecent, 1.5),
            (Column::Forward, 2.0),
            (Column::RuleRecent, 0.3),
            (Column::Peak, 0.5),
            (Column::Cosine, 6.0),
            (Column::Vector, 4.0),
        ] {
            weights[column as usize] = weight;
        }
        Self { weights, popularity_exponent: 0.15 }
    }
}

impl NextParams {
    fn contributions(&self, row: &[f32; COLUMN_COUNT], count: f32) -> [f32; COLUMN_COUNT] {
        let discount = (count + 10.0).powf(-self.popularity_exponent);
        std::array::from_fn(|column| {
            // Both of these are already measured against how often the candidate occurs.
            let is_bounded = column == Column::Cosine as usize || column == Column::Vector as usize;
            self.weights[column] * row[column] * if is_bounded { 1.0 } else { discount }
        })
    }

    /// The score of a candidate that was played `count` times.
    pub fn score(&self, row: &[f32; COLUMN_COUNT], count: f32) -> f32 {
        self.contributions(row, count).iter().sum()
    }
}

/// A next track, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct NextTrack {
    /// The item.
    pub item: u32,
    /// The higher, the surer; comparable within one answer.
    pub score: f32,
    /// What each [`Column`] adds to the score.
    pub contributions: [f32; COLUMN_COUNT],
}

/// Session neighbours blended with sequential rules.
#[derive(Clone, Debug, PartialEq)]
pub struct NextTracks {
    log: SessionLog,
    params: NextParams,
}

impl NextTracks {
    /// The model over a log.
    ///
    /// # Errors
    /// When a weight is not finite.
    pub fn new(log: SessionLog, params: NextParams) -> Result<Self, LearnError> {
        check_finite("weights of evidence", &params.weights)?;
        check_finite("popularity_exponent", &[params.popularity_exponent])?;
        Ok(Self { log, params })
    }

    /// The sessions it reads.
    pub fn log(&self) -> &SessionLog {
        &self.log
    }

    /// The `k` best next tracks after `recent`, the last track last, best first; ties by item.
    ///
    /// Tracks of `recent` may come again; the caller knows whether that is wanted.
    ///
    /// *Complexity*: the plays of the sessions that share one of the last 15 tracks, well below a millisecond for
    /// 100,000 sessions; `room` is kept between calls.
    pub fn next(&self, recent: &[u32], k: usize, room: &mut Gatherer) -> Vec<NextTrack> {
        room.gather(&self.log, recent, &[]);
        let scored = room.items().iter().zip(room.rows());
        let mut best: Vec<(u32, f32)> =
            scored.map(|(&item, row)| (item, self.params.score(row, self.log.count(item)))).collect();
        if k == 0 {
            return Vec::new();
        }
        if best.len() > k {
            best.select_nth_unstable_by(k - 1, order);
            best.truncate(k);
        }
        best.sort_unstable_by(order);
        best.into_iter()
            .map(|(item, score)| {
                let row = room.row(item).expect("it was just gathered");
                let contributions = self.params.contributions(row, self.log.count(item));
                NextTrack { item, score, contributions }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(sessions: &[Vec<u32>]) -> NextTracks {
        NextTracks::new(SessionLog::new(12, sessions).unwrap(), NextParams::default()).unwrap()
    }

    fn items(model: &NextTracks, recent: &[u32], k: usize) -> Vec<u32> {
        let mut room = Gatherer::new(model.log());
        model.next(recent, k, &mut room).into_iter().map(|next| next.item).collect()
    }

    #[test]
    fn the_track_that_followed_comes_first_and_says_why() {
        let model = model(&[vec![1, 2, 3, 4], vec![1, 2, 3, 5], vec![6, 7, 8]]);
        assert_eq!(items(&model, &[1, 2], 1), [3]);
        let mut room = Gatherer::new(model.log());
        let next = &model.next(&[1, 2], 3, &mut room)[0];
        assert!(next.contributions[Column::Forward as usize] > 0.0);
        assert!((next.contributions.iter().sum::<f32>() - next.score).abs() < 1e-5);
        assert!(!items(&model, &[1, 2], 9).contains(&7));
    }

    #[test]
    fn what_people_do_now_outweighs_what_they_did_long_ago() {
        let mut sessions = vec![vec![1, 2]];
        sessions.extend(vec![vec![9, 10]; 40]);
        sessions.push(vec![1, 3]);
        assert_eq!(items(&model(&sessions), &[1], 1), [3]);
    }

    #[test]
    fn nothing_known_and_unknown_items_give_an_empty_answer() {
        let model = model(&[vec![], vec![1]]);
        assert!(items(&model, &[], 5).is_empty());
        assert!(items(&model, &[99], 5).is_empty());
        assert!(items(&model, &[1], 0).is_empty());
        assert_eq!(items(&model, &[1], 5), [1]);
        assert!(SessionLog::new(3, &[vec![3]]).is_err());
        let empty =
            NextTracks::new(SessionLog::new(0, &[] as &[Vec<u32>]).unwrap(), NextParams::default()).unwrap();
        assert!(items(&empty, &[0], 3).is_empty());
    }

    #[test]
    fn a_session_of_fifty_thousand_tracks_is_cut() {
        let long: Vec<u32> = (0..50_000).map(|play| play % 12).collect();
        let model = model(&[long]);
        assert_eq!(model.log().session(0).len(), 200);
        assert!(items(&model, &[1], 12).len() == 12);
    }
}
