//! What to hear next, and why.

use axum::Json;
use axum::extract::State;
use engine::{Ask, Rejection};
use music::{Context, ListenerId, Target, TrackId};
use recommend::{Aim, Answer, MIXES, Mix, Slate, Sliders, Why};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::caller::{Caller, Subject};
use crate::app::{App, Shared};
use crate::body::Body;
use crate::error::Problem;

/// A product that can be asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MixLine {
    /// Its name in requests.
    name: &'static str,
    /// Its name for people.
    title: &'static str,
    /// What it promises.
    promise: &'static str,
    /// Whether it may bring what the listener knows.
    aim: Aim,
    /// Picks, unless a request says another number.
    length: usize,
    /// Whether it starts from something: a track, an artist, a release, a playlist.
    needs_seed: bool,
}

/// All mixes, in the order in which a page shows them.
#[utoipa::path(get, path = "/api/v1/mixes", tag = "recommendations",
    responses((status = 200, body = Vec<MixLine>)))]
pub(crate) async fn mixes() -> Json<Vec<MixLine>> {
    Json(MIXES.iter().map(|mix| MixLine::of(mix)).collect())
}

/// The rows of a start page for a listener: mixes in the order in which they have proved themselves.
///
/// The order changes by the hour and with what is played from each row.
#[utoipa::path(get, path = "/api/v1/rows", tag = "recommendations",
    params(("listener" = Option<String>, Query, description = "For administrators: for whom")),
    responses((status = 200, body = Vec<MixLine>)))]
pub(crate) async fn rows(
    State(app): State<Shared>,
    Subject(listener): Subject,
) -> Result<Json<Vec<MixLine>>, Problem> {
    let rows = app.service.rows(listener).await?;
    Ok(Json(rows.into_iter().map(MixLine::of).collect()))
}

impl MixLine {
    const fn of(mix: &Mix) -> Self {
        Self {
            name: mix.name,
            title: mix.title,
            promise: mix.promise,
            aim: mix.aim,
            length: mix.length,
            needs_seed: mix.needs_seed,
        }
    }
}

/// What is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// The mix.
    #[schema(example = "home")]
    mix: String,
    /// Tracks, artists, releases, or playlists that others share.
    #[serde(default)]
    answer: Answer,
    /// What to start from; at most 100.
    #[serde(default)]
    seeds: Vec<Target>,
    /// Picks, 1 to 500; the mix's own length where it is missing.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// What is around the listener.
    #[serde(default)]
    context: Context,
    /// Whether to leave no trace: then it is not logged what was shown.
    #[serde(default)]
    private: bool,
    /// From the familiar, -1, to the adventurous, 1; 0 changes nothing.
    #[serde(default)]
    #[schema(minimum = -1, maximum = 1)]
    adventurous: f32,
    /// From the popular, -1, to the niche, 1; 0 changes nothing.
    #[serde(default)]
    #[schema(minimum = -1, maximum = 1)]
    niche: f32,
    /// What makes chance repeatable.
    #[serde(default)]
    random_seed: Option<u64>,
    /// Tracks that the page shows elsewhere, at most 500; they come again only where nothing else is left.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    elsewhere: Vec<TrackId>,
    /// For administrators: who listens too; then it is one slate for all.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    with: Vec<ListenerId>,
}

/// Makes a slate: picks with their reasons, and the trace of how they came about.
///
/// What it shows is logged before it is handed out, unless the request is private.
#[utoipa::path(post, path = "/api/v1/recommend", tag = "recommendations", request_body = Wish,
    params(("listener" = Option<String>, Query, description = "For administrators: for whom")),
    responses((status = 200, body = Slate)))]
