//! From a request to its strict form, whoever wrote it.

use serde_json::{Map, Value};

use super::expand::{self, Key, Target};
use super::join;
use super::{Action, MOST_OPERATIONS, Operation, PATCH_SCHEMA, Patch};
use crate::error::{ScimError, ScimType};
use crate::filter::PatchPath;
use crate::schema::{Mutability, ResourceType};
use crate::text::short;
use crate::{AttrPath, Reading};

fn syntax(words: impl Into<String>) -> ScimError {
    ScimError::bad(ScimType::InvalidSyntax, words)
}

/// A member of an object, in any case if that is allowed.
fn member<'a>(object: &'a Map<String, Value>, name: &str, reading: Reading) -> Option<&'a Value> {
    let any = || object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    object.get(name).or_else(|| if reading == Reading::Lenient { any() } else { None })
}

impl Patch {
    /// Reads a request.
    ///
    /// # Errors
    /// `invalidSyntax` when it is none, `invalidPath` when a path cannot be read or names nothing, `noTarget` when
    /// something is to be removed and nobody says what, `invalidValue` when an operation has no value.
    pub fn read(of: &ResourceType, body: &Value, reading: Reading) -> Result<Self, ScimError> {
        let body = body.as_object().ok_or_else(|| syntax("the body is not a JSON object"))?;
        let says = |schemas: &Value| schemas.as_array().is_some_and(|all| all.iter().any(|schema| schema == PATCH_SCHEMA));
        if reading == Reading::Strict && !member(body, "schemas", reading).is_some_and(says) {
            return Err(syntax(format!("`schemas` does not name {PATCH_SCHEMA}")));
        }
        let asked = member(body, "Operations", reading).and_then(Value::as_array).ok_or_else(|| syntax("`Operations` is not a list"))?;
        let mut operations = Vec::with_capacity(asked.len().min(MOST_OPERATIONS));
        for (n, operation) in asked.iter().enumerate() {
            let with_place = |error: ScimError| ScimError { detail: format!("operation {}: {}", n + 1, error.detail), ..error };
            read_one(of, operation, reading, &mut operations).map_err(with_place)?;
            if operations.len() > MOST_OPERATIONS {
                return Err(ScimError::status(413, format!("more than {MOST_OPERATIONS} changes in one request")));
            }
        }
        if operations.is_empty() && asked.is_empty() {
            return Err(syntax("`Operations` is empty"));
        }
        let operations = if reading == Reading::Lenient { join::neighbours(of, operations) } else { operations };
        Ok(Self { operations, reading })
    }
}

fn read_one(of: &ResourceType, operation: &Value, reading: Reading, into: &mut Vec<Operation>) -> Result<(), ScimError> {
    let operation = operation.as_object().ok_or_else(|| syntax("it is not an object"))?;
    let op = member(operation, "op", reading).and_then(Value::as_str).ok_or_else(|| syntax("`op` is missing"))?;
    let op = if reading == Reading::Lenient { op.to_ascii_lowercase() } else { op.to_owned() };
    let value = member(operation, "value", reading).cloned();
    let path = match member(operation, "path", reading) {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) if path.is_empty() && reading == Reading::Lenient => None,
        Some(Value::String(path)) => Some(path.parse::<PatchPath>()?),
        Some(_) => return Err(ScimError::bad(ScimType::InvalidPath, "`path` is not text")),
    };
    let action = match op.as_str() {
        "remove" => return remove(of, path, value, into),
        "add" => Action::Add,
        "replace" => Action::Replace,
        other => return Err(syntax(format!("`op` is `{}`; it is one of add, remove, replace", short(other)))),
    };
    let value = value.ok_or_else(|| ScimError::bad(ScimType::InvalidValue, "`value` is missing"))?;
    match path {
        Some(path) => with_path(of, path, value, action, reading, into),
        None => without_path(of, value, action, reading, into),
    }
}

fn remove(of: &ResourceType, path: Option<PatchPath>, value: Option<Value>, into: &mut Vec<Operation>) -> Result<(), ScimError> {
    let path = path.ok_or_else(|| ScimError::bad(ScimType::NoTarget, "`remove` needs a path"))?;
    let target = expand::target(of, &path)?;
    let action = match (value, target) {
        // Entra ID: `"path": "members", "value": [{"value": "…"}]` removes these, not all.
        (Some(value), Target::Attribute { attribute, sub: None, .. }) if attribute.multi_valued && path.filter.is_none() => match value {
            Value::Null => Action::Remove,
            Value::Array(these) => Action::RemoveThese(these),
            this => Action::RemoveThese(vec![this]),
        },
        _ => Action::Remove,
    };
    into.push(Operation { path, action });
    Ok(())
}

fn with_path(
    of: &ResourceType,
    path: PatchPath,
    value: Value,
    action: fn(Value) -> Action,
    reading: Reading,
    into: &mut Vec<Operation>,
) -> Result<(), ScimError> {
    match expand::target(of, &path)? {
        Target::Attribute { .. } => into.push(Operation { path, action: action(value) }),
        Target::Extension(schema) => {
            let Value::Object(parts) = value else {
                return Err(ScimError::bad(ScimType::InvalidValue, format!("`{}` takes an object", schema.id)));
            };
            for (key, value) in parts {
                if let Some(attribute) = schema.attribute(&key) {
                    let attr = AttrPath { urn: Some(schema.id.clone()), name: attribute.name.clone(), sub: None };
                    into.push(Operation { path: PatchPath { attr, filter: None }, action: action(value) });
                } else if reading == Reading::Strict {
                    return Err(ScimError::bad(ScimType::InvalidPath, format!("`{}` has no attribute `{}`", schema.id, short(&key))));
                }
            }
        }
    }
    Ok(())
}

/// One operation for each attribute of the value.
fn without_path(
    of: &ResourceType,
    value: Value,
    action: fn(Value) -> Action,
    reading: Reading,
    into: &mut Vec<Operation>,
) -> Result<(), ScimError> {
    let Value::Object(parts) = value else {
        return Err(ScimError::bad(ScimType::InvalidValue, "without a path, `value` is an object of attributes"));
    };
    for (key, value) in parts {
        let path = match expand::key(of, &key, reading)? {
            // `schemas` is told by what there is. Okta sends the `id` along when it renames a group.
            Some(Key::Attribute(attribute)) if attribute.name == "schemas" => continue,
            Some(Key::Attribute(attribute)) if reading == Reading::Lenient && attribute.mutability == Mutability::ReadOnly => continue,
            Some(Key::Attribute(attribute)) => PatchPath { attr: AttrPath::new(&attribute.name), filter: None },
            Some(Key::Extension(schema)) => {
                let Some((urn, name)) = schema.id.rsplit_once(':') else { continue };
                PatchPath { attr: AttrPath { urn: Some(urn.into()), name: name.into(), sub: None }, filter: None }
            }
            Some(Key::Path(path)) => path,
            None if reading == Reading::Lenient => continue,
            None => return Err(ScimError::bad(ScimType::InvalidPath, format!("{} has no attribute `{}`", of.name, short(&key)))),
        };
        with_path(of, path, value, action, reading, into)?;
    }
    Ok(())
}
