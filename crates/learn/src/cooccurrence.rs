//! Which items do people put together? Lists (playlists, sessions) become neighbours.
//!
//! Two hits that everybody owns stand on many lists together and are not alike for that.
//! So what counts is how far the lists that two items share exceed the number that chance explains.
//!
//! *Source* of the idea: lift, as in Brin, Motwani, Ullman, Tsur, "Dynamic itemset counting and implication rules for
//! market basket data", 1997; it is bounded and shrunk here as [`CooccurrenceParams`] says.
//! It does not decide what a list is worth; its weight says so.
//! Nor does it decide who may say how much; with [`fit_owned_cooccurrence`] the lists' owners are weighed, and a thousand
//! lists of one owner are one owner's word.

use rayon::prelude::*;

use crate::error::{LearnError, check_length, check_not_negative, check_positive};
use crate::influence::Say;
use crate::neighbours::Neighbours;
use crate::sparse::check_below;
use crate::top_k::order;

/// One list of items that somebody put together.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// The items in order; one that occurs twice counts where it occurs first.
    pub items: Vec<u32>,
    /// What the list is worth. *Range*: finite, above 0; usually at most 1.
    pub weight: f32,
}

/// How lists are counted.
///
/// With `w_l` the weight of a list, `o_ij` the summed weight of the lists that hold both items (faded with their
/// distance), `o_i` that of the lists that hold `i`, and `O` that of all lists, the similarity is
///
/// ```text
/// s_ij = o_ij / √(o_i·o_j)  ·  max(0, 1 − o_i·o_j / (O·o_ij))  ·  o_ij / (o_ij + shrink)
/// ```
///
/// a cosine, times the share of the common lists that chance does not explain, times what small counts are worth.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CooccurrenceParams {
    /// How far apart in a list two items may stand to count as together. *Range*: 1 or more.
    pub window: usize,
    /// What is left of a pair's weight with each further step of distance. *Range*: above 0 to 1.
    pub step_decay: f32,
    /// How much less a pair of a long list says: its weight is divided by the length to this power.
    pub length_exponent: f32,
    /// What makes similarity small where few lists support it. *Range*: 0 or more.
    pub shrink: f32,
    /// Different lists that must hold both items.
    pub support_min: u32,
    /// Whether only items that come later are neighbours of those before them.
    pub is_directed: bool,
}

impl CooccurrenceParams {
    /// For playlists: the order says little, the whole list belongs together.
    ///
    /// A judgement, not tuned.
    pub const PLAYLISTS: Self = Self {
        window: 200,
        step_decay: 1.0,
        length_exponent: 0.3,
        shrink: 0.5,
        support_min: 1,
        is_directed: false,
    };

    /// For sessions: what comes next, the nearer the surer.
    ///
    /// A judgement, not tuned.
    pub const SESSIONS: Self = Self {
        window: 10,
        step_decay: 0.8,
        length_exponent: 0.0,
        shrink: 1.0,
        support_min: 2,
        is_directed: true,
    };
}

/// The `k` nearest of each of `item_count` items, by the lists they share.
///
/// *Complexity*: the sum over lists of length times window; one array of `item_count` numbers per thread.
///
/// # Errors
/// When an item is out of range, or a parameter or weight out of its range.
pub fn fit_cooccurrence(
    item_count: usize,
    lists: &[List],
    params: &CooccurrenceParams,
    k: usize,
) -> Result<Neighbours, LearnError> {
    let own: Vec<u32> = (0..lists.len() as u32).collect();
    let owners = Owners { of_lists: &own, say: &Say::even(lists.len()), cap: f32::INFINITY };
    fit_owned_cooccurrence(item_count, lists, owners, params, k)
}

/// Who made the lists.
#[derive(Clone, Copy, Debug)]
pub struct Owners<'a> {
    /// The owner of each list.
    pub of_lists: &'a [u32],
    /// What each owner's word is worth, and how many must put two items together.
    pub say: &'a Say,
    /// What all lists of one owner of weight 1 add to one item or pair, at most. *Range*: above 0, perhaps infinite.
    pub cap: f32,
}

