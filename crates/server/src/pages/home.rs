//! The start page: the mixes as rows, each pick with its reason; and one mix in full.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use engine::Ask;
use music::{Context, PlaylistKind, Surface, Target, TrackId};
use recommend::{Answer, ListenerView, Mix, Pick, Slate, Sliders, Trace};

use super::card::Card;
use super::cover_file::show_files;
use super::render;
use super::shell::{Shell, Visit};
use crate::api::recommend::slate;
use crate::app::{App, Shared};
use crate::body::Params;
use crate::error::Problem;

/// One mix on the page, told as tracks, records or playlists.
#[derive(Debug)]
struct Row {
    mix: &'static Mix,
    /// Its name within the page.
    id: String,
    /// Its page.
    place: String,
    title: String,
    promise: &'static str,
    /// What it is made of, as forms have it; empty for tracks.
    answer_name: &'static str,
    slate: String,
    cards: Vec<Card>,
    tracks: Vec<TrackId>,
    /// Why it is empty, where it is.
    nothing: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    shell: Shell,
    rows: Vec<Row>,
    /// Whether the page is about somebody of whom nothing is known yet.
    is_stranger: bool,
    is_untrained: bool,
    back: String,
}

#[derive(Template)]
#[template(path = "mix.html")]
struct MixPage {
    shell: Shell,
    row: Row,
    sliders: Sliders,
    back: String,
}

/// Where the sliders of a mix stand.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SliderForm {
    #[serde(default)]
    adventurous: f32,
    #[serde(default)]
    niche: f32,
    #[serde(default)]
    answer: Answer,
}

/// Nothing can be asked of a page but the page.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Picks in one row.
const ROW_LEN: usize = 12;

pub(super) async fn home(
    State(app): State<Shared>,
    visit: Visit,
    Params(Nothing {}): Params<Nothing>,
) -> Result<Response, Problem> {
    let view = app.service.listener(visit.subject.0).await?;
    let mixes = app.service.rows(visit.subject.0).await?;
    let mut rows = rows(&app, &view, &visit, &mixes).await?;
    let mix = Mix::named("home").expect("home is one of the mixes");
    for answer in [Answer::Releases, Answer::Playlists] {
        let row = row(&app, &view, Ask { answer, limit: Some(ROW_LEN), ..ask(&visit, mix) }).await?;
        // Who has no records, or no others who share playlists, is not told so every day.
        rows.extend(Some(row).filter(|row| !row.cards.is_empty()));
    }
    let shell = visit.shell(&app, "home").await;
    let page = HomePage {
        rows,
        is_stranger: view.summary.liked.is_empty(),
        is_untrained: app.service.snapshot().name.is_empty(),
        back: "/".to_owned(),
        shell,
    };
    Ok(page.shell.close(render(&page)))
}

pub(super) async fn mix(
    State(app): State<Shared>,
    visit: Visit,
    Path(name): Path<String>,
    Params(form): Params<SliderForm>,
) -> Result<Response, Problem> {
    let mix = Mix::named(&name).filter(|mix| !mix.needs_seed).ok_or_else(Problem::not_found)?;
    let view = app.service.listener(visit.subject.0).await?;
    let sliders = Sliders::new(form.adventurous, form.niche);
    let row = row(&app, &view, Ask { sliders, answer: form.answer, ..ask(&visit, mix) }).await?;
    let Sliders { adventurous, niche } = sliders;
    let answer =
        if row.answer_name.is_empty() { String::new() } else { format!("&answer={}", row.answer_name) };
    let back = format!("/mix/{}?adventurous={adventurous}&niche={niche}{answer}", mix.name);
    let page = MixPage { shell: visit.shell(&app, "home").await, row, sliders, back };
    Ok(page.shell.close(render(&page)))
}

