use learn::boost::Boosted;
use music::{ArtistId, Event, Millis, Mood, PlaylistKind, Prompt, Surface, TrackId};

use super::*;
use crate::combination::Combination;
use crate::fixture::{
    artist_of, event, known, picked, query, rock_lover, slate, snapshot, stump, style_of, tracks_of,
    untrained, with_ranking,
};
use crate::mix::MIXES;
use crate::query::{Aim, Seed};
use crate::ranker::Trees;
use crate::runner::Inline;
use crate::slate::{Picked, Reason};

const FOCUS: Surface = Surface::Playlist { kind: PlaylistKind::Editorial, mood: Some(Mood::Focus) };

/// A ranking in which trees have their say beside the weights.
fn with_trees() -> Ranking {
    let stumps: Vec<_> = Features::names().map(stump).collect();
    let trees = Trees::new(Boosted::from_parts(Features::width(), 0.0, stumps).unwrap());
    Ranking { trees: Some(Arc::new(trees)), ..Ranking::default() }
}

#[test]
fn contributions_sum_to_the_score_in_every_mix() {
    let mut history = rock_lover();
    history.push(event(0.1, FOCUS, Prompt::skipped(tracks_of(1).next().unwrap(), Millis::new(5_000))));
    let rankings = [Ranking::default(), with_trees()];
    for (snapshot, mix) in rankings.iter().flat_map(|r| MIXES.iter().map(move |mix| (with_ranking(r), mix))) {
        let seeds = [Seed::Track(tracks_of(0).next().unwrap())];
        let slate = slate(&snapshot, &history, mix.name, if mix.needs_seed { &seeds } else { &[] });
        for pick in &slate.picks {
            let sum: f32 = pick.reasons.iter().map(|reason| reason.contribution).sum();
            assert!((sum - pick.score).abs() < 1e-4, "{}: {sum} against {}", mix.name, pick.score);
            assert!(pick.why.ends_with('.') && !pick.reasons.is_empty(), "{pick:?}");
        }
    }
}

#[test]
fn trees_change_the_order_and_say_so() {
    let plain = slate(&snapshot(), &rock_lover(), "home", &[]);
    let treed = slate(&with_ranking(&with_trees()), &rock_lover(), "home", &[]);
    assert_ne!(picked(&plain), picked(&treed));
    let reasons = || treed.picks.iter().flat_map(|pick| &pick.reasons);
    assert!(reasons().any(|reason| reason.source == "source_count" && reason.text.contains("thought of it")));
    assert!(reasons().any(|reason| reason.text.starts_with("it is not among ")));
    for pick in &treed.picks {
        assert!(!pick.why.contains("counts against it") && !pick.why.contains("not among"), "{}", pick.why);
    }
}

#[test]
fn no_reason_says_the_opposite_of_what_it_does() {
    let against = ["rest", "rejection", "mainstream"];
    let mut history = rock_lover();
    history.push(event(0.1, FOCUS, Prompt::skipped(tracks_of(1).next().unwrap(), Millis::new(5_000))));
    // As bad as a fit could come out: every weight turned around.
    let turned = |column: Column| (column.name().to_owned(), -Combination::default().weight(column));
    let combination = Combination::from_named(&Column::all().map(turned).collect());
    let worst = Ranking { combination, ..Ranking::default() };
    for ranking in [Ranking::default(), worst] {
        let snapshot = with_ranking(&ranking);
        for mix in MIXES {
            let seeds = [Seed::Track(tracks_of(0).next().unwrap())];
            let slate = slate(&snapshot, &history, mix.name, if mix.needs_seed { &seeds } else { &[] });
            for reason in slate.picks.iter().flat_map(|pick| &pick.reasons) {
                let is_source = SOURCES.iter().any(|source| source.name() == reason.source);
                let speaks_against =
                    against.contains(&reason.source) || reason.text.ends_with("which seldom says enough");
                assert!(reason.contribution <= 0.0 || !speaks_against, "{}: {reason:?}", mix.name);
                assert!(
                    reason.contribution >= 0.0 || !is_source || speaks_against,
                    "{}: {reason:?}",
                    mix.name
                );
            }
        }
    }
}

