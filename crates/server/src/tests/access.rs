//! Every route, asked by everybody.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::fixture::{Answer, Fixture, Who};
use crate::access::table::{Access, Door, ROUTES, Route};

/// How a route meets somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meeting {
    /// The request came to its handler.
    LetIn,
    /// It is not known who asks.
    WhoAreYou,
    /// It is known, and may not.
    Forbidden,
    /// It is as if there were no such thing.
    NotThere,
}

/// What the table promises.
fn promised(access: Access, who: Who) -> Meeting {
    match (access, who) {
        (Access::Public, _) | (_, Who::Root) | (Access::Account, Who::Anna | Who::Ben) => Meeting::LetIn,
        (_, Who::Nobody) => Meeting::WhoAreYou,
        (Access::Administrator, _) | (Access::Own, Who::Ben) => Meeting::Forbidden,
        // Anna's playlist is not shared.
        (Access::OwnPlaylist | Access::SharedPlaylist, Who::Ben) => Meeting::NotThere,
        (Access::Own | Access::OwnPlaylist | Access::SharedPlaylist, Who::Anna) => Meeting::LetIn,
    }
}

fn met(answer: &Answer, place: &str) -> Meeting {
    // Logging out leads there too, and takes the cookie back.
    let is_sent_to_login = answer.location.as_deref() == Some("/login") && !answer.is_cookie_set;
    // A thing that the address names and that is not there is the handler's answer.
    let is_missing_anyway =
        ["/tokens/", "/accounts/", "/cover", "/lyrics"].iter().any(|part| place.contains(part));
    match answer.status {
        StatusCode::UNAUTHORIZED => Meeting::WhoAreYou,
        StatusCode::SEE_OTHER if is_sent_to_login => Meeting::WhoAreYou,
        StatusCode::FORBIDDEN => Meeting::Forbidden,
        StatusCode::NOT_FOUND if !is_missing_anyway => Meeting::NotThere,
        StatusCode::METHOD_NOT_ALLOWED => panic!("{place} has a row in the table and no handler"),
        status => {
            assert!(!status.is_server_error(), "{place}: {answer:?}");
            Meeting::LetIn
        }
    }
}

/// The address of a route, about Anna and what is hers.
fn place(route: &Route, fixture: &Fixture) -> String {
    let anna = fixture.anna.to_string();
    let path = route
        .path
        .replace("{listener}", &anna)
        .replace("{playlist}", &fixture.playlist.to_string())
        .replace("{track}", "t0")
        .replace("{artist}", "a0")
        .replace("{release}", "r0")
        .replace("{mix}", "home")
        .replace("{token}", &"0".repeat(64))
        .replace("{account}", "not-there");
    let query = match route.path {
        "/api/v1/catalogue" => "&query=song",
        "/search" => "&q=song",
        "/radio" => "&seed=t0",
        "/why" => "&target=t0&mix=home",
        _ => "",
    };
    match route.access {
        Access::Own => format!("{path}?listener={anna}{query}"),
        _ => format!("{path}?{}", query.trim_start_matches('&')).trim_end_matches('?').to_owned(),
    }
}

async fn ask(fixture: &Fixture, route: &Route, who: Who) -> Answer {
    let place = place(route, fixture);
    let is_get = route.method == Method::GET;
    match route.door() {
        Door::Token => {
            // Whoever is let in finds that it says nothing.
            let body = json!({});
            fixture.call(who, &route.method, &place, (!is_get).then_some(&body)).await
        }
        Door::Cookie => {
            let session = if who == Who::Nobody { None } else { Some(fixture.session(who).await) };
            let session = session.as_deref();
            let csrf = csrf(fixture, session).await;
            let form = format!("csrf={csrf}");
            fixture.browse(session, &route.method, &place, (!is_get).then_some(&form)).await
        }
    }
}

/// What the forms on a page of this session carry.
async fn csrf(fixture: &Fixture, session: Option<&str>) -> String {
    let page = fixture.browse(session, &Method::GET, "/", None).await.text;
    let value = page.split_once("name=\"csrf\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
    value.map(|(value, _)| value.to_owned()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_the_table_says_and_nobody_else() {
    let fixture = Fixture::new().await;
    for route in ROUTES {
        for who in [Who::Nobody, Who::Ben, Who::Anna, Who::Root] {
            if route.path.contains("{release}") && promised(route.access, who) == Meeting::LetIn {
                // There is no release in this small world.
                continue;
            }
            let answer = ask(&fixture, route, who).await;
            let met = met(&answer, &place(route, &fixture));
            assert_eq!(
                met,
                promised(route.access, who),
                "{} {} as {who:?}: {answer:?}",
                route.method,
                route.path
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_opens_no_route_of_the_api_and_a_token_no_page() {
    let fixture = Fixture::new().await;
    let session = fixture.session(Who::Root).await;
    for route in ROUTES.iter().filter(|route| route.access != Access::Public) {
        let place = place(route, &fixture);
        let answer = match route.door() {
            Door::Token => fixture.browse(Some(&session), &route.method, &place, None).await,
            Door::Cookie => fixture.call(Who::Root, &route.method, &place, None).await,
        };
        assert_eq!(met(&answer, &place), Meeting::WhoAreYou, "{} {place}: {answer:?}", route.method);
    }
    // A token that lies in the cookie of a session is none either.
    let token = fixture.token(Who::Root).await;
    let answer = fixture.browse(Some(&token), &Method::GET, "/", None).await;
    assert_eq!(answer.location.as_deref(), Some("/login"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_from_elsewhere_does_nothing() {
    let fixture = Fixture::new().await;
    let session = fixture.session(Who::Anna).await;
    let before = fixture.events().await.len();
    for form in ["action=like&target=t0", "csrf=&action=like&target=t0", "csrf=0123&action=like&target=t0"] {
        let answer = fixture.browse(Some(&session), &Method::POST, "/act", Some(form)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{form}: {answer:?}");
    }
    assert_eq!(fixture.events().await.len(), before);
    let form = format!("csrf={}&action=like&target=t0", csrf(&fixture, Some(&session)).await);
    let before = fixture.events().await.len();
    let answer = fixture.browse(Some(&session), &Method::POST, "/act", Some(&form)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
    assert_eq!(fixture.events().await.len(), before + 1);
}
