//! `GET /api/docs`: the document as a page to read.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::Value;
use tenure_app::pages::api_docs::{Operation, Part, Resource, page};
use tenure_domain::access::PrincipalKind;

use super::document::openapi;
use crate::http::{Caller, Route, Web, get};
use crate::web::{frame, html};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/api/docs", docs)]
}

async fn docs(State(web): State<Arc<Web>>, caller: Caller) -> Response {
    static RESOURCES: LazyLock<Vec<Resource>> = LazyLock::new(|| resources(&openapi()));
    // It is a page, and for people: they are asked to sign in as on every other.
    if caller.ctx.principal.kind == PrincipalKind::Anonymous {
        return Redirect::to("/sign-in?next=%2Fapi%2Fdocs").into_response();
    }
    html(page(&frame(&web, &caller, ""), RESOURCES.clone()))
}

/// Words for people; marks of code mean nothing there.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace('`', "")
}

/// What the document says, resource by resource.
fn resources(document: &Value) -> Vec<Resource> {
    let names = document["tags"].as_array().into_iter().flatten().map(|tag| text(&tag["name"]));
    names.map(|name| Resource { operations: operations(document, &name), name }).collect()
}

fn operations(document: &Value, resource: &str) -> Vec<Operation> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, methods)| methods.as_object().into_iter().flatten().map(move |(method, it)| (path, method, it)));
    all.filter(|(_, _, it)| it["tags"][0] == resource).map(|(path, method, it)| operation(document, path, method, it)).collect()
}

fn operation(document: &Value, path: &str, method: &str, it: &Value) -> Operation {
    let mut parts: Vec<Part> = it["parameters"].as_array().into_iter().flatten().map(|p| parameter(document, p)).collect();
    let sent = it["requestBody"]["content"].as_object().and_then(|kinds| kinds.iter().next());
    let mut body = String::new();
    if let Some((kind, content)) = sent {
        let schema = resolved(document, &content["schema"]);
        let needed: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let required = needed.contains(&name.as_str());
            parts.push(Part {
                name: name.clone(),
                place: "body".to_owned(),
                kind: kind_of(document, field),
                required,
                words: text(&field["description"]),
            });
        }
        body = if kind == "application/json" {
            format!(" --json '{}'", example(document, &content["schema"], 0))
        } else {
            format!(" -H 'Content-Type: {kind}' --data-binary @file.csv")
        };
    }
    let version = parts.iter().any(|part| part.name == "If-Match" && part.required);
    let needed: Vec<String> = parts.iter().filter(|p| p.place == "query" && p.required).map(|p| format!("{}=…", p.name)).collect();
    let query = if needed.is_empty() { String::new() } else { format!("?{}", needed.join("&")) };
    let verb =
        if method == "get" || (method == "post" && !body.is_empty()) { String::new() } else { format!(" -X {}", method.to_uppercase()) };
    let if_match = if version { " -H 'If-Match: \"1\"'" } else { "" };
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&it["summary"]),
        more: text(&it["description"]),
        parts,
        answers: it["responses"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(status, answer)| (status.clone(), text(&resolved(document, answer)["description"])))
            .collect(),
        example: format!("curl{verb} -H \"Authorization: Bearer $TOKEN\"{if_match}{body} \"$TENURE{path}{query}\""),
    }
}

fn parameter(document: &Value, p: &Value) -> Part {
    Part {
        name: text(&p["name"]),
        place: text(&p["in"]),
        kind: kind_of(document, &p["schema"]),
        required: p["required"] == true,
        words: text(&p["description"]),
    }
}

/// What a reference stands for.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let place = value["$ref"].as_str().and_then(|place| place.strip_prefix('#'));
    place.and_then(|place| document.pointer(place)).unwrap_or(value)
}

/// What a value is, in a word or two.
fn kind_of(document: &Value, schema: &Value) -> String {
    let schema = resolved(document, schema);
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | ");
    }
    if let Some(any) = schema["oneOf"].as_array() {
        return any.iter().filter(|one| one["type"] != "null").map(|one| kind_of(document, one)).collect();
    }
    if let Some(format) = schema["format"].as_str() {
        return format.to_owned();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").cloned().unwrap_or_default(),
        kind => kind.clone(),
    };
    match kind.as_str() {
        Some("array") => format!("list of {}", kind_of(document, &schema["items"])),
        Some(kind) => kind.to_owned(),
        None => "any".to_owned(),
    }
}

/// A body as it may be sent: what is needed, and what has an example.
fn example(document: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolved(document, schema);
    if let Some(given) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return given.clone();
    }
    if let Some(word) = schema["enum"].get(0) {
        return word.clone();
    }
    if depth < 4
        && let Some(fields) = schema["properties"].as_object()
    {
        let needed: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let shown = fields.iter().filter(|(name, field)| needed.contains(&name.as_str()) || field.get("example").is_some());
        return shown.map(|(name, field)| (name.clone(), example(document, field, depth + 1))).collect::<serde_json::Map<_, _>>().into();
    }
    match kind_of(document, schema).as_str() {
        "uuid" => "0198c0de-0000-7000-8000-000000000001".into(),
        "date" => "2026-12-31".into(),
        "date-time" => "2026-12-31T12:00:00Z".into(),
        "boolean" => true.into(),
        "int32" | "int64" | "integer" => 1.into(),
        "object" => serde_json::json!({}),
        kind if kind.starts_with("list") => serde_json::json!([]),
        _ => "…".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_operation_with_an_example() {
        let document = openapi();
        let resources = resources(&document);
        let operations: Vec<&Operation> = resources.iter().flat_map(|resource| &resource.operations).collect();
        let there: usize = document["paths"].as_object().unwrap().values().map(|methods| methods.as_object().unwrap().len()).sum();
        assert_eq!(operations.len(), there);
        for operation in &operations {
            assert!(operation.example.contains("Bearer $TOKEN") && !operation.summary.is_empty(), "{operation:?}");
        }
        let new = operations.iter().find(|o| o.method == "POST" && o.path == "/api/v1/identities").unwrap();
        assert!(new.example.contains("\"kind\":\"person\"") && new.example.contains("svc.build"), "{}", new.example);
        let change = operations.iter().find(|o| o.method == "PATCH" && o.path == "/api/v1/identities/{id}").unwrap();
        assert!(change.example.contains("-X PATCH") && change.example.contains("If-Match"), "{}", change.example);
    }
}
