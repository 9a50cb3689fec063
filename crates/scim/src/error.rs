//! Errors as SCIM tells them (RFC 7644, 3.12).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The schema of an error body.
pub const ERROR_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// What kind of error, where the status alone does not say it (RFC 7644, table 9; RFC 9865, 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ScimType {
    /// The filter cannot be read, or asks what its attributes cannot answer.
    InvalidFilter,
    /// More results than the server wants to give.
    TooMany,
    /// A value is taken.
    Uniqueness,
    /// An attribute may not be changed.
    Mutability,
    /// The body is not what the message's schema says.
    InvalidSyntax,
    /// The path of a PATCH operation cannot be read or names nothing.
    InvalidPath,
    /// The path of a PATCH operation matches nothing.
    NoTarget,
    /// A value is missing or of the wrong kind.
    InvalidValue,
    /// A version of the protocol that is not spoken.
    InvalidVers,
    /// What was asked must not stand in an address.
    Sensitive,
    /// The cursor is none of the server's.
    InvalidCursor,
    /// The cursor was good once.
    ExpiredCursor,
    /// The page size is out of range.
    InvalidCount,
}

/// An error of the protocol, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ScimError {
    /// The status of the answer.
    pub status: u16,
    /// Which kind, where there is one.
    pub scim_type: Option<ScimType>,
    /// What is wrong, where, and what to do.
    pub detail: String,
}

impl ScimError {
    /// A bad request (400) of a kind.
    pub fn bad(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self { status: 400, scim_type: Some(scim_type), detail: detail.into() }
    }

    /// An error that its status says all about.
    pub fn status(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into() }
    }

    /// A value is taken: 409 with `uniqueness`.
    pub fn taken(detail: impl Into<String>) -> Self {
        Self { status: 409, scim_type: Some(ScimType::Uniqueness), detail: detail.into() }
    }

    /// The body of the answer; the status is a text there.
    pub fn body(&self) -> Value {
        let mut body = json!({ "schemas": [ERROR_SCHEMA], "status": self.status.to_string(), "detail": self.detail });
        if let (Some(kind), Some(map)) = (self.scim_type, body.as_object_mut()) {
            map.insert("scimType".into(), json!(kind));
        }
        body
    }

    /// Reads what a peer sent with a status. Its words are cut at 300 characters; an unknown `scimType` is none.
    pub fn read(status: u16, body: &Value) -> Self {
        let detail = body.get("detail").and_then(Value::as_str).unwrap_or_default();
        let scim_type = body.get("scimType").and_then(|kind| serde_json::from_value(kind.clone()).ok());
        Self { status, scim_type, detail: detail.chars().filter(|c| !c.is_control()).take(300).collect() }
    }
}
