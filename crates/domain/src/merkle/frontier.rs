//! The tree while it grows.

use super::{Hash, TreeHead};

/// The right edge of a growing tree: the roots of the perfect subtrees that its size consists of,
/// from the widest on the left to the narrowest on the right, one for each 1 in the binary size.
/// This is all one must keep to append and to know the root: at most 64 hashes, however long the
/// log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

/// Why bytes are not a [`Frontier`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    /// The bytes end before the size does.
    #[error("the frontier's bytes are too few to hold its size")]
    NoSize,
    /// The size is above what a log can have.
    #[error("the frontier's size {0} is above {max}", max = Frontier::MAX_SIZE)]
    Size(u64),
    /// The number of hashes is not the one that the size asks for.
    #[error("a frontier of size {size} has {expected} hashes, not {bytes} bytes")]
    Hashes {
        /// The size it says.
        size: u64,
        /// How many hashes that needs.
        expected: u32,
        /// How many bytes follow the size.
        bytes: usize,
    },
}

impl Frontier {
    /// The largest size: what a 64-bit signed column can hold.
    pub const MAX_SIZE: u64 = i64::MAX as u64;

    /// The frontier of the tree without leaves.
    #[must_use]
    pub const fn new() -> Self {
        Self { size: 0, peaks: Vec::new() }
    }

    /// Appends one leaf hash and gives its index, the tree's size before.
    pub fn append(&mut self, leaf: Hash) -> u64 {
        let index = self.size;
        // Like adding one in binary: each trailing 1 is a perfect subtree that carries.
        let mut node = leaf;
        for _ in 0..index.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = Hash::node(left, node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
        index
    }

    /// How many leaves were appended.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root hash, equal to that of [`root`](super::root) over all leaves.
    #[must_use]
    pub fn root(&self) -> Hash {
        let from_the_right = self.peaks.iter().copied().rev();
        from_the_right.reduce(|right, left| Hash::node(left, right)).unwrap_or_else(Hash::empty)
    }

    /// Size and root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }

    /// The form to keep in a row: the size as eight bytes, big end first, then each hash.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let hashes = self.peaks.iter().flat_map(|peak| *peak.as_bytes());
        self.size.to_be_bytes().into_iter().chain(hashes).collect()
    }

    /// Reads what [`Frontier::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// [`FrontierError`] when the bytes cannot be a frontier: too few, a size too large, or not
    /// as many hashes as the size needs. That the hashes are right only the root can tell.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (size, hashes) = bytes.split_first_chunk().ok_or(FrontierError::NoSize)?;
        let size = u64::from_be_bytes(*size);
        if size > Self::MAX_SIZE {
            return Err(FrontierError::Size(size));
        }
        let expected = size.count_ones();
        let (peaks, rest) = hashes.as_chunks();
        if peaks.len() != expected as usize || !rest.is_empty() {
            return Err(FrontierError::Hashes { size, expected, bytes: hashes.len() });
        }
        Ok(Self { size, peaks: peaks.iter().copied().map(Hash::from_bytes).collect() })
    }
}

impl Extend<Hash> for Frontier {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        for leaf in leaves {
            self.append(leaf);
        }
    }
}

impl FromIterator<Hash> for Frontier {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        let mut frontier = Self::new();
        frontier.extend(leaves);
        frontier
    }
}
