//! Many changes in one request (RFC 7644, 3.7).

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use crate::Reading;
use crate::error::{ScimError, ScimType};
use crate::text::short;

/// The schema of a bulk request.
pub const BULK_REQUEST_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// The schema of a bulk answer.
pub const BULK_RESPONSE_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
const PREFIX: &str = "bulkId:";

/// What one of them does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Makes a resource.
    Post,
    /// Replaces one.
    Put,
    /// Changes one.
    Patch,
    /// Deletes one.
    Delete,
}

impl Method {
    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One of the changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What it does.
    pub method: Method,
    /// The client's name for what it makes.
    pub bulk_id: Option<String>,
    /// Only if this is the current version.
    pub version: Option<String>,
    /// To what: `/Users`, `/Users/2819c223`, `/Groups/bulkId:g1`.
    pub path: String,
    /// The body.
    pub data: Value,
}

/// A bulk request.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkRequest {
    /// After how many errors the rest is left undone.
    pub fail_on_errors: Option<u64>,
    /// One after the other, in an order in which each finds what it refers to.
    pub operations: Vec<Operation>,
}

impl BulkRequest {
    /// Reads a request and puts its operations into an order in which what is referred to is made first.
    ///
    /// # Errors
    /// `invalidSyntax` when it is none, `invalidValue` for a reference to nothing, 409 when operations refer to each
    /// other in a circle, 413 when there are more than `most`.
    pub fn read(body: &Value, most: usize, reading: Reading) -> Result<Self, ScimError> {
        let says = |all: &Value| all.as_array().is_some_and(|all| all.iter().any(|schema| schema == BULK_REQUEST_SCHEMA));
        if reading == Reading::Strict && !body.get("schemas").is_some_and(says) {
            return Err(syntax(format!("`schemas` does not name {BULK_REQUEST_SCHEMA}")));
        }
        let asked = body.get("Operations").and_then(Value::as_array).ok_or_else(|| syntax("`Operations` is not a list"))?;
        if asked.len() > most {
            return Err(ScimError::status(413, format!("{} operations are more than the {most} that are allowed", asked.len())));
        }
        let fail_on_errors = match body.get("failOnErrors") {
            None | Some(Value::Null) => None,
            Some(number) => {
                Some(number.as_u64().filter(|number| *number > 0).ok_or_else(|| syntax("`failOnErrors` is not a number above 0"))?)
            }
        };
        let operations = asked.iter().enumerate().map(|(n, operation)| {
            one(operation).map_err(|error| ScimError { detail: format!("operation {}: {}", n + 1, error.detail), ..error })
        });
        let operations = ordered(operations.collect::<Result<_, _>>()?)?;
        Ok(Self { fail_on_errors, operations })
    }
}

fn syntax(words: impl Into<String>) -> ScimError {
    ScimError::bad(ScimType::InvalidSyntax, words)
}

fn one(operation: &Value) -> Result<Operation, ScimError> {
    let text = |name: &str| operation.get(name).and_then(Value::as_str).map(str::to_owned);
    let word = text("method").ok_or_else(|| syntax("`method` is missing"))?;
    let methods = [Method::Post, Method::Put, Method::Patch, Method::Delete];
    let method = methods.into_iter().find(|method| method.word().eq_ignore_ascii_case(&word));
    let method = method.ok_or_else(|| syntax(format!("`method` is `{}`; it is one of POST, PUT, PATCH, DELETE", short(&word))))?;
    let path = text("path").filter(|path| path.starts_with('/')).ok_or_else(|| syntax("`path` is missing or does not begin with /"))?;
    let bulk_id = text("bulkId").filter(|id| !id.is_empty());
    if method == Method::Post && bulk_id.is_none() {
        return Err(syntax("`bulkId` is missing"));
    }
    let data = operation.get("data").cloned().unwrap_or(Value::Null);
    if method != Method::Delete && !data.is_object() {
        return Err(syntax("`data` is missing"));
    }
    Ok(Operation { method, bulk_id, version: text("version"), path, data })
}

/// The operations' references, by walking through their bodies and paths.
fn references(operation: &Operation) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut open = vec![&operation.data];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => found.extend(text.strip_prefix(PREFIX).map(str::to_owned)),
            Value::Array(values) => open.extend(values),
            Value::Object(parts) => open.extend(parts.values()),
            _ => {}
        }
    }
    found.extend(operation.path.split('/').filter_map(|part| part.strip_prefix(PREFIX)).map(str::to_owned));
    found
}

