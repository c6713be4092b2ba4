use music::{ListenerId, Prompt, TrackId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::*;
use crate::behaviour::SimEvent;
use crate::enjoyment::Moment;
use crate::params::WorldParams;
use crate::world::World;

fn params(family: Family) -> WorldParams {
    WorldParams {
        family,
        artist_count: 120,
        track_count: 1_000,
        listener_count: 80,
        day_count: 50,
        ..WorldParams::default()
    }
}

fn lived(family: Family) -> (World, Vec<SimEvent>) {
    let world = World::new(&params(family)).unwrap();
    let mut events = Vec::new();
    world.simulate(&mut |sim| events.push(sim));
    (world, events)
}

/// What was heard out, by listener.
fn heard_out(events: &[SimEvent]) -> FxHashMap<ListenerId, Vec<TrackId>> {
    let mut heard: FxHashMap<ListenerId, Vec<TrackId>> = FxHashMap::default();
    for sim in events {
        if let Prompt::Played { track, .. } = sim.event.prompt {
            heard.entry(sim.event.listener).or_default().push(track);
        }
    }
    heard
}

/// The correlation of two lists of numbers.
fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let mean = |x: &[f32]| x.iter().sum::<f32>() / x.len() as f32;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product = |x: &[f32], mean_x: f32, y: &[f32], mean_y: f32| {
        x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f32>()
    };
    product(a, mean_a, b, mean_b) / (product(a, mean_a, a, mean_a) * product(b, mean_b, b, mean_b)).sqrt()
}

#[test]
fn names_read_back() {
    for family in Family::ALL {
        assert_eq!(family.to_string().parse(), Ok(family));
    }
    assert!("noise".parse::<Family>().is_err());
}

#[test]
fn every_family_lives_the_same_life_twice_and_another_than_the_others() {
    let first = Family::ALL.map(|family| lived(family).1);
    let second = Family::ALL.map(|family| lived(family).1);
    assert_eq!(first, second);
    for (index, events) in first.iter().enumerate() {
        assert!(events.len() > 5_000, "{} events in {}", events.len(), Family::ALL[index]);
        assert!(events.is_sorted_by_key(|sim| sim.event.at));
        assert_ne!(*events, first[(index + 1) % 3]);
        let plays = events.iter().filter(|sim| sim.satisfaction.is_some()).count();
        let skips = events.iter().filter(|sim| sim.truth.is_some()).count();
        let share = skips as f32 / plays as f32;
        assert!((0.1..0.6).contains(&share), "{share} of the plays are skips in {}", Family::ALL[index]);
    }
}

/// The same people and music in all families, so one family's liking can be held against another's.
#[test]
fn only_in_one_family_does_taste_lie_in_the_sound() {
    let worlds = Family::ALL.map(|family| World::new(&params(family)).unwrap());
    let enjoyments = worlds.each_ref().map(|world| {
        let moment = Moment { persona: Some(0), ..Moment::at(world.params().start) };
        let pairs = (0..80).flat_map(|listener| (0..900).step_by(9).map(move |track| (listener, track)));
        pairs
            .map(|(listener, track)| world.enjoyment(ListenerId::new(listener), TrackId::new(track), &moment))
            .collect::<Vec<f32>>()
    });
    let nearness: Vec<f32> = (0..80)
        .flat_map(|listener| (0..900).step_by(9).map(move |track| (listener, track)))
        .map(|(listener, track)| {
            let persona = &worlds[0].listeners()[listener as usize].personas[0];
            -worlds[0].track(TrackId::new(track)).centre.squared_distance(&persona.centre).sqrt()
        })
        .collect();
    let [sound, habit, circle] = enjoyments.each_ref().map(|enjoyment| correlation(enjoyment, &nearness));
    assert!(sound > 0.5, "{sound}");
    assert!(habit.abs() < 0.2 && circle.abs() < 0.2, "{habit} {circle}");
}

#[test]
fn where_habit_rules_people_hear_more_of_the_same() {
    let repeats = |family| {
        let (_, events) = lived(family);
        let (mut again, mut total) = (0, 0);
        for tracks in heard_out(&events).values() {
            let mut known = FxHashSet::default();
            again += tracks.iter().filter(|track| !known.insert(**track)).count();
            total += tracks.len();
        }
        again as f32 / total as f32
    };
    let (habit, sound) = (repeats(Family::Habit), repeats(Family::Sound));
    assert!(habit > sound + 0.03, "{habit} of the plays are repeats where habit rules, {sound} elsewhere");
}

/// The mean overlap of what two people heard out, for friends and for strangers.
fn overlap(family: Family) -> [f32; 2] {
    let (world, events) = lived(family);
    let heard: FxHashMap<ListenerId, FxHashSet<TrackId>> = heard_out(&events)
        .into_iter()
        .map(|(listener, tracks)| (listener, tracks.into_iter().collect()))
        .collect();
    let mut sums = [(0.0, 0.0); 2];
    for (&one, tracks) in &heard {
        for (&other, others) in heard.iter().filter(|(other, _)| **other != one) {
            let are_friends = world.circles().friends(one).contains(&other);
            let (sum, count) = &mut sums[usize::from(!are_friends)];
            let both = tracks.intersection(others).count() as f32;
            *sum += both / (tracks.len().min(others.len()).max(1) as f32);
            *count += 1.0;
        }
    }
    sums.map(|(sum, count)| sum / count)
}

#[test]
fn friends_hear_the_same_only_where_friends_rule() {
    let [friends, strangers] = overlap(Family::Circle);
    assert!(friends > 1.25 * strangers, "friends share {friends}, strangers {strangers}");
    let [friends, strangers] = overlap(Family::Sound);
    assert!(friends < 1.15 * strangers, "friends share {friends}, strangers {strangers}");
}

#[test]
fn satisfaction_needs_no_past_and_stays_in_its_range() {
    for family in Family::ALL {
        let (_, events) = lived(family);
        for sim in &events {
            assert!(sim.satisfaction.is_none_or(|felt| (0.0..=1.0).contains(&felt)));
            let is_play = matches!(sim.event.prompt, Prompt::Played { .. } | Prompt::Skipped { .. });
            assert_eq!(sim.satisfaction.is_some(), is_play);
        }
        let felt: Vec<f32> = events.iter().filter_map(|sim| sim.satisfaction).collect();
        let mean = felt.iter().sum::<f32>() / felt.len() as f32;
        assert!((0.4..0.9).contains(&mean), "{mean} on average in {family}");
    }
}
