use std::sync::Arc;

use music::{ListenerId, PlaylistId, Prompt, Surface, Target, TrackId};

use super::*;
use crate::blend::{Member, blend};
use crate::filter::DropReason;
use crate::fixture::{bilingual, event, query, rock_lover, style_of, tracks_of};
use crate::pipeline::{Why, recommend, why};
use crate::query::{Answer, Query};
use crate::runner::Inline;
use crate::slate::{Picked, Slate};
use crate::snapshot::Snapshot;

fn list(id: u32, owner: u32, tracks: impl IntoIterator<Item = TrackId>, care: f32) -> SharedPlaylist {
    SharedPlaylist {
        id: PlaylistId::new(id),
        owner: ListenerId::new(owner),
        title: format!("List {id}").into(),
        tracks: tracks.into_iter().collect(),
        care,
        care_words: vec!["coming back"],
    }
}

/// Rock and jazz by others, the same rock with little care, and the listener's own.
fn lists() -> Vec<SharedPlaylist> {
    vec![
        list(0, 1, tracks_of(0).step_by(2), 0.8),
        list(1, 2, tracks_of(1).step_by(2), 0.8),
        list(2, 3, tracks_of(0).skip(1).step_by(2), 0.3),
        list(3, 0, tracks_of(0).take(12), 0.9),
        list(4, 4, tracks_of(0).take(3), 0.9),
    ]
}

fn ask(
    snapshot: &Arc<Snapshot>,
    history: &[music::Event],
    mix: &str,
    lists: Vec<SharedPlaylist>,
) -> Arc<Query> {
    let plain = query(snapshot, history, mix, Answer::Playlists, &[]);
    let mut query = Arc::into_inner(plain).unwrap();
    query.playlists = Arc::new(SharedPlaylists::new(lists.into_iter().map(Arc::new).collect()));
    Arc::new(query)
}

fn ids(slate: &Slate) -> Vec<u32> {
    let id = |pick: &crate::slate::Pick| match pick.what.target() {
        Target::Playlist(id) => id.get(),
        other => panic!("{other:?} is no playlist"),
    };
    slate.picks.iter().map(id).collect()
}

#[test]
fn playlists_are_recommended_for_their_tracks_and_the_care_and_reasons_add_up() {
    let snapshot = bilingual();
    let query = ask(&snapshot, &rock_lover(), "home", lists());
    let slate = recommend(&query, &snapshot, &Inline);
    assert_eq!(ids(&slate)[0], 0, "{:?}", slate.picks);
    let place = |id| ids(&slate).iter().position(|&one| one == id).unwrap_or(usize::MAX);
    assert!(place(2) < place(1), "rock made in a hurry is still rock");
    for pick in &slate.picks {
        let Picked::Playlist(picked) = &pick.what else { panic!("{pick:?}") };
        let sum: f32 = pick.reasons.iter().map(|reason| reason.contribution).sum();
        assert!((sum - pick.score).abs() < 1e-3, "{sum} {}", pick.score);
        assert!(pick.reasons.iter().any(|reason| reason.source == "care"));
        assert!(query.playlists.get(picked.id).unwrap().tracks.contains(&picked.begin_with));
        assert!(!picked.artists.is_empty() && pick.why.starts_with("With “"), "{}", pick.why);
    }
    assert!(matches!(
        why(&query, &snapshot, &Inline, slate.picks[0].what.target()),
        Why::Picked { place: 1, .. }
    ));
}

#[test]
fn care_decides_between_playlists_of_the_same_worth() {
    let snapshot = bilingual();
    // What the listener does not know yet, dealt out in turns.
    let rock = || tracks_of(0).skip(1).step_by(2);
    let (one, other): (Vec<TrackId>, Vec<TrackId>) =
        (rock().step_by(2).collect(), rock().skip(1).step_by(2).collect());
    for (careful, careless) in [(0, 1), (1, 0)] {
        let lists = vec![
            list(0, 1, one.clone(), if careful == 0 { 0.95 } else { 0.1 }),
            list(1, 2, other.clone(), if careful == 1 { 0.95 } else { 0.1 }),
        ];
        let slate = recommend(&ask(&snapshot, &rock_lover(), "home", lists), &snapshot, &Inline);
        assert_eq!(ids(&slate), [careful, careless]);
    }
}

