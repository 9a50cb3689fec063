//! Applying a PATCH to a resource.

use serde_json::{Map, Value, json};

use super::expand::{Target, target};
use super::list;
use super::{Action, Operation, Patch, Patched};
use crate::error::{ScimError, ScimType};
use crate::filter::PatchPath;
use crate::resource;
use crate::schema::{Attribute, Kind, Mutability, ResourceType};
use crate::{AttrPath, Reading};

impl Patch {
    /// Applies all operations to a resource in its one form ([`resource::accept`]), or none.
    ///
    /// # Errors
    /// `mutability`, `noTarget`, `invalidPath`, `invalidValue` as RFC 7644, 3.5.2 says.
    pub fn apply(&self, of: &ResourceType, before: &Value) -> Result<Patched, ScimError> {
        let mut resource = before.clone();
        for (n, operation) in self.operations.iter().enumerate() {
            one(of, &mut resource, operation, self.reading)
                .map_err(|error| ScimError { detail: format!("operation {}: {}", n + 1, error.detail), ..error })?;
        }
        resource::set_schemas(of, &mut resource);
        resource::complete(of, &resource)?;
        let changed = resource != *before;
        Ok(Patched { resource, changed })
    }
}

/// Sets a value at a path, where a whole resource is read.
pub(crate) fn set(of: &ResourceType, resource: &mut Value, path: &PatchPath, value: Value) -> Result<(), ScimError> {
    let action = Action::Add(value);
    one(of, resource, &Operation { path: path.clone(), action }, Reading::Lenient)
}

pub(super) fn mutability(attribute: &Attribute, words: &str) -> ScimError {
    ScimError::bad(ScimType::Mutability, format!("`{}` {words}", attribute.name))
}

fn one(of: &ResourceType, resource: &mut Value, operation: &Operation, reading: Reading) -> Result<(), ScimError> {
    let (extension, attribute, sub) = match target(of, &operation.path)? {
        Target::Attribute { extension, attribute, sub } => (extension, attribute, sub),
        Target::Extension(schema) => {
            // Only removal comes here; what is added or replaced was taken apart when it was read.
            for attribute in &schema.attributes {
                let attr = AttrPath { urn: Some(schema.id.clone()), name: attribute.name.clone(), sub: None };
                let path = PatchPath { attr, filter: None };
                one(of, resource, &Operation { path, action: Action::Remove }, reading)?;
            }
            return Ok(());
        }
    };
    if attribute.mutability == Mutability::ReadOnly || sub.is_some_and(|sub| sub.mutability == Mutability::ReadOnly) {
        return Err(mutability(sub.unwrap_or(attribute), "is set by the server only"));
    }
    let map = resource.as_object_mut().ok_or_else(|| ScimError::status(500, "the resource is not an object"))?;
    let holder = match extension {
        None => map,
        Some(urn) => match map.entry(urn).or_insert_with(|| json!({})) {
            Value::Object(inner) => inner,
            _ => return Err(ScimError::status(500, "the extension is not an object")),
        },
    };
    // Taken out, not copied: a group may have many members. After an error nobody looks at the rest.
    let old = holder.remove(&attribute.name).unwrap_or(Value::Null);
    let set_once = (attribute.mutability == Mutability::Immutable && !old.is_null()).then(|| old.clone());
    let new = if attribute.multi_valued {
        list::change(attribute, sub, operation, old, reading)?
    } else {
        single(attribute, sub, &operation.action, old, reading)?
    };
    if set_once.is_some_and(|old| old != new) {
        return Err(mutability(attribute, "cannot be changed once it is set"));
    }
    if attribute.required && new.is_null() {
        return Err(mutability(attribute, "must have a value, so it cannot be removed"));
    }
    match new {
        Value::Null => drop(holder.remove(&attribute.name)),
        new => drop(holder.insert(attribute.name.clone(), new)),
    }
    Ok(())
}

/// An attribute of one value.
fn single(attribute: &Attribute, sub: Option<&Attribute>, action: &Action, old: Value, reading: Reading) -> Result<Value, ScimError> {
    match (action, sub) {
        (Action::Remove | Action::RemoveThese(_), None) => Ok(Value::Null),
        (Action::Remove | Action::RemoveThese(_), Some(sub)) => part(old, sub, Value::Null),
        (Action::Add(value) | Action::Replace(value), Some(sub)) => part(old, sub, sub.accept(value.clone(), reading)?),
        (Action::Add(value) | Action::Replace(value), None) if attribute.kind == Kind::Complex => {
            merge(attribute, old, value.clone(), reading)
        }
        (Action::Add(value) | Action::Replace(value), None) => attribute.accept(value.clone(), reading),
    }
}

/// Sets one part of a complex value, which must not change one that is set once.
pub(super) fn part(whole: Value, sub: &Attribute, value: Value) -> Result<Value, ScimError> {
    let mut parts = match whole {
        Value::Object(parts) => parts,
        _ => Map::new(),
    };
    let old = parts.get(&sub.name);
    if sub.mutability == Mutability::Immutable && old.is_some_and(|old| *old != value) {
        return Err(mutability(sub, "cannot be changed once it is set"));
    }
    if sub.required && value.is_null() {
        return Err(mutability(sub, "must have a value, so it cannot be removed"));
    }
    match value {
        Value::Null => drop(parts.remove(&sub.name)),
        value => drop(parts.insert(sub.name.clone(), value)),
    }
    Ok(if parts.is_empty() { Value::Null } else { Value::Object(parts) })
}

/// Sets the parts that a value has and leaves the others; `null` takes a part away.
pub(super) fn merge(attribute: &Attribute, old: Value, value: Value, reading: Reading) -> Result<Value, ScimError> {
    let parts = match value {
        Value::Null => return Ok(Value::Null),
        Value::Object(parts) => parts,
        other => match attribute.accept_one(other, reading)? {
            Value::Object(parts) => parts,
            _ => return Ok(Value::Null),
        },
    };
    let mut whole = old;
    for (key, value) in parts {
        let Some(sub) = attribute.sub(&key) else { continue };
        // What only the server sets is ignored inside a value, as it is in a whole resource.
        if sub.mutability == Mutability::ReadOnly {
            continue;
        }
        whole = part(whole, sub, sub.accept(value, reading)?)?;
    }
    Ok(whole)
}
