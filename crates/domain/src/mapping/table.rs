//! How the accounts of a target are named and filled.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::Expression;
use crate::rule::Attributes;

/// How the accounts of a target are named and filled. In TOML:
///
/// `{ name = "user_name", attributes = { mail = "email", cn = "display_name" } }`
///
/// [`Mapping::read`] gives all faults of a table; reading by serde says them all in one error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mapping {
    /// The name of the account.
    pub name: Expression,
    /// The target's attributes that Tenure fills, by the target's name of each.
    pub attributes: BTreeMap<String, Expression>,
}

/// What an account should be called and hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// None when a part of the name is absent: an account without a name cannot be.
    pub name: Option<String>,
    /// Each attribute of the mapping. An empty list is one that is taken away.
    pub attributes: BTreeMap<String, Vec<String>>,
}

impl Mapping {
    /// What it makes of an identity.
    pub fn evaluate(&self, attributes: &impl Attributes) -> Mapped {
        let value = |expression: &Expression| expression.evaluate(attributes).into_iter().collect();
        Mapped {
            name: self.name.evaluate(attributes),
            attributes: self.attributes.iter().map(|(name, expression)| (name.clone(), value(expression))).collect(),
        }
    }
}

impl<'de> Deserialize<'de> for Mapping {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let table = serde_json::Value::deserialize(from)?;
        Self::read(&table).map_err(|faults| de::Error::custom(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))
    }
}
