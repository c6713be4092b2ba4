//! The start page: the mixes as rows, each pick with its reason; and one mix in full.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use engine::Ask;
use music::{Context, Surface, Target, TrackId};
use recommend::{ListenerView, Mix, Pick, Slate, Sliders};

use super::card::Card;
use super::cover_file::show_files;
use super::render;
use super::shell::{Shell, Visit};
use crate::api::recommend::slate;
use crate::app::{App, Shared};
use crate::body::Params;
use crate::error::Problem;

/// One mix on the page.
#[derive(Debug)]
struct Row {
    mix: &'static Mix,
    slate: String,
    cards: Vec<Card>,
    tracks: Vec<TrackId>,
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
    let rows = rows(&app, &view, &visit, &mixes).await?;
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
    let row = row(&app, &view, Ask { sliders, ..ask(&visit, mix) }).await?;
    let Sliders { adventurous, niche } = sliders;
    let back = format!("/mix/{}?adventurous={adventurous}&niche={niche}", mix.name);
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
    let mix = ask.mix;
    let slate: Slate = slate(app, ask).await?;
    let mut cards = Card::list(&slate, view);
    show_files(app, cards.iter_mut()).await?;
    let track = |pick: &Pick| match pick.what.target() {
        Target::Track(track) => Some(track),
        _ => None,
    };
    let tracks = slate.picks.iter().filter_map(track).collect();
    Ok(Row { mix, slate: slate.slate_id.to_string(), cards, tracks })
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
        _ => Surface::Mix,
    }
}
