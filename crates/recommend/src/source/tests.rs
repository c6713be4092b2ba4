use music::{Prompt, Surface, Target};

use super::*;
use crate::evidence::Evidence;
use crate::fixture::{
    NOW, TRACKS_PER_ARTIST, artist_of, event, known, query, rock_lover, snapshot, style_of, sung_in,
    tracks_of, unplayed_below, untrained,
};
use crate::query::Seed;

fn source(name: &str) -> &'static dyn Source {
    *SOURCES.iter().find(|source| source.name() == name).unwrap()
}

fn propose(name: &str, history: &[music::Event], mix: &str, seeds: &[Seed]) -> Vec<Candidate> {
    let snapshot = snapshot();
    let source = source(name);
    source.propose(&query(&snapshot, history, mix, source.answer(), seeds), &snapshot).unwrap()
}

fn tracks(candidates: &[Candidate]) -> Vec<music::TrackId> {
    let track = |candidate: &Candidate| match candidate.target {
        Target::Track(track) => Some(track),
        _ => None,
    };
    candidates.iter().filter_map(track).collect()
}

/// The share of rock among the first ten proposals.
fn rock_share(candidates: &[Candidate]) -> f32 {
    let first: Vec<_> = tracks(candidates).into_iter().take(10).collect();
    assert!(!first.is_empty());
    first.iter().filter(|&&track| style_of(track) == 0).count() as f32 / first.len() as f32
}

#[test]
fn every_source_answers_best_first_and_within_its_limit() {
    let snapshot = snapshot();
    let mut history = rock_lover();
    history.push(event(0.05, Surface::Library, Prompt::played(tracks_of(0).next().unwrap())));
    let mut silent = Vec::new();
    for source in SOURCES {
        let query = query(&snapshot, &history, "home", source.answer(), &[]);
        let proposed = source.propose(&query, &snapshot).unwrap();
        assert!(proposed.len() <= PROPOSAL_LIMIT, "{}", source.name());
        assert!(proposed.iter().all(|candidate| candidate.score.is_finite()), "{}", source.name());
        assert!(proposed.is_sorted_by(|a, b| a.score >= b.score), "{}", source.name());
        assert!((0.0..=1.0).contains(&source.prior()) && !source.purpose().is_empty());
        if proposed.is_empty() {
            silent.push(source.name());
        }
    }
    // Only what was loved long ago can be forgotten, and the lover of rock plays the same on every day.
    assert_eq!(silent, ["forgotten", "habits"]);
}

#[test]
fn sources_that_learn_taste_find_the_listeners_style() {
    for name in [
        "long_term",
        "personas",
        "item_neighbours",
        "playlist_neighbours",
        "artist_neighbours",
        "deep_cuts",
        "fresh_from_artists",
        "fresh_near_taste",
        "popular_in_tags",
        "sound_neighbours",
        "alike",
        "again",
        "explore",
    ] {
        let share = rock_share(&propose(name, &rock_lover(), "home", &[]));
        assert!(share >= 0.8, "{name} brings {share} rock to a lover of rock");
    }
}

#[test]
fn discovery_sources_do_not_spend_places_on_what_is_known() {
    let history = rock_lover();
    let known: Vec<_> = known().collect();
    for name in ["long_term", "item_neighbours", "popular_in_tags", "trending", "sound_neighbours"] {
        let proposed = tracks(&propose(name, &history, "weekly-discovery", &[]));
        assert!(proposed.iter().all(|track| !known.contains(track)), "{name}");
    }
}

#[test]
fn a_model_that_was_not_learnt_is_an_error_and_not_silence() {
    let snapshot = untrained();
    let query = query(&snapshot, &rock_lover(), "home", Answer::Tracks, &[]);
    for name in ["long_term", "item_neighbours", "playlist_neighbours", "session", "artist_neighbours"] {
        let error = source(name).propose(&query, &snapshot).unwrap_err();
        assert!(error.to_string().contains("segue train"), "{name}: {error}");
    }
    for name in ["trending", "popular_in_tags", "sound_neighbours", "deep_cuts"] {
        assert!(!source(name).propose(&query, &snapshot).unwrap().is_empty(), "{name}");
    }
}

