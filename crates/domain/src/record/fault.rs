//! What is wrong with a record, and where.

use std::fmt;

use serde::{Serialize, Serializer};

/// A place in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The file as such: its form.
    File,
    /// The key.
    Key,
    /// The signed note: signature, or what it claims.
    Note,
    /// The list of leaf hashes.
    Leaves,
    /// The manifest's header.
    Manifest,
    /// An item.
    Item {
        /// Its number in the manifest, from 1.
        number: usize,
        /// Its id, as far as one can be read.
        id: String,
    },
    /// An event.
    Event {
        /// Its number, from 1.
        number: usize,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("file"),
            Self::Key => f.write_str("key"),
            Self::Note => f.write_str("note"),
            Self::Leaves => f.write_str("leaves"),
            Self::Manifest => f.write_str("manifest"),
            Self::Item { number, id } if id.is_empty() => write!(f, "item {number}"),
            Self::Item { number, id } => write!(f, "item {number} ({id})"),
            Self::Event { number } => write!(f, "event {number}"),
        }
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// The first thing that is wrong with a record, or why a change of it is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{place}: {what}")]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong, in a sentence.
    pub what: String,
}

impl Fault {
    /// What is wrong, and where.
    pub fn new(place: Place, what: impl Into<String>) -> Self {
        Self { place, what: what.into() }
    }
}
