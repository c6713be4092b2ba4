//! What surrounds a skip, as numbers that a model of its meaning reads.
//!
//! The table in [`signal`](crate::signal) knows rules; a model learns from [what came after](crate::aftermath) what
//! each circumstance has to say.

use music::{Event, Mood, PlaylistKind, Prompt, Session, Surface};

use crate::opinion::Opinion;
use crate::signal::{Familiarity, signal};

/// What is known of listener and track beside the event, its session and their familiarity.
///
/// Vectors are the business of the caller; what is not known is none.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Background {
    /// Skips of the track before.
    pub track_skips: u32,
    /// Plays of the artist's tracks before.
    pub artist_plays: u32,
    /// Skips of the artist's tracks before.
    pub artist_skips: u32,
    /// How well the track fits what the listener hears as a whole; the higher, the better.
    pub listener_fit: Option<f32>,
    /// How like the track is to the nearest of the listener's selves, or of what they heard out lately.
    pub persona_fit: Option<f32>,
    /// How like it is to what was heard out in the session.
    pub session_fit: Option<f32>,
    /// How far it lies in sound from what was heard out in the session.
    pub session_distance: Option<f32>,
}

/// The numbers' names, in order.
pub const CIRCUMSTANCES: [&str; 22] = [
    "evidence of the table",
    "surface",
    "played share",
    "played seconds",
    "run of skips",
    "plays in the session",
    "hour",
    "weekday",
    "device",
    "shuffle",
    "start",
    "direction",
    "plays of the track",
    "skips of the track",
    "affinity",
    "plays of the artist",
    "skips of the artist",
    "share of skips of the artist",
    "listener fit",
    "persona fit",
    "session fit",
    "session distance",
];

/// From this index on the numbers tell of listener and track alone, wherever and whenever the skip happened.
pub const CONTEXT_FREE_FROM: usize = 12;

/// The numbers around a skip, what is not known as NaN; none for what is no skip.
///
/// `session` and `familiarity` are the state *before* the event.
pub fn circumstances(
    event: &Event,
    session: &Session,
    familiarity: &Familiarity,
    background: &Background,
) -> Option<[f32; CIRCUMSTANCES.len()]> {
    let Prompt::Skipped { played, start, direction, .. } = &event.prompt else { return None };
    let seconds = played.map_or(f32::NAN, |played| played.get() as f32 / 1000.0);
    let length = familiarity.duration.map_or(f32::NAN, |duration| duration.get() as f32 / 1000.0);
    let local = event.context.local(event.at);
    let Background { track_skips, artist_plays, artist_skips, .. } = *background;
    let said = signal(event, session, familiarity).first().and_then(|signal| signal.judgement.opinion());
    Some([
        said.map_or(0.0, Opinion::evidence),
        surface_code(event.context.surface),
        if length > 0.0 { (seconds / length).clamp(0.0, 1.0) } else { f32::NAN },
        seconds,
        session.skip_run as f32,
        session.play_count as f32,
        local.hour() as f32,
        local.weekday.index() as f32,
        event.context.device.map_or(f32::NAN, |device| f32::from(device as u8)),
        event.context.shuffle.map_or(f32::NAN, f32::from),
        f32::from(*start as u8),
        f32::from(*direction as u8),
        familiarity.play_count as f32,
        track_skips as f32,
        familiarity.affinity,
        artist_plays as f32,
        artist_skips as f32,
        (artist_skips as f32 + 0.5) / ((artist_plays + artist_skips) as f32 + 1.0),
        background.listener_fit.unwrap_or(f32::NAN),
        background.persona_fit.unwrap_or(f32::NAN),
        background.session_fit.unwrap_or(f32::NAN),
        background.session_distance.unwrap_or(f32::NAN),
    ])
}

/// Surfaces in an order that few thresholds divide well: from what the listener looks for to what plays by itself.
fn surface_code(surface: Surface) -> f32 {
    let code: u8 = match surface {
        Surface::Unknown => return f32::NAN,
        Surface::Search => 0,
        Surface::FreshReleases => 1,
        Surface::Home => 2,
        Surface::Library => 3,
        Surface::Album => 4,
        Surface::Artist => 5,
        Surface::Playlist { kind, mood } => {
            let calm = matches!(mood, Some(Mood::Focus | Mood::Sleep | Mood::Chill));
            match (kind, calm) {
                (PlaylistKind::Own, false) => 6,
                (PlaylistKind::Own, true) => 7,
                (_, true) => 8,
                (PlaylistKind::Shared, false) => 9,
                (PlaylistKind::Editorial | PlaylistKind::Generated, false) => 10,
            }
        }
        Surface::Mix => 11,
        Surface::Radio => 12,
        Surface::Autoplay => 13,
    };
    f32::from(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use music::{Context, EventKey, ListenerId, Millis, TrackId, UnixMillis};

    fn event(prompt: Prompt) -> Event {
        let context = Context { surface: Surface::Radio, ..Context::default() };
        let (key, listener) = (EventKey::from_bytes([0; 16]), ListenerId::new(0));
        Event { key, listener, at: UnixMillis::new(0), prompt, context }
    }

    #[test]
    fn a_skip_has_numbers_in_the_order_of_their_names_and_a_play_has_none() {
        let session = Session::start(ListenerId::new(0), UnixMillis::new(0), Surface::Radio);
        let familiarity = Familiarity { duration: Some(Millis::new(200_000)), play_count: 3, affinity: 0.25 };
        let background = Background { artist_skips: 2, ..Background::default() };
        let read = |event: &Event| circumstances(event, &session, &familiarity, &background);
        assert_eq!(read(&event(Prompt::played(TrackId::new(1)))), None);
        let skip = Prompt::skipped(TrackId::new(1), Millis::new(50_000));
        let numbers = read(&event(skip)).unwrap();
        let of = |name: &str| numbers[CIRCUMSTANCES.iter().position(|known| *known == name).unwrap()];
        assert_eq!((of("played share"), of("played seconds"), of("plays of the track")), (0.25, 50.0, 3.0));
        assert_eq!((of("affinity"), of("skips of the artist"), of("surface")), (0.25, 2.0, 12.0));
        assert!(of("device").is_nan() && of("session fit").is_nan());
        let share = |familiarity: &Familiarity, event: &Event| {
            circumstances(event, &session, familiarity, &background).unwrap()[2]
        };
        let unmeasured = Prompt::Skipped {
            track: TrackId::new(1),
            played: None,
            start: Default::default(),
            direction: Default::default(),
        };
        assert!(share(&familiarity, &event(unmeasured)).is_nan(), "nobody knows how much was heard");
        let skip = event(Prompt::skipped(TrackId::new(1), Millis::new(50_000)));
        assert!(share(&Familiarity { duration: None, ..familiarity }, &skip).is_nan(), "nor how long it is");
        assert_eq!(CIRCUMSTANCES[CONTEXT_FREE_FROM], "plays of the track");
    }
}
