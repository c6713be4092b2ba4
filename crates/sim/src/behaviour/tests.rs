use std::collections::{BTreeMap, BTreeSet};

use music::playlist::PlaylistEdit;
use music::surface::PlaylistKind;
use music::unit::{DAY_MS, MINUTE_MS};
use music::{
    Context, Device, Id as _, ListenerId, Mood, Network, Playlist, PlaylistId, Prompt, Surface, TrackId,
};

use super::*;
use crate::occasion::Occasion;
use crate::params::WorldParams;
use crate::space::Point;

fn small() -> WorldParams {
    WorldParams {
        artist_count: 200,
        track_count: 1_500,
        listener_count: 80,
        day_count: 50,
        ..WorldParams::default()
    }
}

fn lived(params: &WorldParams) -> (World, Vec<SimEvent>) {
    let world = World::new(params).unwrap();
    let mut events = Vec::new();
    world.simulate(&mut |sim| events.push(sim));
    (world, events)
}

/// Plays and skips with their track.
fn plays(events: &[SimEvent]) -> impl Iterator<Item = (&SimEvent, TrackId)> {
    events.iter().filter_map(|sim| match sim.event.prompt {
        Prompt::Played { track, .. } | Prompt::Skipped { track, .. } => Some((sim, track)),
        _ => None,
    })
}

fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

#[test]
fn the_same_seed_gives_the_same_events_with_any_number_of_threads() {
    let params = WorldParams { listener_count: 20, day_count: 12, ..small() };
    let (_, many) = lived(&params);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (_, one) = pool.install(|| lived(&params));
    assert!(many.len() > 500);
    assert_eq!(many, one);
    let (_, other) = lived(&WorldParams { seed: 2, ..params });
    assert_ne!(many, other);
}

#[test]
fn the_smallest_and_the_empty_world_live_too() {
    let tiny = WorldParams { artist_count: 1, track_count: 1, listener_count: 1, day_count: 1, ..small() };
    lived(&tiny);
    lived(&WorldParams { artist_count: 3, track_count: 3, listener_count: 3, day_count: 40, ..tiny });
    let (_, events) = lived(&WorldParams { listener_count: 0, ..small() });
    assert_eq!(events, []);
    let (_, events) = lived(&WorldParams { sessions_per_day: 0.0, listener_count: 5, ..small() });
    assert_eq!(plays(&events).count(), 0);
}

#[test]
fn events_come_in_the_order_of_time_with_unique_keys_and_within_the_days() {
    let (world, events) = lived(&small());
    assert!(events.is_sorted_by_key(|sim| sim.event.at));
    let keys: BTreeSet<_> = events.iter().map(|sim| sim.event.key).collect();
    assert_eq!(keys.len(), events.len());
    for sim in &events {
        let listener = world.listener(sim.event.listener);
        assert!(sim.event.at >= listener.joined && sim.event.at < world.params().end());
        assert!(sim.persona < listener.personas.len());
        assert_eq!(sim.truth.is_some(), matches!(sim.event.prompt, Prompt::Skipped { .. }));
    }
}

#[test]
fn nothing_is_heard_before_it_is_out_or_longer_than_it_is() {
    let (world, events) = lived(&small());
    let mut fresh = 0;
    for sim in &events {
        let Some(track) = sim.event.prompt.track() else { continue };
        let truth = world.track(track);
        assert!(truth.released <= sim.event.at, "{track} at {:?}", sim.event.at);
        fresh += u32::from(truth.released > world.params().start);
        if let Prompt::Played { played: Some(played), .. } | Prompt::Skipped { played: Some(played), .. } =
            sim.event.prompt
        {
            assert!(played.get() <= truth.duration_ms);
        }
    }
    assert!(fresh > 1_000, "{fresh} events about music that came out meanwhile");
}

/// What every context must be, whatever happens.
fn check(context: &Context) {
    let is_playlist = matches!(context.surface, Surface::Playlist { .. });
    let of_a_person =
        matches!(context.surface, Surface::Playlist { kind: PlaylistKind::Own | PlaylistKind::Shared, .. });
    assert_eq!(context.playlist.is_some(), of_a_person, "{context:?}");
    assert!(context.slate.is_none() && context.tier.is_some() && context.region.is_some());
    assert_eq!(context.network.is_some(), context.online == Some(true), "{context:?}");
    assert!(context.device != Some(Device::Car) || context.network.is_none_or(|n| n == Network::Cellular));
    let is_offline_place = matches!(context.surface, Surface::Library | Surface::Album | Surface::Unknown);
    assert!(context.online != Some(false) || is_playlist || is_offline_place, "{context:?}");
}

