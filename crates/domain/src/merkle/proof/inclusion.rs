//! "This entry is in the log."

use serde::{Deserialize, Serialize};

use super::{Climb, ProofError, Side};
use crate::merkle::{Hash, TreeHead};

/// The proof that a leaf is in a tree (RFC 6962, 2.1.1): the siblings on its way to the root.
/// [`Tree::inclusion`](crate::merkle::Tree::inclusion) makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InclusionProof {
    /// Which leaf, counted from 0.
    pub leaf_index: u64,
    /// How many leaves the tree has.
    pub tree_size: u64,
    /// The siblings, from the leaf up.
    pub path: Vec<Hash>,
}

impl InclusionProof {
    /// Checks that `leaf` stands at [`leaf_index`](Self::leaf_index) in the tree with this head
    /// (RFC 9162, 2.1.3.2).
    ///
    /// # Errors
    ///
    /// [`ProofError`] when it does not, or when the proof is for another tree.
    pub fn verify(&self, leaf: Hash, head: &TreeHead) -> Result<(), ProofError> {
        if self.tree_size != head.size {
            return Err(ProofError::OtherTree { proof: self.tree_size, tree: head.size });
        }
        if self.leaf_index >= head.size {
            return Err(ProofError::NoSuchLeaf { index: self.leaf_index, size: head.size });
        }
        let wrong_length = ProofError::Length(self.path.len());
        let mut climb = Climb { node: self.leaf_index, last: head.size - 1 };
        let mut hash = leaf;
        for &sibling in &self.path {
            hash = match climb.step().ok_or(wrong_length)? {
                Side::Left => Hash::node(sibling, hash),
                Side::Right => Hash::node(hash, sibling),
            };
        }
        if !climb.is_at_the_root() {
            return Err(wrong_length);
        }
        if hash == head.root { Ok(()) } else { Err(ProofError::WrongRoot) }
    }
}
