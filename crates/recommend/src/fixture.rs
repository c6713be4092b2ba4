//! A small world for tests: two styles, twelve artists, seventy-two tracks and forty listeners of one style each.

use std::collections::BTreeMap;
use std::sync::Arc;

use learn::boost::{Node, Tree};
use learn::ials::{Ials, IalsParams};
use learn::knn::{Bm25Params, fit_item_knn};
use learn::popularity::{Play, Popularity, PopularityParams};
use learn::reception::Reception;
use learn::{Neighbours, Sparse};
use music::unit::{DAY_MS, HOUR_MS};
use music::{
    Artist, ArtistId, Catalogue, Context, Event, EventKey, ListenerId, Millis, Prompt, Release, ReleaseDate,
    ReleaseId, SlateId, Sound, SoundFeature, Surface, Tag, TagId, TagKind, TagWeight, Track, TrackId,
    UnixMillis,
};
use smallvec::smallvec;
use taste::TasteProfile;

use crate::feature::Features;
use crate::listener::ListenerView;
use crate::mix::Mix;
use crate::models::{Models, Ranking};
use crate::pipeline::recommend;
use crate::query::{Aim, Answer, Query, Request, Seed};
use crate::runner::Inline;
use crate::slate::Slate;
use crate::snapshot::Snapshot;

pub(crate) const ARTISTS: u32 = 12;
pub(crate) const TRACKS_PER_ARTIST: u32 = 6;
pub(crate) const TRACKS: u32 = ARTISTS * TRACKS_PER_ARTIST;
const LISTENERS: u32 = 40;

/// 2025-06-15T12:00Z, a Sunday.
pub(crate) const NOW: UnixMillis = UnixMillis::from_seconds(1_749_988_800);

/// Even artists play rock (style 0), odd ones jazz (style 1).
pub(crate) fn style_of(track: TrackId) -> u32 {
    artist_of(track).get() % 2
}

pub(crate) fn artist_of(track: TrackId) -> ArtistId {
    ArtistId::new(track.get() / TRACKS_PER_ARTIST)
}

/// The tracks of one style, in id order.
pub(crate) fn tracks_of(style: u32) -> impl Iterator<Item = TrackId> {
    (0..TRACKS).map(TrackId::new).filter(move |&track| style_of(track) == style)
}

/// The music, with or without its sound.
fn catalogue(is_heard: bool) -> Catalogue {
    let tags = ["rock", "jazz"].into_iter().enumerate();
    let tag = |(row, name): (usize, &str)| Tag {
        id: TagId::new(row as u32),
        name: name.into(),
        kind: TagKind::Genre,
    };
    let artist = |row| Artist {
        id: ArtistId::new(row),
        name: format!("Artist {row}").into(),
        tags: Box::new([TagWeight { tag: TagId::new(row % 2), weight: 1.0 }]),
    };
    let track = |row: u32| {
        let id = TrackId::new(row);
        let style = style_of(id);
        let mut sound = Sound::default();
        let wobble = (row % 5) as f32 / 25.0;
        sound.set(SoundFeature::Energy, if style == 0 { 0.75 } else { 0.15 } + wobble).unwrap();
        sound.set(SoundFeature::Acousticness, if style == 0 { 0.05 } else { 0.75 } + wobble).unwrap();
        sound.set(SoundFeature::Tempo, 90.0 + (row % 7) as f32 * 8.0).unwrap();
        // The last track of each artist came out ten days ago.
        let date = if row % TRACKS_PER_ARTIST == TRACKS_PER_ARTIST - 1 { "2025-06-05" } else { "2019-03-01" };
        Track {
            id,
            title: format!("Track {row}").into(),
            artists: smallvec![artist_of(id)],
            release: None,
            duration: Some(Millis::new(200_000)),
            date: Some(date.parse::<ReleaseDate>().unwrap()),
            explicit: None,
            tags: Box::default(),
            sound: is_heard.then(|| Box::new(sound)),
        }
    };
    Catalogue::new(
        (0..TRACKS).map(track).collect(),
        (0..ARTISTS).map(artist).collect(),
        vec![],
        tags.map(tag).collect(),
    )
}

