//! Who knows whom: scenes of listeners of one place, friends within and beyond them, and the fashions of a scene.
//!
//! Friendship has nothing to do with taste: it is drawn before anybody hears anything.

use std::f64::consts::TAU;

use music::{Id as _, ListenerId, UnixMillis};
use rand::RngExt as _;
use rustc_hash::FxHashMap;

use crate::chance::{Purpose, happens, stream, uniform_noise};
use crate::listener::Listener;
use crate::params::WorldParams;

/// Listeners in a scene, about.
const SCENE_SIZE: usize = 15;
/// Friends that a listener chooses; being chosen makes a friend as well.
const CHOSEN_COUNT: usize = 4;
/// How often a friend is of the same scene.
const SAME_SCENE_SHARE: f32 = 0.85;
/// Days from one height of a fashion to the next, at least and at most.
const PERIOD_DAYS: std::ops::Range<f32> = 40.0..150.0;

/// The scenes and friendships of a world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Circles {
    scenes: Vec<u32>,
    friends: Vec<Vec<ListenerId>>,
}

impl Circles {
    /// Draws scenes and friends.
    pub(crate) fn draw(params: &WorldParams, listeners: &[Listener]) -> Self {
        let mut by_place: FxHashMap<music::Region, Vec<ListenerId>> = FxHashMap::default();
        for listener in listeners {
            by_place.entry(listener.origin.region()).or_default().push(listener.id);
        }
        let mut places: Vec<(music::Region, Vec<ListenerId>)> = by_place.into_iter().collect();
        places.sort_by_key(|(_, people)| people[0]);
        let mut scenes = vec![0; listeners.len()];
        let mut members: Vec<Vec<ListenerId>> = Vec::new();
        for (_, people) in places {
            let count = people.len().div_ceil(SCENE_SIZE);
            let first = members.len();
            members.resize_with(first + count, Vec::new);
            for (index, person) in people.into_iter().enumerate() {
                let scene = first + index % count;
                scenes[person.row()] = scene as u32;
                members[scene].push(person);
            }
        }
        let friends = friends(params, &scenes, &members);
        Self { scenes, friends }
    }

    /// The scene that a listener belongs to.
    pub(crate) fn scene(&self, listener: ListenerId) -> u32 {
        self.scenes[listener.row()]
    }

    /// The friends of a listener, in no order.
    pub(crate) fn friends(&self, listener: ListenerId) -> &[ListenerId] {
        &self.friends[listener.row()]
    }

    /// How much a style is in fashion in a scene: −1 out, 1 at its height.
    pub(crate) fn tide(&self, seed: u64, scene: u32, style: usize, at: UnixMillis) -> f32 {
        let noise = |which| uniform_noise(seed, Purpose::Tides, [u64::from(scene), 2 * style as u64 + which]);
        let period = PERIOD_DAYS.start + (PERIOD_DAYS.end - PERIOD_DAYS.start) * noise(0);
        let days = at.days_since(UnixMillis::new(0));
        (TAU * (days / f64::from(period) + f64::from(noise(1)))).cos() as f32
    }
}

/// Everybody chooses a few; friendship goes both ways.
fn friends(params: &WorldParams, scenes: &[u32], members: &[Vec<ListenerId>]) -> Vec<Vec<ListenerId>> {
    let mut friends = vec![Vec::new(); scenes.len()];
    if scenes.len() < 2 {
        return friends;
    }
    let mut rng = stream(params.seed, Purpose::Friends, 0);
    for row in 0..scenes.len() {
        let own = ListenerId::new(row as u32);
        for _ in 0..CHOSEN_COUNT {
            let near = &members[scenes[row] as usize];
            let friend = match happens(&mut rng, SAME_SCENE_SHARE) {
                true => near[rng.random_range(0..near.len())],
                false => ListenerId::new(rng.random_range(0..scenes.len() as u32)),
            };
            if friend != own && !friends[row].contains(&friend) {
                friends[row].push(friend);
                friends[friend.row()].push(own);
            }
        }
    }
    friends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listener::listeners;
    use crate::style::styles;

    #[test]
    fn friendship_goes_both_ways_and_stays_mostly_in_the_scene() {
        let params = WorldParams::default();
        let listeners = listeners(&params, &styles(params.seed));
        let circles = Circles::draw(&params, &listeners);
        let (mut near, mut total) = (0, 0);
        for listener in &listeners {
            for friend in circles.friends(listener.id) {
                assert!(circles.friends(*friend).contains(&listener.id));
                assert_ne!(*friend, listener.id);
                near += u32::from(circles.scene(*friend) == circles.scene(listener.id));
                total += 1;
            }
        }
        assert!(total > 4 * listeners.len() as u32 && near * 10 > total * 7, "{near} of {total}");
    }

    #[test]
    fn a_world_of_one_has_no_friends() {
        let params = WorldParams { listener_count: 1, ..WorldParams::default() };
        let listeners = listeners(&params, &styles(params.seed));
        assert_eq!(Circles::draw(&params, &listeners).friends(listeners[0].id), []);
    }

    #[test]
    fn fashions_come_and_go_and_differ_between_scenes() {
        let circles = Circles::default();
        let at = |scene, days: i64| circles.tide(1, scene, 7, UnixMillis::new(days * music::unit::DAY_MS));
        let over_time: Vec<f32> = (0..150).map(|day| at(0, day)).collect();
        assert!(over_time.iter().any(|tide| *tide > 0.9) && over_time.iter().any(|tide| *tide < -0.9));
        assert!((0..150).any(|day| (at(0, day) - at(1, day)).abs() > 1.0));
    }
}
