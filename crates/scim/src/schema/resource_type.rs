//! Resource types: a schema with its extensions (RFC 7643, 6), and which attribute a path means.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::{Attribute, Schema, builder, enterprise_user, group, user};
use crate::AttrPath;

/// A resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    /// Its name: `User`.
    pub name: String,
    /// Where it lives, after the base address: `/Users`.
    pub endpoint: String,
    /// What it is for.
    pub description: String,
    /// Its own schema.
    pub schema: Schema,
    /// What may be added to it.
    pub extensions: Vec<Schema>,
    /// What every resource has.
    pub common: Vec<Attribute>,
}

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved<'a> {
    /// An attribute, maybe of an extension, maybe one of its parts.
    Attribute {
        /// The URN of the extension that holds it.
        extension: Option<&'a str>,
        /// The attribute.
        attribute: &'a Attribute,
        /// The part.
        sub: Option<&'a Attribute>,
    },
    /// An extension as a whole.
    Extension(&'a Schema),
}

static COMMON: LazyLock<Vec<Attribute>> = LazyLock::new(builder::common);
static USERS: LazyLock<ResourceType> = LazyLock::new(|| ResourceType {
    name: "User".into(),
    endpoint: "/Users".into(),
    description: "User accounts.".into(),
    schema: user(),
    extensions: vec![enterprise_user()],
    common: COMMON.clone(),
});
static GROUPS: LazyLock<ResourceType> = LazyLock::new(|| ResourceType {
    name: "Group".into(),
    endpoint: "/Groups".into(),
    description: "Groups.".into(),
    schema: group(),
    extensions: Vec::new(),
    common: COMMON.clone(),
});

impl ResourceType {
    /// Users with the enterprise extension.
    pub fn users() -> &'static Self {
        &USERS
    }

    /// Groups.
    pub fn groups() -> &'static Self {
        &GROUPS
    }

    /// An attribute of the resource itself (not of an extension), by its name in any case.
    pub fn core(&self, name: &str) -> Option<&Attribute> {
        self.common.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name)).or_else(|| self.schema.attribute(name))
    }

    /// An extension by its URN in any case.
    pub fn extension(&self, urn: &str) -> Option<&Schema> {
        self.extensions.iter().find(|schema| schema.id.eq_ignore_ascii_case(urn))
    }

    /// What a path names, if anything.
    pub fn resolve(&self, path: &AttrPath) -> Option<Resolved<'_>> {
        let (extension, attribute) = match &path.urn {
            None => (None, self.core(&path.name)?),
            Some(urn) if urn.eq_ignore_ascii_case(&self.schema.id) => (None, self.core(&path.name)?),
            Some(urn) => match self.extension(urn) {
                Some(schema) => (Some(schema.id.as_str()), schema.attribute(&path.name)?),
                // `…:enterprise:2.0:User` reads as an attribute `User` of a schema `…:enterprise:2.0`.
                None if path.sub.is_none() => return self.extension(&format!("{urn}:{}", path.name)).map(Resolved::Extension),
                None => return None,
            },
        };
        let sub = match &path.sub {
            None => None,
            Some(name) => Some(attribute.sub(name)?),
        };
        Some(Resolved::Attribute { extension, attribute, sub })
    }

    /// As a resource of `/ResourceTypes`; `base` is the address before it.
    pub fn resource(&self, base: &str) -> Value {
        let extensions: Vec<Value> = self.extensions.iter().map(|schema| json!({ "schema": schema.id, "required": false })).collect();
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": self.name, "name": self.name, "endpoint": self.endpoint, "description": self.description,
            "schema": self.schema.id, "schemaExtensions": extensions,
            "meta": { "resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{}", self.name) },
        })
    }
}
