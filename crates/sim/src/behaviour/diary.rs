//! Writes a listener's events down, in the order of time and each with its key.

use music::{Context, Event, EventKey, ListenerId, Prompt, UnixMillis};

use super::{SimEvent, SkipReason};
use crate::chance::{Purpose, scramble};

/// What only the listener knows about a track that came up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Felt {
    pub(super) satisfaction: f32,
    pub(super) skip: Option<SkipReason>,
}

/// The events of one listener.
#[derive(Debug)]
pub(super) struct Diary {
    seed: u64,
    listener: ListenerId,
    written_count: u64,
    latest: UnixMillis,
    events: Vec<SimEvent>,
}

impl Diary {
    pub(super) fn new(seed: u64, listener: ListenerId, start: UnixMillis) -> Self {
        Self { seed, listener, written_count: 0, latest: start, events: Vec::new() }
    }

    /// Writes one event down.
    pub(super) fn write(&mut self, at: UnixMillis, prompt: Prompt, context: Context, persona: usize) {
        self.put(at, prompt, context, persona, None);
    }

    /// Writes down that a track came up, and how that felt.
    pub(super) fn write_heard(
        &mut self,
        at: UnixMillis,
        prompt: Prompt,
        context: Context,
        persona: usize,
        felt: Felt,
    ) {
        self.put(at, prompt, context, persona, Some(felt));
    }

    fn put(&mut self, at: UnixMillis, prompt: Prompt, context: Context, persona: usize, felt: Option<Felt>) {
        assert!(at >= self.latest, "a listener does one thing after the other");
        self.latest = at;
        let event = Event { key: self.next_key(), listener: self.listener, at, prompt, context };
        let truth = felt.and_then(|felt| felt.skip);
        self.events.push(SimEvent {
            event,
            persona,
            truth,
            satisfaction: felt.map(|felt| felt.satisfaction),
        });
    }

    /// When the latest event happened.
    pub(super) fn latest(&self) -> UnixMillis {
        self.latest
    }

    /// Takes out what was written since the last time.
    pub(super) fn take(&mut self) -> Vec<SimEvent> {
        std::mem::take(&mut self.events)
    }

    /// The listener and a running number make the key unique, the seed keeps worlds apart.
    fn next_key(&mut self) -> EventKey {
        let about = (u64::from(self.listener.get()) << 32) | self.written_count;
        let world = scramble(self.seed, Purpose::EventKeys, [0, 0]);
        self.written_count += 1;
        EventKey::from_bytes(((u128::from(world) << 64) | u128::from(about)).to_be_bytes())
    }
}