#[test]
fn contexts_are_valid_and_playlists_exist_before_they_are_used() {
    let (world, events) = lived(&small());
    let mut made: BTreeMap<PlaylistId, Playlist> = BTreeMap::new();
    for sim in &events {
        let event = &sim.event;
        check(&event.context);
        match &event.prompt {
            Prompt::PlaylistCreated { playlist, details } => {
                let created = Playlist::create(*playlist, event.listener, details.clone(), event.at);
                assert!(made.insert(*playlist, created).is_none());
                assert_eq!(world.playlist(*playlist).owner, event.listener);
            }
            Prompt::PlaylistEdited { playlist, edit } => {
                let playlist = made.get_mut(playlist).expect("edited after it was made");
                assert_eq!(playlist.owner, event.listener);
                let length = playlist.tracks.len() as u32;
                match edit {
                    PlaylistEdit::Removed { index, count } => assert!(index + count <= length),
                    PlaylistEdit::Moved { from, to } => assert!(*from < length && *to < length),
                    _ => {}
                }
                playlist.apply(edit, event.at);
            }
            _ => {}
        }
        if let Some(id) = event.context.playlist {
            let playlist = made.get(&id).expect("used after it was made");
            let own = matches!(event.context.surface, Surface::Playlist { kind: PlaylistKind::Own, .. });
            assert_eq!(own, playlist.owner == event.listener);
        }
    }
    assert!(made.len() > 60);
}

/// Sessions of one listener by half an hour of silence: plays in each.
fn sessions(events: &[SimEvent], listener: ListenerId) -> Vec<usize> {
    let mut sessions: Vec<usize> = Vec::new();
    let mut over = i64::MIN;
    for (sim, _) in plays(events).filter(|(sim, _)| sim.event.listener == listener) {
        match sessions.last_mut() {
            Some(count) if sim.event.at.get() - over < 30 * MINUTE_MS => *count += 1,
            _ => sessions.push(1),
        }
        over = sim.event.at.get();
    }
    sessions
}

#[test]
fn people_listen_some_times_a_week_for_half_an_hour() {
    let (world, events) = lived(&small());
    let sessions: Vec<usize> =
        world.listeners().iter().flat_map(|listener| sessions(&events, listener.id)).collect();
    let listener_days: f64 =
        world.listeners().iter().map(|listener| world.params().end().days_since(listener.joined)).sum();
    let per_day = sessions.len() as f64 / listener_days;
    assert!((0.35..0.65).contains(&per_day), "{per_day} sessions a day");
    let mut sessions = sessions;
    sessions.sort_unstable();
    let median = sessions[sessions.len() / 2];
    assert!((7..20).contains(&median), "half of the sessions have up to {median} tracks");
}

#[test]
fn a_few_tracks_get_most_of_the_plays() {
    let (world, events) = lived(&WorldParams { day_count: 60, ..WorldParams::default() });
    let mut counts = vec![0_usize; world.tracks().len()];
    plays(&events).for_each(|(_, track)| counts[track.row()] += 1);
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let total: usize = counts.iter().sum();
    let top = |count: usize| share(counts[..count].iter().sum(), total);
    // Three public logs of listening and playlists have .11 to .15 and .44 to .49; see `artist::FAME_EXPONENT`.
    assert!((0.09..0.18).contains(&top(50)), "the top percent has {}", top(50));
    assert!((0.42..0.58).contains(&top(500)), "the top tenth has {}", top(500));
}

#[test]
fn personas_keep_to_their_hours() {
    let (world, events) = lived(&small());
    let mut awake = 0;
    let mut total = 0;
    let mut night = [0_usize; 7];
    for (sim, _) in plays(&events) {
        let listener = world.listener(sim.event.listener);
        let persona = &listener.personas[sim.persona];
        // The hour before counts as well: sessions run over.
        let earlier = UnixMillis::new(sim.event.at.get() - 60 * MINUTE_MS);
        let pulls = listener.pulls(sim.event.at)[sim.persona] + listener.pulls(earlier)[sim.persona];
        awake += usize::from(pulls > 0.0);
        total += 1;
        if persona.occasion == Occasion::Night {
            let evening = UnixMillis::new(sim.event.at.get() - 6 * 60 * MINUTE_MS);
            night[evening.local(listener.origin.utc_offset_minutes).weekday.index()] += 1;
        }
    }
    assert!(share(awake, total) > 0.9, "{}", share(awake, total));
    let nights: usize = night.iter().sum();
    assert!(share(night[4] + night[5], nights) > 0.7, "Friday and Saturday: {night:?}");
}

#[test]
fn each_persona_leaves_its_own_trace() {
    let (world, events) = lived(&small());
    let (mut own, mut total) = (0, 0);
    for (sim, track) in plays(&events).filter(|(sim, _)| sim.truth.is_none()) {
        let listener = world.listener(sim.event.listener);
        let centres: Vec<f32> = listener
            .personas
            .iter()
            .map(|p| {
                p.centre_at(sim.event.at, world.params().start).squared_distance(&world.track(track).centre)
            })
            .collect();
        if centres.len() > 1 {
            total += 1;
            own += usize::from(centres.iter().all(|distance| *distance >= centres[sim.persona]));
        }
    }
    assert!(share(own, total) > 0.6, "{} of the plays lie nearest to who played them", share(own, total));
}

