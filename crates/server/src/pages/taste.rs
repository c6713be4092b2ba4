//! What Segue thinks a listener likes, for that listener to look at.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use music::{SoundFeature, Wish};
use recommend::adjuster;

use super::card::Card;
use super::chart::{bars, between, share, week};
use super::cover::Cover;
use super::cover_file::show_files;
use super::home::Nothing;
use super::render;
use super::shell::{Shell, Visit};
use crate::api::listeners::{LeaningLine, PersonaLine, Taste, taste as read};
use crate::app::Shared;
use crate::body::Params;
use crate::error::Problem;

#[derive(Template)]
#[template(path = "taste.html")]
struct TastePage {
    shell: Shell,
    event_count: u64,
    mainstream: Option<Scale>,
    personas: Vec<Persona>,
    artists: Vec<Bar>,
    tags: Vec<Bar>,
    sound: Vec<Scale>,
    leanings: Vec<Leaning>,
    adventure: String,
    week: String,
    hours: String,
    days: String,
    parts: Vec<Bar>,
    loved: Vec<Card>,
    rejected: Vec<Card>,
    slate: String,
    back: String,
}

/// A name with a bar.
struct Bar {
    name: String,
    /// Where its name leads; empty for nowhere.
    href: String,
    number: String,
    drawing: String,
}

/// A place between two words.
struct Scale {
    low: &'static str,
    high: &'static str,
    words: String,
    drawing: String,
}

/// One self.
struct Persona {
    title: String,
    percent: u32,
    drawing: String,
    covers: Vec<Cover>,
    tracks: Vec<(String, String, String)>,
    seed: String,
}

/// Which way the listener leans in one property of tracks, and the buttons about it.
struct Leaning {
    of: &'static str,
    title: &'static str,
    words: String,
    wishes: Vec<Choice>,
}

/// One of several buttons.
struct Choice {
    value: &'static str,
    label: &'static str,
    is_chosen: bool,
}

const LIST_LEN: usize = 12;

