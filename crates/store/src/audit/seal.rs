//! Sealing: leaf numbers in batches, a Merkle tree (RFC 6962), checkpoints.

use chrono::{DateTime, Utc};
use tenure_domain::id::{EventId, Id};
use tenure_domain::merkle::Hash;

use crate::engine::{Store, StoreError, Tx};

/// A signed statement of the tree's size and root.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CheckpointRow {
    /// How many leaves.
    pub tree_size: i64,
    /// The root over them.
    pub root: Vec<u8>,
    /// What is needed to go on from here.
    pub frontier: Vec<u8>,
    /// The signed note.
    pub note: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Everything of an event that verification compares.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SealedRow {
    /// Its key.
    pub id: EventId,
    /// When.
    pub at: DateTime<Utc>,
    /// Which stream.
    pub stream: String,
    /// What was done.
    pub action: String,
    /// Who, if an identity.
    pub actor_id: Option<uuid::Uuid>,
    /// Who, for people.
    pub actor_label: String,
    /// By which way.
    pub channel: String,
    /// What belongs together.
    pub request_id: String,
    /// What it was done to.
    pub target_kind: String,
    /// Its key.
    pub target_id: String,
    /// The identity it concerns.
    pub identity_id: Option<uuid::Uuid>,
    /// How it ended.
    pub outcome: String,
    /// What is sealed.
    pub body: String,
    /// Keyed check value.
    pub mac: Vec<u8>,
    /// Its number in the tree.
    pub leaf: Option<i64>,
    /// Its hash in the tree.
    pub leaf_hash: Option<Vec<u8>>,
}

impl Tx {
    /// The newest checkpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_checkpoint(&mut self) -> Result<Option<CheckpointRow>, StoreError> {
        Ok(fetch_optional!(self, CheckpointRow, "SELECT * FROM audit_checkpoints ORDER BY tree_size DESC LIMIT 1"))
    }

    /// All checkpoints, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoints(&mut self) -> Result<Vec<CheckpointRow>, StoreError> {
        Ok(fetch_all!(self, CheckpointRow, "SELECT * FROM audit_checkpoints ORDER BY tree_size"))
    }

    /// Sealed events from a leaf number on, in the order of the tree.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sealed_from(&mut self, leaf: i64, limit: i64) -> Result<Vec<SealedRow>, StoreError> {
        Ok(fetch_all!(
            self,
            SealedRow,
            "SELECT id, at, stream, action, actor_id, actor_label, channel, request_id, target_kind, target_id, identity_id, outcome, body, mac, leaf, leaf_hash FROM audit_events WHERE leaf >= $1 ORDER BY leaf, id LIMIT $2",
            leaf,
            limit
        ))
    }

    /// Events that are not sealed yet, after a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unsealed(&mut self, after: EventId, limit: i64) -> Result<Vec<SealedRow>, StoreError> {
        Ok(fetch_all!(
            self,
            SealedRow,
            "SELECT id, at, stream, action, actor_id, actor_label, channel, request_id, target_kind, target_id, identity_id, outcome, body, mac, leaf, leaf_hash FROM audit_events WHERE leaf IS NULL AND id > $1 ORDER BY id LIMIT $2",
            after,
            limit
        ))
    }

    /// How many events are not sealed yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_unsealed(&mut self) -> Result<i64, StoreError> {
        Ok(fetch_one!(self, (i64,), "SELECT COUNT(*) FROM audit_events WHERE leaf IS NULL").0)
    }
}

impl Store {
    /// Seals a batch. `seal` gets the newest checkpoint and the rows, and returns the leaves it
    /// accepts, in order, with the checkpoint after them; it skips rows whose check value is wrong,
    /// so that what was put into the table by another hand never gets a leaf.
    ///
    /// Only one sealer works at a time; a second waits for the first and goes on after it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seal_batch<F>(&self, limit: i64, seal: F) -> Result<usize, StoreError>
    where
        F: FnOnce(Option<CheckpointRow>, &[SealedRow]) -> Result<Option<(Vec<(EventId, Hash)>, CheckpointRow)>, StoreError> + Send,
    {
        let mut tx = self.write().await?;
        // The one row of `instance` stands for the tree: whoever holds it seals.
        execute!(tx.tx, "UPDATE instance SET key_id = key_id");
        let last = tx.last_checkpoint().await?;
        let rows = tx.unsealed(EventId::from_uuid(uuid::Uuid::nil()), limit).await?;
        let first = last.as_ref().map_or(0, |c| c.tree_size);
        let Some((leaves, checkpoint)) = seal(last, &rows)? else { return Ok(0) };
        let numbered: Vec<(EventId, Hash, i64)> = leaves.into_iter().zip(first..).map(|((id, hash), leaf)| (id, hash, leaf)).collect();
        for chunk in numbered.chunks(1000) {
            on_both!(tx.tx, conn => {
                let mut query = sqlx::QueryBuilder::new("WITH sealed (id, leaf, leaf_hash) AS (");
                query.push_values(chunk, |mut b, row| { b.push_bind(row.0).push_bind(row.2).push_bind(row.1.as_bytes().as_slice()); });
                query.push(") UPDATE audit_events SET leaf = sealed.leaf, leaf_hash = sealed.leaf_hash FROM sealed WHERE audit_events.id = sealed.id AND audit_events.leaf IS NULL");
                query.build().persistent(chunk.len() == 1000).execute(&mut **conn).await?;
            });
        }
        execute!(
            tx.tx,
            "INSERT INTO audit_checkpoints (tree_size, root, frontier, note, at) VALUES ($1, $2, $3, $4, $5)",
            checkpoint.tree_size, checkpoint.root.as_slice(), checkpoint.frontier.as_slice(), checkpoint.note.as_str(), checkpoint.at
        );
        tx.unscoped_commit().await?;
        Ok(numbered.len())
    }
}
