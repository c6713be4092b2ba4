//! What an event means: the only place in Segue where a fact becomes a judgement.
//!
//! Explicit words outweigh behaviour, and behaviour is read by where it happened: whoever browses new releases skips
//! to see more, whoever skips in a calm focus playlist was disturbed.
//! The numbers are a first reading of the literature on implicit feedback, set by judgement and **not tuned**: no
//! public log of skips exists to tune them on.
//! `docs/signals.md` shows them as tables, made by calling [`signal`] itself.
//! Where a model has learnt from one's own log what skips mean, and tells it surely better, it says which of them mean
//! more ([`crate::reading`]).

mod skip;
mod table;

use music::playlist::PlaylistEdit;
use music::{Event, Millis, Mood, PlayStart, Prompt, Session, Surface, Target, TrackId};
use smallvec::{SmallVec, smallvec};

pub use self::table::table_markdown;
use crate::opinion::Opinion;

/// One thing that an event says about one target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signal {
    /// About what.
    pub target: Target,
    /// What it says.
    pub judgement: Judgement,
}

/// How an opinion came about, which decides how it joins what is known already.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Judgement {
    /// The listener said so; replaces what was said before.
    Says(Opinion),
    /// The listener took back what was said; nothing of it stays.
    Unsays,
    /// The listener's behaviour shows it; adds to what it showed before.
    Shows(Opinion),
    /// A sum of earlier plays shows it; replaces an earlier sum.
    SumsUp(Opinion),
}

impl Judgement {
    /// The opinion, unless something was taken back.
    pub const fn opinion(self) -> Option<Opinion> {
        match self {
            Self::Says(opinion) | Self::Shows(opinion) | Self::SumsUp(opinion) => Some(opinion),
            Self::Unsays => None,
        }
    }
}

/// The signals of one event: mostly one, several where tracks were put into a playlist, none for what was merely
/// shown.
pub type Signals = SmallVec<[Signal; 1]>;

/// What listener and target had to do with each other before the event.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Familiarity {
    /// How long the track is, where known.
    pub duration: Option<Millis>,
    /// How often the listener had played it without skipping.
    pub play_count: u32,
    /// How much the listener liked it so far, −1 to 1.
    pub affinity: f32,
}

/// A track counts as known and liked from so many plays on.
const FAMILIAR_PLAY_COUNT: u32 = 5;
/// A bulk addition: more tracks at once than anybody picks one by one.
const BULK_TRACK_COUNT: usize = 20;

/// Says what `event` means, given the session it stands in and what listener and target have behind them.
///
/// `session` is the state *before* the event.
pub fn signal(event: &Event, session: &Session, familiarity: &Familiarity) -> Signals {
    let surface = event.context.surface;
    let (target, judgement) = match &event.prompt {
        Prompt::Played { track, played, start } => {
            let share = played_share(*played, familiarity);
            (Target::Track(*track), Judgement::Shows(of_play(share, *start, surface)))
        }
        Prompt::Skipped { track, played, start, direction } => {
            let skip = skip::Skip { event, session, familiarity, played: *played, start: *start };
            match skip.opinion(*direction) {
                Some(opinion) => (Target::Track(*track), Judgement::Shows(opinion)),
                None => return Signals::new(),
            }
        }
        Prompt::Replayed { track } => (Target::Track(*track), Judgement::Shows(Opinion::new(0.9, 0.7))),
        Prompt::PlayedBefore { target, plays } => (*target, Judgement::SumsUp(of_sum(*plays))),
        Prompt::Searched { chosen, .. } => match chosen {
            Some(target) => (*target, Judgement::Shows(Opinion::new(0.5, 0.3))),
            None => return Signals::new(),
        },
        Prompt::Liked { target } => (*target, Judgement::Says(Opinion::new(1.0, 0.95))),
        Prompt::Disliked { target } => (*target, Judgement::Says(Opinion::new(-1.0, 1.0))),
        Prompt::Rated { target, stars } => (*target, of_rating(*stars)),
        Prompt::Unliked { target } | Prompt::Undisliked { target } => (*target, Judgement::Unsays),
        Prompt::Saved { release } => (Target::Release(*release), Judgement::Says(Opinion::new(0.8, 0.85))),
        Prompt::Followed { artist } => (Target::Artist(*artist), Judgement::Says(Opinion::new(0.8, 0.85))),
        Prompt::Unsaved { release } => (Target::Release(*release), Judgement::Unsays),
        Prompt::Unfollowed { artist } => (Target::Artist(*artist), Judgement::Unsays),
        Prompt::Shared { target } => (*target, Judgement::Shows(Opinion::new(0.8, 0.6))),
        Prompt::PlaylistEdited { edit: PlaylistEdit::Added { tracks, .. }, .. } => {
            return of_addition(tracks);
        }
        Prompt::PlaylistEdited { .. }
        | Prompt::PlaylistCreated { .. }
        | Prompt::Wished { .. }
        | Prompt::Shown(_) => return Signals::new(),
    };
    smallvec![Signal { target, judgement }]
}

