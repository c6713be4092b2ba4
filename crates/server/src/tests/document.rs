//! What the API says about itself is what it does.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Value, json};

use super::fixture::{Fixture, NOW, Who};
use crate::access::table::{ROUTES, is_api};

async fn document(fixture: &Fixture) -> Value {
    fixture.call(Who::Nobody, &Method::GET, "/api/v1/openapi.json", None).await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_has_exactly_the_routes_of_the_table() {
    let fixture = Fixture::new().await;
    let document = document(&fixture).await;
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, item): (&String, &Value)| {
        let methods: Vec<String> = item.as_object().unwrap().keys().cloned().collect();
        methods.into_iter().map(|method| format!("{} {path}", method.to_uppercase())).collect::<Vec<_>>()
    };
    let said: BTreeSet<String> = paths.iter().flat_map(methods).collect();
    // What describes the API is not part of it, and neither is what the machine's keeper reads.
    let is_of_api =
        |path: &str| is_api(path) && path.starts_with("/api/v1/") && path != "/api/v1/openapi.json";
    let there: BTreeSet<String> = ROUTES
        .iter()
        .filter(|route| is_of_api(route.path))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(said, there);
}

/// The shape that a schema describes, as far as it decides which of two bodies is meant.
fn shape<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(place) => document.pointer(place.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_taken_in_the_shapes_that_are_described() {
    let fixture = Fixture::new().await;
    let document = document(&fixture).await;
    let body =
        &document["paths"]["/api/v1/events"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    let shapes: Vec<&Value> =
        body["oneOf"].as_array().unwrap().iter().map(|schema| shape(&document, schema)).collect();
    let [one, many] = shapes[..] else { panic!("{body:#}") };
    let keys: BTreeSet<&str> = one["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(["at", "context", "key", "prompt"]), "{one:#}");
    assert_eq!(many["type"], "array", "{many:#}");
    assert_eq!(shape(&document, &many["items"])["properties"], one["properties"]);
    let event = json!({"at": NOW.get(), "context": {}, "key": "k", "prompt": {"played": {"track": "t0"}}});
    for body in [event.clone(), json!([event])] {
        let answer = fixture.post(Who::Anna, "/api/v1/events", &body).await;
        assert_eq!(answer.json()["rejected"], 0, "{answer:?}");
    }
}
