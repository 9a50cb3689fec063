//! The OpenAPI document, made of the table of routes: `GET /api/openapi.json`.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use tenure_domain::hex::hex;
use utoipa::{PartialSchema as _, ToSchema};

use super::answer::with;
use super::operation::{Body, Given, Operation, reference};
use crate::http::problem::Problem;
use crate::http::routes::{RouteInfo, operations};
use crate::http::{Route, get};

/// Where it is.
pub(super) const PATH: &str = "/api/openapi.json";

pub(super) fn routes() -> Vec<Route> {
    vec![get(PATH, document).public()]
}

/// It says nothing of anybody, so anybody may read it; it changes with the program alone.
async fn document(headers: HeaderMap) -> Response {
    static TEXT: LazyLock<(String, String)> = LazyLock::new(|| {
        let text = openapi().to_string();
        let tag = hex(&Sha256::digest(text.as_bytes())[..16]);
        (text, format!("\"{tag}\""))
    });
    let (text, tag) = &*TEXT;
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let has = known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag);
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let answer = if has { StatusCode::NOT_MODIFIED.into_response() } else { (json, text.as_str()).into_response() };
    with(answer, header::ETAG, tag)
}

/// What may go wrong with any request, by status.
const PROBLEMS: [(u16, &str); 13] = [
    (400, "It could not be read at all, or not all of it arrived."),
    (401, "The token is missing, wrong, over, or its identity has ended."),
    (403, "The token may not do this."),
    (404, "It is not there, or you may not know of it."),
    (408, "The body did not arrive in time."),
    (409, "The state moved on, or the idempotency key is in use or was used up."),
    (412, "It was changed since you read it."),
    (413, "The body is larger than 1 MiB."),
    (415, "The body has another type."),
    (422, "Something that was sent cannot be taken; `errors` names the places."),
    (428, "If-Match is missing."),
    (429, "Too much at once: try again after `Retry-After`."),
    (503, "The database does not answer, or too much is asked at once: try again after `Retry-After`."),
];

/// The whole document.
pub(super) fn openapi() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let mut schemas: Map<String, Value> = Map::new();
    let mut resources: Vec<&str> = Vec::new();
    schemas.insert("Problem".to_owned(), serde_json::to_value(Problem::schema()).unwrap_or_default());
    let mut parts = Vec::new();
    Problem::schemas(&mut parts);
    schemas.extend(parts.into_iter().map(|(name, schema)| (name, serde_json::to_value(schema).unwrap_or_default())));
    for (route, operation) in operations() {
        if !resources.contains(&operation.resource) {
            resources.push(operation.resource);
        }
        schemas.extend(operation.schemas.iter().cloned());
        let path = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        path[route.method.to_ascii_lowercase()] = described(&route, &operation);
    }
    link(&mut paths);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tenure",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT", "identifier": "MIT" },
            "description": "Identities, roles, credentials, and proof that what ended is dead. Send `Authorization: Bearer …` with an API token; /api/docs is a page to read.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "tags": resources.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": problems(),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "description": "An API token of your account, or of a service." } },
        },
    })
}

/// Says where what is listed or made is asked of: at the addresses that go on with its key. Of what was just made only
/// itself is looked at: not all below it is there yet.
fn link(paths: &mut Map<String, Value>) {
    let named = |path: &String, (method, it): (&String, &Value)| (path.clone(), method == "get", it["operationId"].clone());
    let all: Vec<(String, bool, Value)> = paths
        .iter()
        .flat_map(|(path, methods)| methods.as_object().into_iter().flatten().map(move |operation| named(path, operation)))
        .collect();
    for (path, methods) in paths.iter_mut() {
        for (method, status, key) in [("get", "200", "$response.body#/items/0/id"), ("post", "201", "$response.body#/id")] {
            let answer = &methods[method]["responses"][status];
            let is_page = !answer["content"]["application/json"]["schema"]["properties"]["items"].is_null();
            if answer.is_null() || (method == "get" && !is_page) {
                continue;
            }
            let mut links = Map::new();
            for (other, looks, id) in &all {
                let Some(rest) = other.strip_prefix(path.as_str()).and_then(|rest| rest.strip_prefix("/{")) else { continue };
                let Some((name, below)) = rest.split_once('}').filter(|(_, rest)| !rest.contains('{')) else { continue };
                if method == "post" && *looks && !below.is_empty() {
                    continue;
                }
                let above = names(path).map(|name| (name.to_owned(), json!(format!("$request.path.{name}"))));
                let parameters: Map<String, Value> = above.chain([(name.to_owned(), json!(key))]).collect();
                links.insert(id.as_str().unwrap_or_default().to_owned(), json!({ "operationId": id, "parameters": parameters }));
            }
            if !links.is_empty() {
                methods[method]["responses"][status]["links"] = links.into();
            }
        }
    }
}