#[test]
fn nobody_is_said_to_play_what_nobody_has_played() {
    let snapshot = unplayed_below(24);
    for name in ["trending", "popular_in_tags"] {
        let query = query(&snapshot, &rock_lover(), "home", Answer::Tracks, &[]);
        let proposed = source(name).propose(&query, &snapshot).unwrap();
        assert!(!proposed.is_empty());
        for candidate in proposed {
            let Target::Track(track) = candidate.target else { panic!("{candidate:?}") };
            let is_called_played = match candidate.evidence {
                Evidence::Popular { listener_count } | Evidence::Trending { listener_count } => {
                    assert!(listener_count > 0, "{candidate:?}");
                    true
                }
                Evidence::PopularIn { .. } => true,
                Evidence::Tagged { .. } => false,
                other => panic!("{other:?}"),
            };
            assert!(!is_called_played || track.get() >= 24, "{name}: {candidate:?}");
        }
    }
    // Before anything was learnt nobody is said to play anything.
    let untrained = untrained();
    let query = query(&untrained, &[], "home", Answer::Tracks, &[]);
    let proposed = source("trending").propose(&query, &untrained).unwrap();
    assert!(!proposed.is_empty() && proposed.iter().all(|candidate| candidate.evidence == Evidence::Unheard));
}

#[test]
fn a_language_is_no_style() {
    let snapshot = sung_in("en");
    for name in ["popular_in_tags", "explore", "fresh_near_taste"] {
        let query = query(&snapshot, &rock_lover(), "home", Answer::Tracks, &[]);
        let proposed = source(name).propose(&query, &snapshot).unwrap();
        assert!(!proposed.is_empty(), "{name}");
        for candidate in proposed {
            let words = crate::explain::evidence_words(&snapshot, candidate.evidence);
            assert!(!words.split(' ').any(|word| word == "en"), "{name}: {words}");
        }
    }
    for (mix, answer) in [("home", Answer::Tracks), ("weekly-discovery", Answer::Artists)] {
        let query = query(&snapshot, &rock_lover(), mix, answer, &[]);
        let slate = crate::pipeline::recommend(&query, &snapshot, &crate::runner::Inline);
        let json = serde_json::to_string(&slate.picks).unwrap();
        assert!(!slate.picks.is_empty() && !json.contains(" en ") && !json.contains("\"en\""), "{json}");
    }
}

#[test]
fn what_happened_once_is_not_counted_in_times() {
    let snapshot = snapshot();
    let words = |evidence| crate::explain::evidence_words(&snapshot, evidence);
    assert_eq!(
        words(Evidence::Forgotten { play_count: 1, days: Some(90) }),
        "you played it once, but not for 3 months"
    );
    assert_eq!(words(Evidence::Forgotten { play_count: 1, days: None }), "you played it once, some time ago");
    assert_eq!(words(Evidence::Popular { listener_count: 1 }), "many play it (1 listener)");
}

#[test]
fn a_radio_starts_from_its_seed_and_not_from_the_listener() {
    let jazz = tracks_of(1).next().unwrap();
    for name in ["item_neighbours", "playlist_neighbours", "sound_neighbours", "popular_in_tags"] {
        let proposed = propose(name, &rock_lover(), "radio", &[Seed::Track(jazz)]);
        assert_eq!(rock_share(&proposed), 0.0, "{name}");
        assert!(!tracks(&proposed).contains(&jazz), "{name} proposes the seed itself");
    }
}

#[test]
fn the_session_source_follows_what_was_just_played() {
    let mut history = rock_lover();
    assert_eq!(propose("session", &history, "home", &[]), []);
    for (minute, track) in tracks_of(1).take(3).enumerate() {
        history.push(event(0.3 - minute as f64 * 0.07, Surface::Library, Prompt::played(track)));
    }
    let proposed = propose("session", &history, "home", &[]);
    assert_eq!(rock_share(&proposed), 0.0);
    let last = tracks_of(1).nth(2).unwrap();
    assert!(proposed.iter().any(|candidate| candidate.evidence == Evidence::Session { after: last }));
}

