//! What a program is told when something went wrong (RFC 9457).

use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not carried out. Nothing of it has happened then, unless `detail` says otherwise.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Problem {
    /// What kind of problem: `about:blank`, so the status says it.
    #[schema(example = "about:blank")]
    pub(super) r#type: String,
    /// The problem in two or three words.
    #[schema(example = "Not done")]
    pub(super) title: String,
    /// The status of the answer.
    #[schema(example = 422, minimum = 400, maximum = 599)]
    pub(super) status: u16,
    /// What is wrong, and what to do.
    #[schema(example = "user_name: ada belongs to another identity: choose another name")]
    pub(super) detail: String,
    /// The address that was asked.
    #[schema(example = "/api/v1/identities")]
    pub(super) instance: String,
    /// The places of the request that are at fault, where there are any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(super) errors: Vec<Fault>,
}

/// A place of the request that is at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Fault {
    /// Where in the body, as JSON pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/user_name", nullable = false)]
    pointer: Option<String>,
    /// Which parameter of the address, or which header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parameter: Option<String>,
    /// What is wrong with it, and what to do.
    #[schema(example = "ada belongs to another identity: choose another name")]
    detail: String,
}

impl Fault {
    /// A fault of the body.
    pub(super) fn pointer(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), parameter: None, detail: detail.into() }
    }

    /// A fault of a parameter or header.
    pub(super) fn parameter(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: None, parameter: Some(name.into()), detail: detail.into() }
    }
}