/// Whether an event is a skip that is held against its track.
pub(crate) fn is_held_against(event: &Event, signals: &[Signal]) -> bool {
    let opinion = signals.first().and_then(|signal| signal.judgement.opinion());
    matches!(event.prompt, Prompt::Skipped { .. }) && opinion.is_some_and(|opinion| opinion.evidence() < 0.0)
}

/// Gives a skip the evidence that a model has learnt in place of the table's.
pub(crate) fn reread(signals: &mut Signals, evidence: f32) {
    for signal in signals {
        signal.judgement = Judgement::Shows(Opinion::of_evidence(evidence));
    }
}

/// The share of a track that was heard, 0 to 1, where it is known.
fn played_share(played: Option<Millis>, familiarity: &Familiarity) -> Option<f32> {
    let duration_ms = familiarity.duration.map(Millis::get).filter(|&ms| ms > 0)?;
    Some((played?.get() as f32 / duration_ms as f32).min(1.0))
}

/// A play that was not skipped: worth more when the track was chosen, less when it merely came next, and least where
/// nobody may have been listening any more.
fn of_play(share: Option<f32>, start: PlayStart, surface: Surface) -> Opinion {
    // A scrobble without a length was at least half the track or four minutes.
    let heard = share.unwrap_or(0.75);
    let chosen = match start {
        PlayStart::Chosen | PlayStart::Back => 1.0,
        PlayStart::Unknown => 0.8,
        PlayStart::Next => 0.6,
        PlayStart::Resumed => 0.5,
    };
    let attention = match surface {
        Surface::Playlist { mood: Some(Mood::Sleep), .. } => 0.4,
        Surface::Playlist { mood: Some(Mood::Focus), .. } | Surface::Autoplay => 0.7,
        _ => 1.0,
    };
    Opinion::new(0.1 + 0.5 * heard, 0.5 * chosen * attention)
}

/// A sum of plays: the hundredth play adds less than the first.
fn of_sum(play_count: u32) -> Opinion {
    let saturation = (1.0 + play_count as f32).ln() / 101.0_f32.ln();
    Opinion::new(saturation.min(1.0), if play_count == 0 { 0.0 } else { 0.6 })
}

fn of_rating(stars: u8) -> Judgement {
    match stars {
        0 => Judgement::Unsays,
        1 => Judgement::Says(Opinion::new(-1.0, 0.9)),
        2 => Judgement::Says(Opinion::new(-0.5, 0.8)),
        3 => Judgement::Says(Opinion::new(0.2, 0.7)),
        4 => Judgement::Says(Opinion::new(0.7, 0.85)),
        _ => Judgement::Says(Opinion::new(1.0, 0.95)),
    }
}

/// Tracks put into a playlist: picked one by one they say much, poured in by the hundred hardly anything each.
fn of_addition(tracks: &[TrackId]) -> Signals {
    let bulk = (BULK_TRACK_COUNT as f32 / tracks.len().max(1) as f32).min(1.0);
    let opinion = Opinion::new(0.8, 0.6 * bulk);
    let shows =
        |&track: &TrackId| Signal { target: Target::Track(track), judgement: Judgement::Shows(opinion) };
    tracks.iter().map(shows).collect()
}

#[cfg(test)]
mod tests;
