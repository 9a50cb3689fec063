//! The tree when all its leaves are at hand.

use super::{ConsistencyProof, Hash, InclusionProof, TreeHead};

/// The root hash over leaf hashes (RFC 6962's MTH): in place, without keeping a tree.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = parents(&level);
    }
    level.first().copied().unwrap_or_else(Hash::empty)
}

/// The level above: pairs are joined, and a last one without a pair moves up as it is. This gives
/// RFC 6962's tree, whose left subtree is always the largest perfect one.
fn parents(level: &[Hash]) -> Vec<Hash> {
    let (pairs, alone) = level.as_chunks();
    let joined = pairs.iter().map(|&[left, right]| Hash::node(left, right));
    joined.chain(alone.iter().copied()).collect()
}

/// A whole tree in memory (64 bytes for each leaf), built once; each proof is then a walk of
/// O(log n) from a leaf to the root.
#[derive(Debug, Clone)]
pub struct Tree {
    /// From the leaves up. `levels[h][i]` is the hash over the leaves from `i * 2^h` on, at most
    /// `2^h` of them.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// Builds the tree over leaf hashes ([`Hash::leaf`] of each entry, in order).
    #[must_use]
    pub fn new(leaves: Vec<Hash>) -> Self {
        let mut levels = Vec::new();
        let mut level = leaves;
        while level.len() > 1 {
            let above = parents(&level);
            levels.push(level);
            level = above;
        }
        levels.push(level);
        Self { levels }
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The root hash.
    #[must_use]
    pub fn root(&self) -> Hash {
        let top = self.levels.last().and_then(|level| level.first());
        top.copied().unwrap_or_else(Hash::empty)
    }

    /// Size and root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size(), root: self.root() }
    }

    /// The proof that the leaf with this index is in the tree (RFC 6962, 2.1.1), or `None` when
    /// there is no such leaf.
    #[must_use]
    pub fn inclusion(&self, leaf_index: u64) -> Option<InclusionProof> {
        let tree_size = self.size();
        if leaf_index >= tree_size {
            return None;
        }
        let mut at = usize::try_from(leaf_index).ok()?;
        let mut path = Vec::new();
        for level in &self.levels {
            // No sibling: the node moves up as it is.
            path.extend(level.get(at ^ 1));
            at >>= 1;
        }
        Some(InclusionProof { leaf_index, tree_size, path })
    }

    /// The proof that the tree of the first `old_size` leaves is the beginning of this one
    /// (RFC 6962, 2.1.2), or `None` when that tree would be the larger.
    #[must_use]
    pub fn consistency(&self, old_size: u64) -> Option<ConsistencyProof> {
        let new_size = self.size();
        if old_size > new_size {
            return None;
        }
        let mut path = Vec::new();
        if old_size > 0 {
            self.walk_to_the_old_edge(old_size, new_size, &mut path);
        }
        Some(ConsistencyProof { old_size, new_size, path })
    }

    /// RFC 6962's SUBPROOF as a loop: goes down to the perfect subtree in which the old tree ends,
    /// and notes what is beside the way.
    fn walk_to_the_old_edge(&self, old_size: u64, new_size: u64, path: &mut Vec<Hash>) {
        let (mut start, mut end) = (0, new_size);
        let mut beside = Vec::new();
        while old_size < end {
            let middle = start + widest_perfect_below(end - start);
            if old_size <= middle {
                beside.push((middle, end));
                end = middle;
            } else {
                beside.push((start, middle));
                start = middle;
            }
        }
        // A verifier knows the old root already, so it need not be told when it is a node here.
        if start > 0 {
            beside.push((start, end));
        }
        path.extend(beside.into_iter().rev().filter_map(|(start, end)| self.over(start, end)));
    }

    /// The hash over the leaves `start..end`, where those are a node of the tree.
    fn over(&self, start: u64, end: u64) -> Option<Hash> {
        let height = (end - start).next_power_of_two().trailing_zeros();
        let at = usize::try_from(start >> height).ok()?;
        self.levels.get(height as usize)?.get(at).copied()
    }
}

/// The largest power of two below `width`, which is at least 2.
const fn widest_perfect_below(width: u64) -> u64 {
    1 << (width - 1).ilog2()
}
