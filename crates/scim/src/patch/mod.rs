//! PATCH (RFC 7644, 3.5.2).
//!
//! [`Patch::read`] brings a request into its strict form: every operation has a path, operators are in lower case,
//! truth values are truth values. [`Patch::apply`] applies it to a resource, all of it or nothing.

mod apply;
pub(crate) mod expand;
mod join;
mod list;
mod read;

use serde_json::{Value, json};

pub(crate) use apply::set;

use crate::Reading;
use crate::filter::PatchPath;

/// The schema of a PATCH request.
pub const PATCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// More operations in one request are refused.
pub const MOST_OPERATIONS: usize = 5_000;

/// What an operation does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Adds a value, or sets what has one value.
    Add(Value),
    /// Sets values.
    Replace(Value),
    /// Takes all values away.
    Remove,
    /// Takes these values away, by what their `value` says: how Entra ID removes members.
    RemoveThese(Vec<Value>),
}

/// An operation in its strict form.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// At what.
    pub path: PatchPath,
    /// What.
    pub action: Action,
}

/// A PATCH request in its strict form.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch {
    /// One after the other.
    pub operations: Vec<Operation>,
    /// Whether what is gone already may be removed again, and a value that a filter describes may be made.
    pub reading: Reading,
}

/// What came of a PATCH.
#[derive(Debug, Clone, PartialEq)]
pub struct Patched {
    /// The resource as it is now.
    pub resource: Value,
    /// Whether it is another one than before.
    pub changed: bool,
}

impl Patch {
    /// The request, for a peer.
    pub fn body(&self) -> Value {
        let operation = |operation: &Operation| {
            let path = operation.path.to_string();
            match &operation.action {
                Action::Add(value) => json!({ "op": "add", "path": path, "value": value }),
                Action::Replace(value) => json!({ "op": "replace", "path": path, "value": value }),
                Action::Remove => json!({ "op": "remove", "path": path }),
                Action::RemoveThese(values) => json!({ "op": "remove", "path": path, "value": values }),
            }
        };
        json!({ "schemas": [PATCH_SCHEMA], "Operations": self.operations.iter().map(operation).collect::<Vec<_>>() })
    }
}
