//! How well each item goes down when it comes up: heard out more or less often than its listeners hear things out.
//!
//! Some listeners skip half of everything and some skip nothing, so that a plain share of hearings would say who was
//! asked. What counts is the difference from what the listener does anyway, drawn to what the item's group (its artist)
//! is known for, and the group's to nothing.
//!
//! *Source* of the form: Koren, "Factorization Meets the Neighborhood", 2008, section 2.1 (baseline estimates), with the
//! shrinkage of Bell, Koren, "Scalable Collaborative Filtering with Jointly Derived Neighborhood Interpolation Weights",
//! 2007, section 3.

use crate::error::{LearnError, check_finite};
#[cfg(feature = "train")]
use crate::error::{check_not_negative, check_positive};

/// What is known of how items and their groups go down.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Reception {
    items: Vec<f32>,
    groups: Vec<f32>,
}

impl Reception {
    /// The reception with these parts, as the accessors return them.
    ///
    /// # Errors
    /// When a number is not finite.
    pub fn from_parts(items: Vec<f32>, groups: Vec<f32>) -> Result<Self, LearnError> {
        check_finite("reception of items", &items)?;
        check_finite("reception of groups", &groups)?;
        Ok(Self { items, groups })
    }

    /// By how much more often than usual an item is heard out, its group's reception included.
    ///
    /// *Range*: −1 to 1; 0 for what never came up. None beyond the items that were known.
    pub fn item(&self, item: u32) -> Option<f32> {
        self.items.get(item as usize).copied()
    }

    /// The same of a whole group.
    pub fn group(&self, group: u32) -> Option<f32> {
        self.groups.get(group as usize).copied()
    }

    /// All items.
    pub fn items(&self) -> &[f32] {
        &self.items
    }

    /// All groups.
    pub fn groups(&self) -> &[f32] {
        &self.groups
    }
}

/// One item that came up for one listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hearing {
    /// The item.
    pub item: u32,
    /// Its group.
    pub group: u32,
    /// For whom it came up.
    pub listener: u32,
    /// Whether it was heard out.
    pub is_heard_out: bool,
}

/// What is chosen before counting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReceptionParams {
    /// Imagined hearings with which each listener does what all do.
    pub listener_prior: f64,
    /// Imagined listeners to whom a group is like any other.
    pub group_prior: f64,
    /// Imagined listeners to whom an item is like its group.
    pub item_prior: f64,
    /// What one listener says of one item counts, with many hearings, as so many listeners, at most.
    pub listener_cap: f64,
}

impl Default for ReceptionParams {
    /// Judgements, not tuned.
    fn default() -> Self {
        Self { listener_prior: 10.0, group_prior: 5.0, item_prior: 4.0, listener_cap: 2.0 }
    }
}

#[cfg(feature = "train")]
impl Reception {
    /// Counts `hearings`; `say` tells what a listener's word is worth, 0 to 1.
    ///
    /// # Errors
    /// When an item, a group or a parameter is out of range.
    pub fn count(
        (item_count, group_count): (usize, usize),
        hearings: &[Hearing],
        say: impl Fn(u32) -> f32,
        params: &ReceptionParams,
    ) -> Result<Self, LearnError> {
        check_positive("listener prior of reception", params.listener_prior)?;
        check_positive("group prior of reception", params.group_prior)?;
        check_positive("item prior of reception", params.item_prior)?;
        check_not_negative("listener cap of reception", params.listener_cap)?;
        check_below("items of hearings", hearings.iter().map(|hearing| hearing.item), item_count)?;
        check_below("groups of hearings", hearings.iter().map(|hearing| hearing.group), group_count)?;
        let surplus = surplus(hearings, &say, params);
        let (mut groups, mut items) = (vec![Mean::default(); group_count], vec![Mean::default(); item_count]);
        for one in &surplus {
            groups[one.group as usize].add(one.value, one.weight);
        }
        let groups: Vec<f64> = groups.iter().map(|mean| mean.shrunk(params.group_prior)).collect();
        let mut of_item = vec![0.0; item_count];
        for one in &surplus {
            let of_group = groups[one.group as usize];
            of_item[one.item as usize] = of_group;
            items[one.item as usize].add(one.value - of_group, one.weight);
        }
        let own = items.iter().map(|mean| mean.shrunk(params.item_prior));
        let items =
            of_item.iter().zip(own).map(|(group, own)| (group + own).clamp(-1.0, 1.0) as f32).collect();
        Ok(Self { items, groups: groups.into_iter().map(|group| group as f32).collect() })
    }
}

#[cfg(feature = "train")]
fn check_below(
    what: &'static str,
    values: impl Iterator<Item = u32>,
    limit: usize,
) -> Result<(), LearnError> {
    match values.enumerate().find(|&(_, value)| value as usize >= limit) {
        Some((index, value)) => Err(LearnError::OutOfRange { what, index, value: value as usize, limit }),
        None => Ok(()),
    }
}

