//! "The log has only grown."

use serde::{Deserialize, Serialize};

use super::{Climb, ProofError, Side};
use crate::merkle::{Hash, TreeHead};

/// The proof that an old tree is the beginning of a new one (RFC 6962, 2.1.2): that nothing was
/// changed, removed or put in between. [`Tree::consistency`](crate::merkle::Tree::consistency)
/// makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsistencyProof {
    /// How many leaves the old tree has.
    pub old_size: u64,
    /// How many leaves the new tree has.
    pub new_size: u64,
    /// The nodes from which both roots can be computed.
    pub path: Vec<Hash>,
}

impl ConsistencyProof {
    /// Checks that the tree with the head `old` is the beginning of the one with the head `new`
    /// (RFC 9162, 2.1.4.2). The tree without leaves is the beginning of every tree.
    ///
    /// # Errors
    ///
    /// [`ProofError`] when it is not, or when the proof is for other trees.
    pub fn verify(&self, old: &TreeHead, new: &TreeHead) -> Result<(), ProofError> {
        for (proof, tree) in [(self.old_size, old.size), (self.new_size, new.size)] {
            if proof != tree {
                return Err(ProofError::OtherTree { proof, tree });
            }
        }
        if old.size > new.size {
            return Err(ProofError::Shrunk { old: old.size, new: new.size });
        }
        let roots = if old.size == 0 || old.size == new.size { self.trivial_roots(new)? } else { self.roots(old)? };
        if roots == (old.root, new.root) { Ok(()) } else { Err(ProofError::WrongRoot) }
    }

    /// What the roots must be when there is nothing to compute: the old tree is empty, or it is
    /// the new one.
    fn trivial_roots(&self, new: &TreeHead) -> Result<(Hash, Hash), ProofError> {
        if !self.path.is_empty() {
            return Err(ProofError::Length(self.path.len()));
        }
        let of = |size: u64| if size == 0 { Hash::empty() } else { new.root };
        Ok((of(self.old_size), of(self.new_size)))
    }

    /// Both roots, as the path gives them.
    fn roots(&self, old: &TreeHead) -> Result<(Hash, Hash), ProofError> {
        let wrong_length = ProofError::Length(self.path.len());
        let mut climb = Climb { node: old.size - 1, last: self.new_size - 1 };
        while climb.node & 1 == 1 {
            climb.up();
        }
        // An old tree that is perfect is itself a node of the new one, and is left out of the path.
        let known = old.size.is_power_of_two().then_some(old.root);
        let mut path = known.into_iter().chain(self.path.iter().copied());
        let start = path.next().ok_or(wrong_length)?;
        let (mut old_root, mut new_root) = (start, start);
        for node in path {
            match climb.step().ok_or(wrong_length)? {
                Side::Left => {
                    old_root = Hash::node(node, old_root);
                    new_root = Hash::node(node, new_root);
                }
                Side::Right => new_root = Hash::node(new_root, node),
            }
        }
        if climb.is_at_the_root() { Ok((old_root, new_root)) } else { Err(wrong_length) }
    }
}
