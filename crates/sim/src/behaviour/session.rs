//! One session: from source to source, track by track, until the time or the patience is over.

use music::unit::MINUTE_MS;
use music::{Millis, PlayStart, Prompt, SkipDirection, Surface, TrackId, UnixMillis};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::diary::{Diary, Felt};
use super::feedback::{Heard, respond_to};
use super::memory::Memory;
use super::queue::{Chooser, Queue};
use super::reaction::{Response, Situation, SkipReason};
use super::setting::Setting;
use super::{Day, feedback};
use crate::chance::{exponential, happens, log_normal, weighted_index};
use crate::enjoyment::Moment;
use crate::listener::Listener;
use crate::source::{SOURCE_COUNT, Source};

/// Sources that are gone to in one session at most.
pub(super) const SOURCES_MAX: usize = 5;
/// The share of the plays whose length the client does not tell.
const UNTOLD_SHARE: f32 = 0.03;

/// Lets `who` listen from `at` on.
pub(super) fn listen(
    day: &Day<'_>,
    who: &Listener,
    memory: &mut Memory,
    diary: &mut Diary,
    at: UnixMillis,
    rng: &mut ChaCha8Rng,
) {
    let persona = day.world.active_persona(who.id, at);
    let traits = who.personas[persona].occasion.traits();
    let setting = Setting::draw(who, who.personas[persona].occasion, rng);
    let minutes = log_normal(rng, traits.minutes, 0.55).clamp(4.0, 300.0);
    let end = UnixMillis::new(at.get() + (minutes * MINUTE_MS as f32) as i64);
    let mut session = Session {
        day,
        who,
        persona,
        memory,
        diary,
        setting,
        now: at,
        end,
        rng,
        latest_good: None,
        wears_out: false,
    };
    session.run();
}

/// A session while it lasts.
pub(super) struct Session<'a> {
    pub(super) day: &'a Day<'a>,
    pub(super) who: &'a Listener,
    pub(super) persona: usize,
    pub(super) memory: &'a mut Memory,
    pub(super) diary: &'a mut Diary,
    pub(super) setting: Setting,
    pub(super) now: UnixMillis,
    pub(super) end: UnixMillis,
    pub(super) rng: &'a mut ChaCha8Rng,
    /// The latest track that was heard out.
    pub(super) latest_good: Option<TrackId>,
    /// Whether one source has been given up in anger; the second time the session ends.
    pub(super) wears_out: bool,
}

