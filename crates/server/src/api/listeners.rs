//! Listeners, and what is known about their taste in words and numbers that can be read.

use axum::Json;
use axum::extract::State;
use music::{Catalogue, ListenerId, SoundFeature, Trait, UnixMillis, Weekday, Wish};
use recommend::{Leaning, ListenerView, Snapshot, adjuster};
use serde::{Deserialize, Serialize};
use taste::DayPart;
use utoipa::{IntoParams, ToSchema};

use super::words::{ArtistLine, ListenerLine, TrackLine};
use crate::access::caller::Subject;
use crate::app::Shared;
use crate::body::{Params, page_len};
use crate::error::Problem;

/// Which listeners to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// The list starts behind this listener.
    #[param(value_type = Option<String>)]
    after: Option<ListenerId>,
    /// At most so many, 1 to 1,000; 100 where it is missing.
    limit: Option<usize>,
}

/// All listeners in the order of their ids, a page at a time.
#[utoipa::path(get, path = "/api/v1/listeners", tag = "listening", params(Page),
    responses((status = 200, body = Vec<ListenerLine>)))]
pub(crate) async fn listeners(
    State(app): State<Shared>,
    Params(Page { after, limit }): Params<Page>,
) -> Result<Json<Vec<ListenerLine>>, Problem> {
    let start = after.map_or(0, |after| after.get().saturating_add(1));
    let library = app.engine().library().await;
    let rows = (0..)
        .zip(library.listeners().iter().map(|name| &**name))
        .skip(start as usize)
        .take(page_len(limit, 100, 1_000)?);
    let line = |(row, name): (u32, &str)| ListenerLine { id: ListenerId::new(row), name: name.to_owned() };
    Ok(Json(rows.map(line).collect()))
}

/// How much of the profile to read out.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Depth {
    /// The length of each list at most, 1 to 500; 20 where it is missing.
    limit: Option<usize>,
}

/// What is known about a listener.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Taste {
    /// Who.
    pub(crate) listener: ListenerLine,
    /// How many events it is made of.
    pub(crate) event_count: u64,
    /// When the latest of them happened.
    pub(crate) latest: Option<UnixMillis>,
    /// 0 for niche to 1 for mainstream, where that is known.
    pub(crate) mainstream: Option<f32>,
    /// The listener's selves, the most important first.
    pub(crate) personas: Vec<PersonaLine>,
    /// Artists, best liked first.
    pub(crate) artists: Vec<Liked<ArtistLine>>,
    /// Tracks, best liked first.
    pub(crate) tracks: Vec<Liked<TrackLine>>,
    /// Tracks that behaviour or words speak against, worst first.
    pub(crate) rejected: Vec<Liked<TrackLine>>,
    /// Genres and other tags with their share of what is liked; languages are left out.
    pub(crate) tags: Vec<Share>,
    /// What the liked music sounds like.
    pub(crate) sound: Vec<SoundLine>,
    /// Which way the listener leans in each property of tracks; a `wished` event changes what is made of it.
    pub(crate) leanings: Vec<LeaningLine>,
    /// The share of new tracks among what the listener chooses without being recommended anything, 0 to 1, where known.
    pub(crate) adventure: Option<f32>,
    /// When the listener listens.
    pub(crate) habits: HabitTable,
}

/// Which way a listener leans in one property of tracks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeaningLine {
    /// The property.
    pub(crate) of: Trait,
    /// What the listener says should be made of it.
    pub(crate) wish: Wish,
    /// In words.
    pub(crate) words: String,
    /// What one deviation more adds to the log-odds of hearing a track out, by what was heard; 0 for neither way.
    pub(crate) effect: f32,
    /// As many tracks of equal weight speak of it.
    pub(crate) evidence: f32,
    /// How probable it is that it is not the other way round, .5 to 1.
    pub(crate) confidence: f32,
}

/// Something that is liked or not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Liked<T: ToSchema> {
    /// What.
    #[serde(flatten)]
    pub(crate) what: T,
    /// How much, −1 to 1.
    pub(crate) affinity: f32,
}

/// One self of a listener.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonaLine {
    /// The share of the listener's taste, 0 to 1.
    pub(crate) share: f32,
    /// The words that describe it best.
    pub(crate) tags: Vec<String>,
    /// The track that stands for it.
    pub(crate) around: Option<TrackLine>,
    /// Its tracks, most liked first.
    pub(crate) tracks: Vec<TrackLine>,
}

/// A word and its share.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Share {
    /// The word.
    pub(crate) name: String,
    /// 0 to 1; all shares sum to 1.
    pub(crate) share: f32,
}

/// One number of sound over all that is liked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SoundLine {
    /// Which.
    pub(crate) name: &'static str,
    /// The mean.
    pub(crate) mean: f32,
    /// The standard deviation.
    pub(crate) spread: f32,
}

/// Shares of all listening.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HabitTable {
    /// By weekday, Monday first, and hour of the day in local time.
    pub(crate) weekday_hours: Vec<Vec<f32>>,
    /// By part of the week.
    pub(crate) parts: Vec<Share>,
}

