//! The signals as tables for people, made by asking [`signal`](super::signal) itself.

use std::fmt::Write as _;

use music::{
    ArtistId, Context, Event, EventKey, ListenerId, Millis, Mood, PlayStart, PlaylistEdit, PlaylistId,
    PlaylistKind, Prompt, ReleaseId, Session, SkipDirection, Surface, Target, TrackId, UnixMillis,
};

use super::{Familiarity, Judgement, signal};

/// A track of so many milliseconds stands for all tracks in the tables.
const DURATION_MS: u32 = 200_000;

/// The page `docs/signals.md`.
pub fn table_markdown() -> String {
    let mut page = String::from(
        "# What events mean\n\n\
         This page is written by `cargo xtask docs` from `crates/taste/src/signal.rs`; change the code, not the page.\n\n\
         Each cell reads *preference @ confidence*.\n\
         Preference runs from −1 (never again) to 1 (loved), confidence from 0 (says nothing) to 1 (said in plain words).\n\
         What is *said* replaces what was said before and can be taken back without a trace; what is *shown* adds up and fades.\n\n",
    );
    explicit(&mut page);
    plays(&mut page);
    skips(&mut page);
    circumstances(&mut page);
    page
}

fn explicit(page: &mut String) {
    let track = Target::Track(TrackId::new(0));
    let playlist = PlaylistId::new(0);
    let added = |count| Prompt::PlaylistEdited {
        playlist,
        edit: PlaylistEdit::Added { tracks: vec![TrackId::new(0); count], index: None },
    };
    let rated = |stars| Prompt::Rated { target: track, stars };
    let summed = |plays| Prompt::PlayedBefore { target: track, plays };
    let rows = [
        ("like", Prompt::Liked { target: track }),
        ("unlike", Prompt::Unliked { target: track }),
        ("dislike", Prompt::Disliked { target: track }),
        ("dislike taken back", Prompt::Undisliked { target: track }),
        ("rate ★★★★★", rated(5)),
        ("rate ★★★★", rated(4)),
        ("rate ★★★", rated(3)),
        ("rate ★★", rated(2)),
        ("rate ★", rated(1)),
        ("rating taken back", rated(0)),
        ("follow an artist", Prompt::Followed { artist: ArtistId::new(0) }),
        ("save a release", Prompt::Saved { release: ReleaseId::new(0) }),
        ("share", Prompt::Shared { target: track }),
        ("replay", Prompt::Replayed { track: TrackId::new(0) }),
        ("choose from search results", Prompt::Searched { query: "".into(), chosen: Some(track) }),
        ("put into a playlist, up to 20 tracks at once", added(1)),
        ("put into a playlist, 200 tracks at once", added(200)),
        ("one play before Segue watched", summed(1)),
        ("10 plays before", summed(10)),
        ("100 plays before", summed(100)),
        ("shown by Segue", shown()),
    ];
    page.push_str("## Prompts that need no context\n\n| prompt | how | meaning |\n|---|---|---|\n");
    for (name, prompt) in rows {
        let case = Case { prompt, ..Case::default() };
        let _ = writeln!(page, "| {name} | {} | {} |", case.how(), case.cell());
    }
    page.push('\n');
}

fn plays(page: &mut String) {
    page.push_str(
        "## A play that was not skipped\n\n\
         By the share that was heard and by what started it.\n\n\
         | started by | ¼ | ½ | all |\n|---|---|---|---|\n",
    );
    let started =
        |start| move |played| Prompt::Played { track: TrackId::new(0), played: Some(played), start };
    let radio = Surface::Radio;
    let sleep = Surface::Playlist { kind: PlaylistKind::Editorial, mood: Some(Mood::Sleep) };
    let rows = [
        ("the listener's choice", PlayStart::Chosen, radio),
        ("nobody said", PlayStart::Unknown, radio),
        ("the one before ended", PlayStart::Next, radio),
        ("the one before ended, in a sleep playlist", PlayStart::Next, sleep),
    ];
    for (name, start, surface) in rows {
        row(page, name, surface, &[0.25, 0.5, 1.0], started(start));
    }
    page.push('\n');
}

fn skips(page: &mut String) {
    page.push_str(
        "## A skip, by surface\n\n\
         By the share of the track that was heard.\n\n\
         | surface | 5 s | ¼ | ½ | 90 % |\n|---|---|---|---|---|\n",
    );
    let playlist = |kind, mood| Surface::Playlist { kind, mood };
    let surfaces = [
        Surface::FreshReleases,
        Surface::Search,
        Surface::Home,
        Surface::Library,
        Surface::Album,
        Surface::Artist,
        Surface::Unknown,
        Surface::Autoplay,
        Surface::Radio,
        Surface::Mix,
        playlist(PlaylistKind::Own, None),
        playlist(PlaylistKind::Shared, None),
        playlist(PlaylistKind::Editorial, None),
        playlist(PlaylistKind::Editorial, Some(Mood::Workout)),
        playlist(PlaylistKind::Editorial, Some(Mood::Focus)),
    ];
    for surface in surfaces {
        row(page, &surface.to_string(), surface, &[0.025, 0.25, 0.5, 0.9], skip_after);
    }
    page.push('\n');
}