/// The share of skips on surfaces that `choose` accepts.
fn skip_share(events: &[SimEvent], choose: impl Fn(Surface) -> bool) -> f32 {
    let on: Vec<bool> = plays(events)
        .filter(|(sim, _)| choose(sim.event.context.surface))
        .map(|(sim, _)| sim.truth.is_some())
        .collect();
    assert!(on.len() > 100, "only {} plays", on.len());
    share(on.iter().filter(|skipped| **skipped).count(), on.len())
}

#[test]
fn surfaces_have_their_own_skip_rates() {
    let (_, events) = lived(&WorldParams { day_count: 60, ..WorldParams::default() });
    let on = |surface| skip_share(&events, |other| other == surface);
    let focus = skip_share(&events, |s| matches!(s, Surface::Playlist { mood: Some(Mood::Focus), .. }));
    assert!(on(Surface::FreshReleases) > 0.6);
    assert!((0.15..0.35).contains(&on(Surface::Radio)));
    assert!(on(Surface::Library) < on(Surface::Radio));
    assert!(on(Surface::Album) < on(Surface::Library));
    assert!(focus < 0.8 * on(Surface::Radio), "focus {focus}");
    let all = skip_share(&events, |_| true);
    assert!((0.18..0.4).contains(&all), "{all}");
}

#[test]
fn a_skip_has_the_meaning_its_reason_says() {
    let (world, events) = lived(&small());
    let mut enjoyment: BTreeMap<SkipReason, Vec<f32>> = BTreeMap::new();
    let mut other_persona = Vec::new();
    for (sim, track) in plays(&events) {
        let Some(reason) = sim.truth else { continue };
        let about = |persona| {
            let moment = crate::Moment {
                at: sim.event.at,
                persona: Some(persona),
                surface: sim.event.context.surface,
            };
            world.enjoyment(sim.event.listener, track, &moment)
        };
        enjoyment.entry(reason).or_default().push(about(sim.persona));
        if reason == SkipReason::WrongPersona {
            let count = world.listener(sim.event.listener).personas.len();
            let others = (0..count).filter(|&persona| persona != sim.persona).map(about);
            other_persona.push(others.fold(0.0, f32::max));
        }
    }
    let mean = |reason| {
        let values = &enjoyment[&reason];
        values.iter().sum::<f32>() / values.len() as f32
    };
    assert!(mean(SkipReason::Dislike) < 0.35, "{}", mean(SkipReason::Dislike));
    assert!(mean(SkipReason::Fatigue) > 0.7);
    assert!(mean(SkipReason::Sampling) > 0.5);
    assert!(mean(SkipReason::WrongPersona) < 0.35);
    assert!(other_persona.iter().sum::<f32>() / other_persona.len() as f32 > 0.6);
    assert!(enjoyment.contains_key(&SkipReason::WrongMood) && enjoyment.contains_key(&SkipReason::Seeking));
}

#[test]
fn careful_playlists_hang_together_and_grow_over_weeks() {
    let (world, events) = lived(&WorldParams { day_count: 90, ..WorldParams::default() });
    let mut made: BTreeMap<PlaylistId, Playlist> = BTreeMap::new();
    for sim in &events {
        match &sim.event.prompt {
            Prompt::PlaylistCreated { playlist, details } => {
                let (owner, at) = (sim.event.listener, sim.event.at);
                made.insert(*playlist, Playlist::create(*playlist, owner, details.clone(), at));
            }
            Prompt::PlaylistEdited { playlist, edit } => {
                made.get_mut(playlist).unwrap().apply(edit, sim.event.at);
            }
            _ => {}
        }
    }
    // Those that had a month to grow.
    let grown = made.values().filter(|playlist| {
        playlist.tracks.len() >= 5 && world.params().end().days_since(playlist.created) > 30.0
    });
    let (careful, careless): (Vec<&Playlist>, Vec<&Playlist>) =
        grown.partition(|playlist| world.playlist(playlist.id).careful);
    assert!(careful.len() > 50 && careless.len() > 50, "{} {}", careful.len(), careless.len());
    let mean = |playlists: &[&Playlist], of: &dyn Fn(&Playlist) -> f32| {
        playlists.iter().map(|playlist| of(playlist)).sum::<f32>() / playlists.len() as f32
    };
    let spread = |playlist: &Playlist| {
        let points: Vec<Point> = playlist.tracks.iter().map(|&track| world.track(track).centre).collect();
        let middle = Point::mean(&points).unwrap();
        points.iter().map(|point| point.squared_distance(&middle)).sum::<f32>() / points.len() as f32
    };
    let doubles = |playlist: &Playlist| {
        let distinct: BTreeSet<_> = playlist.tracks.iter().collect();
        1.0 - share(distinct.len(), playlist.tracks.len())
    };
    let days = |playlist: &Playlist| playlist.edit_day_count as f32;
    let bulk = |playlist: &Playlist| playlist.largest_addition as f32;
    assert!(mean(&careful, &spread) < 0.5 * mean(&careless, &spread));
    assert_eq!(mean(&careful, &doubles), 0.0);
    assert!(mean(&careless, &doubles) > 0.0);
    assert!(mean(&careful, &days) > 2.0 * mean(&careless, &days), "{}", mean(&careful, &days));
    assert!(mean(&careful, &bulk) < 2.0 && mean(&careless, &bulk) > 15.0);
}

