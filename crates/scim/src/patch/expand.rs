//! What the key of an object means: an attribute, an extension, or a path as Entra ID writes it.

use crate::error::{ScimError, ScimType};
use crate::filter::PatchPath;
use crate::schema::{Attribute, Resolved, ResourceType, Schema};
use crate::text::short;
use crate::{AttrPath, Reading};

/// What a key means.
pub(crate) enum Key<'a> {
    Attribute(&'a Attribute),
    Extension(&'a Schema),
    /// `name.givenName`, `urn:…:User:department`, `emails[type eq "work"].value`.
    Path(PatchPath),
}

/// Nothing for a name that the schema does not have.
pub(crate) fn key<'a>(of: &'a ResourceType, key: &str, reading: Reading) -> Result<Option<Key<'a>>, ScimError> {
    if let Some(attribute) = of.core(key) {
        return Ok(Some(Key::Attribute(attribute)));
    }
    if let Some(schema) = of.extension(key) {
        return Ok(Some(Key::Extension(schema)));
    }
    if reading == Reading::Strict {
        return Ok(None);
    }
    let Ok(path) = key.parse::<PatchPath>() else { return Ok(None) };
    Ok(target(of, &path).is_ok().then_some(Key::Path(path)))
}

/// What a path of a PATCH operation means.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    Attribute { extension: Option<&'a str>, attribute: &'a Attribute, sub: Option<&'a Attribute> },
    Extension(&'a Schema),
}

pub(crate) fn target<'a>(of: &'a ResourceType, path: &PatchPath) -> Result<Target<'a>, ScimError> {
    let invalid = |words: &str| ScimError::bad(ScimType::InvalidPath, format!("`{}` {words}", short(&path.to_string())));
    let attr: &AttrPath = &path.attr;
    match of.resolve(attr) {
        None => Err(invalid(&format!("names no attribute of {}", of.name))),
        Some(Resolved::Extension(_)) if path.filter.is_some() => Err(invalid("is a schema, which has no values to choose from")),
        Some(Resolved::Extension(schema)) => Ok(Target::Extension(schema)),
        Some(Resolved::Attribute { attribute, .. }) if path.filter.is_some() && !attribute.multi_valued => {
            Err(invalid("has one value, so there is none to choose by a filter"))
        }
        Some(Resolved::Attribute { extension, attribute, sub }) => Ok(Target::Attribute { extension, attribute, sub }),
    }
}