fn circumstances(page: &mut String) {
    page.push_str(
        "## What changes a skip\n\n\
         Each row is a skip after 5 seconds on the radio, with one thing different.\n\n\
         | what is different | meaning |\n|---|---|\n",
    );
    let early = Millis::new(5_000);
    let skip =
        |start, direction| Prompt::Skipped { track: TrackId::new(0), played: Some(early), start, direction };
    let radio = || Context { surface: Surface::Radio, ..Context::default() };
    let plain = || Case {
        prompt: skip(PlayStart::Next, SkipDirection::Forward),
        context: radio(),
        ..Case::default()
    };
    let shuffled = Context { shuffle: Some(true), ..radio() };
    let rows = [
        ("nothing", plain()),
        ("the third skip in a row", Case { skip_run: 2, ..plain() }),
        ("a known favourite", Case { play_count: 12, ..plain() }),
        ("the order was random", Case { context: shuffled, ..plain() }),
        (
            "the listener had chosen the track",
            Case { prompt: skip(PlayStart::Chosen, SkipDirection::Forward), ..plain() },
        ),
        (
            "left within a second",
            Case { prompt: Prompt::skipped(TrackId::new(0), Millis::new(600)), ..plain() },
        ),
        ("back to the track before", Case { prompt: skip(PlayStart::Next, SkipDirection::Back), ..plain() }),
    ];
    for (name, case) in rows {
        let _ = writeln!(page, "| {name} | {} |", case.cell());
    }
}

fn skip_after(played: Millis) -> Prompt {
    Prompt::Skipped {
        track: TrackId::new(0),
        played: Some(played),
        start: PlayStart::Next,
        direction: SkipDirection::Forward,
    }
}

fn shown() -> Prompt {
    Prompt::Shown(music::Impression {
        slate: music::SlateId::new(0),
        mix: "".into(),
        snapshot: "".into(),
        picks: vec![],
        stands: false,
        trial: None,
    })
}

fn row(page: &mut String, name: &str, surface: Surface, shares: &[f32], prompt: impl Fn(Millis) -> Prompt) {
    let _ = write!(page, "| {name} |");
    for share in shares {
        let played = Millis::new((share * DURATION_MS as f32) as u32);
        let context = Context { surface, ..Context::default() };
        let case = Case { prompt: prompt(played), context, ..Case::default() };
        let _ = write!(page, " {} |", case.cell());
    }
    page.push('\n');
}

/// One cell of a table: an event and what stood around it.
#[derive(Clone)]
struct Case {
    prompt: Prompt,
    context: Context,
    skip_run: u32,
    play_count: u32,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            prompt: Prompt::played(TrackId::new(0)),
            context: Context::default(),
            skip_run: 0,
            play_count: 0,
        }
    }
}

impl Case {
    fn judgement(&self) -> Option<Judgement> {
        let at = UnixMillis::new(0);
        let event = Event {
            key: EventKey::from_bytes([0; 16]),
            listener: ListenerId::new(0),
            at,
            prompt: self.prompt.clone(),
            context: self.context.clone(),
        };
        let session =
            Session { skip_run: self.skip_run, ..Session::start(event.listener, at, self.context.surface) };
        let familiarity = Familiarity {
            duration: Some(Millis::new(DURATION_MS)),
            play_count: self.play_count,
            affinity: 0.0,
        };
        signal(&event, &session, &familiarity).first().map(|signal| signal.judgement)
    }

    fn how(&self) -> &'static str {
        match self.judgement() {
            Some(Judgement::Says(_)) => "said",
            Some(Judgement::Unsays) => "taken back",
            Some(Judgement::Shows(_)) => "shown",
            Some(Judgement::SumsUp(_)) => "summed up",
            None => "–",
        }
    }

    fn cell(&self) -> String {
        match self.judgement().and_then(Judgement::opinion) {
            Some(opinion) => {
                // An even 0 reads better without a sign.
                let preference = if opinion.preference.abs() < 0.005 { 0.0 } else { opinion.preference };
                format!("{preference:.2} @ {:.2}", opinion.confidence).replace('-', "−")
            }
            None => "–".to_owned(),
        }
    }
}
