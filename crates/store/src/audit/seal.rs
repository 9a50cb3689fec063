//! Sealing: leaf numbers in batches, a Merkle tree (RFC 6962), checkpoints.

use chrono::{DateTime, Utc};
use tenure_domain::audit::AuditEvent;
use tenure_domain::id::EventId;
use tenure_domain::merkle::{Frontier, Hash};

use super::CheckpointRow;
use crate::engine::{Store, StoreError, WriteTx};

/// A checkpoint to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCheckpoint {
    /// The tree after the batch.
    pub frontier: Frontier,
    /// The signed note.
    pub note: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// How many rows one statement numbers.
const ROWS: usize = 1000;

impl Store {
    /// Gives the next leaf numbers to events that were checked, in order, and writes the
    /// checkpoint that `sign` makes of the newest one so far. Everything or nothing.
    ///
    /// Only one sealer works at a time; a second waits for the first and goes on after it.
    ///
    /// # Errors
    /// What `sign` says; [`StoreError::Conflict`] when one of the events has got a number, or was
    /// removed, since it was read; or when the database fails.
    pub async fn seal<E, F>(&self, leaves: &[(EventId, Hash)], sign: F) -> Result<(), E>
    where
        E: From<StoreError> + Send,
        F: FnOnce(Option<CheckpointRow>) -> Result<NewCheckpoint, E> + Send,
    {
        let mut tx = self.write_together().await?;
        let last = lock_tree(&mut tx).await?;
        let first = last.as_ref().map_or(0, |c| c.tree_size);
        let checkpoint = sign(last)?;
        number(&mut tx, leaves, first).await?;
        insert_checkpoint(&mut tx, &checkpoint).await?;
        tx.unscoped_commit().await?;
        Ok(())
    }

    /// Takes away the numbers that no checkpoint covers, so that the sealer can give them, and
    /// leaves an event that says so. Gives how many rows had one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_back_numbers(&self, event: AuditEvent) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let size = lock_tree(&mut tx).await?.map_or(0, |c| c.tree_size);
        let rows = execute!(tx.tx, "UPDATE audit_events SET leaf = NULL, leaf_hash = NULL WHERE leaf >= $1", size);
        if rows > 0 {
            tx.commit(event).await?;
        }
        Ok(rows)
    }
}

/// The one row of `instance` stands for the tree: whoever holds it seals.
async fn lock_tree(tx: &mut WriteTx) -> Result<Option<CheckpointRow>, StoreError> {
    execute!(tx.tx, "UPDATE instance SET key_id = key_id");
    tx.last_checkpoint().await
}

async fn number(tx: &mut WriteTx, leaves: &[(EventId, Hash)], first: i64) -> Result<(), StoreError> {
    let numbered: Vec<(&EventId, &Hash, i64)> = leaves.iter().zip(first..).map(|((id, hash), leaf)| (id, hash, leaf)).collect();
    let mut touched = 0;
    for chunk in numbered.chunks(ROWS) {
        let (first_id, last_id) = (chunk.iter().map(|row| row.0).min(), chunk.iter().map(|row| row.0).max());
        on_both!(tx.tx, conn => {
            let mut query = sqlx::QueryBuilder::new("WITH sealed (id, leaf, leaf_hash) AS (");
            query.push_values(chunk, |mut b, row| { b.push_bind(row.0).push_bind(row.2).push_bind(row.1.as_bytes().as_slice()); });
            // Range and plus keep the planner from walking the whole table, or the index on `leaf`, where
            // all that is not sealed lies together.
            query.push(") UPDATE audit_events SET leaf = sealed.leaf, leaf_hash = sealed.leaf_hash FROM sealed WHERE audit_events.id = sealed.id AND +audit_events.leaf IS NULL");
            query.push(" AND audit_events.id >= ").push_bind(first_id).push(" AND audit_events.id <= ").push_bind(last_id);
            touched += query.build().persistent(chunk.len() == ROWS).execute(&mut **conn).await?.rows_affected();
        });
    }
    if usize::try_from(touched) == Ok(leaves.len()) { Ok(()) } else { Err(StoreError::Conflict("the audit log")) }
}

async fn insert_checkpoint(tx: &mut WriteTx, checkpoint: &NewCheckpoint) -> Result<(), StoreError> {
    let head = checkpoint.frontier.head();
    let size = i64::try_from(head.size).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    execute!(
        tx.tx,
        "INSERT INTO audit_checkpoints (tree_size, root, frontier, note, at) VALUES ($1, $2, $3, $4, $5)",
        size,
        head.root.as_bytes().as_slice(),
        checkpoint.frontier.to_bytes(),
        checkpoint.note.as_str(),
        checkpoint.at
    );
    Ok(())
}