#[test]
fn favourites_come_again_and_later_are_forgotten() {
    let favourite = tracks_of(0).next().unwrap();
    let played = |days_ago: f64| -> Vec<music::Event> {
        (0..5)
            .map(|n| event(days_ago * 24.0 + n as f64, Surface::Library, Prompt::played(favourite)))
            .rev()
            .collect()
    };
    assert_eq!(tracks(&propose("again", &played(3.0), "home", &[])), [favourite]);
    assert_eq!(propose("forgotten", &played(3.0), "home", &[]), []);
    assert_eq!(propose("again", &played(100.0), "home", &[]), []);
    let forgotten = propose("forgotten", &played(100.0), "time-capsule", &[]);
    assert_eq!(tracks(&forgotten), [favourite]);
    assert_eq!(forgotten[0].evidence, Evidence::Forgotten { play_count: 5, days: Some(100) });
}

#[test]
fn habits_belong_to_their_part_of_the_week() {
    // NOW is a Sunday at noon; one track is played on Sundays, another on Wednesday nights.
    let (sunday, wednesday) = (tracks_of(0).next().unwrap(), tracks_of(0).nth(1).unwrap());
    let mut history = Vec::new();
    for week in (1..5).rev() {
        history.push(event(week as f64 * 168.0, Surface::Library, Prompt::played(sunday)));
        history.push(event(week as f64 * 168.0 - 84.0, Surface::Library, Prompt::played(wednesday)));
    }
    assert_eq!(tracks(&propose("habits", &history, "home", &[])), [sunday]);
}

#[test]
fn a_followed_artists_new_release_leads() {
    let artist = artist_of(tracks_of(1).next().unwrap());
    let mut history = rock_lover();
    history.push(event(2.0, Surface::Artist, Prompt::Followed { artist }));
    let proposed = propose("fresh_from_artists", &history, "fresh-releases", &[]);
    let new = music::TrackId::new(artist.get() * TRACKS_PER_ARTIST + TRACKS_PER_ARTIST - 1);
    let found = proposed.iter().find(|candidate| candidate.target == Target::Track(new)).unwrap();
    assert_eq!(found.evidence, Evidence::NewFrom { artist, days: 10 });
}

#[test]
fn exploration_follows_its_seed_and_says_its_chance() {
    let snapshot = snapshot();
    let query = query(&snapshot, &rock_lover(), "home", Answer::Tracks, &[]);
    assert_eq!(query.request.now, NOW);
    let drawn = source("explore").propose(&query, &snapshot).unwrap();
    assert_eq!(drawn, source("explore").propose(&query, &snapshot).unwrap());
    for candidate in drawn {
        let Evidence::Explore { chance, .. } = candidate.evidence else { panic!("{candidate:?}") };
        assert!(chance > 0.0 && chance <= 1.0);
    }
}

#[test]
fn confidence_is_measured_where_there_is_a_calibration_and_falls_with_the_rank_where_there_is_none() {
    use learn::calibration::Isotonic;

    use crate::models::SourceCalibration;

    let proposals = propose("trending", &rock_lover(), "home", &[]);
    let mut ranking = Ranking::default();
    let guessed = confidences(source("trending"), &ranking, &proposals);
    assert_eq!(guessed[0], source("trending").prior());
    assert!(guessed.is_sorted_by(|a, b| a >= b));
    assert!(guessed.iter().all(|&confidence| lift(confidence, ranking.base_rate) >= 0.0));
    let curve = Isotonic::from_knots(vec![(0.0, 0.01), (2.0, 0.3)]).unwrap();
    let calibration = SourceCalibration { curve, proposal_count: 100, enjoyed_count: 5 };
    ranking.sources.insert("trending".to_owned(), calibration);
    let measured = confidences(source("trending"), &ranking, &proposals);
    assert!((measured[0] - (0.01 + 0.145 * proposals[0].score)).abs() < 1e-4);
}

#[test]
fn a_lift_is_the_distance_from_the_usual_in_log_odds() {
    assert_eq!(lift(0.02, 0.02), 0.0);
    assert!((lift(0.5, 0.02) - 49.0_f32.ln()).abs() < 1e-4);
    assert!(lift(0.01, 0.02) < 0.0);
    assert!(lift(0.0, 0.02).is_finite() && lift(1.0, 0.02).is_finite());
}