pub(super) async fn taste(
    State(app): State<Shared>,
    visit: Visit,
    Params(Nothing {}): Params<Nothing>,
) -> Result<Response, Problem> {
    let taste = read(&app, visit.subject.0, LIST_LEN).await?;
    let view = app.service.listener(visit.subject.0).await?;
    let shell = visit.shell(&app, "taste").await;
    let hours: Vec<f32> =
        (0..24).map(|hour| sum(taste.habits.weekday_hours.iter().map(|day| day[hour]))).collect();
    let days: Vec<f32> = taste.habits.weekday_hours.iter().map(|day| sum(day.iter().copied())).collect();
    let mut page = TastePage {
        event_count: taste.event_count,
        mainstream: taste.mainstream.map(mainstream),
        personas: taste.personas.iter().map(persona).collect(),
        artists: artists(&taste),
        tags: tags(&taste),
        sound: sound(&taste),
        leanings: taste.leanings.iter().map(leaning).collect(),
        adventure: taste.adventure.map_or_else(String::new, |share| {
            format!("{:.0} of 100 tracks that you choose by yourself are new to you.", 100.0 * share)
        }),
        week: week(&taste.habits.weekday_hours),
        hours: bars(&hours, &HOURS),
        days: bars(&days, &["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]),
        parts: parts(&taste),
        loved: taste.tracks.iter().map(|liked| Card::of_track(&liked.what, &view)).collect(),
        rejected: taste.rejected.iter().map(|liked| Card::of_track(&liked.what, &view)).collect(),
        slate: String::new(),
        back: "/taste".to_owned(),
        shell,
    };
    show_files(&app, page.loved.iter_mut().chain(&mut page.rejected)).await?;
    Ok(page.shell.close(render(&page)))
}

const HOURS: [&str; 24] = [
    "0", "", "", "3", "", "", "6", "", "", "9", "", "", "12", "", "", "15", "", "", "18", "", "", "21", "",
    "",
];

fn leaning(line: &LeaningLine) -> Leaning {
    let told = adjuster::words(line.of);
    let possible = |wish: &Wish| line.of.has_degrees() || matches!(wish, Wish::Learnt | Wish::Off);
    let choice = |wish: Wish| Choice {
        value: wish.name(),
        label: match wish {
            Wish::Learnt => "as learnt",
            Wish::Off => "no matter",
            Wish::Less => told.ends[0],
            Wish::More => told.ends[1],
        },
        is_chosen: wish == line.wish,
    };
    let mut words = line.words.clone();
    if line.wish == Wish::Learnt && line.effect != 0.0 {
        let (evidence, sure) = (line.evidence, 100.0 * line.confidence);
        words.push_str(&format!(", say {evidence:.0} tracks; {sure:.0} % sure"));
    }
    let wishes = Wish::ALL.into_iter().filter(possible).map(choice).collect();
    Leaning { of: line.of.name(), title: told.title, words, wishes }
}

fn sum(values: impl Iterator<Item = f32>) -> f32 {
    values.sum()
}

fn mainstream(value: f32) -> Scale {
    let words = match value {
        0.85.. => "You like what nearly everybody here likes.",
        0.65.. => "You like much that is well known, and some that is not.",
        0.45.. => "You are at home with the known and the unknown alike.",
        _ => "You like what few others here know.",
    };
    Scale { low: "niche", high: "mainstream", words: words.to_owned(), drawing: between(value) }
}

fn persona(line: &PersonaLine) -> Persona {
    let title = match &line.tags[..] {
        [] => "One side of you".to_owned(),
        tags => tags.join(" · "),
    };
    let cover = |track: &crate::api::words::TrackLine| {
        let release = track.release.as_ref().map_or(track.id.get(), |release| release.id.get());
        Cover::of(track.artists.first().map_or(0, |artist| artist.id.get()), release)
    };
    let name = |track: &crate::api::words::TrackLine| {
        let artists = track.artists.iter().map(|artist| artist.name.clone()).collect::<Vec<_>>().join(", ");
        (track.id.to_string(), track.title.clone(), artists)
    };
    Persona {
        title,
        percent: (100.0 * line.share).round() as u32,
        drawing: share(line.share),
        covers: line.tracks.iter().take(4).map(cover).collect(),
        tracks: line.tracks.iter().take(4).map(name).collect(),
        seed: line.around.as_ref().map(|track| track.id.to_string()).unwrap_or_default(),
    }
}

fn artists(taste: &Taste) -> Vec<Bar> {
    let bar = |liked: &crate::api::listeners::Liked<crate::api::words::ArtistLine>| Bar {
        name: liked.what.name.clone(),
        href: format!("/radio?seed={}", liked.what.id),
        number: format!("{:.0}", 100.0 * liked.affinity),
        drawing: share(liked.affinity),
    };
    taste.artists.iter().map(bar).collect()
}

/// The largest share fills the bar: shares of a long list are small numbers.
fn tags(taste: &Taste) -> Vec<Bar> {
    let most = taste.tags.first().map_or(1.0, |first| first.share).max(f32::MIN_POSITIVE);
    let bar = |tag: &crate::api::listeners::Share| Bar {
        name: tag.name.clone(),
        href: String::new(),
        number: format!("{:.0} %", 100.0 * tag.share),
        drawing: share(tag.share / most),
    };
    taste.tags.iter().map(bar).collect()
}

fn parts(taste: &Taste) -> Vec<Bar> {
    let most = taste.habits.parts.iter().map(|part| part.share).fold(f32::MIN_POSITIVE, f32::max);
    let bar = |part: &crate::api::listeners::Share| Bar {
        name: part.name.clone(),
        href: String::new(),
        number: format!("{:.0} %", 100.0 * part.share),
        drawing: share(part.share / most),
    };
    taste.habits.parts.iter().map(bar).collect()
}

fn sound(taste: &Taste) -> Vec<Scale> {
    let scale = |feature: SoundFeature, low, high, least: f32, greatest: f32| {
        let line = taste.sound.iter().find(|line| line.name == feature.name())?;
        let at = (line.mean - least) / (greatest - least);
        let words = match feature {
            SoundFeature::Tempo => format!("{:.0} beats per minute", line.mean),
            _ => format!("{:.0} of 100", 100.0 * line.mean),
        };
        Some(Scale { low, high, words, drawing: between(at) })
    };
    let scales = [
        scale(SoundFeature::Energy, "calm", "intense", 0.0, 1.0),
        scale(SoundFeature::Valence, "sad", "cheerful", 0.0, 1.0),
        scale(SoundFeature::Danceability, "to listen", "to dance", 0.0, 1.0),
        scale(SoundFeature::Acousticness, "electric", "acoustic", 0.0, 1.0),
        scale(SoundFeature::Instrumentalness, "sung", "instrumental", 0.0, 1.0),
        scale(SoundFeature::Tempo, "slow", "fast", 60.0, 180.0),
    ];
    scales.into_iter().flatten().collect()
}