/// What one listener shows about one item.
#[cfg(feature = "train")]
struct Surplus {
    item: u32,
    group: u32,
    value: f64,
    weight: f64,
}

/// The hearings of each listener and item together: how far they are above what the listener does anyway.
#[cfg(feature = "train")]
fn surplus(hearings: &[Hearing], say: &impl Fn(u32) -> f32, params: &ReceptionParams) -> Vec<Surplus> {
    let mut sorted = hearings.to_vec();
    sorted.sort_unstable_by_key(|hearing| (hearing.listener, hearing.item));
    let outs = |some: &[Hearing]| some.iter().filter(|hearing| hearing.is_heard_out).count() as f64;
    // Each listener counts once, so that none who hears a thing all night decides what is usual.
    let by_listener = || sorted.chunk_by(|a, b| a.listener == b.listener);
    let shares: f64 = by_listener().map(|own| outs(own) / own.len() as f64).sum();
    let overall = shares / by_listener().count().max(1) as f64;
    let mut all = Vec::new();
    for own in by_listener() {
        let usual =
            (outs(own) + params.listener_prior * overall) / (own.len() as f64 + params.listener_prior);
        let worth = f64::from(say(own[0].listener).clamp(0.0, 1.0));
        for of_item in own.chunk_by(|a, b| a.item == b.item) {
            let count = of_item.len() as f64;
            all.push(Surplus {
                item: of_item[0].item,
                group: of_item[0].group,
                value: outs(of_item) / count - usual,
                weight: worth * count.min(params.listener_cap),
            });
        }
    }
    all
}

/// A weighted mean in the making.
#[cfg(feature = "train")]
#[derive(Clone, Copy, Default)]
struct Mean {
    sum: f64,
    weight: f64,
}

#[cfg(feature = "train")]
impl Mean {
    fn add(&mut self, value: f64, weight: f64) {
        self.sum += value * weight;
        self.weight += weight;
    }

    fn shrunk(&self, prior: f64) -> f64 {
        self.sum / (self.weight + prior)
    }
}

#[cfg(test)]
#[cfg(feature = "train")]
mod tests {
    use super::*;

    fn hearing(listener: u32, item: u32, is_heard_out: bool) -> Hearing {
        Hearing { item, group: item / 2, listener, is_heard_out }
    }

    fn count(hearings: &[Hearing]) -> Reception {
        Reception::count((6, 3), hearings, |_| 1.0, &ReceptionParams::default()).unwrap()
    }

    #[test]
    fn who_skips_everything_says_nothing_against_one_item() {
        let mut hearings = Vec::new();
        for listener in 0..20 {
            // The first half skips all, the other half hears out all but item 0; item 1 came up for them alone.
            let is_skipper = listener < 10;
            hearings.extend((2..6).map(|item| hearing(listener, item, !is_skipper)));
            hearings.push(hearing(listener, u32::from(!is_skipper), false));
        }
        let reception = count(&hearings);
        assert!(reception.item(1).unwrap() < reception.item(0).unwrap() - 0.1, "{reception:?}");
    }

    #[test]
    fn what_never_came_up_is_like_nothing_and_what_came_up_once_is_like_its_artist() {
        let mut hearings: Vec<Hearing> =
            (0..30).map(|listener| hearing(listener, 0, listener % 5 > 0)).collect();
        hearings.extend((0..30).map(|listener| hearing(listener, 4, listener % 5 == 0)));
        hearings.push(hearing(3, 1, false));
        let reception = count(&hearings);
        assert_eq!(reception.item(2), Some(0.0));
        assert!(reception.item(0).unwrap() > 0.15, "{reception:?}");
        // One skip does not outweigh the artist.
        assert!(reception.item(1).unwrap() > 0.0, "{reception:?}");
        assert!(reception.item(4).unwrap() < -0.15);
        assert_eq!(reception.item(6), None);
    }

    #[test]
    fn one_account_does_not_make_a_reception() {
        let mut hearings: Vec<Hearing> =
            (0..40).map(|listener| hearing(listener, 0, listener % 2 == 0)).collect();
        hearings.extend((0..40).map(|listener| hearing(listener, 2, listener % 2 == 0)));
        let before = count(&hearings).item(0).unwrap();
        hearings.extend(std::iter::repeat_n(hearing(99, 0, true), 10_000));
        hearings.push(hearing(99, 3, false));
        let after = count(&hearings).item(0).unwrap();
        assert!((after - before).abs() < 0.05, "{before} {after}");
    }

    #[test]
    fn what_is_out_of_range_is_refused() {
        let params = ReceptionParams::default();
        assert!(Reception::count((1, 1), &[hearing(0, 1, true)], |_| 1.0, &params).is_err());
        assert!(Reception::from_parts(vec![f32::NAN], Vec::new()).is_err());
        let params = ReceptionParams { item_prior: 0.0, ..params };
        assert!(Reception::count((1, 1), &[], |_| 1.0, &params).is_err());
    }
}