pub(crate) async fn recommend(
    State(app): State<Shared>,
    Subject(listener): Subject,
    caller: Caller,
    Body(wish): Body<Wish>,
) -> Result<Json<Slate>, Problem> {
    // A slate tells of everybody it is for.
    if !wish.with.is_empty() && !caller.is_administrator() {
        return Err(Problem::forbidden());
    }
    let ask = ask(&app, listener, wish).await?;
    slate(&app, ask).await.map(Json)
}

/// A slate, logged and counted.
pub(crate) async fn slate(app: &App, ask: Ask) -> Result<Slate, Problem> {
    let slate = app.service.recommend(ask).await?;
    app.telemetry.slate(&slate);
    Ok(slate)
}

/// What is asked about, and for which answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Doubt {
    /// The answer it is about.
    wish: Wish,
    /// The track, artist, release or playlist.
    target: Target,
}

/// Says where something stands in an answer and why, or why it is not there.
#[utoipa::path(post, path = "/api/v1/explain", tag = "recommendations", request_body = Doubt,
    params(("listener" = Option<String>, Query, description = "For administrators: for whom")),
    responses((status = 200, body = Why)))]
pub(crate) async fn explain(
    State(app): State<Shared>,
    Subject(listener): Subject,
    Body(Doubt { wish, target }): Body<Doubt>,
) -> Result<Json<Why>, Problem> {
    if !wish.with.is_empty() {
        let detail = "What becomes of a track is told for one listener at a time; leave `with` out.";
        return Err(Problem::invalid("one_at_a_time", detail));
    }
    let ask = ask(&app, listener, wish).await?;
    Ok(Json(app.service.why(ask, target).await?))
}

const SEED_COUNT_MAX: usize = 100;
const ELSEWHERE_COUNT_MAX: usize = 500;

/// What the engine is asked, once it is known that the listener may ask it.
async fn ask(app: &App, listener: ListenerId, wish: Wish) -> Result<Ask, Problem> {
    let mix = Mix::named(&wish.mix).ok_or_else(|| {
        let names = MIXES.iter().map(|mix| mix.name).collect::<Vec<_>>().join(", ");
        Problem::invalid("unknown_mix", format!("There is no such mix; there are {names}."))
    })?;
    if wish.seeds.len() > SEED_COUNT_MAX {
        return Err(Problem::invalid("too_many", format!("At most {SEED_COUNT_MAX} seeds are taken.")));
    }
    if wish.elsewhere.len() > ELSEWHERE_COUNT_MAX {
        let detail = format!("At most {ELSEWHERE_COUNT_MAX} tracks that are shown elsewhere are taken.");
        return Err(Problem::invalid("too_many", detail));
    }
    for (what, value) in [("adventurous", wish.adventurous), ("niche", wish.niche)] {
        if !(-1.0..=1.0).contains(&value) {
            return Err(Problem::invalid("out_of_range", format!("`{what}` goes from -1 to 1.")));
        }
    }
    let seeds = wish.seeds.iter().copied();
    require_playlists(app, listener, seeds.chain(wish.context.playlist.map(Target::Playlist))).await?;
    Ok(Ask {
        listener,
        mix,
        answer: wish.answer,
        seeds: wish.seeds,
        limit: wish.limit,
        context: wish.context,
        is_private: wish.private,
        random_seed: wish.random_seed,
        with: wish.with,
        elsewhere: wish.elsewhere,
        without: None,
        sliders: Sliders::new(wish.adventurous, wish.niche),
        suppose: Vec::new(),
    })
}

/// A station from a playlist tells what is on it, so it must be the listener's own or shared.
pub(crate) async fn require_playlists(
    app: &App,
    listener: ListenerId,
    targets: impl Iterator<Item = Target>,
) -> Result<(), Problem> {
    for target in targets {
        let Target::Playlist(id) = target else { continue };
        let is_own = app.engine().library().await.playlist_owner(id) == Some(listener);
        if !is_own && app.service.shared_playlist(id).await?.is_none() {
            return Err(Rejection::Unknown { id: id.to_string().into() }.into());
        }
    }
    Ok(())
}