/// What is known about a listener's taste, every event included.
#[utoipa::path(get, path = "/api/v1/listeners/{listener}", tag = "listening",
    params(("listener" = String, Path), Depth), responses((status = 200, body = Taste)))]
pub(crate) async fn listener(
    State(app): State<Shared>,
    Subject(listener): Subject,
    Params(Depth { limit }): Params<Depth>,
) -> Result<Json<Taste>, Problem> {
    taste(&app, listener, page_len(limit, 20, 500)?).await.map(Json)
}

/// The readable profile of a listener.
pub(crate) async fn taste(app: &Shared, listener: ListenerId, limit: usize) -> Result<Taste, Problem> {
    let view = app.service.listener(listener).await?;
    let name = app.engine().library().await.listener(listener).unwrap_or_default().to_owned();
    let snapshot = app.service.snapshot();
    let catalogue = &*snapshot.catalogue;
    let summary = &view.summary;
    let artists = summary.artists.iter().take_while(|(_, affinity)| *affinity > 0.0).take(limit);
    Ok(Taste {
        listener: ListenerLine { id: listener, name },
        event_count: view.profile.event_count(),
        latest: view.profile.latest(),
        mainstream: view.mainstream,
        personas: personas(&view, catalogue, limit),
        artists: artists
            .filter_map(|&(id, affinity)| {
                Some(Liked { what: ArtistLine::of(catalogue.artist(id)?), affinity })
            })
            .collect(),
        tracks: liked(catalogue, &summary.liked, limit),
        rejected: liked(catalogue, &summary.rejected, limit),
        tags: summary
            .tags
            .iter()
            .filter(|&&(tag, _)| taste::summary::names_a_style(catalogue, tag))
            .take(limit)
            .filter_map(|&(tag, share)| Some(Share { name: catalogue.tag(tag)?.name.to_string(), share }))
            .collect(),
        sound: sound(&view),
        leanings: view.leanings.iter().map(|leaning| leaning_line(leaning, &snapshot)).collect(),
        adventure: view.profile.adventure().share(app.engine().clock().now()),
        habits: habits(&view, app.engine().clock().now()),
    })
}

fn leaning_line(leaning: &Leaning, snapshot: &Snapshot) -> LeaningLine {
    let Leaning { of, wish, effect, evidence, confidence, .. } = *leaning;
    LeaningLine { of, wish, words: adjuster::leaning_words(leaning, snapshot), effect, evidence, confidence }
}

fn liked(catalogue: &Catalogue, tracks: &[(music::TrackId, f32)], limit: usize) -> Vec<Liked<TrackLine>> {
    let known = tracks.iter().take(limit);
    let line = |&(id, affinity): &(music::TrackId, f32)| {
        Some(Liked { what: TrackLine::of(catalogue, catalogue.track(id)?), affinity })
    };
    known.filter_map(line).collect()
}

fn personas(view: &ListenerView, catalogue: &Catalogue, limit: usize) -> Vec<PersonaLine> {
    let line = |persona: &taste::Persona| {
        let tracks = &persona.tracks[..persona.tracks.len().min(limit)];
        PersonaLine {
            share: persona.importance,
            tags: common_tags(catalogue, &persona.tracks),
            around: catalogue.track(persona.medoid).map(|track| TrackLine::of(catalogue, track)),
            tracks: TrackLine::list(catalogue, tracks),
        }
    };
    view.personas.iter().map(line).collect()
}

/// The three tags that the tracks share most.
fn common_tags(catalogue: &Catalogue, tracks: &[music::TrackId]) -> Vec<String> {
    let mut weights = std::collections::BTreeMap::<music::TagId, f32>::new();
    for track in tracks.iter().filter_map(|&id| catalogue.track(id)) {
        let tags = taste::summary::tags_of(catalogue, track).iter();
        for tag in tags.filter(|tag| taste::summary::names_a_style(catalogue, tag.tag)) {
            *weights.entry(tag.tag).or_default() += tag.weight;
        }
    }
    let mut weights: Vec<_> = weights.into_iter().collect();
    weights.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let known = weights.into_iter().filter_map(|(tag, _)| catalogue.tag(tag)).take(3);
    known.map(|tag| tag.name.to_string()).collect()
}

fn sound(view: &ListenerView) -> Vec<SoundLine> {
    let line = |feature: SoundFeature| {
        let (mean, spread) = view.summary.sound.get(feature)?;
        Some(SoundLine { name: feature.name(), mean, spread })
    };
    SoundFeature::ALL.into_iter().filter_map(line).collect()
}

fn habits(view: &ListenerView, now: UnixMillis) -> HabitTable {
    let habits = view.profile.habits();
    let hours = |weekday| (0..24).map(|hour| habits.share(weekday, hour, now)).collect();
    let parts = habits.day_parts(now);
    let part = |part: DayPart| Share { name: part.name().to_owned(), share: parts[part.index()] };
    HabitTable {
        weekday_hours: Weekday::ALL.into_iter().map(hours).collect(),
        parts: DayPart::all().map(part).collect(),
    }
}