#[test]
fn what_weighs_next_to_nothing_is_left_out_of_the_words() {
    let weightless = Column::all().map(|column| (column.name().to_owned(), 0.001));
    let combination = Combination::from_named(&weightless.collect());
    let snapshot = with_ranking(&Ranking { combination, ..Ranking::default() });
    let slate = slate(&snapshot, &rock_lover(), "weekly-discovery", &[]);
    assert!(slate.picks.iter().all(|pick| pick.why == "Nothing better was left."), "{:?}", slate.picks[0]);
}

#[test]
fn a_source_with_nothing_to_look_into_says_so() {
    let silence = |history: &[music::Event], mix: &str| {
        let slate = slate(&snapshot(), history, mix, &[]);
        let silent: Vec<_> = slate.trace.sources.iter().filter_map(|source| source.silence).collect();
        silent
    };
    assert_eq!(silence(&rock_lover(), "time-capsule"), [""; 0]);
    let of_artists = [event(
        5.0,
        Surface::Library,
        Prompt::PlayedBefore { target: Target::Artist(ArtistId::new(0)), plays: 9 },
    )];
    assert_eq!(silence(&of_artists, "time-capsule"), ["no plays of tracks are known of this listener"]);
}

#[test]
fn a_discovery_is_new_and_close_to_the_taste() {
    let slate = slate(&snapshot(), &rock_lover(), "weekly-discovery", &[]);
    let tracks = picked(&slate);
    let known: Vec<TrackId> = known().collect();
    assert!(tracks.len() >= 10, "{tracks:?}");
    assert!(tracks.iter().all(|track| !known.contains(track)));
    // Places that are drawn are there to go further.
    let chosen = slate.picks.iter().zip(&tracks).filter(|(pick, _)| pick.propensity == 1.0);
    let rock = chosen.take(8).filter(|(_, track)| style_of(**track) == 0).count();
    assert!(rock >= 7, "{rock} of 8 are rock");
}

#[test]
fn no_artist_fills_a_slate_and_neighbours_differ() {
    for mix in ["home", "weekly-discovery", "daily-mix"] {
        let mix = crate::mix::Mix::named(mix).unwrap();
        let tracks = picked(&slate(&snapshot(), &rock_lover(), mix.name, &[]));
        for artist in (0..12).map(ArtistId::new) {
            let count = tracks.iter().filter(|&&track| artist_of(track) == artist).count();
            assert!(count <= mix.artist_max, "{}: {count} tracks by {artist}", mix.name);
        }
        let adjacent = tracks.windows(2).take(6).filter(|pair| artist_of(pair[0]) == artist_of(pair[1]));
        assert_eq!(adjacent.count(), 0, "{}", mix.name);
    }
}

#[test]
fn ten_picks_are_the_first_ten_of_thirty() {
    let snapshot = snapshot();
    let with_limit = |limit| {
        let long = query(&snapshot, &rock_lover(), "home", Answer::Tracks, &[]);
        // How many places are drawn depends on how many there are.
        let without = Some(Stage::Exploration);
        let request = crate::query::Request { limit: Some(limit), without, ..long.request.clone() };
        let query = Arc::new(Query::new(request, Arc::clone(&long.listener), &snapshot));
        picked(&recommend(&query, &snapshot, &Inline))
    };
    assert_eq!(with_limit(10), with_limit(30)[..10]);
}

