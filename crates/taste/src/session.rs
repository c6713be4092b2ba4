//! Where one stretch of listening ends and the next begins.
//!
//! Two things end a session: silence, and a change of place.
//! A short silence with a change of place is a new intention as much as a long silence is.

use music::unit::MINUTE_MS;
use music::{Event, PlaylistId, Prompt, Session, Surface, TrackId, UnixMillis};

/// When a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRules {
    /// Silence after which any event starts a new session, in milliseconds.
    pub gap_ms: i64,
    /// Silence after which an event on another surface starts a new session, in milliseconds.
    pub surface_gap_ms: i64,
}

impl Default for SessionRules {
    /// Half an hour of silence, or five minutes together with a change of surface.
    ///
    /// *Source* of the half hour: Turrin, Quadrana, Condorelli, Pagano, Cremonesi, "30Music listening and playlists
    /// dataset", 2015, use 800 s to 30 min; the upper end keeps a long track from splitting a session.
    /// The five minutes are a judgement, not tuned.
    fn default() -> Self {
        Self { gap_ms: 30 * MINUTE_MS, surface_gap_ms: 5 * MINUTE_MS }
    }
}

impl SessionRules {
    /// Whether `event` still belongs to `session`.
    ///
    /// An event from before the session's start does not: it came late, and is judged on its own.
    pub fn continues(&self, session: &Session, event: &Event) -> bool {
        let silence_ms = event.at.since(session.latest);
        let elsewhere = event.context.surface != session.surface && event.context.surface != Surface::Unknown;
        let limit_ms = if elsewhere { self.surface_gap_ms } else { self.gap_ms };
        event.listener == session.listener && event.at >= session.started && silence_ms <= limit_ms
    }

    /// The session as it stands before `event`: the running one, or a new one.
    pub fn place(&self, running: Option<Session>, event: &Event) -> Session {
        running
            .filter(|session| self.continues(session, event))
            .unwrap_or_else(|| Session::start(event.listener, event.at, event.context.surface))
    }

    /// Cuts the plays of one listener, which must stand in the order of their time, into sessions.
    pub fn cut<'a>(&self, events: impl IntoIterator<Item = &'a Event>) -> Vec<Listening> {
        let mut cut = Vec::<Listening>::new();
        for event in events {
            let running = cut.last().map(|listening| listening.session.clone());
            let continues = running.as_ref().is_some_and(|session| self.continues(session, event));
            let mut session = self.place(running, event);
            count(&mut session, event);
            if !continues {
                cut.push(Listening {
                    session: session.clone(),
                    playlist: event.context.playlist,
                    plays: vec![],
                });
            }
            if let Some(last) = cut.last_mut() {
                last.session = session;
                last.plays.extend(Heard::of(event));
            }
        }
        cut.retain(|listening| !listening.plays.is_empty());
        cut
    }
}

/// Counts `event` into the session it belongs to.
pub fn count(session: &mut Session, event: &Event) {
    session.latest = session.latest.max(event.at);
    if event.context.surface != Surface::Unknown {
        session.surface = event.context.surface;
    }
    match event.prompt {
        Prompt::Played { .. } | Prompt::Replayed { .. } => {
            session.play_count += 1;
            session.skip_run = 0;
        }
        Prompt::Skipped { .. } => {
            session.skip_count += 1;
            session.skip_run += 1;
        }
        _ => {}
    }
}

/// A session with what was heard in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listening {
    /// The session as it ended.
    pub session: Session,
    /// The playlist it began in.
    pub playlist: Option<PlaylistId>,
    /// What was heard, in order.
    pub plays: Vec<Heard>,
}

/// One track heard in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The track.
    pub track: TrackId,
    /// When it began.
    pub at: UnixMillis,
    /// Whether it was skipped.
    pub skipped: bool,
}

impl Heard {
    fn of(event: &Event) -> Option<Self> {
        let skipped = match event.prompt {
            Prompt::Played { .. } | Prompt::Replayed { .. } => false,
            Prompt::Skipped { .. } => true,
            _ => return None,
        };
        Some(Self { track: event.prompt.track()?, at: event.at, skipped })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use music::{Context, EventKey, ListenerId, Millis};

    fn event(minute: i64, surface: Surface, prompt: Prompt) -> Event {
        Event {
            key: EventKey::from_bytes([0; 16]),
            listener: ListenerId::new(1),
            at: UnixMillis::new(minute * MINUTE_MS),
            prompt,
            context: Context { surface, ..Context::default() },
        }
    }

    fn played(minute: i64, surface: Surface) -> Event {
        event(minute, surface, Prompt::played(TrackId::new(minute as u32)))
    }

    /// The minutes of the plays of each session.
    fn cut(events: &[Event]) -> Vec<Vec<i64>> {
        let sessions = SessionRules::default().cut(events);
        let minutes =
            |listening: &Listening| listening.plays.iter().map(|p| p.at.get() / MINUTE_MS).collect();
        sessions.iter().map(minutes).collect()
    }

    #[test]
    fn silence_ends_a_session() {
        let events = [0, 4, 33, 64].map(|minute| played(minute, Surface::Library));
        assert_eq!(cut(&events), [vec![0, 4, 33], vec![64]]);
    }

    #[test]
    fn a_change_of_place_after_a_short_silence_ends_it_too() {
        let events = [
            played(0, Surface::Library),
            played(4, Surface::Radio),
            played(10, Surface::Home),
            played(20, Surface::Unknown),
        ];
        assert_eq!(cut(&events), [vec![0, 4], vec![10, 20]]);
    }

    #[test]
    fn a_run_of_skips_ends_with_a_play() {
        let skip = |minute| event(minute, Surface::Radio, Prompt::skipped(TrackId::new(0), Millis::new(900)));
        let mut session = Session::start(ListenerId::new(1), UnixMillis::new(0), Surface::Radio);
        for event in [skip(0), skip(1)] {
            count(&mut session, &event);
        }
        assert_eq!((session.skip_run, session.skip_count), (2, 2));
        count(&mut session, &played(2, Surface::Radio));
        assert_eq!((session.skip_run, session.skip_count, session.play_count), (0, 2, 1));
    }

    #[test]
    fn a_late_event_does_not_join_a_session_that_began_after_it() {
        let rules = SessionRules::default();
        let session = Session::start(ListenerId::new(1), UnixMillis::new(60 * MINUTE_MS), Surface::Radio);
        assert!(!rules.continues(&session, &played(59, Surface::Radio)));
    }
}
