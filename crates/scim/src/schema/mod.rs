//! Attributes and schemas (RFC 7643).

mod builder;
mod enterprise;
mod group;
mod resource_type;
mod service_provider;
mod user;
pub(crate) mod value;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use enterprise::{ENTERPRISE_USER, enterprise_user};
pub use group::{GROUP, group};
pub use resource_type::{Resolved, ResourceType};
pub use service_provider::{Offers, service_provider_config};
pub use user::{USER, user};

/// What values an attribute takes (RFC 7643, 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Text.
    #[default]
    String,
    /// `true` or `false`.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A number without one.
    Integer,
    /// A moment (RFC 3339).
    DateTime,
    /// The address of something.
    Reference,
    /// Bytes in base64.
    Binary,
    /// Sub-attributes.
    Complex,
}

/// Who may change an attribute (RFC 7643, 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub enum Mutability {
    /// Only the server.
    ReadOnly,
    /// The client.
    #[default]
    ReadWrite,
    /// The client, once.
    Immutable,
    /// The client, who never sees it again.
    WriteOnly,
}

/// When an attribute is in an answer (RFC 7643, 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub enum Returned {
    /// Whatever was asked for.
    Always,
    /// Never.
    Never,
    /// Unless something else was asked for.
    #[default]
    Default,
    /// Only when asked for.
    Request,
}

/// Where a value may be only once (RFC 7643, 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub enum Uniqueness {
    /// It may repeat.
    #[default]
    None,
    /// On this server, per resource type.
    Server,
    /// Everywhere.
    Global,
}

/// An attribute (RFC 7643, 7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    /// Its name as it is written; it is found without regard to case.
    pub name: String,
    /// What values it takes.
    #[serde(rename = "type", default)]
    pub kind: Kind,
    /// Whether it is a list.
    #[serde(default)]
    pub multi_valued: bool,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Whether it must have a value.
    #[serde(default)]
    pub required: bool,
    /// Whether case counts when it is compared.
    #[serde(default)]
    pub case_exact: bool,
    /// Who may change it.
    #[serde(default)]
    pub mutability: Mutability,
    /// When it is in an answer.
    #[serde(default)]
    pub returned: Returned,
    /// Where it may be only once.
    #[serde(default)]
    pub uniqueness: Uniqueness,
    /// Values that have a meaning; others are allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canonical_values: Vec<String>,
    /// What a reference may point to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reference_types: Vec<String>,
    /// The parts of a complex one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sub_attributes: Vec<Attribute>,
}

impl Attribute {
    /// A part of this attribute, by its name in any case.
    pub fn sub(&self, name: &str) -> Option<&Attribute> {
        self.sub_attributes.iter().find(|sub| sub.name.eq_ignore_ascii_case(name))
    }

    /// Whether its values point to other resources, so that two with the same `value` are the same one.
    pub fn refers(&self) -> bool {
        self.sub("$ref").is_some() && self.sub("value").is_some()
    }
}

/// A schema (RFC 7643, 7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// Its URN.
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// What it holds.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// An attribute by its name in any case.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// As a resource of `/Schemas`; `base` is the address before `/Schemas`.
    pub fn resource(&self, base: &str) -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": self.id, "name": self.name, "description": self.description, "attributes": self.attributes,
            "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{}", self.id) },
        })
    }
}