#[test]
fn the_next_slate_knows_the_skip_and_how_much_it_meant() {
    let snapshot = snapshot();
    // Mixed taste, so that both styles are offered.
    let mut history = rock_lover();
    history.extend(tracks_of(1).take(12).map(|track| event(20.0, Surface::Library, Prompt::played(track))));
    let skipped = tracks_of(1).nth(14).unwrap();
    let slate_of = |history: &[Event]| {
        let plain = query(&snapshot, history, "home", Answer::Tracks, &[]);
        // What is drawn says nothing of the skip.
        let without = Some(Stage::Exploration);
        let request = crate::query::Request { without, ..plain.request.clone() };
        let query = Arc::new(Query::new(request, Arc::clone(&plain.listener), &snapshot));
        recommend(&query, &snapshot, &Inline)
    };
    let after = |surface| {
        let mut history = history.clone();
        history.push(event(0.02, surface, Prompt::skipped(skipped, Millis::new(8_000))));
        slate_of(&history)
    };
    // What the slate around a pick adds says nothing of the skip.
    let of_slate = |reason: &&Reason| ["variety", "calibration", "novelty"].contains(&reason.source);
    let around = |pick: &Pick| pick.reasons.iter().filter(of_slate).map(|r| r.contribution).sum::<f32>();
    let is_jazz = |pick: &&Pick| match pick.what.target() {
        Target::Track(track) => style_of(track) == 1,
        _ => false,
    };
    let (before, fresh, focus) = (slate_of(&history), after(Surface::FreshReleases), after(FOCUS));
    // The mean over what is in both slates: those that lost most are no longer there.
    let lost = |after: &Slate| {
        let same = |pick: &Pick| after.picks.iter().find(|one| one.what.target() == pick.what.target());
        let losses = before.picks.iter().filter(is_jazz).filter_map(|pick| {
            let then = same(pick)?;
            Some((pick.score - around(pick)) - (then.score - around(then)))
        });
        let losses: Vec<f32> = losses.collect();
        assert!(losses.len() >= 3, "{losses:?}");
        losses.iter().sum::<f32>() / losses.len() as f32
    };
    assert!(
        lost(&focus) > lost(&fresh) + 0.02,
        "a skip in a focus playlist says more: {} {}",
        lost(&focus),
        lost(&fresh)
    );
    assert!(lost(&fresh) >= 0.0, "a skip never helps: {}", lost(&fresh));
    assert_ne!(picked(&focus), picked(&fresh));
    let blamed =
        focus.picks.iter().flat_map(|pick| &pick.reasons).find(|reason| reason.source == "rejection");
    assert!(blamed.unwrap().text.contains("which you skipped"));
}

#[test]
fn what_was_disliked_is_gone_and_comes_back_when_the_dislike_is_taken_back() {
    let snapshot = snapshot();
    let history = rock_lover();
    let first = picked(&slate(&snapshot, &history, "home", &[]))[0];
    let target = Target::Track(first);
    let mut disliked = history;
    disliked.push(event(0.2, Surface::Home, Prompt::Disliked { target }));
    let without = slate(&snapshot, &disliked, "home", &[]);
    assert!(!picked(&without).contains(&first));
    assert!(without.trace.dropped.iter().any(|dropped| dropped.reason == DropReason::Disliked));
    let mut forgiven = disliked;
    forgiven.push(event(0.1, Surface::Home, Prompt::Undisliked { target }));
    assert!(picked(&slate(&snapshot, &forgiven, "home", &[])).contains(&first));
}

#[test]
fn nothing_heard_in_this_session_comes_again() {
    let mut history = rock_lover();
    let heard: Vec<TrackId> = tracks_of(0).take(4).collect();
    history.extend(heard.iter().map(|&track| event(0.2, Surface::Home, Prompt::played(track))));
    for mix in ["home", "daily-mix", "autoplay"] {
        let tracks = picked(&slate(&snapshot(), &history, mix, &[]));
        assert!(heard.iter().all(|track| !tracks.contains(track)), "{mix}");
    }
}

#[test]
fn a_radio_stays_near_its_seed() {
    let seed = tracks_of(1).next().unwrap();
    for seeds in [[Seed::Track(seed)], [Seed::Artist(artist_of(seed))], [Seed::Playlist(vec![seed])]] {
        let tracks = picked(&slate(&snapshot(), &rock_lover(), "radio", &seeds));
        let jazz = tracks.iter().take(10).filter(|&&track| style_of(track) == 1).count();
        assert!(jazz >= 9, "{seeds:?}: {jazz} of 10");
        assert!(!tracks.contains(&seed) || seeds == [Seed::Artist(artist_of(seed))]);
    }
}

#[test]
fn artists_are_answers_too() {
    let snapshot = snapshot();
    let mut history: Vec<music::Event> = Vec::new();
    for track in tracks_of(0).take(12) {
        history.push(event(30.0, Surface::Library, Prompt::played(track)));
    }
    let query = query(&snapshot, &history, "weekly-discovery", Answer::Artists, &[]);
    let slate = recommend(&query, &snapshot, &Inline);
    let Picked::Artist(first) = &slate.picks[0].what else { panic!("{:?}", slate.picks[0]) };
    assert_eq!(first.tags, ["rock"]);
    assert!(first.begin_with.is_some());
    for pick in &slate.picks {
        let Target::Artist(artist) = pick.what.target() else { panic!("{pick:?}") };
        assert!(query.listener.summary.artist(artist) <= 0.0, "{artist} is known");
    }
}

