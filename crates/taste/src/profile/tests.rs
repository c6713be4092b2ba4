use music::playlist::PlaylistEdit;
use music::unit::MINUTE_MS;
use music::{Context, EventKey, Millis, Mood, PlaylistId, PlaylistKind, Surface};
use proptest::prelude::*;

use super::*;

const LOVED: TrackId = TrackId::new(1);
const OTHER: TrackId = TrackId::new(2);
const LENGTH: Option<Millis> = Some(Millis::new(200_000));

fn event(minute: i64, prompt: Prompt, surface: Surface) -> Event {
    Event {
        key: EventKey::from_bytes([0; 16]),
        listener: ListenerId::new(0),
        at: UnixMillis::new(minute * MINUTE_MS),
        prompt,
        context: Context { surface, ..Context::default() },
    }
}

fn fold(events: &[Event]) -> TasteProfile {
    TasteProfile::fold(ListenerId::new(0), events, &|_| LENGTH)
}

fn now() -> UnixMillis {
    UnixMillis::new(1_000 * MINUTE_MS)
}

fn affinity_of(profile: &TasteProfile, track: TrackId) -> f32 {
    profile.track(track).map_or(0.0, |taste| taste.affinity(now()))
}

#[test]
fn taking_back_a_dislike_restores_the_profile_exactly() {
    let plays: Vec<Event> = (0..5).map(|m| event(m * 4, Prompt::played(LOVED), Surface::Library)).collect();
    let before = fold(&plays);
    let target = Target::Track(LOVED);
    let mut events = plays;
    events.push(event(30, Prompt::Disliked { target }, Surface::Library));
    assert!(affinity_of(&fold(&events), LOVED) <= -0.99);
    events.push(event(31, Prompt::Undisliked { target }, Surface::Library));
    assert_eq!(fold(&events).track(LOVED), before.track(LOVED));
}

#[test]
fn plays_add_up_and_one_play_is_not_yet_love() {
    let after = |count: i64| {
        let plays: Vec<Event> =
            (0..count).map(|m| event(m, Prompt::played(LOVED), Surface::Library)).collect();
        affinity_of(&fold(&plays), LOVED)
    };
    assert!(after(1) > 0.05 && after(1) < 0.3, "{}", after(1));
    assert!(after(20) > 0.7 && after(20) < 1.0, "{}", after(20));
}

#[test]
fn the_same_skip_weighs_differently_on_different_surfaces() {
    let skip = |surface| fold(&[event(0, Prompt::skipped(OTHER, Millis::new(12_400)), surface)]);
    let focus = Surface::Playlist { kind: PlaylistKind::Editorial, mood: Some(Mood::Focus) };
    let (in_focus, in_fresh) =
        (affinity_of(&skip(focus), OTHER), affinity_of(&skip(Surface::FreshReleases), OTHER));
    assert!(in_focus < -0.3, "{in_focus}");
    assert!(in_fresh > -0.05 && in_fresh < 0.0, "{in_fresh}");
}

#[test]
fn a_later_sum_of_plays_replaces_an_earlier_one() {
    let sum =
        |plays| event(0, Prompt::PlayedBefore { target: Target::Track(LOVED), plays }, Surface::Unknown);
    let twice = fold(&[sum(10), sum(25)]);
    assert_eq!(twice.track(LOVED), fold(&[sum(25)]).track(LOVED));
    assert_eq!(twice.track(LOVED).map(|taste| taste.play_count), Some(25));
    assert_eq!(twice.recent().len(), 0, "a sum has no time, so it is not recent");
}

#[test]
fn what_was_shown_changes_nothing() {
    let impression = music::Impression {
        slate: music::SlateId::new(1),
        mix: "home".into(),
        snapshot: "".into(),
        picks: vec![music::ShownPick { target: Target::Track(LOVED), score: 1.0, propensity: 1.0 }],
        stands: false,
        trial: None,
    };
    let profile = fold(&[event(0, Prompt::Shown(impression), Surface::Home)]);
    assert_eq!((profile.tracks().len(), profile.session()), (0, None));
}

#[test]
fn following_is_remembered_until_it_ends() {
    let artist = ArtistId::new(3);
    let followed = |events: &[Event]| fold(events).artist(artist).is_some_and(|taste| taste.followed);
    let follow = event(0, Prompt::Followed { artist }, Surface::Artist);
    let unfollow = event(1, Prompt::Unfollowed { artist }, Surface::Artist);
    assert!(followed(std::slice::from_ref(&follow)));
    assert!(!followed(&[follow, unfollow]));
}

#[test]
fn a_playlist_addition_speaks_for_each_track() {
    let edit = PlaylistEdit::Added { tracks: vec![LOVED, OTHER], index: None };
    let profile =
        fold(&[event(0, Prompt::PlaylistEdited { playlist: PlaylistId::new(0), edit }, Surface::Library)]);
    assert!(affinity_of(&profile, LOVED) > 0.2 && affinity_of(&profile, OTHER) > 0.2);
    assert!(!profile.track(LOVED).unwrap().is_heard());
}

#[test]
fn a_full_profile_forgets_the_faintest_first() {
    let mut profile = TasteProfile::new(ListenerId::new(0));
    let target = Target::Track(TrackId::new(0));
    profile.observe(&event(0, Prompt::Liked { target }, Surface::Library), &|_| LENGTH);
    for row in 1..=TRACK_LIMIT as u32 {
        let prompt = Prompt::skipped(TrackId::new(row), Millis::new(100));
        profile.observe(&event(1, prompt, Surface::FreshReleases), &|_| LENGTH);
    }
    assert!(profile.tracks().len() <= TRACK_LIMIT);
    assert!(profile.track(TrackId::new(0)).is_some(), "what was said is never forgotten");
}

#[test]
fn the_running_session_ends_with_silence() {
    let profile = fold(&[event(0, Prompt::played(LOVED), Surface::Radio)]);
    assert!(profile.running_session(UnixMillis::new(20 * MINUTE_MS)).is_some());
    assert!(profile.running_session(UnixMillis::new(31 * MINUTE_MS)).is_none());
}

proptest! {
    #[test]
    fn affinity_stays_in_range(kinds in prop::collection::vec((0_u8..6, 0_i64..100_000), 0..60)) {
        let target = Target::Track(LOVED);
        let events: Vec<Event> = kinds.iter().map(|&(kind, minute)| {
            let prompt = match kind {
                0 => Prompt::played(LOVED),
                1 => Prompt::skipped(LOVED, Millis::new(5_000)),
                2 => Prompt::Liked { target },
                3 => Prompt::Disliked { target },
                4 => Prompt::Unliked { target },
                _ => Prompt::Rated { target, stars: (minute % 7) as u8 },
            };
            event(minute, prompt, Surface::Radio)
        }).collect();
        let affinity = affinity_of(&fold(&events), LOVED);
        prop_assert!((-1.0..=1.0).contains(&affinity), "{affinity}");
    }
}
