//! Lists that an editor fills once a week: for moods, each in several genres, and for styles.

use music::{Mood, TagId, TrackId};
use rand::Rng;

use super::charts::Charts;
use crate::chance::{Purpose, one_of, stream};
use crate::mood::mismatch;
use crate::style::ROOT_COUNT;
use crate::world::World;

/// Tracks on a list.
const LENGTH: usize = 40;
/// Tracks below which a list is not worth showing.
const LENGTH_MIN: usize = 15;
/// How many tracks an editor hears for each that gets on the list.
const HEARD_PER_PLACE: usize = 6;
/// The mismatch up to which a track serves a mood.
const MISMATCH_MAX: f32 = 0.6;

/// One list.
#[derive(Clone, Debug)]
pub(super) struct List {
    /// What it is for; none for the list of a style.
    pub(super) mood: Option<Mood>,
    pub(super) tracks: Vec<TrackId>,
}

/// The lists of one week.
#[derive(Clone, Debug, Default)]
pub(super) struct Editorial {
    lists: Vec<List>,
}

impl Editorial {
    /// Fills the lists of the week that begins on day `day_index`.
    pub(super) fn new(world: &World, charts: &Charts<'_>, day_index: u32) -> Self {
        let mut rng = stream(world.seed(), Purpose::Editorial, day_index.into());
        let styles = world.styles();
        let mut lists = Vec::new();
        for root in &styles[..ROOT_COUNT] {
            let leaves: Vec<usize> = leaves(world, root.tag);
            for mood in Mood::ALL {
                let serves = |track| mismatch(mood, &world.track(track).centre) < MISMATCH_MAX;
                let tracks = fill(charts, &leaves, &serves, &mut rng);
                lists.push(List { mood: Some(mood), tracks });
            }
            for leaf in leaves {
                let tracks = fill(charts, &[leaf], &|_| true, &mut rng);
                lists.push(List { mood: None, tracks });
            }
        }
        lists.retain(|list| list.tracks.len() >= LENGTH_MIN);
        Self { lists }
    }

    /// Any list, for a mood or for none.
    pub(super) fn any(&self, rng: &mut impl Rng) -> Option<&List> {
        one_of(rng, &self.lists)
    }
}

fn leaves(world: &World, root: TagId) -> Vec<usize> {
    let styles = world.styles();
    (ROOT_COUNT..styles.len()).filter(|&row| styles[row].root == root).collect()
}

/// Popular tracks of some styles that fit, each once.
fn fill(
    charts: &Charts<'_>,
    styles: &[usize],
    fits: &dyn Fn(TrackId) -> bool,
    rng: &mut impl Rng,
) -> Vec<TrackId> {
    let mut list = Vec::with_capacity(LENGTH);
    for _ in 0..LENGTH * HEARD_PER_PLACE {
        let track = one_of(rng, styles).and_then(|&style| charts.popular_in(style, rng));
        list.extend(track.filter(|&track| fits(track) && !list.contains(&track)));
        if list.len() == LENGTH {
            break;
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::WorldParams;

    #[test]
    fn lists_serve_their_purpose() {
        let world = World::new(&WorldParams::default()).unwrap();
        let charts = Charts::new(&world, world.params().start);
        let editorial = Editorial::new(&world, &charts, 0);
        for mood in Mood::ALL {
            let lists: Vec<_> = editorial.lists.iter().filter(|list| list.mood == Some(mood)).collect();
            assert!(!lists.is_empty(), "there is no list for {mood:?}");
            let mut tracks = lists.iter().flat_map(|list| &list.tracks);
            assert!(tracks.all(|&track| mismatch(mood, &world.track(track).centre) < MISMATCH_MAX));
        }
        assert!(editorial.lists.iter().any(|list| list.mood.is_none()));
    }
}