#[test]
fn ones_own_are_not_offered_and_what_is_not_shared_is_as_if_it_were_not_there() {
    let snapshot = bilingual();
    for mix in ["home", "weekly-discovery"] {
        let query = ask(&snapshot, &rock_lover(), mix, lists());
        let slate = recommend(&query, &snapshot, &Inline);
        assert!(!ids(&slate).contains(&3), "{mix}");
        assert!(!ids(&slate).contains(&4), "three tracks are no playlist");
        let own = why(&query, &snapshot, &Inline, Target::Playlist(PlaylistId::new(3)));
        assert!(matches!(own, Why::Dropped { reason: DropReason::Own, .. }), "{own:?}");
        for unknown in [4, 99] {
            let answer = why(&query, &snapshot, &Inline, Target::Playlist(PlaylistId::new(unknown)));
            assert_eq!(answer, Why::NotProposed);
        }
    }
}

#[test]
fn what_no_slate_looks_at_is_not_said_to_be_picked() {
    let snapshot = bilingual();
    // More playlists than are looked at hold rock alone, which leaves no room for one of jazz.
    let rock: Vec<TrackId> = tracks_of(0).collect();
    let of_rock = |id: u32| {
        let mut tracks = rock.clone();
        tracks.rotate_left(id as usize % rock.len());
        list(id, id + 1, tracks.into_iter().take(20), 0.5)
    };
    let mut lists: Vec<SharedPlaylist> = (0..60).map(of_rock).collect();
    lists.push(list(60, 99, tracks_of(1).take(12), 0.5));
    let query = ask(&snapshot, &rock_lover(), "home", lists);
    assert!(!ids(&recommend(&query, &snapshot, &Inline)).contains(&60));
    let answer = why(&query, &snapshot, &Inline, Target::Playlist(PlaylistId::new(60)));
    assert_eq!(answer, Why::NotProposed);
}

#[test]
fn what_is_not_wanted_weighs_against_a_playlist_and_much_of_it_takes_it_out() {
    let snapshot = bilingual();
    let rock: Vec<TrackId> = tracks_of(0).step_by(2).collect();
    let score = |disliked: usize| {
        let mut history = rock_lover();
        let dislike =
            |track: &TrackId| event(0.1, Surface::Home, Prompt::Disliked { target: Target::Track(*track) });
        history.extend(rock[..disliked].iter().map(dislike));
        let query = ask(&snapshot, &history, "home", vec![list(0, 1, rock.clone(), 0.8)]);
        let slate = recommend(&query, &snapshot, &Inline);
        let asked = why(&query, &snapshot, &Inline, Target::Playlist(PlaylistId::new(0)));
        (slate.picks.into_iter().next(), asked)
    };
    let (plain, (some, _)) = (score(0).0.unwrap(), score(2));
    let some = some.unwrap();
    let against = some.reasons.iter().find(|reason| reason.source == "playlist_unwanted").unwrap();
    assert!(against.contribution < 0.0 && some.score < plain.score, "{some:?}");
    let Picked::Playlist(picked) = &some.what else { panic!("{some:?}") };
    assert!(!rock[..2].contains(&picked.begin_with));
    assert!(rock[..2].iter().all(|track| !some.why.contains(&format!("“Track {}”", track.get()))));
    let (many, asked) = score(8);
    assert_eq!(many, None);
    assert!(matches!(asked, Why::Dropped { reason: DropReason::Unwanted, .. }), "{asked:?}");
}