/// The same with owners, each of whom counts once, however many lists they made.
///
/// # Errors
/// As [`fit_cooccurrence`], and when an owner has no weight.
pub fn fit_owned_cooccurrence(
    item_count: usize,
    lists: &[List],
    owners: Owners<'_>,
    params: &CooccurrenceParams,
    k: usize,
) -> Result<Neighbours, LearnError> {
    params.check()?;
    let counted = Counted::new(item_count, lists, owners, params)?;
    let nearest: Vec<Vec<(u32, f32)>> = (0..item_count)
        .into_par_iter()
        .map_init(|| Together::new(item_count), |together, item| counted.nearest(item, together, params, k))
        .collect();
    Ok(Neighbours::from_lists(nearest))
}

impl CooccurrenceParams {
    fn check(&self) -> Result<(), LearnError> {
        check_positive("window", self.window as f64)?;
        check_positive("step_decay", f64::from(self.step_decay))?;
        check_not_negative("length_exponent", f64::from(self.length_exponent))?;
        check_not_negative("shrink", f64::from(self.shrink))?;
        if self.step_decay > 1.0 {
            let value = f64::from(self.step_decay);
            return Err(LearnError::Parameter { name: "step_decay", value, expected: "at most 1" });
        }
        Ok(())
    }
}

/// The lists without repeats, those of one owner side by side, and where each item stands in them.
struct Counted {
    items: Vec<Vec<u32>>,
    weights: Vec<f32>,
    /// Of each list, who made it.
    owners: Vec<u32>,
    /// Of each owner, what their word is worth.
    say: Vec<f32>,
    places: Vec<Vec<(u32, u32)>>,
    item_weights: Vec<f32>,
    total: f32,
    cap: f32,
    owner_support_min: f32,
}

/// What one item's neighbours have summed up to so far.
struct Together {
    weights: Vec<f32>,
    /// Lists that hold both.
    support: Vec<u32>,
    /// What the owners of these lists weigh.
    owner_support: Vec<f32>,
    touched: Vec<u32>,
    /// The sums of the owner who is being looked at.
    of_owner: Vec<f32>,
    touched_by_owner: Vec<u32>,
}

impl Together {
    fn new(item_count: usize) -> Self {
        Self {
            weights: vec![0.0; item_count],
            support: vec![0; item_count],
            owner_support: vec![0.0; item_count],
            touched: Vec::new(),
            of_owner: vec![0.0; item_count],
            touched_by_owner: Vec::new(),
        }
    }

    /// Adds what an owner said of all pairs, as far as it counts.
    fn close_owner(&mut self, say: f32, cap: f32) {
        for other in self.touched_by_owner.drain(..) {
            let sum = std::mem::take(&mut self.of_owner[other as usize]);
            self.weights[other as usize] += sum.min(cap * say);
            self.owner_support[other as usize] += say;
        }
    }
}

