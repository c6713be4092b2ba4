//! The table: every route with who may use it.

use axum::http::Method;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody; it shows nothing about anybody.
    Public,
    /// Every account; it shows nothing about other listeners.
    Account,
    /// The listener it is about, and administrators.
    Own,
    /// The owner of the playlist in the path, and administrators.
    OwnPlaylist,
    /// The same, and everybody while the owner shares the playlist.
    SharedPlaylist,
    /// Administrators.
    Administrator,
}

/// How a route learns who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// By a token in the `Authorization` header; cookies do not count.
    Token,
    /// By the cookie of a login; tokens do not count.
    Cookie,
}

/// One method of one path.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
}

impl Route {
    pub(crate) fn door(&self) -> Door {
        if is_api(self.path) { Door::Token } else { Door::Cookie }
    }
}

/// Whether the path is for programs, which get JSON where people get a page.
pub(crate) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/") || matches!(path, "/metrics" | "/healthz")
}

/// The row of this method and path; `HEAD` is a `GET` without its body.
pub(crate) fn find(method: &Method, path: &str) -> Option<&'static Route> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    ROUTES.iter().find(|route| route.path == path && route.method == *method)
}

/// The methods that a path takes, as an `Allow` header has them.
pub(crate) fn methods(path: &str) -> String {
    let methods = ROUTES.iter().filter(|route| route.path == path).map(|route| route.method.as_str());
    methods.collect::<Vec<_>>().join(", ")
}

const fn get(path: &'static str, access: Access) -> Route {
    Route { method: Method::GET, path, access }
}

const fn post(path: &'static str, access: Access) -> Route {
    Route { method: Method::POST, path, access }
}

const fn put(path: &'static str, access: Access) -> Route {
    Route { method: Method::PUT, path, access }
}

const fn delete(path: &'static str, access: Access) -> Route {
    Route { method: Method::DELETE, path, access }
}

/// Every route there is.
pub(crate) static ROUTES: &[Route] = &[
    // For the machine's keeper.
    get("/healthz", Access::Public),
    get("/metrics", Access::Administrator),
    // What the API is.
    get("/docs", Access::Public),
    get("/api/v1/openapi.json", Access::Public),
    // Logging in, accounts, tokens.
    post("/api/v1/login", Access::Public),
    post("/api/v1/logout", Access::Account),
    get("/api/v1/account", Access::Account),
    put("/api/v1/account/password", Access::Account),
    get("/api/v1/tokens", Access::Account),
    post("/api/v1/tokens", Access::Account),
    delete("/api/v1/tokens/{token}", Access::Account),
    get("/api/v1/accounts", Access::Administrator),
    post("/api/v1/accounts", Access::Administrator),
    delete("/api/v1/accounts/{account}", Access::Administrator),
    // Listeners and what they do.
    get("/api/v1/listeners", Access::Administrator),
    get("/api/v1/listeners/{listener}", Access::Own),
    post("/api/v1/events", Access::Own),
    get("/api/v1/export", Access::Own),
    // Music.
    get("/api/v1/catalogue", Access::Account),
    get("/api/v1/search", Access::Account),
    post("/api/v1/tracks", Access::Administrator),
    get("/api/v1/tracks/{track}", Access::Account),
    get("/api/v1/tracks/{track}/cover", Access::Account),
    get("/api/v1/tracks/{track}/lyrics", Access::Account),
    get("/api/v1/artists/{artist}", Access::Account),
    get("/api/v1/releases/{release}", Access::Account),
    // Playlists.
    get("/api/v1/playlists", Access::Own),
    post("/api/v1/playlists", Access::Own),
    get("/api/v1/playlists/{playlist}", Access::SharedPlaylist),
    post("/api/v1/playlists/{playlist}/edits", Access::OwnPlaylist),
    get("/api/v1/playlists/{playlist}/history", Access::OwnPlaylist),
    // What to hear next.
    get("/api/v1/mixes", Access::Account),
    get("/api/v1/rows", Access::Own),
    get("/api/v1/onboarding", Access::Account),
    post("/api/v1/recommend", Access::Own),
    post("/api/v1/explain", Access::Own),
    // Pages.
    get("/login", Access::Public),
    post("/login", Access::Public),
    post("/logout", Access::Account),
    get("/", Access::Own),
    get("/mix/{mix}", Access::Own),
    get("/playlist/{playlist}", Access::Own),
    get("/radio", Access::Own),
    get("/search", Access::Own),
    get("/taste", Access::Own),
    get("/why", Access::Own),
    get("/cover/{track}", Access::Account),
    post("/act", Access::Own),
    post("/wish", Access::Own),
    post("/private", Access::Account),
    post("/view", Access::Administrator),
    get("/assets/style.css", Access::Public),
    get("/assets/icon.svg", Access::Public),
];