/// Who plays what: listener `l` plays about half of the tracks of style `l % 2`, lower ids being better known.
fn plays() -> Vec<(u32, u32)> {
    let mut plays = Vec::new();
    for listener in 0..LISTENERS {
        for (place, track) in tracks_of(listener % 2).enumerate() {
            let keep = (listener as usize * 7 + place * 11) % 36;
            if keep > place {
                plays.push((listener, track.get()));
            }
        }
    }
    plays
}

fn neighbours(matrix: &Sparse) -> Option<Neighbours> {
    let params = Bm25Params { shrink: 1.0, ..Bm25Params::default() };
    Some(fit_item_knn(matrix, &params, 20).unwrap())
}

fn models() -> Models {
    let plays = plays();
    let matrix = |columns: u32, column: fn(u32) -> u32| {
        let entries = plays.iter().map(|&(listener, track)| (listener, column(track), 1.0));
        Sparse::from_triplets(LISTENERS as usize, columns as usize, entries).unwrap()
    };
    let tracks = matrix(TRACKS, |track| track);
    let artists = matrix(ARTISTS, |track| track / TRACKS_PER_ARTIST);
    let params = IalsParams { dim: 8, epochs: 8, ..IalsParams::default() };
    let fit = |matrix: &Sparse| Some(Ials::fit(matrix, &params, &mut |_| ()).unwrap().items);
    let counted = |item_count: u32, item: fn(u32) -> u32| {
        let play = |&(listener, track): &(u32, u32)| Play {
            item: item(track),
            listener,
            age_days: (track % 30) as f32,
            weight: 1.0,
        };
        let plays = plays.iter().map(play).collect();
        Some(Popularity::count(item_count as usize, plays, &PopularityParams::default()).unwrap())
    };
    // Every other track goes down well.
    let received = |count: u32| (0..count).map(|row| if row % 2 == 0 { 0.2 } else { -0.1 }).collect();
    let reception = Reception::from_parts(received(TRACKS), received(ARTISTS)).unwrap();
    Models {
        heads: Vec::new(),
        reception: Some(reception),
        skip_meaning: None,
        track_factors: fit(&tracks),
        artist_factors: fit(&artists),
        track_neighbours: neighbours(&tracks),
        playlist_neighbours: neighbours(&tracks),
        session_neighbours: neighbours(&tracks),
        view_neighbours: neighbours(&tracks),
        lyrics_neighbours: neighbours(&tracks),
        art_neighbours: neighbours(&tracks),
        followers: neighbours(&tracks),
        crowd: Some(tracks),
        track_attributes: None,
        artist_neighbours: neighbours(&artists),
        track_popularity: counted(TRACKS, |track| track),
        artist_popularity: counted(ARTISTS, |track| track / TRACKS_PER_ARTIST),
        questions: crate::Questions::default(),
        segments: None,
        ranking: BTreeMap::new(),
    }
}

/// The world with everything learnt.
pub(crate) fn snapshot() -> Arc<Snapshot> {
    Arc::new(Snapshot::new("test", Arc::new(catalogue(true)), Arc::new(models())))
}

/// The same world where nobody knows how anything sounds.
pub(crate) fn unheard_snapshot() -> Arc<Snapshot> {
    Arc::new(Snapshot::new("test", Arc::new(catalogue(false)), Arc::new(models())))
}

/// A tree that asks one question about the feature with this name.
pub(crate) fn stump(name: &str) -> Tree {
    let feature = Features::names().position(|known| known == name).unwrap() as u32;
    let node = Node { feature, threshold: 0.1, left: -1, right: -2, mean: 0.05 };
    Tree { nodes: vec![node], leaves: vec![-0.4, 0.5] }
}

