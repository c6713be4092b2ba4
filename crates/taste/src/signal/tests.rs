use music::{Context, EventKey, ListenerId, PlaylistKind, SkipDirection, UnixMillis};

use super::*;

const TRACK: TrackId = TrackId::new(0);
const FOCUS: Surface = Surface::Playlist { kind: PlaylistKind::Editorial, mood: Some(Mood::Focus) };

fn event(prompt: Prompt, surface: Surface) -> Event {
    Event {
        key: EventKey::from_bytes([0; 16]),
        listener: ListenerId::new(0),
        at: UnixMillis::new(0),
        prompt,
        context: Context { surface, ..Context::default() },
    }
}

fn known() -> Familiarity {
    Familiarity { duration: Some(Millis::new(200_000)), ..Familiarity::default() }
}

fn judge(prompt: Prompt, surface: Surface, skip_run: u32, familiarity: Familiarity) -> Opinion {
    let event = event(prompt, surface);
    let session = Session { skip_run, ..Session::start(event.listener, event.at, surface) };
    signal(&event, &session, &familiarity)[0].judgement.opinion().unwrap()
}

fn skip(played_ms: u32, surface: Surface) -> Opinion {
    judge(Prompt::skipped(TRACK, Millis::new(played_ms)), surface, 0, known())
}

#[test]
fn skip_in_a_focus_playlist_says_more_than_the_same_skip_on_fresh_releases() {
    let (focus, fresh) = (skip(12_400, FOCUS), skip(12_400, Surface::FreshReleases));
    assert!(focus.evidence() < 10.0 * fresh.evidence(), "{focus:?} against {fresh:?}");
}

#[test]
fn skip_at_the_end_of_a_track_is_weaker_than_skip_in_its_intro() {
    let by_second: Vec<f32> = (1..20).map(|step| skip(step * 10_000, Surface::Radio).evidence()).collect();
    assert!(by_second.is_sorted(), "{by_second:?}");
    assert!(by_second[0] < -0.1 && by_second[18] > 0.0, "{by_second:?}");
}

#[test]
fn each_further_skip_in_a_row_says_less() {
    let evidence: Vec<f32> = (0..6)
        .map(|run| judge(Prompt::skipped(TRACK, Millis::new(5_000)), Surface::Radio, run, known()).evidence())
        .collect();
    assert!(evidence.is_sorted() && evidence[0] < 2.0 * evidence[5], "{evidence:?}");
}

#[test]
fn skip_of_a_favourite_is_fatigue_and_not_dislike() {
    let favourite = Familiarity { play_count: 30, affinity: 0.9, ..known() };
    let prompt = || Prompt::skipped(TRACK, Millis::new(5_000));
    let (loved, unknown) =
        (judge(prompt(), Surface::Radio, 0, favourite), judge(prompt(), Surface::Radio, 0, known()));
    assert!(loved.evidence() > 0.5 * unknown.evidence(), "{loved:?} against {unknown:?}");
}

#[test]
fn explicit_words_outweigh_any_behaviour() {
    let like = judge(Prompt::Liked { target: Target::Track(TRACK) }, Surface::Unknown, 0, known());
    let dislike = judge(Prompt::Disliked { target: Target::Track(TRACK) }, Surface::Unknown, 0, known());
    let strongest = [
        judge(Prompt::Replayed { track: TRACK }, Surface::Library, 0, known()).evidence(),
        judge(Prompt::Shared { target: Target::Track(TRACK) }, Surface::Library, 0, known()).evidence(),
        skip(1_500, FOCUS).evidence().abs(),
    ];
    for behaviour in strongest {
        assert!(like.evidence() > behaviour && dislike.evidence() < -behaviour, "{strongest:?}");
    }
}

#[test]
fn going_back_says_nothing_about_the_track_that_was_left() {
    let prompt = Prompt::Skipped {
        track: TRACK,
        played: Some(Millis::new(5_000)),
        start: PlayStart::Next,
        direction: SkipDirection::Back,
    };
    let event = event(prompt, Surface::Album);
    let session = Session::start(event.listener, event.at, Surface::Album);
    assert!(signal(&event, &session, &known()).is_empty());
}

#[test]
fn a_bulk_addition_says_little_about_each_track() {
    let added = |count: usize| {
        let edit = PlaylistEdit::Added { tracks: vec![TRACK; count], index: None };
        let event =
            event(Prompt::PlaylistEdited { playlist: music::PlaylistId::new(0), edit }, Surface::Unknown);
        let session = Session::start(event.listener, event.at, Surface::Unknown);
        let signals = signal(&event, &session, &known());
        (signals.len(), signals[0].judgement.opinion().unwrap().evidence())
    };
    assert_eq!(added(3).0, 3);
    assert!(added(3).1 > 5.0 * added(200).1);
}

#[test]
fn every_opinion_is_in_range() {
    let surfaces = [Surface::Unknown, Surface::FreshReleases, Surface::Radio, FOCUS];
    for surface in surfaces {
        for played_ms in [0, 1, 999, 1_000, 200_000, u32::MAX] {
            for duration in [None, Some(Millis::new(0)), Some(Millis::new(200_000))] {
                let familiarity = Familiarity { duration, play_count: u32::MAX, affinity: 1.0 };
                let played = Some(Millis::new(played_ms));
                let prompts = [
                    Prompt::skipped(TRACK, Millis::new(played_ms)),
                    Prompt::Played { track: TRACK, played, start: PlayStart::Chosen },
                    Prompt::PlayedBefore { target: Target::Track(TRACK), plays: played_ms },
                ];
                for prompt in prompts {
                    let opinion = judge(prompt, surface, u32::MAX, familiarity);
                    assert!((-1.0..=1.0).contains(&opinion.preference), "{opinion:?}");
                    assert!((0.0..=1.0).contains(&opinion.confidence), "{opinion:?}");
                }
            }
        }
    }
}
