//! How a resource is to be answered.

use serde_json::Value;
use tenure_scim::etag;
use tenure_scim::project::{Selection, project};
use tenure_scim::{ResourceType, ScimError};

use super::fault::Fault;

/// Where the resources are, and what of them is wanted.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// The address before `/Users`.
    pub base: String,
    /// `attributes` and `excludedAttributes`.
    pub selection: Selection,
}

/// A resource as it is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Its key.
    pub id: String,
    /// Its address.
    pub location: String,
    /// Its version, as an ETag.
    pub version: String,
    /// What of it is wanted.
    pub body: Value,
}

impl View {
    /// The wanted part of a whole resource.
    pub(super) fn of(&self, kind: &ResourceType, whole: &Value) -> Resource {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let meta = |name: &str| text(whole.get("meta").and_then(|meta| meta.get(name)));
        Resource {
            id: text(whole.get("id")),
            location: meta("location"),
            version: meta("version"),
            body: project(kind, whole, &self.selection),
        }
    }
}

/// Whether a change may be made of this version (RFC 7644, 3.14).
pub(super) fn check_version(if_match: Option<&str>, version: i64) -> Result<(), Fault> {
    match if_match {
        Some(wanted) if !etag::names(wanted, &tag(version)) => {
            Err(ScimError::status(412, "the resource has another version by now: read it again and decide anew").into())
        }
        _ => Ok(()),
    }
}

/// The ETag of a version.
pub(super) fn tag(version: i64) -> String {
    etag::weak(u64::try_from(version).unwrap_or_default())
}
