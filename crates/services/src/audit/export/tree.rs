//! The whole tree, from the stored hashes: 64 bytes for each event.

use std::sync::Arc;

use tenure_domain::merkle::{Hash, Tree, TreeHead};
use tenure_store::Store;

use super::not_sound;
use crate::ServiceError;

/// How many hashes are read at once.
const PIECE: u64 = 10_000;

/// Builds the tree, and refuses one that does not lead to the signed root.
pub(super) async fn build(store: &Store, head: TreeHead) -> Result<Arc<Tree>, ServiceError> {
    let mut leaves: Vec<Hash> = Vec::with_capacity(usize::try_from(head.size).map_err(|_| not_sound())?);
    let mut from = 0;
    while from < head.size {
        let to = head.size.min(from + PIECE);
        for (leaf, (found, hash)) in (from..).zip(store.read().await?.leaf_hashes(column(from)?, column(to)?).await?) {
            let hash = hash.filter(|_| u64::try_from(found) == Ok(leaf)).and_then(|bytes| Hash::try_from(bytes).ok());
            leaves.push(hash.ok_or_else(not_sound)?);
        }
        from = to;
    }
    let tree = tokio::task::spawn_blocking(|| Tree::new(leaves)).await.map_err(|_| ServiceError::Busy)?;
    if tree.head() == head { Ok(Arc::new(tree)) } else { Err(not_sound()) }
}

/// A number as the database keeps it.
pub(super) fn column(leaf: u64) -> Result<i64, ServiceError> {
    i64::try_from(leaf).map_err(|_| not_sound())
}
