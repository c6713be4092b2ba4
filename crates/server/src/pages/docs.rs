//! The description of the API as a page, from the same document that programs read.

use askama::Template;
use serde_json::Value;
use utoipa::openapi::OpenApi;

use super::shell::Shell;

#[derive(Template)]
#[template(path = "docs.html")]
struct DocsPage {
    shell: Shell,
    about: String,
    groups: Vec<Group>,
    words: Vec<Word>,
}

struct Group {
    name: String,
    about: String,
    calls: Vec<Call>,
}

struct Call {
    method: String,
    path: String,
    title: String,
    about: Vec<String>,
    params: Vec<(String, String, String)>,
    takes: Option<Shape>,
    gives: Vec<(String, Shape)>,
}

/// A form of JSON: the name of a word below, or its own text.
#[derive(Clone)]
struct Shape {
    text: String,
    href: String,
}

struct Word {
    name: String,
    about: String,
    fields: Vec<(String, Shape, String)>,
    text: String,
}

/// The page that describes the document.
pub(crate) fn render(document: &OpenApi) -> String {
    let value = serde_json::to_value(document).expect("the document is plain data");
    let groups = value["tags"].as_array().into_iter().flatten().map(|tag| group(&value, tag)).collect();
    let schemas = value["components"]["schemas"].as_object().into_iter().flatten();
    let page = DocsPage {
        shell: Shell::outside(),
        about: text(&value["info"]["description"]),
        groups,
        words: schemas.map(|(name, schema)| word(name, schema)).collect(),
    };
    page.render().expect("the page has no part that can fail")
}

fn group(document: &Value, tag: &Value) -> Group {
    let name = text(&tag["name"]);
    let mut calls = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if operation["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| *tag == *name)) {
                calls.push(call(path, method, operation));
            }
        }
    }
    Group { about: text(&tag["description"]), name, calls }
}

fn call(path: &str, method: &str, operation: &Value) -> Call {
    let about = text(&operation["description"]);
    let params = operation["parameters"].as_array().into_iter().flatten();
    let responses = operation["responses"].as_object().into_iter().flatten();
    let good = responses.filter(|(status, _)| status.starts_with('2'));
    let body = &operation["requestBody"]["content"];
    Call {
        method: method.to_uppercase(),
        path: path.to_owned(),
        title: text(&operation["summary"]),
        about: about.split("\n\n").filter(|part| !part.is_empty()).map(str::to_owned).collect(),
        params: params
            .map(|param| (text(&param["name"]), text(&param["in"]), text(&param["description"])))
            .collect(),
        takes: content(body).map(shape),
        gives: good
            .map(|(status, response)| {
                let none = Shape { text: "nothing".to_owned(), href: String::new() };
                (status.clone(), content(&response["content"]).map_or(none, shape))
            })
            .collect(),
    }
}

/// The schema of the one type of content that there is.
fn content(value: &Value) -> Option<&Value> {
    value.as_object()?.values().next().map(|content| &content["schema"])
}

fn shape(schema: &Value) -> Shape {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return Shape { text: name.to_owned(), href: format!("#word-{name}") };
    }
    let of = |text: String, inner: &Value| Shape { text, href: shape(inner).href };
    if schema["type"] == "array" {
        return of(format!("list of {}", shape(&schema["items"]).text), &schema["items"]);
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(options) = schema[key].as_array() {
            let some: Vec<&Value> = options.iter().filter(|option| option["type"] != "null").collect();
            let texts: Vec<String> = some.iter().map(|option| shape(option).text).collect();
            return of(texts.join(" or "), some.first().copied().unwrap_or(&Value::Null));
        }
    }
    if let Some(fields) = schema["properties"].as_object() {
        let names = fields.keys().cloned().collect::<Vec<_>>().join(", ");
        return Shape { text: format!("{{ {names} }}"), href: String::new() };
    }
    let name = match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => {
            let some = names.iter().filter(|name| *name != "null").map(text);
            some.collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".to_owned(),
    };
    Shape { text: name, href: String::new() }
}

fn word(name: &str, schema: &Value) -> Word {
    let parts = schema["allOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
    let mut fields = Vec::new();
    for part in &parts {
        if part.get("$ref").is_some() {
            fields.push(("…".to_owned(), shape(part), "all of it".to_owned()));
        }
        for (field, schema) in part["properties"].as_object().into_iter().flatten() {
            fields.push((field.clone(), shape(schema), text(&schema["description"])));
        }
    }
    let text_form = if fields.is_empty() { forms(schema) } else { String::new() };
    Word { name: name.to_owned(), about: text(&schema["description"]), fields, text: text_form }
}

/// What a word without fields may be.
fn forms(schema: &Value) -> String {
    if let Some(names) = schema["enum"].as_array() {
        return names.iter().map(|name| format!("{name}")).collect::<Vec<_>>().join(", ");
    }
    if let Some(options) = schema["oneOf"].as_array() {
        return options.iter().map(forms).collect::<Vec<_>>().join(", ");
    }
    shape(schema).text
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