#[test]
fn a_playlist_that_was_turned_down_does_not_come_again() {
    let snapshot = bilingual();
    let mut history = rock_lover();
    let target = Target::Playlist(PlaylistId::new(0));
    history.push(event(0.2, Surface::Home, Prompt::Disliked { target }));
    let query = ask(&snapshot, &history, "home", lists());
    assert!(!ids(&recommend(&query, &snapshot, &Inline)).contains(&0));
    assert!(matches!(
        why(&query, &snapshot, &Inline, target),
        Why::Dropped { reason: DropReason::Disliked, .. }
    ));
    history.push(event(0.1, Surface::Home, Prompt::Undisliked { target }));
    let query = ask(&snapshot, &history, "home", lists());
    assert!(ids(&recommend(&query, &snapshot, &Inline)).contains(&0), "it was taken back");
}

#[test]
fn nearly_the_same_playlist_comes_once_and_no_maker_fills_the_page() {
    let snapshot = bilingual();
    let rock: Vec<TrackId> = tracks_of(0).collect();
    let lists = vec![
        list(0, 1, rock[..20].to_vec(), 0.8),
        list(1, 2, rock[1..20].to_vec(), 0.7),
        list(2, 9, rock[20..26].to_vec(), 0.6),
        list(3, 9, rock[26..31].to_vec(), 0.6),
        list(4, 9, rock[31..].to_vec(), 0.6),
    ];
    let query = ask(&snapshot, &rock_lover(), "home", lists);
    let slate = recommend(&query, &snapshot, &Inline);
    let of_first = ids(&slate).iter().filter(|id| **id < 2).count();
    assert_eq!((of_first, slate.picks.len()), (1, 3), "{:?}", ids(&slate));
    let reasons: Vec<DropReason> = slate.trace.dropped.iter().map(|dropped| dropped.reason).collect();
    assert_eq!(reasons, [DropReason::Alike, DropReason::SameMaker]);
}

#[test]
fn a_discovery_brings_no_playlist_that_was_mostly_heard() {
    let snapshot = bilingual();
    let heard: Vec<TrackId> = crate::fixture::known().collect();
    let query = ask(&snapshot, &rock_lover(), "weekly-discovery", vec![list(0, 1, heard, 0.8)]);
    let slate = recommend(&query, &snapshot, &Inline);
    assert!(slate.picks.is_empty() && !slate.stands);
}

#[test]
fn an_empty_answer_says_why() {
    let snapshot = bilingual();
    let slate = recommend(&ask(&snapshot, &rock_lover(), "home", Vec::new()), &snapshot, &Inline);
    assert!(slate.picks.is_empty());
    assert!(slate.trace.sources[0].silence.unwrap().contains("nobody shares"));
}

#[test]
fn what_one_of_several_turned_down_is_shown_to_none_of_them() {
    let snapshot = bilingual();
    let member = |name: &str, history: &[music::Event]| Member {
        name: name.to_owned(),
        query: ask(&snapshot, history, "home", lists()),
    };
    let mut other = rock_lover();
    let target = Target::Playlist(PlaylistId::new(2));
    other.push(event(0.2, Surface::Home, Prompt::Disliked { target }));
    let slate = blend(&[member("anna", &rock_lover()), member("ben", &other)], &snapshot, &Inline);
    assert!(ids(&slate).contains(&0) && !ids(&slate).contains(&2), "{:?}", ids(&slate));
    for pick in &slate.picks {
        let sum: f32 = pick.reasons.iter().map(|reason| reason.contribution).sum();
        assert!((sum - pick.score).abs() < 1e-3, "{sum} {}", pick.score);
        let names: Vec<bool> = ["for anna: ", "for ben: "]
            .iter()
            .map(|name| pick.reasons.iter().any(|reason| reason.text.starts_with(name)))
            .collect();
        assert_eq!(names, [true, true]);
    }
}

#[test]
fn the_fixture_has_what_these_tests_think_it_has() {
    assert!(tracks_of(0).all(|track| style_of(track) == 0) && tracks_of(0).count() == 36);
}
