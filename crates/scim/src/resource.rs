//! Reading a resource from a body: POST (RFC 7644, 3.3) and PUT (3.5.1).

use serde_json::{Map, Value, json};

use crate::Reading;
use crate::error::{ScimError, ScimType};
use crate::patch::expand::{self, Key};
use crate::schema::{Attribute, Mutability, ResourceType};

/// Brings a resource into its one form: names as the schema writes them, what is unassigned or unknown left
/// out, extensions under their URN, `schemas` telling which there are. What only the server sets is kept.
///
/// # Errors
/// `invalidSyntax` when it is no object, `invalidValue` when a value does not fit.
pub fn accept(of: &ResourceType, body: Value, reading: Reading) -> Result<Value, ScimError> {
    let Value::Object(parts) = body else { return Err(ScimError::bad(ScimType::InvalidSyntax, "the body is not a JSON object")) };
    let mut kept = Map::new();
    let mut later = Vec::new();
    for (key, value) in parts {
        match expand::key(of, &key, reading)? {
            Some(Key::Extension(schema)) => {
                let Value::Object(parts) = value else { continue };
                let mut inside = Map::new();
                for (key, value) in parts {
                    let Some(attribute) = schema.attribute(&key) else { continue };
                    put(&mut inside, attribute, value, reading)?;
                }
                if !inside.is_empty() {
                    kept.insert(schema.id.clone(), Value::Object(inside));
                }
            }
            Some(Key::Attribute(attribute)) => put(&mut kept, attribute, value, reading)?,
            Some(Key::Path(path)) => later.push((path, value)),
            None => {}
        }
    }
    let mut resource = Value::Object(kept);
    // `"name.givenName": "Barbara"`, as some clients send it.
    for (path, value) in later {
        crate::patch::set(of, &mut resource, &path, value)?;
    }
    set_schemas(of, &mut resource);
    Ok(resource)
}

fn put(kept: &mut Map<String, Value>, attribute: &Attribute, value: Value, reading: Reading) -> Result<(), ScimError> {
    let value = attribute.accept(value, reading)?;
    if !value.is_null() {
        kept.insert(attribute.name.clone(), value);
    }
    Ok(())
}

/// What a client may make: [`accept`], without what only the server sets, and with all that is required.
///
/// # Errors
/// As [`accept`]; `invalidValue` when something required is missing.
pub fn create(of: &ResourceType, body: Value, reading: Reading) -> Result<Value, ScimError> {
    let mut resource = accept(of, body, reading)?;
    each(of, &mut resource, |attribute, holder| {
        if attribute.mutability == Mutability::ReadOnly {
            holder.remove(&attribute.name);
        }
        Ok(())
    })?;
    complete(of, &resource)?;
    Ok(resource)
}

/// What a resource is after a PUT: what the client did not say is unassigned, what only the server sets stays,
/// what is never returned stays unless it is said.
///
/// # Errors
/// As [`create`]; `mutability` when something that is set once would change.
pub fn replace(of: &ResourceType, old: &Value, body: Value, reading: Reading) -> Result<Value, ScimError> {
    let mut new = accept(of, body, reading)?;
    let extensions = of.extensions.iter().map(|schema| schema.id.as_str());
    for (holder, attributes) in std::iter::once(None).chain(extensions.map(Some)).map(|urn| (urn, attributes(of, urn))) {
        for attribute in attributes {
            let before = inside(old, holder).and_then(|holder| holder.get(&attribute.name)).cloned();
            let said = inside(&new, holder).and_then(|holder| holder.get(&attribute.name)).cloned();
            match (attribute.mutability, before, said) {
                (Mutability::ReadOnly, before, _) | (Mutability::WriteOnly, before, None) => {
                    store(&mut new, holder, &attribute.name, before)
                }
                (Mutability::Immutable, Some(before), said) if said.as_ref() != Some(&before) => {
                    return Err(ScimError::bad(ScimType::Mutability, format!("`{}` cannot be changed once it is set", attribute.name)));
                }
                _ => {}
            }
        }
    }
    set_schemas(of, &mut new);
    complete(of, &new)?;
    Ok(new)
}

fn inside<'a>(resource: &'a Value, urn: Option<&str>) -> Option<&'a Value> {
    urn.map_or(Some(resource), |urn| resource.get(urn))
}

fn attributes<'a>(of: &'a ResourceType, urn: Option<&str>) -> Vec<&'a Attribute> {
    match urn {
        // `schemas` is told by what there is.
        None => of.common.iter().filter(|attribute| attribute.name != "schemas").chain(&of.schema.attributes).collect(),
        Some(urn) => of.extension(urn).map(|schema| schema.attributes.iter().collect()).unwrap_or_default(),
    }
}

fn store(resource: &mut Value, urn: Option<&str>, name: &str, value: Option<Value>) {
    let Some(mut holder) = resource.as_object_mut() else { return };
    if let Some(urn) = urn {
        if value.is_none() && !holder.contains_key(urn) {
            return;
        }
        let Some(inner) = holder.entry(urn).or_insert_with(|| json!({})).as_object_mut() else { return };
        holder = inner;
    }
    match value {
        Some(value) => holder.insert(name.into(), value),
        None => holder.remove(name),
    };
}

fn each(
    of: &ResourceType,
    resource: &mut Value,
    mut visit: impl FnMut(&Attribute, &mut Map<String, Value>) -> Result<(), ScimError>,
) -> Result<(), ScimError> {
    if let Some(holder) = resource.as_object_mut() {
        for attribute in attributes(of, None) {
            visit(attribute, holder)?;
        }
    }
    for schema in &of.extensions {
        if let Some(holder) = resource.get_mut(&schema.id).and_then(Value::as_object_mut) {
            for attribute in &schema.attributes {
                visit(attribute, holder)?;
            }
        }
    }
    Ok(())
}

/// Whether everything required has a value; `id` and other things of the server's are its own affair.
///
/// # Errors
/// `invalidValue` naming what is missing.
pub fn complete(of: &ResourceType, resource: &Value) -> Result<(), ScimError> {
    let missing = of.schema.attributes.iter().find(|attribute| {
        let value = resource.get(&attribute.name);
        attribute.required && value.is_none_or(|value| value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty))
    });
    match missing {
        None => Ok(()),
        Some(attribute) => Err(ScimError::bad(ScimType::InvalidValue, format!("`{}` must have a value", attribute.name))),
    }
}

/// Lets `schemas` tell what is there, and leaves out extensions that hold nothing.
pub fn set_schemas(of: &ResourceType, resource: &mut Value) {
    let Some(map) = resource.as_object_mut() else { return };
    let mut schemas = vec![of.schema.id.clone()];
    for schema in &of.extensions {
        match map.get(&schema.id).and_then(Value::as_object) {
            Some(parts) if !parts.is_empty() => schemas.push(schema.id.clone()),
            _ => drop(map.remove(&schema.id)),
        }
    }
    map.insert("schemas".into(), json!(schemas));
}
