//! From an event to the next slate, and from a slate to the log.

use axum::http::{Method, StatusCode};
use music::Prompt;
use serde_json::{Value, json};

use super::fixture::{Fixture, NOW, Who};

fn picks(slate: &Value) -> Vec<&str> {
    let picks = slate["picks"].as_array().unwrap();
    picks.iter().map(|pick| pick["track"]["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_slate_knows_the_event_just_sent() {
    let fixture = Fixture::new().await;
    let wish = json!({"mix": "home", "random_seed": 1});
    let first = fixture.post(Who::Anna, "/api/v1/recommend", &wish).await.json();
    let track = picks(&first)[0];
    let event = json!({"at": NOW.get(), "prompt": {"disliked": {"target": {"track": track}}}});
    let outcome = fixture.post(Who::Anna, "/api/v1/events", &event).await.json();
    assert_eq!(outcome["stored"], 1, "{outcome}");
    let next = fixture.post(Who::Anna, "/api/v1/recommend", &wish).await.json();
    assert!(!picks(&next).is_empty() && !picks(&next).contains(&track), "{track}: {next}");
    let why = json!({"wish": wish, "target": {"track": track}});
    let why = fixture.post(Who::Anna, "/api/v1/explain", &why).await.json();
    assert!(why.to_string().contains("dropped"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_sent_again_is_known_and_one_that_is_wrong_takes_no_other_with_it() {
    let fixture = Fixture::new().await;
    let before = fixture.events().await.len();
    let event = |key: &str, track: &str| json!({"at": NOW.get(), "key": key, "prompt": {"liked": {"target": {"track": track}}}});
    let one = event("k1", "t1");
    for (stored, known) in [(1, 0), (0, 1)] {
        let outcome = fixture.post(Who::Anna, "/api/v1/events", &one).await.json();
        assert_eq!((&outcome["stored"], &outcome["known"]), (&json!(stored), &json!(known)), "{outcome}");
    }
    // The key is what makes it the same, whatever else it says.
    let many = json!([event("k1", "t2"), event("k2", "t2"), event("k3", "t999"), {"at": "noon"}]);
    let outcome = fixture.post(Who::Anna, "/api/v1/events", &many).await.json();
    let became: Vec<&str> =
        outcome["outcomes"].as_array().unwrap().iter().map(|o| o["outcome"].as_str().unwrap()).collect();
    assert_eq!(became, ["known", "stored", "rejected", "rejected"], "{outcome}");
    // Another listener's key is another key.
    let outcome = fixture.post(Who::Ben, "/api/v1/events", &one).await.json();
    assert_eq!(outcome["stored"], 1, "{outcome}");
    let events = fixture.events().await;
    assert_eq!(events.len(), before + 3);
    assert_eq!(events.iter().filter(|event| matches!(event.prompt, Prompt::Liked { .. })).count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_logged_unless_the_session_is_private() {
    let fixture = Fixture::new().await;
    let before = fixture.events().await.len();
    let private = json!({"mix": "home", "private": true});
    let slate = fixture.post(Who::Anna, "/api/v1/recommend", &private).await.json();
    assert!(!picks(&slate).is_empty(), "{slate}");
    assert_eq!(fixture.events().await.len(), before, "a private slate leaves no trace");
    let slate = fixture.post(Who::Anna, "/api/v1/recommend", &json!({"mix": "home"})).await.json();
    assert_eq!(fixture.shown_count().await, 1);
    let events = fixture.events().await;
    let Some(Prompt::Shown(shown)) = events.last().map(|event| &event.prompt) else { panic!("{events:?}") };
    assert_eq!(shown.slate.to_string(), slate["slate_id"].as_str().unwrap());
    assert_eq!(shown.picks.len(), picks(&slate).len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newcomer_names_shapes_the_next_slate() {
    let fixture = Fixture::new().await;
    let ask = |limit: usize| format!("/api/v1/onboarding?limit={limit}");
    let questions = fixture.call(Who::Ben, &Method::GET, &ask(4), None).await.json();
    let (artists, tracks) =
        (questions["artists"].as_array().unwrap(), questions["tracks"].as_array().unwrap());
    assert_eq!((artists.len(), tracks.len()), (4, 4), "{questions}");
    let wish = json!({"mix": "home", "answer": "artists", "random_seed": 1, "private": true});
    let before = fixture.post(Who::Ben, "/api/v1/recommend", &wish).await.json();
    let named = &artists[0];
    let event = json!({"at": NOW.get(), "prompt": {"liked": {"target": {"artist": named["id"]}}}});
    let outcome = fixture.post(Who::Ben, "/api/v1/events", &event).await.json();
    assert_eq!(outcome["stored"], 1, "{outcome}");
    let after = fixture.post(Who::Ben, "/api/v1/recommend", &wish).await.json();
    assert_ne!(before["picks"], after["picks"]);
    let because = named["name"].as_str().unwrap();
    let is_reason = |slate: &Value| slate["picks"][0]["why"].as_str().unwrap().contains(because);
    assert!(!is_reason(&before) && is_reason(&after), "{because}: {before} {after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_release_is_known_an_answer_of_releases_says_so() {
    let fixture = Fixture::new().await;
    let wish = json!({"mix": "home", "answer": "releases", "random_seed": 1, "limit": 5});
    let slate = fixture.post(Who::Anna, "/api/v1/recommend", &wish).await.json();
    assert_eq!(slate["picks"], json!([]));
    let dropped = &slate["trace"]["dropped"][0];
    assert_eq!(dropped["words"], "no release of it is known", "{slate}");
    assert!(dropped["count"].as_u64().unwrap() > 0, "{slate}");
    let doubt = json!({"wish": wish, "target": {"release": "r0"}});
    let why = fixture.post(Who::Anna, "/api/v1/explain", &doubt).await.json();
    assert_eq!(why["fate"], "dropped", "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_out_of_range_is_refused_and_not_bent() {
    let fixture = Fixture::new().await;
    for limit in [0, 501, 999_999] {
        let wish = json!({"mix": "home", "limit": limit});
        let answer = fixture.post(Who::Anna, "/api/v1/recommend", &wish).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
        assert!(answer.text.contains("1 to 500"), "{answer:?}");
    }
    let lists = [
        "/api/v1/onboarding?",
        "/api/v1/catalogue?query=song",
        "/api/v1/playlists?",
        "/api/v1/listeners?",
        "/api/v1/listeners/l0?",
    ];
    for list in lists {
        for (limit, status) in [(0, StatusCode::UNPROCESSABLE_ENTITY), (1, StatusCode::OK)] {
            let place = format!("{list}&limit={limit}");
            let answer = fixture.call(Who::Root, &Method::GET, &place, None).await;
            assert_eq!(answer.status, status, "{place}: {answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_about_tracks_as_such_is_kept_told_and_checked() {
    let fixture = Fixture::new().await;
    let wished =
        |of: &str, wish: &str| json!({"at": NOW.get(), "prompt": {"wished": {"of": of, "wish": wish}}});
    let outcome = fixture.post(Who::Anna, "/api/v1/events", &wished("live", "less")).await.json();
    assert_eq!(outcome["stored"], 1, "{outcome}");
    let taste = fixture.call(Who::Anna, &Method::GET, "/api/v1/listeners/l0", None).await.json();
    let leanings = taste["leanings"].as_array().unwrap();
    let live = leanings.iter().find(|leaning| leaning["of"] == "live").unwrap();
    assert_eq!((&live["wish"], leanings.len()), (&json!("less"), 10), "{taste}");
    assert_eq!(live["words"], "you asked for studio recordings");
    // There is no more and no less of a language.
    let outcome = fixture.post(Who::Anna, "/api/v1/events", &wished("language", "more")).await.json();
    assert_eq!(outcome["outcomes"][0]["reason"], "no_degrees", "{outcome}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_begin_with_home_and_leave_out_what_needs_a_seed() {
    let fixture = Fixture::new().await;
    let rows = fixture.call(Who::Anna, &Method::GET, "/api/v1/rows", None).await.json();
    let names: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names[0], "home");
    assert!(names.len() > 4 && !names.contains(&"radio"), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_administrator_mixes_for_others_too() {
    let fixture = Fixture::new().await;
    let wish = json!({"mix": "home", "with": ["l1"], "private": true});
    let refused = fixture.post(Who::Anna, "/api/v1/recommend", &wish).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let slate = fixture.post(Who::Root, "/api/v1/recommend?listener=l0", &wish).await.json();
    assert!(!picks(&slate).is_empty(), "{slate}");
    let told = slate["picks"][0]["reasons"].to_string();
    assert!(told.contains("for anna") && told.contains("for listener 1"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_playlists_that_are_shared_are_seen_by_others_and_only_while_they_are() {
    let fixture = Fixture::new().await;
    let tracks: Vec<String> = (0..12).map(|row| format!("t{row}")).collect();
    let made = |title: &str, kind: &str| {
        let details = json!({"title": title, "kind": kind, "follower_count": 7});
        json!({"details": details, "tracks": tracks})
    };
    let mut ids = Vec::new();
    for (title, kind) in [("Hidden", "own"), ("Shown", "shared"), ("By a machine", "generated")] {
        let made = fixture.post(Who::Anna, "/api/v1/playlists", &made(title, kind)).await.json();
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    let wish = json!({"mix": "home", "answer": "playlists", "random_seed": 1});
    let answer = async |who| fixture.post(who, "/api/v1/recommend", &wish).await.json();
    let titles = |slate: &Value| -> Vec<String> {
        let picks = slate["picks"].as_array().unwrap();
        picks.iter().map(|pick| pick["playlist"]["title"].as_str().unwrap().to_owned()).collect()
    };
    let slate = answer(Who::Ben).await;
    assert_eq!(titles(&slate), ["Shown"], "{slate}");
    assert!(!slate.to_string().contains("anna"), "it does not say whose it is: {slate}");
    assert_eq!(titles(&answer(Who::Anna).await), Vec::<String>::new(), "one's own is no discovery");
    let sees = async |id: &str| {
        let place = format!("/api/v1/playlists/{id}");
        let radio = json!({"mix": "radio", "seeds": [{"playlist": id}], "private": true});
        let liked = json!({"at": NOW.get(), "prompt": {"liked": {"target": {"playlist": id}}}});
        let liked = fixture.post(Who::Ben, "/api/v1/events", &liked).await.json();
        let edit = json!({"edit": "deleted"});
        let edited = fixture.post(Who::Ben, &format!("{place}/edits"), &edit).await.status;
        assert_eq!(edited, StatusCode::NOT_FOUND, "only its owner changes it");
        (
            fixture.call(Who::Ben, &Method::GET, &place, None).await.status == StatusCode::OK,
            fixture.post(Who::Ben, "/api/v1/recommend", &radio).await.status == StatusCode::OK,
            liked["stored"] == 1,
        )
    };
    assert_eq!(sees(&ids[0]).await, (false, false, false));
    assert_eq!(sees(&ids[1]).await, (true, true, true));
    // Whose it is, is told to the owner and to administrators.
    for (who, is_told) in [(Who::Anna, true), (Who::Ben, false), (Who::Root, true)] {
        let place = format!("/api/v1/playlists/{}", ids[1]);
        let page = fixture.call(who, &Method::GET, &place, None).await.json();
        assert_eq!(page["track_count"], 12, "{page}");
        assert_eq!(page.get("owner").is_some(), is_told, "{who:?}: {page}");
        assert_eq!(page.get("edit_count").is_some(), is_told, "{who:?}: {page}");
        let told = page["details"]["follower_count"].is_u64();
        assert_eq!(told, is_told, "{who:?}: {page}");
    }
    let played = async |track: &str| {
        let heard =
            json!({"at": NOW.get(), "prompt": {"played": {"track": track}}, "context": {"playlist": ids[1]}});
        assert_eq!(fixture.post(Who::Ben, "/api/v1/events", &heard).await.json()["stored"], 1);
        fixture.events().await.last().unwrap().context.playlist
    };
    assert!(played("t1").await.is_some());
    assert_eq!(sees(&ids[2]).await, (false, false, false));
    let why = async |id: &str| {
        let doubt = json!({"wish": wish, "target": {"playlist": id}});
        fixture.post(Who::Ben, "/api/v1/explain", &doubt).await.json()["fate"].as_str().unwrap().to_owned()
    };
    assert_eq!((why(&ids[1]).await, why(&ids[0]).await), ("picked".to_owned(), "not_proposed".to_owned()));
    // Taken back, it is gone from the next slate.
    let back = json!({"edit": {"described": {"title": "Shown", "kind": "own"}}});
    let edited = fixture.post(Who::Anna, &format!("/api/v1/playlists/{}/edits", ids[1]), &back).await;
    assert_eq!(edited.status, StatusCode::OK, "{edited:?}");
    let slate = answer(Who::Ben).await;
    assert_eq!(titles(&slate), Vec::<String>::new());
    assert!(slate["trace"]["sources"][0]["silence"].as_str().unwrap().contains("nobody shares"), "{slate}");
    assert_eq!(sees(&ids[1]).await, (false, false, false));
    assert_eq!(played("t2").await, None, "what was heard is kept, without where");
    assert_eq!(why(&ids[1]).await, "not_proposed");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_say_that_a_playlist_is_by_an_editor() {
    let fixture = Fixture::new().await;
    let details = json!({"title": "Best of all", "kind": "editorial"});
    let made = json!({"details": details});
    let refused = fixture.post(Who::Anna, "/api/v1/playlists", &made).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("editors_only") && refused.text.contains("`shared`"), "{}", refused.text);
    let edit = json!({"described": details});
    let place = format!("/api/v1/playlists/{}/edits", fixture.playlist);
    let refused = fixture.post(Who::Anna, &place, &json!({"edit": edit})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let prompt = json!({"playlist_edited": {"playlist": fixture.playlist, "edit": edit}});
    let refused =
        fixture.post(Who::Anna, "/api/v1/events", &json!({"at": NOW.get(), "prompt": prompt})).await;
    assert_eq!(refused.json()["outcomes"][0]["reason"], "editors_only");
    assert_eq!(fixture.post(Who::Root, "/api/v1/playlists", &made).await.status, StatusCode::CREATED);
    assert_eq!(fixture.post(Who::Root, &place, &json!({"edit": edit})).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_offer_shared_playlists_with_their_tracks_and_say_why_there_are_none() {
    let fixture = Fixture::new().await;
    let session = fixture.session(Who::Ben).await;
    let page = async |place: &str| fixture.browse(Some(&session), &Method::GET, place, None).await;
    let empty = page("/mix/home?answer=playlists").await;
    assert!(empty.text.contains("nobody shares a playlist"), "{}", empty.text);
    assert!(!page("/").await.text.contains("home-playlists"), "an empty row is not shown");
    let is_empty = |event: &music::Event| match &event.prompt {
        music::Prompt::Shown(shown) => &*shown.mix == "home" && shown.picks.is_empty(),
        _ => false,
    };
    assert!(!fixture.events().await.iter().any(is_empty), "and not said to have been shown");
    let tracks: Vec<String> = (0..12).map(|row| format!("t{row}")).collect();
    let details = json!({"title": "Sunday & slow", "kind": "shared", "description": "One by one."});
    let made = json!({"details": details, "tracks": tracks});
    let made = fixture.post(Who::Anna, "/api/v1/playlists", &made).await.json();
    let id = made["id"].as_str().unwrap().to_owned();
    let home = page("/").await.text;
    assert!(home.contains("home-playlists") && home.contains(&format!("href=\"/playlist/{id}\"")), "{home}");
    assert!(home.contains("Sunday &#38; slow") && !home.contains("Sunday & slow"), "{home}");
    let list = page(&format!("/playlist/{id}")).await;
    assert!(list.text.contains("One by one.") && list.text.contains("Song 3"), "{}", list.text);
    assert!(!list.text.contains("anna"), "{}", list.text);
    for place in
        [format!("/radio?seed={id}"), format!("/why?target={id}"), "/mix/home?answer=releases".into()]
    {
        let answer = page(&place).await;
        assert_eq!(answer.status, StatusCode::OK, "{place}: {answer:?}");
    }
    for place in [format!("/playlist/{}", fixture.playlist), format!("/radio?seed={}", fixture.playlist)] {
        assert_eq!(page(&place).await.status, StatusCode::NOT_FOUND, "{place}");
    }
}
