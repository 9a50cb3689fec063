//! What is asked: who asks, with which parameters and which body.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, StatusCode, Uri, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tenure_domain::access::PrincipalKind;
use tenure_services::Ctx;
use utoipa::ToSchema;

use crate::http::problem::Fault;
use crate::http::{Caller, Failure, Web, read_whole};

/// No parameters.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Who asks, and how. A session may look; whoever changes something sends a token, so that no page of another site
/// can do it in somebody's name.
pub(super) struct Asked<Q = Nothing> {
    /// The services' context.
    pub(super) ctx: Ctx,
    /// The parameters of the address.
    pub(super) query: Q,
    /// What all requests share.
    pub(super) web: Arc<Web>,
    /// The address.
    pub(super) uri: Uri,
    if_match: Option<String>,
    if_none_match: Option<String>,
}

impl<Q> Asked<Q> {
    /// The version that is to be changed, when it is the one that who asks has seen (RFC 9110, 13.1.1).
    ///
    /// # Errors
    /// 428 without `If-Match`, 412 when the version is another.
    pub(super) fn expected(&self, current: i64) -> Result<i64, Failure> {
        let Some(wanted) = &self.if_match else { return Err(precondition_required()) };
        let fits = wanted.split(',').map(str::trim).any(|tag| tag == "*" || tag == etag(current));
        if fits { Ok(current) } else { Err(moved_on()) }
    }

    /// Whether who asks has this version already (RFC 9110, 13.1.2).
    pub(super) fn has(&self, tag: &str) -> bool {
        let known = self.if_none_match.as_deref().unwrap_or_default();
        known.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
    }

    /// Whether it must not be there yet.
    pub(super) fn must_be_new(&self) -> bool {
        self.if_none_match.as_deref().map(str::trim) == Some("*")
    }
}

/// The entity tag of a version.
pub(super) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

fn precondition_required() -> Failure {
    let words = "Send the ETag of what you have read as If-Match, so that nobody's change is lost.";
    Failure::new(StatusCode::PRECONDITION_REQUIRED, "If-Match is needed", words).at(vec![Fault::parameter("If-Match", "it is missing")])
}

/// What was read is not there any more.
pub(super) fn moved_on() -> Failure {
    let words = "It was changed since you read it. Nothing was changed now: read it again, then decide.";
    Failure::new(StatusCode::PRECONDITION_FAILED, "Changed in the meantime", words)
}

/// A parameter or header that cannot be taken.
pub(super) fn bad_parameter(name: &str, detail: impl Into<String>) -> Failure {
    let detail = detail.into();
    let words = format!("The parameter {name} cannot be taken: {detail}");
    Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "Not understood", words).at(vec![Fault::parameter(name, detail)])
}

/// A field of the body that cannot be taken.
pub(super) fn bad_field(pointer: &str, detail: impl Into<String>) -> Failure {
    let detail = detail.into();
    let words = format!("The body cannot be taken at {}: {detail}", if pointer.is_empty() { "its root" } else { pointer });
    Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "Not understood", words).at(vec![Fault::pointer(pointer, detail)])
}

fn text(parts: &Parts, name: HeaderName) -> Option<String> {
    parts.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// The parameters; what is none of ours is refused, by name.
fn parameters<Q: DeserializeOwned>(text: &str) -> Result<Q, Failure> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(text).map_err(|_| bad_parameter("?", "the part after the question mark is not name=value&…"))?;
    if let Some((name, _)) = pairs.iter().find(|(name, value)| name.contains('\0') || value.contains('\0')) {
        return Err(bad_parameter(name, "it has a character that no text of ours has (NUL)"));
    }
    let inner = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(inner).map_err(|error| {
        let words = error.inner().to_string();
        let path = error.path().to_string();
        let name = if path == "." || path == "?" { words.split('`').nth(1).unwrap_or("?").to_owned() } else { path };
        bad_parameter(&name, words)
    })
}

