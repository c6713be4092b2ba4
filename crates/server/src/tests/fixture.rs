//! A server over a small world that was learnt from, and three people who use it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use engine::account::NewAccount;
use engine::train::{TrainOptions, train};
use engine::{
    Engine, ManualClock, NewEvent, Role, Scan, ServeOptions, Service, SnapshotDirectory, StoreOptions,
};
use http_body_util::BodyExt as _;
use music::{ListenerId, PlaylistDetails, PlaylistId, Prompt, TrackDescription, TrackId, UnixMillis};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::access::caller::SESSION_COOKIE;
use crate::config::Config;

/// 2024-06-01T00:00:00Z.
pub(super) const NOW: UnixMillis = UnixMillis::new(1_717_200_000_000);

const PASSWORD: &str = "correct horse battery";
const ARTIST_COUNT: usize = 8;
const TRACKS_PER_ARTIST: usize = 5;

/// Anna owns what the requests are about, Ben is somebody else, Root is the administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Nobody,
    Anna,
    Ben,
    Root,
}

impl Who {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Nobody => "",
            Self::Anna => "anna",
            Self::Ben => "ben",
            Self::Root => "root",
        }
    }
}

pub(super) struct Fixture {
    _directory: TempDir,
    pub(super) engine: Engine,
    router: Router,
    pub(super) anna: ListenerId,
    pub(super) playlist: PlaylistId,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) location: Option<String>,
    /// Whether a cookie is set or taken back.
    pub(super) is_cookie_set: bool,
    pub(super) text: String,
}

impl Answer {
    async fn of(response: Response<Body>) -> Self {
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|place| place.to_str().unwrap().to_owned());
        let is_cookie_set = response.headers().contains_key(header::SET_COOKIE);
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Self { status, location, is_cookie_set, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

impl Fixture {
    pub(super) async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::new(NOW));
        let engine = Engine::open(directory.path(), StoreOptions::default(), clock).await.unwrap();
        let (anna, playlist) = populate(&engine).await;
        let accounts = engine.accounts();
        for who in [Who::Anna, Who::Ben, Who::Root] {
            let role = if who == Who::Root { Role::Administrator } else { Role::Listener };
            let new = NewAccount { name: who.name(), password: PASSWORD, role, listener: who.name() };
            accounts.create(new).await.unwrap();
        }
        let snapshots = SnapshotDirectory::of(directory.path());
        let options = TrainOptions { dim: 8, ..TrainOptions::default() };
        train(&engine, &snapshots, &options, &mut |_| ()).await.unwrap();
        // However busy the machine is, no source is late.
        let serve =
            ServeOptions { source_deadline: std::time::Duration::from_secs(60), ..ServeOptions::default() };
        let service = Arc::new(Service::start(engine.clone(), snapshots, &serve).await.unwrap());
        let router = crate::router(service, Config::new("127.0.0.1:4040".parse().unwrap())).unwrap();
        Self { _directory: directory, engine, router, anna, playlist }
    }

    /// A fresh API token.
    pub(super) async fn token(&self, who: Who) -> String {
        self.engine.accounts().create_token(who.name(), "test", None).await.unwrap().reveal()
    }

    /// A fresh session of a browser.
    pub(super) async fn session(&self, who: Who) -> String {
        let expires = UnixMillis::new(NOW.get() + 1_000_000);
        self.engine.accounts().log_in(who.name(), PASSWORD, expires).await.unwrap().0.reveal()
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// A request of the API, with a token where anybody is named.
    pub(super) async fn call(&self, who: Who, method: &Method, place: &str, body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(place).header(header::HOST, "localhost");
        if who != Who::Nobody {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token(who).await));
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    pub(super) async fn post(&self, who: Who, place: &str, body: &Value) -> Answer {
        self.call(who, &Method::POST, place, Some(body)).await
    }

    /// A request of a browser with a session; a form carries the token of the page that it stands in.
    pub(super) async fn browse(
        &self,
        session: Option<&str>,
        method: &Method,
        place: &str,
        form: Option<&str>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(place).header(header::HOST, "localhost");
        if let Some(session) = session {
            request = request.header(header::COOKIE, format!("{SESSION_COOKIE}={session}"));
        }
        if form.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body = form.map_or_else(Body::empty, |form| Body::from(form.to_owned()));
        self.send(request.body(body).unwrap()).await
    }

    /// The events in the log.
    pub(super) async fn events(&self) -> Vec<music::Event> {
        let page = self.engine.store().events(Scan::all()).await.unwrap();
        page.into_iter().map(|stored| stored.event).collect()
    }

    /// The slates in the log.
    pub(super) async fn shown_count(&self) -> usize {
        self.events().await.iter().filter(|event| matches!(event.prompt, Prompt::Shown(_))).count()
    }
}

/// A dozen listeners who each play the tracks of a few artists, again and again, and a playlist of Anna's.
async fn populate(engine: &Engine) -> (ListenerId, PlaylistId) {
    let mut intake = engine.intake().await.unwrap();
    let mut tracks: Vec<TrackId> = Vec::new();
    for number in 0..ARTIST_COUNT * TRACKS_PER_ARTIST {
        let artist = format!("Artist {}", number / TRACKS_PER_ARTIST);
        let description = TrackDescription::named(&artist, format!("Song {number}"));
        tracks.push(intake.track(&description).unwrap());
    }
    let anna = intake.listener("anna").unwrap();
    let mut listeners = vec![anna];
    listeners.extend((1..12).map(|number| intake.listener(&format!("listener {number}")).unwrap()));
    for (number, &listener) in listeners.iter().enumerate() {
        for round in 0..40_usize {
            let artist = (number + (round * 7) % 3) % ARTIST_COUNT;
            // Anna leaves half of it to be discovered.
            let song = if number == 0 { round % 2 } else { (round * 3 + number) % TRACKS_PER_ARTIST };
            let track = tracks[artist * TRACKS_PER_ARTIST + song];
            let at = NOW.get() - (40 - round as i64) * 86_400_000 + number as i64 * 60_000;
            let event = NewEvent::plain(listener, UnixMillis::new(at), Prompt::played(track));
            intake.event(event).unwrap();
        }
    }
    let details = PlaylistDetails { title: "Mine".into(), ..PlaylistDetails::default() };
    let playlist = intake.create_playlist(anna, details, NOW, None).unwrap();
    intake.commit().await.unwrap();
    assert_eq!(tracks[0], TrackId::new(0));
    (anna, playlist)
}
