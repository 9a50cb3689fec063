//! The leaves of the tree: a word that says what it is, a line break, and the canonical JSON.

use serde::Serialize;
use serde_json::Value;

use super::canonical::canonical;
use super::{Fault, Place};
use crate::merkle::Hash;

/// What a leaf is of. The word is hashed with it, so that no event passes for an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    Manifest,
    Item,
    Event,
}

impl Leaf {
    const fn word(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Item => "item",
            Self::Event => "event",
        }
    }

    /// The leaf hash (RFC 6962, 2.1) of a value.
    pub(super) fn of_value(self, value: &Value) -> Result<Hash, Fault> {
        let text = canonical(value).map_err(|e| Fault::new(Place::File, e.to_string()))?;
        Ok(Hash::leaf(format!("{}\n{text}", self.word()).as_bytes()))
    }

    /// The leaf hash of what becomes a value.
    pub(super) fn of(self, thing: &impl Serialize) -> Result<Hash, Fault> {
        self.of_value(&to_value(thing)?)
    }
}

pub(super) fn to_value(thing: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(thing).map_err(|e| Fault::new(Place::File, format!("it has no form as JSON: {e}")))
}
