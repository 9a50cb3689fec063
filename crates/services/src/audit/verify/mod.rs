//! Proving the log: that nothing was changed, removed or put in between.

mod verdict;
mod walk;

use tenure_domain::access::{Portal, actions};
use tenure_store::ReadTx;
use tenure_store::audit::{CheckpointRow, SealedRow, UnsealedFrom};
use tenure_vault::Keys;

pub use verdict::{AuditFault, AuditVerdict};
use walk::Walk;

use super::log::Log;
use crate::{Ctx, ServiceError};

/// How many rows are in memory at once, twice: one piece is judged while the next is read.
const PIECE: i64 = 2000;
/// How many rows that are not sealed yet are in memory at once.
const UNSEALED_PIECE: i64 = 4000;

/// Verifies the whole log, in the order of the tree, in one snapshot: each row's check value,
/// columns and leaf hash, the numbers, and the root, signature and frontier of each checkpoint.
///
/// With a checkpoint that was `known` earlier and kept elsewhere it also proves that the log
/// continues it. Only so can be seen that the newest checkpoints were removed together with their
/// events.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails. Whatever is wrong with the log is no
/// error: the verdict says it.
pub async fn verify_audit(ctx: &Ctx, known: Option<&str>) -> Result<AuditVerdict, ServiceError> {
    ctx.authorize::<actions::ViewAudit, _>(&Portal).await?;
    let keys = &ctx.app.keys;
    let mut tx = ctx.app.store.read().await?;
    let (log, instance) = Log::of(&mut tx, keys).await?;
    let size = tx.last_checkpoint().await?.map_or(0, |c| c.tree_size);
    let mut walk = Walk::new(log, u64::try_from(size).unwrap_or_default());
    if instance.key_id != keys.id().to_string() {
        walk.fault(format!("the database says that its key file is {}, but the one at hand is {}", instance.key_id, keys.id()));
    }
    if let Some(known) = known {
        walk.compare_with(known);
    }
    let walk = walk_tree(&mut tx, keys, walk).await?;
    let walk = walk_unsealed(&mut tx, keys, walk).await?;
    Ok(walk.verdict)
}

/// Rows and checkpoints that belong together.
type Piece = (Vec<SealedRow>, Vec<CheckpointRow>);

async fn walk_tree(tx: &mut ReadTx, keys: &Keys, mut walk: Walk) -> Result<Walk, ServiceError> {
    let mut reader = Reader { from: Some(i64::MIN), checkpoints_after: i64::MIN };
    let mut piece = reader.next(tx).await?;
    while let Some((rows, checkpoints)) = piece {
        let keys = keys.clone();
        let judging = tokio::task::spawn_blocking(move || {
            walk.sealed(&rows, &checkpoints, keys.audit_mac());
            walk
        });
        piece = reader.next(tx).await?;
        walk = judging.await.map_err(|_| ServiceError::Busy)?;
    }
    walk.end_of_rows();
    loop {
        let checkpoints = tx.checkpoints_after(reader.checkpoints_after, PIECE).await?;
        let Some(last) = checkpoints.last() else { break };
        reader.checkpoints_after = last.tree_size;
        for checkpoint in &checkpoints {
            walk.checkpoint(checkpoint);
        }
    }
    walk.end_of_tree();
    Ok(walk)
}

struct Reader {
    from: Option<i64>,
    checkpoints_after: i64,
}

impl Reader {
    /// The next rows, and the checkpoints that end among them.
    async fn next(&mut self, tx: &mut ReadTx) -> Result<Option<Piece>, ServiceError> {
        let Some(from) = self.from else { return Ok(None) };
        let (rows, next) = tx.sealed_piece(from, PIECE).await?;
        self.from = next;
        let last = rows.last().and_then(|row| row.leaf);
        let mut checkpoints = Vec::new();
        if let Some(last) = last {
            // No more than there are rows, or there are rows missing, which the rest will tell.
            checkpoints = tx.checkpoints_after(self.checkpoints_after, PIECE).await?;
            checkpoints.retain(|c| c.tree_size <= last);
        }
        if let Some(checkpoint) = checkpoints.last() {
            self.checkpoints_after = checkpoint.tree_size;
        }
        Ok((!rows.is_empty()).then_some((rows, checkpoints)))
    }
}

async fn walk_unsealed(tx: &mut ReadTx, keys: &Keys, mut walk: Walk) -> Result<Walk, ServiceError> {
    let mut from = Some(UnsealedFrom::default());
    while let Some(place) = from {
        let (rows, next) = tx.unsealed_piece(place, UNSEALED_PIECE).await?;
        from = next;
        let keys = keys.clone();
        let judge = move || {
            walk.unsealed(&rows, keys.audit_mac());
            walk
        };
        walk = tokio::task::spawn_blocking(judge).await.map_err(|_| ServiceError::Busy)?;
    }
    Ok(walk)
}
