//! Reading the log in the order of the tree, in pieces, for verification and export.

use tenure_domain::id::{EventId, Id};

use super::{CheckpointRow, SealedBody, SealedRow};
use crate::engine::{StoreError, Tx};

/// Where a reading of events that are not sealed yet goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsealedFrom {
    after: EventId,
    /// Rows after it that were seen and have no readable key to go on from.
    skip: i64,
}

impl Default for UnsealedFrom {
    fn default() -> Self {
        Self { after: EventId::from_uuid(uuid::Uuid::nil()), skip: 0 }
    }
}

const CHECKPOINTS: &str = "SELECT tree_size, root, frontier, note, at FROM audit_checkpoints";

impl Tx {
    /// The newest checkpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_checkpoint(&mut self) -> Result<Option<CheckpointRow>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(CHECKPOINTS);
            query.push(" ORDER BY tree_size DESC LIMIT 1");
            query.build_query_as::<CheckpointRow>().fetch_optional(&mut **conn).await?
        }))
    }

    /// Checkpoints of more than `after` events, the smallest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoints_after(&mut self, after: i64, limit: i64) -> Result<Vec<CheckpointRow>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(CHECKPOINTS);
            query.push(" WHERE tree_size > ").push_bind(after).push(" ORDER BY tree_size LIMIT ").push_bind(limit);
            query.build_query_as::<CheckpointRow>().fetch_all(&mut **conn).await?
        }))
    }

    /// Events with a number from `from` on, in the order of the tree, and the number to go on
    /// from; None when these are all. Rows that share a number come together, also where a hand
    /// has taken away the index that forbids it; of more than `limit` of one number the rest is
    /// passed over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sealed_piece(&mut self, from: i64, limit: i64) -> Result<(Vec<SealedRow>, Option<i64>), StoreError> {
        let mut rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(SealedRow::SELECT);
            query.push(" WHERE leaf >= ").push_bind(from).push(" ORDER BY leaf LIMIT ").push_bind(limit);
            query.build_query_as::<SealedRow>().fetch_all(&mut **conn).await?
        });
        rows.sort_by_key(|row| (row.leaf, row.id.as_ref().ok().copied()));
        let full = i64::try_from(rows.len()).is_ok_and(|n| n >= limit);
        let Some(last) = rows.last().and_then(|r| r.leaf).filter(|_| full) else { return Ok((rows, None)) };
        let whole = rows.iter().take_while(|r| r.leaf != Some(last)).count();
        if whole == 0 {
            return Ok((rows, last.checked_add(1)));
        }
        rows.truncate(whole);
        Ok((rows, Some(last)))
    }

    /// Events that are not sealed yet, by key, and where to go on; None when these are all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unsealed_piece(&mut self, from: UnsealedFrom, limit: i64) -> Result<(Vec<SealedRow>, Option<UnsealedFrom>), StoreError> {
        let rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(SealedRow::SELECT);
            query.push(" WHERE leaf IS NULL AND id > ").push_bind(from.after).push(" ORDER BY id LIMIT ").push_bind(limit).push(" OFFSET ").push_bind(from.skip);
            query.build_query_as::<SealedRow>().fetch_all(&mut **conn).await?
        });
        if i64::try_from(rows.len()).is_ok_and(|n| n < limit) {
            return Ok((rows, None));
        }
        let beyond = rows.iter().rev().take_while(|r| r.id.is_err()).count();
        let beyond = i64::try_from(beyond).unwrap_or(limit);
        let next = match rows.iter().rev().find_map(|r| r.id.as_ref().ok()) {
            Some(&after) => UnsealedFrom { after, skip: beyond },
            None => UnsealedFrom { skip: from.skip + beyond, ..from },
        };
        Ok((rows, Some(next)))
    }

    /// How many events are not sealed yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_unsealed(&mut self) -> Result<i64, StoreError> {
        Ok(fetch_one!(self, (i64,), "SELECT COUNT(*) FROM audit_events WHERE leaf IS NULL").0)
    }

    /// Some events whose number is not below `tree_size`: where that is the newest checkpoint's,
    /// they have one that the sealer did not give.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn numbered_beyond(&mut self, tree_size: i64, limit: i64) -> Result<Vec<i64>, StoreError> {
        let rows = fetch_all!(self, (i64,), "SELECT leaf FROM audit_events WHERE leaf >= $1 ORDER BY leaf LIMIT $2", tree_size, limit);
        Ok(rows.into_iter().map(|r| r.0).collect())
    }

    /// Numbers and stored hashes in the order of the tree.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn leaf_hashes(&mut self, from: i64, to: i64) -> Result<Vec<(i64, Option<Vec<u8>>)>, StoreError> {
        Ok(fetch_all!(
            self,
            (i64, Option<Vec<u8>>),
            "SELECT leaf, leaf_hash FROM audit_events WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf",
            from,
            to
        ))
    }

    /// Numbers and sealed texts in the order of the tree.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sealed_bodies(&mut self, from: i64, to: i64) -> Result<Vec<SealedBody>, StoreError> {
        Ok(fetch_all!(self, SealedBody, "SELECT leaf, body FROM audit_events WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf", from, to))
    }
}
