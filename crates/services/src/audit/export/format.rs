//! The file: JSON lines. The first says whose log it is; each other one is an event with its proof.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::merkle::Hash;
use tenure_vault::{Origin, PublicKey};

/// What the first line begins with.
pub(in crate::audit) const FORMAT: &str = "tenure-audit-1";

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::audit) struct Header {
    pub(in crate::audit) format: String,
    /// Whose log it is.
    pub(in crate::audit) origin: Origin,
    /// What its checkpoints are signed with. Proves nothing by itself: whoever made a file up
    /// could write any key here.
    pub(in crate::audit) public_key: PublicKey,
    /// The signed note to which all proofs lead.
    pub(in crate::audit) checkpoint: String,
    /// The first number that is in the file.
    pub(in crate::audit) from: u64,
    /// The number after the last.
    pub(in crate::audit) to: u64,
    pub(in crate::audit) exported_at: DateTime<Utc>,
}

/// An event.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::audit) struct Line<'a> {
    /// Its number in the tree.
    pub(in crate::audit) leaf: u64,
    /// What is sealed, byte for byte.
    #[serde(borrow)]
    pub(in crate::audit) body: Cow<'a, str>,
    /// The hashes beside its way to the root, from the leaf up.
    pub(in crate::audit) proof: Vec<Hash>,
}
