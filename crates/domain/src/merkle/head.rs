//! What is known of a whole tree.

use serde::{Deserialize, Serialize};

use super::Hash;

/// The size and the root of a tree: all that a verifier must know, and must know from a source it
/// trusts, such as a signed checkpoint. A root alone is not enough, because trees of different
/// sizes can have proofs of the same shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TreeHead {
    /// How many leaves the tree has.
    pub size: u64,
    /// Its root hash.
    pub root: Hash,
}

impl TreeHead {
    /// The head of the tree without leaves.
    #[must_use]
    pub fn empty() -> Self {
        Self { size: 0, root: Hash::empty() }
    }
}
