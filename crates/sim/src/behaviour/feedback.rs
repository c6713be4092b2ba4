//! What a listener says or does about a track after hearing it: hearts, follows, saves, shares, stars.

use music::{Context, PlayStart, Prompt, Surface, Target, TrackId, UnixMillis};
use rand::{Rng, RngExt as _};

use super::Day;
use super::curation::add_while_listening;
use super::diary::Diary;
use super::memory::Memory;
use super::queue::Queue;
use super::reaction::{Response, Situation, SkipReason};
use crate::chance::{happens, logistic, normal};
use crate::listener::Listener;

/// A track that came up, and what was done with it.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) track: TrackId,
    pub(super) at: UnixMillis,
    pub(super) start: PlayStart,
    pub(super) response: Response,
    pub(super) situation: Situation,
    pub(super) persona: usize,
    pub(super) context: Context,
}

/// A queue that was played to its end.
pub(super) struct Ended<'a> {
    pub(super) queue: &'a Queue,
    /// What was heard out.
    pub(super) good: &'a [TrackId],
    pub(super) at: UnixMillis,
    pub(super) persona: usize,
}

/// Remembers the track as heard, and writes down what the listener says about it.
pub(super) fn respond_to(
    heard: &Heard,
    day: &Day<'_>,
    who: &Listener,
    memory: &mut Memory,
    diary: &mut Diary,
    rng: &mut impl Rng,
) {
    let share = heard.response.played.get() as f32 / heard.situation.duration.get().max(1) as f32;
    let over = diary.latest().max(heard.at + heard.response.played);
    let artist = day.world.track(heard.track).artist;
    memory.past.hear((heard.track, artist), heard.at, share, who);
    memory.heard(heard.track);
    // Whoever sleeps or drives says nothing.
    if heard.situation.attention < 0.4 || heard.context.online == Some(false) {
        return;
    }
    let mut speaker = Speaker { heard, who, memory, diary, at: over, rng };
    match heard.response.skip {
        None => {
            speaker.after_play();
            speaker.after_good_play_of_artist(day);
            add_while_listening(heard, day, memory, diary, over, rng);
        }
        Some(reason) => speaker.after_skip(reason),
    }
}

/// Somebody who may say something now.
struct Speaker<'a, R> {
    heard: &'a Heard,
    who: &'a Listener,
    memory: &'a mut Memory,
    diary: &'a mut Diary,
    at: UnixMillis,
    rng: &'a mut R,
}

impl<R: Rng> Speaker<'_, R> {
    fn say(&mut self, prompt: Prompt) {
        self.diary.write(self.at, prompt, self.heard.context.clone(), self.heard.persona);
    }

    fn after_play(&mut self) {
        let track = self.heard.track;
        let target = Target::Track(track);
        let enjoyment = logistic(self.heard.situation.liking - self.heard.situation.fatigue);
        let delight = ((enjoyment - 0.6) / 0.4).max(0.0);
        let passion = self.who.temper.passion;
        if !self.memory.liked.contains(&track) && happens(self.rng, 0.16 * delight * (0.2 + passion)) {
            self.memory.liked.insert(track);
            self.memory.keep(track);
            self.say(Prompt::Liked { target });
        } else if happens(self.rng, 0.05 * delight) {
            // Kept without a heart, by a tap that no prompt stands for.
            self.memory.keep(track);
        }
        if happens(self.rng, 0.012 * delight * passion) {
            self.say(Prompt::Shared { target });
        }
        self.rate(enjoyment);
    }

    fn rate(&mut self, enjoyment: f32) {
        if happens(self.rng, 0.2 * self.who.temper.rating) {
            let stars = (1.0 + 4.0 * enjoyment + normal(self.rng, 0.0, 0.5)).round().clamp(1.0, 5.0) as u8;
            self.say(Prompt::Rated { target: Target::Track(self.heard.track), stars });
        }
    }

    fn after_good_play_of_artist(&mut self, day: &Day<'_>) {
        let artist = day.world.track(self.heard.track).artist;
        if self.heard.situation.liking < 0.5 {
            return;
        }
        let count = self.memory.good_plays.entry(artist).or_default();
        *count += 1;
        let often = (*count as f32 / 4.0).min(2.0);
        let follows = *count >= 3 && happens(self.rng, 0.05 * often * (0.2 + self.who.temper.passion));
        if follows && !self.memory.followed.contains(&artist) {
            self.memory.followed.push(artist);
            self.say(Prompt::Followed { artist });
        } else if self.memory.followed.len() > 12 && happens(self.rng, 0.002) {
            let index = self.rng.random_range(0..self.memory.followed.len());
            let artist = self.memory.followed.remove(index);
            self.say(Prompt::Unfollowed { artist });
        }
    }

    fn after_skip(&mut self, reason: SkipReason) {
        let is_loved = self.memory.liked.contains(&self.heard.track);
        match reason {
            // Taste has moved on.
            SkipReason::Dislike if is_loved => self.take_heart_back_perhaps(0.25),
            SkipReason::Fatigue if is_loved => self.take_heart_back_perhaps(0.06),
            SkipReason::Dislike => self.complain_perhaps(),
            _ => {}
        }
    }

    /// Says "never again" about what came unasked and was plainly wrong; or makes up for having said so.
    fn complain_perhaps(&mut self) {
        let track = self.heard.track;
        let is_annoyed = self.heard.situation.liking < -1.5 && came_unasked(self.heard.context.surface);
        let share = 0.05 * (0.3 + self.who.temper.passion);
        if is_annoyed && happens(self.rng, share) {
            self.memory.drop(track);
            self.memory.disliked.push(track);
            self.say(Prompt::Disliked { target: Target::Track(track) });
        } else if is_annoyed && happens(self.rng, 0.1) {
            self.forgive();
        }
    }

    fn take_heart_back_perhaps(&mut self, share: f32) {
        if happens(self.rng, share) {
            let track = self.heard.track;
            self.memory.liked.remove(&track);
            self.memory.drop(track);
            self.say(Prompt::Unliked { target: Target::Track(track) });
        }
    }

    /// Looks through the list of dislikes and takes the oldest off it.
    fn forgive(&mut self) {
        if self.memory.disliked.len() > 2 {
            let track = self.memory.disliked.remove(0);
            self.say(Prompt::Undisliked { target: Target::Track(track) });
        }
    }
}

/// Whether somebody else chose what is playing.
fn came_unasked(surface: Surface) -> bool {
    matches!(
        surface,
        Surface::Radio
            | Surface::Autoplay
            | Surface::Home
            | Surface::Mix
            | Surface::FreshReleases
            | Surface::Playlist { kind: music::surface::PlaylistKind::Editorial, .. }
    )
}

/// Saves an album that was mostly heard out, and sometimes throws an old one out.
pub(super) fn album_ended(
    ended: &Ended<'_>,
    context: &Context,
    memory: &mut Memory,
    diary: &mut Diary,
    rng: &mut impl Rng,
) {
    let Some(release) = ended.queue.release else { return };
    if context.online == Some(false) || ended.good.len() < 4 {
        return;
    }
    let at = ended.at.max(diary.latest());
    if !memory.saved.contains(&release) && happens(rng, 0.6) {
        memory.saved.push(release);
        diary.write(at, Prompt::Saved { release }, context.clone(), ended.persona);
    } else if memory.saved.len() > 6 && happens(rng, 0.06) {
        let release = memory.saved.remove(rng.random_range(0..memory.saved.len()));
        diary.write(at, Prompt::Unsaved { release }, context.clone(), ended.persona);
    }
}
