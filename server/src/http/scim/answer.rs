//! What is answered: resources, lists, errors, all as `application/scim+json` (RFC 7644, 3.1 and 3.12).

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tenure_scim::{ScimError, etag};
use tenure_services::scim::{Fault, Resource};

const TYPE: HeaderValue = HeaderValue::from_static("application/scim+json");

/// An error, on its way out.
#[derive(Debug)]
pub(super) struct Refusal(ScimError);

/// What handlers return.
pub(super) type Reply = Result<Response, Refusal>;

impl From<ScimError> for Refusal {
    fn from(error: ScimError) -> Self {
        Self(error)
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self(fault.answer())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = json(self.0.status, &self.0.body());
        let more = match self.0.status {
            401 => Some((header::WWW_AUTHENTICATE, "Bearer realm=\"Tenure\"")),
            503 => Some((header::RETRY_AFTER, "5")),
            _ => None,
        };
        if let Some((name, value)) = more {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// A body with a status.
pub(super) fn json(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, TYPE)], Body::from(body.to_string())).into_response()
}

/// A resource, with its address and version.
pub(super) fn resource(status: u16, resource: &Resource) -> Response {
    named(json(status, &resource.body), resource)
}

/// A resource that was asked for; 304 when who asks has this version already.
pub(super) fn read(found: &Resource, if_none_match: Option<&str>) -> Response {
    match if_none_match {
        Some(known) if etag::names(known, &found.version) => named(StatusCode::NOT_MODIFIED.into_response(), found),
        _ => resource(200, found),
    }
}

/// No body; the resource is known by its headers.
pub(super) fn changed(resource: &Resource) -> Response {
    named(StatusCode::NO_CONTENT.into_response(), resource)
}

fn named(mut response: Response, resource: &Resource) -> Response {
    for (name, text) in [(header::LOCATION, &resource.location), (header::ETAG, &resource.version)] {
        if let Ok(value) = HeaderValue::from_str(text) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Whether an address is SCIM's.
pub(crate) fn is_scim(path: &str) -> bool {
    path.strip_prefix(super::BASE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The body of a refusal that another layer made: an address that is nobody's, a method that is not taken.
pub(crate) fn refused(mut response: Response, words: &str) -> Response {
    if response.headers().get(header::CONTENT_TYPE) == Some(&TYPE) {
        return response;
    }
    let words = match response.status() {
        StatusCode::NOT_FOUND => "there is nothing at this address of SCIM",
        StatusCode::METHOD_NOT_ALLOWED => "this address is not asked by this method; the header Allow names those that it takes",
        _ => words,
    };
    let body = ScimError::status(response.status().as_u16(), words).body().to_string();
    *response.body_mut() = Body::from(body);
    let headers = response.headers_mut();
    // They spoke of another body.
    for name in [header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
        headers.remove(name);
    }
    headers.insert(header::CONTENT_TYPE, TYPE);
    response
}
