//! The Merkle tree of RFC 6962 (Certificate Transparency), section 2.1: how an append-only log is
//! summed up in one hash, and how to prove that an entry is in it and that a later log only added
//! to an earlier one. RFC 9162, section 2.1, says the same with iterative verification, which is
//! what [`InclusionProof`] and [`ConsistencyProof`] follow.
//!
//! | to | use |
//! |---|---|
//! | hash an entry | [`Hash::leaf`] |
//! | append for ever, with a state of a few hundred bytes | [`Frontier`] |
//! | make proofs | [`Tree`] |
//! | check proofs, knowing only a [`TreeHead`] | [`InclusionProof::verify`], [`ConsistencyProof::verify`] |

mod frontier;
mod hash;
mod head;
mod proof;
mod tree;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use frontier::{Frontier, FrontierError};
pub use hash::{Hash, HashError};
pub use head::TreeHead;
pub use proof::{ConsistencyProof, InclusionProof, ProofError};
pub use tree::{Tree, root};