/// The mixes side by side, none with what another shows, as far as there is enough.
///
/// What stands for the week is asked first, since it does not give way.
async fn rows(
    app: &App,
    view: &Arc<ListenerView>,
    visit: &Visit,
    mixes: &[&'static Mix],
) -> Result<Vec<Row>, Problem> {
    let (standing, others): (Vec<&Mix>, Vec<&Mix>) = mixes.iter().partition(|mix| mix.stands_for_a_week);
    let (mut elsewhere, mut rows) = (Vec::new(), Vec::with_capacity(mixes.len()));
    for mix in standing.into_iter().chain(others) {
        let ask = Ask { limit: Some(ROW_LEN), elsewhere: elsewhere.clone(), ..ask(visit, mix) };
        let row = row(app, view, ask).await?;
        elsewhere.extend(&row.tracks);
        rows.push(row);
    }
    rows.sort_by_key(|row| mixes.iter().position(|mix| mix.name == row.mix.name));
    Ok(rows)
}

/// Asks for a mix; what is shown is logged as an impression, unless the session is private.
async fn row(app: &App, view: &Arc<ListenerView>, ask: Ask) -> Result<Row, Problem> {
    let (mix, answer) = (ask.mix, ask.answer);
    let slate: Slate = slate(app, ask).await?;
    let mut cards = Card::list(&slate, view);
    show_files(app, cards.iter_mut()).await?;
    let track = |pick: &Pick| match pick.what.target() {
        Target::Track(track) => Some(track),
        _ => None,
    };
    let tracks = slate.picks.iter().filter_map(track).collect();
    let row = Row {
        mix,
        id: mix.name.to_owned(),
        place: format!("/mix/{}", mix.name),
        title: mix.title.to_owned(),
        promise: mix.promise,
        answer_name: "",
        slate: slate.slate_id.to_string(),
        cards,
        tracks,
        nothing: why_empty(&slate.trace),
    };
    let Some((answer_name, title, promise)) = told_as(answer) else { return Ok(row) };
    let title =
        if mix.name == "home" { format!("{title} for you") } else { format!("{}: {title}", mix.title) };
    let (id, place) = (format!("{}-{answer_name}", mix.name), format!("{}?answer={answer_name}", row.place));
    Ok(Row { id, place, title, promise, answer_name, ..row })
}

/// What a row of something else than tracks is called, and what it promises.
const fn told_as(answer: Answer) -> Option<(&'static str, &'static str, &'static str)> {
    match answer {
        Answer::Tracks => None,
        Answer::Artists => Some(("artists", "Artists", "Whose music would suit you.")),
        Answer::Releases => {
            Some(("releases", "Records", "Albums, EPs and singles with music that suits you."))
        }
        Answer::Playlists => {
            Some(("playlists", "Playlists", "Put together with care by others, who share them."))
        }
    }
}

/// Why nothing is in a slate, in a sentence.
fn why_empty(trace: &Trace) -> String {
    let silence = trace.sources.iter().find_map(|source| source.silence);
    let dropped = trace.dropped.iter().max_by_key(|dropped| dropped.count);
    match (dropped, silence) {
        (Some(dropped), _) if trace.candidate_count > 0 => {
            format!("Nothing yet: of most of what was found, {}.", dropped.words)
        }
        (_, Some(silence)) => format!("Nothing yet: {silence}."),
        _ => "Nothing yet.".to_owned(),
    }
}

/// What a page asks the engine.
pub(super) fn ask(visit: &Visit, mix: &'static Mix) -> Ask {
    let context = Context { surface: surface_of(mix.name), ..Context::default() };
    Ask { context, is_private: visit.is_private(), ..Ask::plain(visit.subject.0, mix) }
}

/// Where somebody is who looks at this mix; a skip means something else on each.
pub(super) fn surface_of(mix: &str) -> Surface {
    match mix {
        "home" => Surface::Home,
        "fresh-releases" => Surface::FreshReleases,
        "radio" => Surface::Radio,
        "autoplay" => Surface::Autoplay,
        "search" => Surface::Search,
        "library" => Surface::Library,
        "playlist" => Surface::Playlist { kind: PlaylistKind::Shared, mood: None },
        _ => Surface::Mix,
    }
}
