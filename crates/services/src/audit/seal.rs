//! Sealing: every event gets its number in the tree, and the tree a signed checkpoint.

use chrono::{DateTime, Utc};
use serde_json::json;
use tenure_domain::access::{Channel, Principal};
use tenure_domain::audit::{Actor, AuditEvent, EventBody, Outcome, Stream};
use tenure_domain::id::{EventId, Id};
use tenure_domain::merkle::{Frontier, Hash};
use tenure_store::audit::{CheckpointRow, NewCheckpoint, SealedRow, UnsealedFrom};
use tenure_vault::{Checkpoint, Signer};

use super::check::{RENUMBERED, check_unsealed};
use super::log::Log;
use crate::ids::new_id;
use crate::{App, ServiceError};

/// How many events are in memory at once.
const PIECE: i64 = 4000;
/// How many events one transaction seals where many wait, as after an import.
const BATCH: usize = 1000;
/// And otherwise: few enough that who writes beside it hardly notices.
const FEW: usize = 128;
/// How often sealing begins anew because another sealer was quicker. Each time that one got on, so it
/// ends; many at once on a busy machine have needed more than ten.
const ATTEMPTS: usize = 100;

/// Seals all events that are not sealed yet, in batches, each with a signed checkpoint. Gives how
/// many were sealed.
///
/// A row that is not what Tenure wrote gets no number, and is in nobody's way. What has a number
/// that no checkpoint covers loses it first, which the log itself then tells.
///
/// # Errors
/// [`ServiceError::Refused`] when the newest checkpoint is not genuine: nothing is built on it.
/// Or when the database fails; batches that were sealed before stay so.
pub async fn seal_pending(app: &App, now: DateTime<Utc>) -> Result<usize, ServiceError> {
    let mut sealed = 0;
    let mut attempts = 0;
    loop {
        match seal_once(app, now, &mut sealed).await {
            // Another sealer has numbered some of these: what is left is read again.
            Err(ServiceError::Conflict(_)) if attempts < ATTEMPTS => attempts += 1,
            Err(error) => return Err(error),
            Ok(()) => return Ok(sealed),
        }
    }
}

async fn seal_once(app: &App, now: DateTime<Utc>, sealed: &mut usize) -> Result<(), ServiceError> {
    take_back_numbers(app, now).await?;
    let (mut from, mut refused, mut log) = (Some(UnsealedFrom::default()), 0, None);
    while let Some(place) = from {
        let mut tx = app.store.read().await?;
        let (rows, next) = tx.unsealed_piece(place, PIECE).await?;
        from = next;
        if rows.is_empty() {
            break;
        }
        let log = match &mut log {
            Some(log) => log,
            none => none.insert(Log::of(&mut tx, &app.keys).await?.0),
        };
        drop(tx);
        let size = if from.is_some() { BATCH } else { FEW };
        let leaves = accepted(app, rows, &mut refused).await?;
        for batch in leaves.chunks(size) {
            app.store.seal(batch, |last| sign(app.keys.signer(), log, last, batch, now)).await?;
            *sealed += batch.len();
        }
    }
    if refused > 0 {
        tracing::error!(rows = refused, "rows of the audit log were not written by Tenure and are not sealed; run `tenure audit verify`");
    }
    Ok(())
}

/// The rows that Tenure wrote, with their hashes.
async fn accepted(app: &App, rows: Vec<SealedRow>, refused: &mut usize) -> Result<Vec<(EventId, Hash)>, ServiceError> {
    let (keys, all) = (app.keys.clone(), rows.len());
    let check = move || {
        let checked = rows.iter().map(|row| check_unsealed(row, keys.audit_mac()));
        checked.filter(|c| c.fault.is_none()).filter_map(|c| c.id.zip(c.node)).collect::<Vec<_>>()
    };
    let leaves = tokio::task::spawn_blocking(check).await.map_err(|_| ServiceError::Busy)?;
    *refused += all - leaves.len();
    Ok(leaves)
}

/// Continues the tree from its newest checkpoint, and signs where it comes to.
fn sign(
    signer: &Signer,
    log: &Log,
    last: Option<CheckpointRow>,
    leaves: &[(EventId, Hash)],
    at: DateTime<Utc>,
) -> Result<NewCheckpoint, ServiceError> {
    let mut frontier = match last {
        None => Frontier::new(),
        Some(row) => {
            let (signed, faults) = log.examine(&row);
            if let Some(fault) = faults.first() {
                return Err(ServiceError::Refused(format!(
                    "nothing is sealed: the newest checkpoint of the audit log, of {} events, is not genuine: {fault}; run `tenure audit verify`",
                    row.tree_size
                )));
            }
            signed.and_then(|s| s.frontier).unwrap_or_default()
        }
    };
    frontier.extend(leaves.iter().map(|(_, hash)| *hash));
    let checkpoint = Checkpoint { origin: log.origin.clone(), head: frontier.head() };
    let note = checkpoint.sign(signer).map_err(|e| ServiceError::Vault(e.to_string()))?;
    Ok(NewCheckpoint { frontier, note, at })
}

/// No number is given but by [`sign`]ing for it. Where another hand gave some, or took the newest
/// checkpoint away, the next ones could not be given either.
async fn take_back_numbers(app: &App, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let mut tx = app.store.read().await?;
    let size = tx.last_checkpoint().await?.map_or(0, |c| c.tree_size);
    let stray = tx.numbered_beyond(size, 100).await?;
    drop(tx);
    if stray.is_empty() {
        return Ok(());
    }
    tracing::error!(?stray, size, "rows of the audit log have numbers that no checkpoint covers; they are numbered anew");
    app.store.take_back_numbers(taken_back(now, size, &stray)).await?;
    Ok(())
}

fn taken_back(at: DateTime<Utc>, size: i64, stray: &[i64]) -> AuditEvent {
    AuditEvent(EventBody {
        id: EventId::from_uuid(new_id(at)),
        at,
        stream: Stream::System,
        action: RENUMBERED.to_owned(),
        actor: Actor::from(&Principal::system("sealing the audit log")),
        channel: Channel::Schedule,
        request_id: new_id(at).to_string(),
        target_kind: "audit-log".to_owned(),
        target_id: size.to_string(),
        target_label: format!("events beyond the checkpoint of {size}"),
        identity_id: None,
        outcome: Outcome::Done,
        reason: "rows had numbers that no checkpoint covers: a checkpoint was removed, or they were put in by another hand".to_owned(),
        before: json!({ "leaves": stray }),
        after: serde_json::Value::Null,
    })
}
