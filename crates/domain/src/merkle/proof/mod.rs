//! Proofs that anybody can check who knows the heads of the trees.

mod consistency;
mod inclusion;

pub use consistency::ConsistencyProof;
pub use inclusion::InclusionProof;

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The proof is about a tree of another size.
    #[error("the proof is for a tree of {proof} leaves, but the tree has {tree}")]
    OtherTree {
        /// The size that the proof says.
        proof: u64,
        /// The size of the tree at hand.
        tree: u64,
    },
    /// A leaf that the tree cannot have.
    #[error("there is no leaf {index} in a tree of {size} leaves")]
    NoSuchLeaf {
        /// The index that the proof says.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The old tree is larger than the new one.
    #[error("a tree of {new} leaves cannot have grown from one of {old}")]
    Shrunk {
        /// The size of the old tree.
        old: u64,
        /// The size of the new tree.
        new: u64,
    },
    /// Too few or too many hashes for these sizes.
    #[error("the proof has {0} hashes, which is not the number that its sizes need")]
    Length(usize),
    /// The hashes lead to another root.
    #[error("the proof leads to another root: something was changed, removed or put in between")]
    WrongRoot,
}

/// The way from a node up to the root of a tree, as the indexes of the node and of the last node
/// on each level (RFC 9162, 2.1.3.2 and 2.1.4.2 call them `fn` and `sn`).
#[derive(Clone, Copy)]
struct Climb {
    node: u64,
    last: u64,
}

/// On which side of the way the next hash of a proof is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

impl Climb {
    /// The side of the next sibling, after which the climb stands at the parent; `None` at the
    /// root.
    fn step(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.node & 1 == 1 || self.node == self.last { Side::Left } else { Side::Right };
        if side == Side::Left {
            // A last node without a sibling moves up as it is, until it is a right child.
            while self.node & 1 == 0 && self.node != 0 {
                self.up();
            }
        }
        self.up();
        Some(side)
    }

    fn up(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }

    const fn is_at_the_root(self) -> bool {
        self.last == 0
    }
}
