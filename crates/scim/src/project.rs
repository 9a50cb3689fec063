//! What of a resource is returned (RFC 7644, 3.9; RFC 7643, 7).

use serde_json::{Map, Value};

use crate::AttrPath;
use crate::error::{ScimError, ScimType};
use crate::schema::{Attribute, Resolved, ResourceType, Returned};

/// What the client asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    only: Vec<AttrPath>,
    without: Vec<AttrPath>,
}

impl Selection {
    /// From the parameters `attributes` and `excludedAttributes`, each a list with commas.
    ///
    /// # Errors
    /// `invalidValue` when both are there, `invalidPath` when a name cannot be read.
    pub fn read(attributes: Option<&str>, excluded: Option<&str>) -> Result<Self, ScimError> {
        let list = |text: Option<&str>| {
            let names = text.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
            names.map(str::parse).collect::<Result<Vec<AttrPath>, _>>()
        };
        let (only, without) = (list(attributes)?, list(excluded)?);
        if !only.is_empty() && !without.is_empty() {
            return Err(ScimError::bad(ScimType::InvalidValue, "`attributes` and `excludedAttributes` exclude each other"));
        }
        Ok(Self { only, without })
    }

    /// Whether an attribute of the resource itself will be in the answer: what is not need not be read from the database.
    pub fn wants(&self, of: &ResourceType, name: &str) -> bool {
        of.core(name).is_some_and(|attribute| self.choice(of, None, attribute) != Choice::None)
    }

    /// Whether, and which parts.
    fn choice<'a>(&self, of: &'a ResourceType, urn: Option<&str>, attribute: &Attribute) -> Choice<'a> {
        // The parts that a list names of this attribute; nothing for all of it.
        let named = |paths: &[AttrPath]| {
            let mut parts = Vec::new();
            let mut whole = false;
            for path in paths {
                match of.resolve(path) {
                    Some(Resolved::Extension(schema)) => whole |= urn == Some(schema.id.as_str()),
                    Some(Resolved::Attribute { extension, attribute: named, sub }) if extension == urn && named.name == attribute.name => {
                        match sub {
                            None => whole = true,
                            Some(sub) => parts.push(sub.name.as_str()),
                        }
                    }
                    _ => {}
                }
            }
            (whole, parts)
        };
        match attribute.returned {
            Returned::Never => Choice::None,
            Returned::Always => Choice::All,
            Returned::Default if self.only.is_empty() => match named(&self.without) {
                (true, _) => Choice::None,
                (false, parts) if parts.is_empty() => Choice::All,
                (false, parts) => Choice::Without(parts),
            },
            Returned::Default | Returned::Request => match named(&self.only) {
                (true, _) => Choice::All,
                (false, parts) if parts.is_empty() => Choice::None,
                (false, parts) => Choice::Only(parts),
            },
        }
    }
}

#[derive(PartialEq, Eq)]
enum Choice<'a> {
    None,
    All,
    Only(Vec<&'a str>),
    Without(Vec<&'a str>),
}

/// The part of a resource that is returned.
pub fn project(of: &ResourceType, resource: &Value, selection: &Selection) -> Value {
    let mut kept = Map::new();
    let Some(map) = resource.as_object() else { return Value::Object(kept) };
    for (key, value) in map {
        if let Some(schema) = of.extension(key) {
            let mut inside = Map::new();
            for (key, value) in value.as_object().into_iter().flatten() {
                if let Some(attribute) = schema.attribute(key) {
                    keep(&mut inside, attribute, value, &selection.choice(of, Some(&schema.id), attribute));
                }
            }
            if !inside.is_empty() {
                kept.insert(schema.id.clone(), Value::Object(inside));
            }
        } else if let Some(attribute) = of.core(key) {
            keep(&mut kept, attribute, value, &selection.choice(of, None, attribute));
        }
    }
    Value::Object(kept)
}

fn keep(into: &mut Map<String, Value>, attribute: &Attribute, value: &Value, choice: &Choice<'_>) {
    let wanted = |name: &str| {
        let sub = attribute.sub(name);
        match (sub.map(|sub| sub.returned), choice) {
            (None | Some(Returned::Never), _) => false,
            (Some(Returned::Always), _) => true,
            (Some(Returned::Request), Choice::Only(parts)) => parts.contains(&name),
            (Some(Returned::Request), _) => false,
            (Some(Returned::Default), Choice::Only(parts)) => parts.contains(&name),
            (Some(Returned::Default), Choice::Without(parts)) => !parts.contains(&name),
            (Some(Returned::Default), _) => true,
        }
    };
    let one = |value: &Value| match value {
        Value::Object(parts) => {
            let parts: Map<_, _> = parts.iter().filter(|(name, _)| wanted(name)).map(|(name, part)| (name.clone(), part.clone())).collect();
            if parts.is_empty() { Value::Null } else { Value::Object(parts) }
        }
        other => other.clone(),
    };
    if *choice == Choice::None {
        return;
    }
    let value = match value {
        Value::Array(values) => Value::Array(values.iter().map(one).filter(|value| !value.is_null()).collect()),
        other => one(other),
    };
    if !value.is_null() {
        into.insert(attribute.name.clone(), value);
    }
}