impl Session<'_> {
    pub(super) fn run(&mut self) {
        for _ in 0..SOURCES_MAX {
            let Some(queue) = self.next_queue() else { return };
            let gave_up = self.play(queue);
            if self.now >= self.end || (gave_up && self.wears_out) {
                return;
            }
            self.wears_out |= gave_up;
            // Most people let the music go on by itself when what they chose has ended.
            if !gave_up && self.setting.is_online() && happens(self.rng, 0.5) {
                self.play_on();
            }
            if self.now >= self.end {
                return;
            }
            self.now = self.now + Millis::new(self.rng.random_range(5_000..60_000));
        }
    }

    /// A queue from a source that suits persona, temper and connection.
    fn next_queue(&mut self) -> Option<Queue> {
        let occasion = self.who.personas[self.persona].occasion;
        let mut weights = Source::weights(occasion, &self.who.temper);
        if !self.setting.is_online() {
            for (weight, source) in weights.iter_mut().zip(Source::ALL) {
                *weight *= if source.works_offline() { 1.0 } else { 0.0 };
            }
        }
        for _ in 0..SOURCE_COUNT {
            let index = weighted_index(self.rng, &weights)?;
            let (day, who, persona, now) = (self.day, self.who, self.persona, self.now);
            let chooser = Chooser { day, who, persona, memory: self.memory, now };
            if let Some(queue) = chooser.queue(Source::ALL[index], self.rng) {
                return Some(queue);
            }
            // Nothing there: somewhere else, then.
            weights[index] = 0.0;
        }
        None
    }

    fn play_on(&mut self) {
        let (day, who, persona, now) = (self.day, self.who, self.persona, self.now);
        let chooser = Chooser { day, who, persona, memory: self.memory, now };
        let queue = self.latest_good.and_then(|seed| chooser.autoplay(seed, self.rng));
        if let Some(queue) = queue {
            self.play(queue);
        }
    }

    /// Plays a queue; says whether the listener gave it up.
    pub(super) fn play(&mut self, mut queue: Queue) -> bool {
        self.search(&queue);
        let run_max = self.run_max(queue.surface);
        let mut run = 0;
        let mut good = Vec::new();
        let mut start = queue.start;
        let mut previous = None;
        while let Some(track) = queue.tracks.pop_front() {
            // The app keeps what was disliked away by itself.
            if self.memory.disliked.contains(&track) {
                continue;
            }
            let heard = self.hear(track, start, &mut queue);
            let back = self.write(&heard, previous);
            respond_to(&heard, self.day, self.who, self.memory, self.diary, self.rng);
            self.now = self.now.max(self.diary.latest()) + Millis::new(self.rng.random_range(150..2_000));
            match heard.response.skip {
                None => {
                    run = 0;
                    good.push(track);
                    self.latest_good = Some(track);
                }
                Some(_) => run += 1,
            }
            if self.now >= self.end || (run > run_max && happens(self.rng, 0.6)) {
                return run > run_max;
            }
            start = self.next_start(&queue);
            if let Some(back) = back {
                queue.tracks.push_front(track);
                queue.tracks.push_front(back);
                start = PlayStart::Back;
            }
            previous = Some(track);
        }
        let ended = feedback::Ended { queue: &queue, good: &good, at: self.now, persona: self.persona };
        let context = self.setting.context(queue.surface, queue.playlist, queue.shuffle);
        feedback::album_ended(&ended, &context, self.memory, self.diary, self.rng);
        false
    }

    /// How many skips in a row are borne.
    fn run_max(&self, surface: Surface) -> u32 {
        let patience = (2.0 + 4.0 * self.who.temper.patience) as u32;
        // Skipping is what a list of new releases is for.
        if surface == Surface::FreshReleases { patience + 6 } else { patience }
    }

    /// What is typed before a queue comes up, with a miss now and then.
    fn search(&mut self, queue: &Queue) {
        let Some((query, target)) = &queue.search else { return };
        let context = self.setting.context(Surface::Search, None, None);
        if happens(self.rng, 0.12) {
            let miss: Box<str> = query.chars().rev().take(6).collect();
            let prompt = Prompt::Searched { query: miss, chosen: None };
            self.diary.write(self.now, prompt, context.clone(), self.persona);
            self.now = self.now + Millis::new(self.rng.random_range(3_000..15_000));
        }
        let prompt = Prompt::Searched { query: query.clone(), chosen: Some(*target) };
        self.diary.write(self.now, prompt, context, self.persona);
        self.now = self.now + Millis::new(self.rng.random_range(1_000..5_000));
    }

    /// What the listener does with a track that begins now.
    fn hear(&mut self, track: TrackId, start: PlayStart, queue: &mut Queue) -> Heard {
        let moment = Moment { at: self.now, persona: Some(self.persona), surface: queue.surface };
        let wanted =
            matches!(queue.surface, Surface::Search | Surface::Library | Surface::Album | Surface::Artist);
        let situation = Situation {
            chosen: wanted && start == PlayStart::Chosen,
            ..self.day.world.situation(self.who, self.persona, track, &moment, &self.memory.past)
        };
        let mut response = situation.response(self.rng);
        if queue.seek_count > 0 {
            queue.seek_count -= 1;
            let played = Millis::new(600 + exponential(self.rng, 1_500.0) as u32);
            response = Response { played: played.min(situation.duration), skip: Some(SkipReason::Seeking) };
        }
        let context = self.setting.context(queue.surface, queue.playlist, queue.shuffle);
        let context = music::Context { slate: queue.slate, ..context };
        Heard { track, at: self.now, start, response, situation, persona: self.persona, context }
    }

    /// Writes a play or a skip down; gives the track to go back to, where the listener goes back.
    fn write(&mut self, heard: &Heard, previous: Option<TrackId>) -> Option<TrackId> {
        let told = !happens(self.rng, UNTOLD_SHARE);
        let played = told.then_some(heard.response.played);
        let (track, start) = (heard.track, heard.start);
        let can_go_back = !matches!(heard.context.surface, Surface::Radio | Surface::Autoplay);
        let is_restless = heard.response.skip == Some(SkipReason::Restless);
        let back = previous.filter(|_| can_go_back && is_restless && happens(self.rng, 0.3));
        let prompt = match heard.response.skip {
            None => Prompt::Played { track, played, start },
            Some(_) => {
                let direction = if back.is_some() { SkipDirection::Back } else { SkipDirection::Forward };
                Prompt::Skipped { track, played, start, direction }
            }
        };
        let felt = Felt { satisfaction: heard.situation.satisfaction(), skip: heard.response.skip };
        self.diary.write_heard(heard.at, prompt, heard.context.clone(), self.persona, felt);
        self.now = self.now + heard.response.played;
        if heard.response.skip.is_none() && self.plays_again(heard) {
            self.diary.write(self.now, Prompt::Replayed { track }, heard.context.clone(), self.persona);
            self.now = self.now + heard.response.played;
            let artist = self.day.world.track(track).artist;
            self.memory.past.hear((track, artist), self.now, 1.0, self.who);
            self.memory.heard(track);
        }
        back
    }

    fn plays_again(&mut self, heard: &Heard) -> bool {
        let delight = heard.situation.liking - heard.situation.fatigue - 1.5;
        delight > 0.0 && heard.situation.attention > 0.4 && happens(self.rng, 0.02 * delight.min(2.0))
    }

    /// What starts the next track: in lists people pick, elsewhere it comes by itself.
    fn next_start(&mut self, queue: &Queue) -> PlayStart {
        let by_hand = match queue.surface {
            Surface::Library if queue.shuffle == Some(false) => 0.7,
            Surface::FreshReleases | Surface::Home | Surface::Artist => 0.4,
            _ => 0.0,
        };
        if happens(self.rng, by_hand) { PlayStart::Chosen } else { PlayStart::Next }
    }
}