/// The names of the keys in a path.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn problems() -> Value {
    let problem = |(status, words): (u16, &str)| {
        let mut given = json!({
            "description": words,
            "content": { "application/problem+json": { "schema": reference("Problem") } },
        });
        let header = match status {
            401 => Some("WWW-Authenticate"),
            429 | 503 => Some("Retry-After"),
            _ => None,
        };
        if let Some(header) = header {
            given["headers"] = json!({ header: { "required": false, "schema": { "type": "string" } } });
        }
        (format!("Problem{status}"), given)
    };
    PROBLEMS.into_iter().map(problem).collect::<Map<_, _>>().into()
}

/// Which problems an operation may answer.
fn may_fail(route: &RouteInfo, operation: &Operation) -> Vec<u16> {
    let changes = route.method != "GET";
    PROBLEMS
        .iter()
        .map(|(status, _)| *status)
        .filter(|status| match status {
            404 => route.path.contains('{') || changes,
            409 | 429 => changes,
            408 | 413 => operation.sent.is_some() || changes,
            415 => operation.sent.is_some(),
            412 | 428 => operation.needs_version,
            _ => true,
        })
        .collect()
}

fn content(body: &Body) -> Value {
    json!({ body.kind: { "schema": body.schema } })
}

fn answer(given: &Given) -> Value {
    let mut answer = json!({ "description": given.words });
    if let Some(body) = &given.body {
        answer["content"] = content(body);
    }
    for (name, words) in &given.headers {
        // The address of the next page is not on the last one.
        let required = *name != "Link";
        answer["headers"][*name] = json!({ "description": words, "required": required, "schema": { "type": "string" } });
    }
    answer
}

fn described(route: &RouteInfo, operation: &Operation) -> Value {
    let mut answers: Map<String, Value> = operation.given.iter().map(|given| (given.status.to_string(), answer(given))).collect();
    for status in may_fail(route, operation) {
        answers.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/Problem{status}") }));
    }
    let mut parameters: Vec<Value> = names(route.path)
        .filter(|name| !operation.parameters.iter().any(|p| p["in"] == "path" && p["name"] == *name))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } }))
        .collect();
    parameters.extend(operation.parameters.iter().cloned());
    if route.method == "POST" {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
            "description": "A key of your own for this request, 1 to 255 visible characters. Sent again within a day, it is carried out once.",
        }));
    }
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.resource],
        "summary": operation.summary,
        "parameters": parameters,
        "responses": answers,
    });
    if !operation.more.is_empty() {
        described["description"] = json!(operation.more);
    }
    if let Some(body) = &operation.sent {
        described["requestBody"] = json!({ "required": true, "content": content(body) });
    }
    described
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::routes::route_list;

    #[test]
    fn each_route_has_an_operation_and_each_operation_a_route() {
        let document = openapi();
        let mut described = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                described.insert((method.to_uppercase(), path.clone()));
                let id = operation["operationId"].as_str().unwrap();
                assert!(ids.insert(id.to_owned()), "{id} is there twice");
            }
        }
        let routes: BTreeSet<(String, String)> =
            route_list().iter().filter(|r| r.path.starts_with("/api/v1/")).map(|r| (r.method.to_owned(), r.path.to_owned())).collect();
        assert_eq!(described, routes);
    }

    #[test]
    fn every_schema_that_is_spoken_of_is_there() {
        let document = openapi();
        let text = document.to_string();
        for part in text.split("\"#/components/").skip(1) {
            let place = part.split('"').next().unwrap();
            assert!(document.pointer(&format!("/components/{place}")).is_some(), "{place}");
        }
    }
}