/// The world with everything learnt, and this measured for every aim.
pub(crate) fn with_ranking(ranking: &Ranking) -> Arc<Snapshot> {
    let ranking = [Aim::Enjoy, Aim::Discover].map(|aim| (aim, ranking.clone()));
    let models = Models { ranking: ranking.into(), ..models() };
    Arc::new(Snapshot::new("test", Arc::new(catalogue(true)), Arc::new(models)))
}

/// The world in which everything is sung in one language, and is tagged with it before its style.
pub(crate) fn sung_in(code: &str) -> Arc<Snapshot> {
    let plain = catalogue(true);
    let mut tags = plain.tags().to_vec();
    let language = TagId::new(tags.len() as u32);
    tags.push(Tag { id: language, name: code.into(), kind: TagKind::Language });
    let artist = |artist: &Artist| {
        let first = [TagWeight { tag: language, weight: 1.0 }];
        let tags = first.into_iter().chain(artist.tags.iter().copied()).collect();
        Artist { tags, ..artist.clone() }
    };
    let artists = plain.artists().iter().map(artist).collect();
    let catalogue = Catalogue::new(plain.tracks().to_vec(), artists, vec![], tags);
    Arc::new(Snapshot::new("test", Arc::new(catalogue), Arc::new(models())))
}

/// The world in which even and odd listeners of a style speak different languages: the last three tracks of each artist
/// are French, the others English; and the tracks of each artist stand on one release.
pub(crate) fn bilingual() -> Arc<Snapshot> {
    let plain = catalogue(true);
    let mut tags = plain.tags().to_vec();
    let first = tags.len() as u32;
    for name in ["en", "fr"] {
        tags.push(Tag { id: TagId::new(tags.len() as u32), name: name.into(), kind: TagKind::Language });
    }
    let track = |track: &Track| {
        let language = first + u32::from(track.id.get() % TRACKS_PER_ARTIST >= 3);
        let tags = [style_of(track.id), language].map(|tag| TagWeight { tag: TagId::new(tag), weight: 1.0 });
        let release = Some(ReleaseId::new(artist_of(track.id).get()));
        Track { tags: Box::new(tags), release, ..track.clone() }
    };
    let release = |artist: &Artist| Release {
        id: ReleaseId::new(artist.id.get()),
        title: format!("Release {}", artist.id.get()).into(),
        artist: Some(artist.id),
        kind: None,
        date: None,
    };
    let tracks = plain.tracks().iter().map(track).collect();
    let releases = plain.artists().iter().map(release).collect();
    let catalogue = Catalogue::new(tracks, plain.artists().to_vec(), releases, tags);
    Arc::new(Snapshot::new("test", Arc::new(catalogue), Arc::new(models())))
}

/// The world in which lower rows are better known, and the first track of each artist is on its way up.
pub(crate) fn rising() -> Arc<Snapshot> {
    let scores = (0..TRACKS).map(|row| (TRACKS - row) as f32).collect();
    let trend = |row: u32| if row.is_multiple_of(TRACKS_PER_ARTIST) { 0.5 } else { 0.0 };
    let popularity =
        Popularity::from_parts(scores, (0..TRACKS).map(trend).collect(), vec![3; TRACKS as usize]);
    let models = Models { track_popularity: Some(popularity.unwrap()), ..models() };
    Arc::new(Snapshot::new("test", Arc::new(catalogue(true)), Arc::new(models)))
}

/// The world in which the last artists of both styles play fusion too.
pub(crate) fn with_a_third_genre() -> Arc<Snapshot> {
    let plain = catalogue(true);
    let mut tags = plain.tags().to_vec();
    let fusion = TagId::new(tags.len() as u32);
    tags.push(Tag { id: fusion, name: "fusion".into(), kind: TagKind::Genre });
    let artist = |artist: &Artist| {
        let more = (artist.id.get() >= ARTISTS - 2).then_some(TagWeight { tag: fusion, weight: 0.5 });
        Artist { tags: artist.tags.iter().copied().chain(more).collect(), ..artist.clone() }
    };
    let artists = plain.artists().iter().map(artist).collect();
    let catalogue = Catalogue::new(plain.tracks().to_vec(), artists, vec![], tags);
    Arc::new(Snapshot::new("test", Arc::new(catalogue), Arc::new(models())))
}