#[test]
fn listeners_of_one_style_share_more_tracks() {
    let (world, events) = lived(&WorldParams { listener_count: 150, ..small() });
    let mut heard: BTreeMap<ListenerId, BTreeSet<TrackId>> = BTreeMap::new();
    for (sim, track) in plays(&events).filter(|(sim, _)| sim.truth.is_none()) {
        heard.entry(sim.event.listener).or_default().insert(track);
    }
    let overlap = |a: ListenerId, b: ListenerId| -> f32 {
        let (Some(a), Some(b)) = (heard.get(&a), heard.get(&b)) else { return 0.0 };
        share(a.intersection(b).count(), a.union(b).count())
    };
    let (mut akin, mut strange) = (Vec::new(), Vec::new());
    let listeners = world.listeners();
    for (row, a) in listeners.iter().enumerate() {
        for b in &listeners[row + 1..] {
            let is_akin = a.personas.iter().any(|p| b.personas.iter().any(|q| p.home_style == q.home_style));
            if is_akin { &mut akin } else { &mut strange }.push(overlap(a.id, b.id));
        }
    }
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    assert!(mean(&akin) > 1.6 * mean(&strange), "{} {}", mean(&akin), mean(&strange));
}

#[test]
fn trends_rise_and_fall() {
    let (world, events) = lived(&WorldParams { day_count: 90, ..WorldParams::default() });
    let (mut near, mut far) = (0, 0);
    for (sim, track) in plays(&events) {
        let Some(trend) = &world.track(track).trend else { continue };
        let distance_ms = sim.event.at.since(trend.peak).abs();
        near += usize::from(distance_ms < 5 * DAY_MS);
        far += usize::from((20 * DAY_MS..30 * DAY_MS).contains(&distance_ms));
    }
    // The far window is twice as long, and partly outside of the simulated days.
    assert!(near > far, "{near} {far}");
}

#[test]
fn explorers_hear_more_different_music_than_the_loyal() {
    let (world, events) = lived(&WorldParams { listener_count: 150, ..small() });
    let mut heard: BTreeMap<ListenerId, Vec<TrackId>> = BTreeMap::new();
    plays(&events).for_each(|(sim, track)| heard.entry(sim.event.listener).or_default().push(track));
    let variety = |range: std::ops::Range<f32>| {
        let who = world.listeners().iter().filter(|listener| range.contains(&listener.temper.explorer));
        // The first hundred plays of each, so that how much somebody listens has no say.
        let tracks = who.filter_map(|listener| heard.get(&listener.id)?.get(..100));
        let counts: Vec<usize> = tracks.map(|tracks| tracks.iter().collect::<BTreeSet<_>>().len()).collect();
        share(counts.iter().sum(), counts.len())
    };
    assert!(variety(0.65..1.0) > variety(0.0..0.35) + 3.0, "{} {}", variety(0.65..1.0), variety(0.0..0.35));
}

#[test]
fn a_closed_loop_gets_the_same_answer_for_the_same_draw() {
    let world = World::new(&small()).unwrap();
    let listener = world.listeners()[3].id;
    let moment = crate::Moment::at(world.params().start);
    let ask = |draw| world.respond(listener, TrackId::new(7), &moment, draw);
    assert_eq!(ask(1), ask(1));
    let mut skips = [0_usize; 2];
    for row in 0..1_500 {
        let track = TrackId::new(row);
        let enjoys = world.enjoyment(listener, track, &moment) > 0.5;
        skips[usize::from(enjoys)] += usize::from(world.respond(listener, track, &moment, 1).skip.is_some());
    }
    let enjoyed =
        (0..1_500).filter(|&row| world.enjoyment(listener, TrackId::new(row), &moment) > 0.5).count();
    assert!(share(skips[0], 1_500 - enjoyed) > 2.0 * share(skips[1], enjoyed), "{skips:?} {enjoyed}");
}