/// Kahn's order, as near to the client's as can be.
fn ordered(operations: Vec<Operation>) -> Result<Vec<Operation>, ScimError> {
    let mut makers: HashMap<&str, usize> = HashMap::new();
    for (n, operation) in operations.iter().enumerate().filter(|(_, operation)| operation.method == Method::Post) {
        if let Some(id) = &operation.bulk_id {
            if makers.insert(id, n).is_some() {
                return Err(ScimError::bad(ScimType::InvalidValue, format!("two operations have the bulkId `{}`", short(id))));
            }
        }
    }
    let mut waits: Vec<usize> = vec![0; operations.len()];
    let mut waited_for: Vec<Vec<usize>> = vec![Vec::new(); operations.len()];
    for (n, operation) in operations.iter().enumerate() {
        let mut seen = HashSet::new();
        for reference in references(operation) {
            let unknown = || ScimError::bad(ScimType::InvalidValue, format!("no operation makes `bulkId:{}`", short(&reference)));
            let maker = *makers.get(reference.as_str()).ok_or_else(unknown)?;
            if seen.insert(maker) {
                waits[n] += 1;
                waited_for[maker].push(n);
            }
        }
    }
    let mut ready: std::collections::BTreeSet<usize> = waits.iter().enumerate().filter(|(_, waits)| **waits == 0).map(|(n, _)| n).collect();
    let mut order = Vec::with_capacity(operations.len());
    while let Some(n) = ready.pop_first() {
        order.push(n);
        for &next in &waited_for[n] {
            waits[next] -= 1;
            if waits[next] == 0 {
                ready.insert(next);
            }
        }
    }
    if order.len() < operations.len() {
        return Err(ScimError::status(
            409,
            "some operations refer to each other in a circle; make one of them first and change it afterwards",
        ));
    }
    let mut operations: Vec<Option<Operation>> = operations.into_iter().map(Some).collect();
    Ok(order.into_iter().filter_map(|n| operations[n].take()).collect())
}

impl Operation {
    /// Puts the ids of what was made in the place of references.
    ///
    /// # Errors
    /// `invalidValue` when what is referred to was not made.
    pub fn resolve(&mut self, made: &HashMap<String, String>) -> Result<(), ScimError> {
        let id = |reference: &str| {
            let unmade = || ScimError::bad(ScimType::InvalidValue, format!("`bulkId:{}` was not made", short(reference)));
            made.get(reference).cloned().ok_or_else(unmade)
        };
        let mut open = vec![&mut self.data];
        while let Some(value) = open.pop() {
            match value {
                Value::String(text) => {
                    if let Some(reference) = text.strip_prefix(PREFIX) {
                        *text = id(reference)?;
                    }
                }
                Value::Array(values) => open.extend(values),
                Value::Object(parts) => open.extend(parts.values_mut()),
                _ => {}
            }
        }
        let parts = self.path.split('/').map(|part| part.strip_prefix(PREFIX).map_or_else(|| Ok(part.to_owned()), id));
        self.path = parts.collect::<Result<Vec<_>, _>>()?.join("/");
        Ok(())
    }
}

/// What came of one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// What it did.
    pub method: Method,
    /// The client's name for it.
    pub bulk_id: Option<String>,
    /// The resource's address.
    pub location: Option<String>,
    /// The resource's version.
    pub version: Option<String>,
    /// The status, or what went wrong.
    pub result: Result<u16, ScimError>,
}

/// The body of the answer.
pub fn response(done: &[Done]) -> Value {
    let one = |done: &Done| {
        let mut part = json!({ "method": done.method.word() });
        let Some(map) = part.as_object_mut() else { return part };
        for (name, text) in [("bulkId", &done.bulk_id), ("location", &done.location), ("version", &done.version)] {
            text.as_ref().map(|text| map.insert(name.into(), json!(text)));
        }
        match &done.result {
            Ok(status) => drop(map.insert("status".into(), json!(status.to_string()))),
            Err(error) => {
                map.insert("status".into(), json!(error.status.to_string()));
                map.insert("response".into(), error.body());
            }
        }
        part
    };
    json!({ "schemas": [BULK_RESPONSE_SCHEMA], "Operations": done.iter().map(one).collect::<Vec<_>>() })
}