/// The world with a popularity, in which the tracks below this row were played by nobody.
pub(crate) fn unplayed_below(row: u32) -> Arc<Snapshot> {
    let plays = plays().into_iter().filter(|&(_, track)| track >= row);
    let play = |(listener, item)| Play { item, listener, age_days: 3.0, weight: 1.0 };
    let counted = Popularity::count(TRACKS as usize, plays.map(play).collect(), &PopularityParams::default());
    let models = Models { track_popularity: Some(counted.unwrap()), ..models() };
    Arc::new(Snapshot::new("test", Arc::new(catalogue(true)), Arc::new(models)))
}

/// The world before the first training.
pub(crate) fn untrained() -> Arc<Snapshot> {
    Arc::new(Snapshot::new("", Arc::new(catalogue(true)), Arc::default()))
}

/// Something a listener did so many hours before [`NOW`].
pub(crate) fn event(hours_ago: f64, surface: Surface, prompt: Prompt) -> Event {
    Event {
        key: EventKey::from_bytes([0; 16]),
        listener: ListenerId::new(0),
        at: UnixMillis::new(NOW.get() - (hours_ago * HOUR_MS as f64) as i64),
        prompt,
        context: Context { surface, ..Context::default() },
    }
}

/// What the lover of rock knows: half of the tracks of four rock artists.
pub(crate) fn known() -> impl Iterator<Item = TrackId> {
    tracks_of(0).step_by(2).take(12)
}

/// A lover of rock: plays of all [`known`] tracks on each of the last days, none today.
pub(crate) fn rock_lover() -> Vec<Event> {
    let mut events = Vec::new();
    for day in (1..=6).rev() {
        for (place, track) in known().enumerate() {
            let hours_ago = day as f64 * (DAY_MS / HOUR_MS) as f64 + 1.0 - place as f64 * 0.07;
            events.push(event(hours_ago, Surface::Library, Prompt::played(track)));
        }
    }
    events
}

/// The query of a listener with this history.
pub(crate) fn query(
    snapshot: &Arc<Snapshot>,
    history: &[Event],
    mix: &str,
    answer: Answer,
    seeds: &[Seed],
) -> Arc<Query> {
    let duration = |_| Some(Millis::new(200_000));
    let profile = Arc::new(TasteProfile::fold(ListenerId::new(0), history, &duration));
    let listener = Arc::new(ListenerView::of(profile, snapshot, NOW));
    let request = Request {
        mix: Mix::named(mix).unwrap(),
        answer,
        seeds: seeds.to_vec(),
        limit: None,
        context: Context { surface: Surface::Home, ..Context::default() },
        now: NOW,
        random_seed: 7,
        sliders: Default::default(),
        without: None,
        elsewhere: Vec::new(),
        is_shared: false,
        is_for_releases: false,
        slate: SlateId::new(1),
    };
    Arc::new(Query::new(request, listener, snapshot))
}

/// The slate of a listener with this history.
pub(crate) fn slate(snapshot: &Arc<Snapshot>, history: &[Event], mix: &str, seeds: &[Seed]) -> Slate {
    recommend(&query(snapshot, history, mix, Answer::Tracks, seeds), snapshot, &Inline)
}

/// The tracks of a slate, in order.
pub(crate) fn picked(slate: &Slate) -> Vec<TrackId> {
    let track = |pick: &crate::slate::Pick| match pick.what.target() {
        music::Target::Track(track) => track,
        other => panic!("{other:?} is no track"),
    };
    slate.picks.iter().map(track).collect()
}