impl<Q: DeserializeOwned> FromRequestParts<Arc<Web>> for Asked<Q> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Failure> {
        let caller = parts.extensions.get::<Caller>().cloned().ok_or_else(Failure::unavailable)?;
        let looks = matches!(parts.method, Method::GET | Method::HEAD);
        match caller.ctx.principal.kind {
            PrincipalKind::Anonymous => return Err(Failure::unauthenticated()),
            _ if looks || caller.ctx.principal.is_token() => {}
            _ => return Err(Failure::needs_token()),
        }
        Ok(Self {
            ctx: caller.ctx,
            query: parameters(parts.uri.query().unwrap_or_default())?,
            web: Arc::clone(web),
            uri: parts.uri.clone(),
            if_match: text(parts, header::IF_MATCH),
            if_none_match: text(parts, header::IF_NONE_MATCH),
        })
    }
}

/// A body of JSON, read whole: what is none of ours in it is refused, by name.
#[derive(Debug)]
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<Web>> for Sent<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
            let words = "Send the body as JSON, with `Content-Type: application/json`.";
            return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Not JSON", words));
        }
        Ok(Self(body(&read_whole(request, web).await?)?))
    }
}

/// Reads a body.
fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    // It stops at a depth of 128 by itself.
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| Failure::new(StatusCode::BAD_REQUEST, "Not JSON", format!("The body is not JSON: {error}")))?;
    if let Some(pointer) = nul(&value, &mut String::new()) {
        return Err(bad_field(&pointer, "it has a character that no text of ours has (NUL)"));
    }
    serde_path_to_error::deserialize(value).map_err(|error| bad_field(&pointer(error.path()), error.inner().to_string()))
}

/// The place of the first text with a character that not every database keeps.
fn nul(value: &Value, at: &mut String) -> Option<String> {
    let length = at.len();
    match value {
        Value::String(text) => return text.contains('\0').then(|| at.clone()),
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                at.push_str(&format!("/{place}"));
                if let Some(found) = nul(item, at) {
                    return Some(found);
                }
                at.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                at.push('/');
                at.push_str(&name.replace('~', "~0").replace('/', "~1"));
                if name.contains('\0') {
                    return Some(at.clone());
                }
                if let Some(found) = nul(field, at) {
                    return Some(found);
                }
                at.truncate(length);
            }
        }
        _ => {}
    }
    None
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[serde(default)]
        name: String,
        #[serde(default)]
        parts: Vec<Part>,
    }

    #[derive(Debug, Deserialize)]
    struct Part {
        days: u8,
    }

    #[test]
    fn a_fault_of_a_body_is_named_by_its_place() {
        for (text, place) in [
            (r#"{"name": 1}"#, "/name"),
            (r#"{"parts": [{"days": 1}, {"days": 300}]}"#, "/parts/1/days"),
            ("{\"name\": \"a\\u0000b\"}", "/name"),
        ] {
            let words = format!("{:?}", body::<Form>(text.as_bytes()).unwrap_err());
            assert!(words.contains(&format!("Some(\"{place}\")")), "{text}: {words}");
        }
        let words = body::<Form>(br#"{"nme": "x"}"#).unwrap_err().words().to_owned();
        assert!(words.contains("`nme`"), "{words}");
        let form: Form = body(br#"{"name": "x", "parts": [{"days": 2}]}"#).unwrap();
        assert_eq!((form.name.as_str(), form.parts[0].days), ("x", 2));
        let deep = "[".repeat(200);
        assert!(body::<Form>(deep.as_bytes()).unwrap_err().words().contains("not JSON"));
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Look {
        limit: Option<u32>,
    }

    #[test]
    fn a_parameter_that_cannot_be_taken_is_named() {
        for (text, name) in
            [("limit=x", "limit"), ("limit=", "limit"), ("limit=1&limit=2", "limit"), ("size=3", "size"), ("limit=%00", "limit")]
        {
            let words = parameters::<Look>(text).unwrap_err().words().to_owned();
            assert!(words.contains(&format!("The parameter {name} ")), "{text}: {words}");
        }
        assert_eq!(parameters::<Look>("limit=3").unwrap().limit, Some(3));
        assert_eq!(parameters::<Look>("").unwrap().limit, None);
    }
}