#[test]
fn two_newcomers_who_differ_in_three_events_get_different_lists() {
    let newcomer = |style| -> Vec<music::Event> {
        tracks_of(style).take(3).map(|track| event(1.0, Surface::Search, Prompt::played(track))).collect()
    };
    let snapshot = snapshot();
    let lists = [0, 1].map(|style| picked(&slate(&snapshot, &newcomer(style), "weekly-discovery", &[])));
    for (style, list) in lists.iter().enumerate() {
        let own = list.iter().take(10).filter(|&&track| style_of(track) == style as u32).count();
        assert!(own >= 8, "{own} of 10 for style {style}");
    }
}

#[test]
fn somebody_about_whom_nothing_is_known_gets_what_is_played_most() {
    for snapshot in [snapshot(), untrained()] {
        let slate = slate(&snapshot, &[], "home", &[]);
        assert!(slate.picks.len() >= 10);
        let sources: Vec<&str> = slate.picks[0].reasons.iter().map(|reason| reason.source).collect();
        assert!(sources.contains(&"trending"), "{sources:?}");
    }
}

/// A runner under which every source fails in one way or another.
#[derive(Debug)]
struct Failing;

impl Runner for Failing {
    fn run(&self, jobs: Vec<(&'static str, Job)>) -> Vec<Report> {
        let outcome = |index| if index % 2 == 0 { Outcome::Late } else { Outcome::Panicked };
        (0..jobs.len()).map(|index| Report { outcome: outcome(index), milliseconds: 50.0 }).collect()
    }
}

#[test]
fn sources_that_fail_are_named_and_never_fail_the_slate() {
    let snapshot = snapshot();
    let query = query(&snapshot, &rock_lover(), "daily-mix", Answer::Tracks, &[]);
    let slate = recommend(&query, &snapshot, &Failing);
    assert!(slate.picks.len() >= 10);
    assert_eq!(
        slate.trace.sources.len(),
        query.request.mix.sources.len() + 1,
        "the last resort is named too"
    );
    let errors: Vec<&str> = slate.trace.sources.iter().filter_map(|source| source.error.as_deref()).collect();
    assert_eq!(errors.len(), slate.trace.sources.len());
    assert!(errors.iter().any(|error| error.contains("late")));
    assert!(errors.iter().any(|error| error.contains("broke")));
}

#[test]
fn why_follows_a_target_to_where_it_ended() {
    let snapshot = snapshot();
    let history = rock_lover();
    let query = query(&snapshot, &history, "weekly-discovery", Answer::Tracks, &[]);
    let why = |target| why(&query, &snapshot, &Inline, target);
    let first = recommend(&query, &snapshot, &Inline).picks[0].clone();
    assert_eq!(why(first.what.target()), Why::Picked { place: 1, pick: first });
    let known = Target::Track(known().next().unwrap());
    let words = DropReason::Known.words();
    assert_eq!(why(known), Why::Dropped { reason: DropReason::Known, words });
    assert_eq!(query.request.mix.aim, Aim::Discover);
    let unknown = Target::Track(TrackId::new(9_999));
    assert!(matches!(why(unknown), Why::Dropped { reason: DropReason::NotInCatalogue, .. }));
}

#[test]
fn the_json_has_the_promised_shape() {
    let slate = slate(&snapshot(), &rock_lover(), "home", &[]);
    let json = serde_json::to_value(&slate).unwrap();
    for path in ["/mix", "/slate_id", "/picks/0/track/id", "/picks/0/track/title", "/picks/0/track/artists/0"]
    {
        assert!(json.pointer(path).is_some_and(serde_json::Value::is_string), "{path}");
    }
    assert!(json.pointer("/picks/0/track").unwrap().get("release").is_some());
    for path in ["/picks/0/score", "/picks/0/reasons/0/contribution", "/trace/sources/0/milliseconds"] {
        assert!(json.pointer(path).is_some_and(serde_json::Value::is_number), "{path}");
    }
    for key in ["name", "candidates", "milliseconds", "error"] {
        assert!(json.pointer("/trace/sources/0").unwrap().get(key).is_some(), "{key}");
    }
}

#[test]
fn the_same_request_gives_the_same_slate() {
    let snapshot = snapshot();
    let twice = [0, 1].map(|_| slate(&snapshot, &rock_lover(), "home", &[]));
    assert_eq!(twice[0], twice[1]);
}