impl Counted {
    fn new(
        item_count: usize,
        lists: &[List],
        owners: Owners<'_>,
        params: &CooccurrenceParams,
    ) -> Result<Self, LearnError> {
        check_length("owners of lists", lists.len(), owners.of_lists.len())?;
        if owners.cap.is_nan() || owners.cap <= 0.0 {
            let value = f64::from(owners.cap);
            return Err(LearnError::Parameter { name: "cap", value, expected: "above zero" });
        }
        let mut counted = Self {
            items: Vec::with_capacity(lists.len()),
            weights: Vec::with_capacity(lists.len()),
            owners: Vec::with_capacity(lists.len()),
            say: owners.say.weights.clone(),
            places: vec![Vec::new(); item_count],
            item_weights: vec![0.0; item_count],
            total: 0.0,
            cap: owners.cap,
            owner_support_min: owners.say.support_min,
        };
        let mut rows: Vec<usize> = (0..lists.len()).collect();
        rows.sort_by_key(|&row| owners.of_lists[row]);
        let mut last_list = vec![usize::MAX; item_count];
        for &row in &rows {
            let (list, owner) = (&lists[row], owners.of_lists[row]);
            check_positive("weight of a list", f64::from(list.weight))?;
            check_below("owner of a list", row, owner as usize, counted.say.len())?;
            let mut items = Vec::with_capacity(list.items.len());
            for (index, &item) in list.items.iter().enumerate() {
                check_below("item of a list", index, item as usize, item_count)?;
                if std::mem::replace(&mut last_list[item as usize], row) != row {
                    items.push(item);
                }
            }
            let worth = list.weight * counted.say[owner as usize];
            let weight = worth / (items.len().max(1) as f32).powf(params.length_exponent);
            let place_of_list = counted.items.len() as u32;
            for (place, &item) in items.iter().enumerate() {
                counted.places[item as usize].push((place_of_list, place as u32));
            }
            counted.total += weight;
            counted.items.push(items);
            counted.weights.push(weight);
            counted.owners.push(owner);
        }
        for item in 0..item_count {
            counted.item_weights[item] = counted.item_weight(item);
        }
        Ok(counted)
    }

    /// What the lists that hold an item weigh, no owner counting for more than the cap.
    fn item_weight(&self, item: usize) -> f32 {
        let of_owner = |places: &[(u32, u32)]| {
            let sum: f32 = places.iter().map(|&(list, _)| self.weights[list as usize]).sum();
            sum.min(self.cap * self.say_of(places[0].0))
        };
        let owner = |place: &(u32, u32)| self.owners[place.0 as usize];
        self.places[item].chunk_by(|a, b| owner(a) == owner(b)).map(of_owner).sum()
    }

    fn say_of(&self, list: u32) -> f32 {
        self.say[self.owners[list as usize] as usize]
    }

    fn nearest(
        &self,
        item: usize,
        together: &mut Together,
        params: &CooccurrenceParams,
        k: usize,
    ) -> Vec<(u32, f32)> {
        let owner = |place: &(u32, u32)| self.owners[place.0 as usize];
        for places in self.places[item].chunk_by(|a, b| owner(a) == owner(b)) {
            places.iter().for_each(|&(list, place)| self.add_list(list, place as usize, together, params));
            together.close_owner(self.say_of(places[0].0), self.cap);
        }
        let mut nearest = Vec::with_capacity(together.touched.len());
        for other in together.touched.drain(..) {
            let weight = std::mem::take(&mut together.weights[other as usize]);
            let support = std::mem::take(&mut together.support[other as usize]);
            let owner_support = std::mem::take(&mut together.owner_support[other as usize]);
            let similarity = self.similarity(item, other as usize, weight, params.shrink);
            let is_supported = support >= params.support_min && owner_support >= self.owner_support_min;
            if is_supported && similarity > 0.0 {
                nearest.push((other, similarity));
            }
        }
        if nearest.len() > k && k > 0 {
            nearest.select_nth_unstable_by(k - 1, order);
        }
        nearest.truncate(k);
        nearest.sort_unstable_by(order);
        nearest
    }

    /// Adds what stands around `place` in a list.
    fn add_list(&self, list: u32, place: usize, together: &mut Together, params: &CooccurrenceParams) {
        let items = &self.items[list as usize];
        let first = if params.is_directed { place + 1 } else { place.saturating_sub(params.window) };
        let last = place.saturating_add(params.window).min(items.len().saturating_sub(1));
        for other_place in (first..=last).filter(|&other| other != place) {
            let other = items[other_place] as usize;
            if together.support[other] == 0 {
                together.touched.push(other as u32);
            }
            together.support[other] += 1;
            let steps = place.abs_diff(other_place) as i32 - 1;
            let weight = self.weights[list as usize] * params.step_decay.powi(steps);
            let sum = &mut together.of_owner[other];
            if *sum == 0.0 {
                together.touched_by_owner.push(other as u32);
            }
            *sum += weight;
        }
    }

