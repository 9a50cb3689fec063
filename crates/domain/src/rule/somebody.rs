//! Somebody for tests of rules and of mappings.

use std::collections::BTreeMap;

use super::{Attributes, Value};

/// Somebody with the attributes that a test needs.
pub(crate) struct Somebody(pub(crate) BTreeMap<&'static str, Value<'static>>);

impl Attributes for Somebody {
    fn value(&self, name: &str) -> Option<Value<'_>> {
        self.0.get(name).copied()
    }
}

impl Somebody {
    /// With another value.
    pub(crate) fn with(mut self, name: &'static str, value: Value<'static>) -> Self {
        self.0.insert(name, value);
        self
    }
}
