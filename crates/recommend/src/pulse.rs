//! What everybody heard out lately, listener by listener: the part of the log that models are too slow for.
//!
//! It is filled from the log as events come in, and read by [`crate::company`].

use std::collections::VecDeque;

use music::unit::DAY_MS;
use music::{Event, Id as _, ListenerId, Prompt, TrackId, UnixMillis};

/// Plays older than this say nothing of what is heard these days.
pub const PULSE_MS: i64 = 21 * DAY_MS;

/// Plays of each listener that are looked at, the latest: as many must be kept for what is learnt to be what is served.
pub const PLAYS_LIMIT: usize = 100;

/// The latest plays of all listeners.
#[derive(Clone, Debug)]
pub struct Pulse {
    /// In the order of their time.
    plays: Vec<VecDeque<(UnixMillis, TrackId)>>,
    limit: usize,
}

impl Pulse {
    /// Nobody has heard anything; of each listener the latest `limit` plays are kept.
    pub const fn new(limit: usize) -> Self {
        Self { plays: Vec::new(), limit }
    }

    /// Takes in what `event` says was heard out; everything else says nothing here.
    pub fn observe(&mut self, event: &Event) {
        let (Prompt::Played { track, .. } | Prompt::Replayed { track }) = event.prompt else { return };
        let row = event.listener.row();
        if self.plays.len() <= row {
            self.plays.resize_with(row + 1, VecDeque::new);
        }
        let plays = &mut self.plays[row];
        let place = plays.partition_point(|&(at, _)| at <= event.at);
        if place == 0 && plays.len() == self.limit {
            return;
        }
        plays.insert(place, (event.at, track));
        if plays.len() > self.limit {
            plays.pop_front();
        }
    }

    /// What a listener heard out in the three weeks before `now`, the latest first.
    pub fn before(
        &self,
        listener: ListenerId,
        now: UnixMillis,
    ) -> impl Iterator<Item = (UnixMillis, TrackId)> + '_ {
        let plays = self.plays.get(listener.row());
        let end = plays.map_or(0, |plays| plays.partition_point(|&(at, _)| at < now));
        let before = plays.into_iter().flat_map(move |plays| plays.range(..end).rev().copied());
        before.take_while(move |&(at, _)| now.since(at) <= PULSE_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use music::{Context, EventKey};

    fn play(listener: u32, track: u32, day: i64) -> Event {
        Event {
            key: EventKey::from_bytes([0; 16]),
            listener: ListenerId::new(listener),
            at: UnixMillis::new(day * DAY_MS),
            prompt: Prompt::played(TrackId::new(track)),
            context: Context::default(),
        }
    }

    #[test]
    fn the_latest_plays_are_kept_in_the_order_of_their_time() {
        let mut pulse = Pulse::new(3);
        for (track, day) in [(1, 1), (4, 4), (2, 2), (3, 3), (0, 0)] {
            pulse.observe(&play(5, track, day));
        }
        let at = |pulse: &Pulse, day: i64| -> Vec<u32> {
            let now = UnixMillis::new(day * DAY_MS);
            pulse.before(ListenerId::new(5), now).map(|(_, track)| track.get()).collect()
        };
        assert_eq!(at(&pulse, 10), [4, 3, 2]);
        assert_eq!(at(&pulse, 4), [3, 2], "what is to come is not known");
        assert_eq!(at(&pulse, 24), [4, 3], "what was heard before three weeks is over");
        assert_eq!(pulse.before(ListenerId::new(9), UnixMillis::new(0)).count(), 0);
    }
}