    fn similarity(&self, item: usize, other: usize, together: f32, shrink: f32) -> f32 {
        let product = self.item_weights[item] * self.item_weights[other];
        let unexplained = (1.0 - product / (self.total * together)).max(0.0);
        together / product.sqrt() * unexplained * together / (together + shrink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[u32]) -> List {
        List { items: items.to_vec(), weight: 1.0 }
    }

    fn similarity(neighbours: &Neighbours, item: u32, other: u32) -> f32 {
        let (items, similarities) = neighbours.of(item);
        items.iter().position(|&near| near == other).map_or(0.0, |index| similarities[index])
    }

    /// Items 0 and 1 are on every list; 2 and 3 are rare and always together; the rest fills up.
    fn two_stars() -> Vec<List> {
        let filler = |row: u32| 4 + row % 40;
        let with_pair =
            |row: u32| if row.is_multiple_of(20) { vec![0, 1, 2, 3] } else { vec![0, 1, filler(row)] };
        (0..200).map(|row| list(&with_pair(row))).collect()
    }

    #[test]
    fn two_stars_that_everybody_has_are_not_alike() {
        let neighbours = fit_cooccurrence(44, &two_stars(), &CooccurrenceParams::PLAYLISTS, 10).unwrap();
        assert!(similarity(&neighbours, 0, 1) < 0.05, "{}", similarity(&neighbours, 0, 1));
        assert!(similarity(&neighbours, 2, 3) > 0.5, "{}", similarity(&neighbours, 2, 3));
        assert_eq!(neighbours.of(2).0[0], 3);
    }

    #[test]
    fn sessions_lead_forward_and_the_next_track_is_nearest() {
        let mut lists = vec![list(&[0, 1, 2]), list(&[0, 1, 2])];
        lists.extend((3..20).map(|item| list(&[item, item + 1])));
        let neighbours = fit_cooccurrence(24, &lists, &CooccurrenceParams::SESSIONS, 10).unwrap();
        assert_eq!(neighbours.of(0).0, [1, 2]);
        assert_eq!(similarity(&neighbours, 1, 0), 0.0);
        assert_eq!(similarity(&neighbours, 3, 4), 0.0, "one list is no support");
    }

    #[test]
    fn a_thousand_lists_of_one_owner_are_one_owners_word() {
        // Owner 0 puts 0 and 1 together a thousand times, and nobody else does; three owners put 0 and 2 together once.
        let mut lists = vec![list(&[0, 1]); 1_000];
        lists.extend([list(&[0, 2]), list(&[0, 2]), list(&[0, 2])]);
        lists.extend((4..60).map(|item| list(&[item, item + 1])));
        let owner = |row: usize| if row < 1_000 { 0 } else { row as u32 - 999 };
        let of_lists: Vec<u32> = (0..lists.len()).map(owner).collect();
        let fit = |support_min: f32, cap: f32| {
            let say = Say { support_min, ..Say::even(lists.len()) };
            let owners = Owners { of_lists: &of_lists, say: &say, cap };
            fit_owned_cooccurrence(64, &lists, owners, &CooccurrenceParams::PLAYLISTS, 10).unwrap()
        };
        let plain = fit(0.0, f32::INFINITY);
        assert!(similarity(&plain, 0, 1) > 5.0 * similarity(&plain, 0, 2), "{:?}", plain.of(0));
        let capped = fit(0.0, 1.0);
        assert!(similarity(&capped, 0, 1) < similarity(&capped, 0, 2), "{:?}", capped.of(0));
        assert_eq!(fit(2.0, 1.0).of(0).0, [2], "one owner is no support");
    }

    #[test]
    fn a_careful_list_counts_more() {
        let mut lists: Vec<List> = (4..30).map(|item| list(&[item, item + 1])).collect();
        lists.push(List { items: vec![0, 1], weight: 1.0 });
        lists.push(List { items: vec![0, 2], weight: 0.1 });
        let neighbours = fit_cooccurrence(32, &lists, &CooccurrenceParams::PLAYLISTS, 10).unwrap();
        assert!(similarity(&neighbours, 0, 1) > 2.0 * similarity(&neighbours, 0, 2));
    }

    #[test]
    fn repeats_in_a_list_count_once_and_bad_lists_are_refused() {
        let params = CooccurrenceParams::PLAYLISTS;
        let with_filler = |first: List| {
            let mut lists = vec![first];
            lists.extend((2..20).map(|item| list(&[item, item + 1])));
            fit_cooccurrence(22, &lists, &params, 10).unwrap()
        };
        assert_eq!(with_filler(list(&[0, 1, 1, 0])).of(0), with_filler(list(&[0, 1])).of(0));
        for wrong in
            [list(&[22]), List { items: vec![0], weight: 0.0 }, List { items: vec![0], weight: f32::NAN }]
        {
            assert!(fit_cooccurrence(22, &[wrong], &params, 10).is_err());
        }
        let say = Say::even(1);
        let owners = |of_lists, cap| Owners { of_lists, say: &say, cap };
        for wrong in [owners(&[1], 1.0), owners(&[], 1.0), owners(&[0], 0.0), owners(&[0], f32::NAN)] {
            assert!(fit_owned_cooccurrence(22, &[list(&[0])], wrong, &params, 10).is_err(), "{wrong:?}");
        }
        assert_eq!(fit_cooccurrence(3, &[], &params, 10).unwrap().item_count(), 3);
        assert_eq!(fit_cooccurrence(3, &[list(&[])], &params, 0).unwrap().of(0).0.len(), 0);
    }

    #[test]
    fn fame_alone_makes_nothing_alike_however_many_lists_there_are() {
        // Two stars, each on 60 % of the lists whatever else is on them; what a star shares with the other is chance.
        let lists: Vec<List> = (0..3000_u32)
            .map(|row| {
                let draw = |salt: u32| (row.wrapping_mul(2_654_435_761).rotate_left(salt) >> 8) % 100;
                let stars = (0..2).filter(|&star| draw(11 * star + 3) < 60);
                let genre = 2 + row % 4 * 10;
                list(&stars.chain((0..5).map(|place| genre + (row / 4 + place * 3) % 10)).collect::<Vec<_>>())
            })
            .collect();
        for params in [
            CooccurrenceParams::PLAYLISTS,
            CooccurrenceParams { shrink: 0.0, ..CooccurrenceParams::PLAYLISTS },
        ] {
            let neighbours = fit_cooccurrence(42, &lists, &params, 42).unwrap();
            let stars = similarity(&neighbours, 0, 1);
            let least_of_genre = neighbours
                .of(2)
                .0
                .iter()
                .filter(|&&near| near >= 2)
                .map(|&near| similarity(&neighbours, 2, near));
            let least_of_genre = least_of_genre.fold(f32::INFINITY, f32::min);
            assert!(stars < 0.1 * least_of_genre, "{stars} against {least_of_genre}");
            assert!(neighbours.of(0).1.iter().all(|&likeness| likeness < 0.1), "{:?}", neighbours.of(0));
        }
    }

    #[test]
    fn a_list_of_fifty_thousand_items_is_counted_within_its_window() {
        let long = List { items: (0..50_000).collect(), weight: 1.0 };
        let filler = (0..1000).map(|row| list(&[row, row + 1]));
        let lists: Vec<List> = std::iter::once(long).chain(filler).collect();
        let neighbours = fit_cooccurrence(50_000, &lists, &CooccurrenceParams::PLAYLISTS, 5).unwrap();
        assert!(neighbours.of(10).0.contains(&11));
        assert!(neighbours.of(10).1.iter().all(|likeness| likeness.is_finite()));
    }
}
