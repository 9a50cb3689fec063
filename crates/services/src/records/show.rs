//! A record as it stands now, signed.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use tenure_domain::access::{Portal, actions};
use tenure_domain::id::{Id, IdentityId, OperationId, RecordId};
use tenure_domain::merkle::Hash;
use tenure_domain::operation::OperationState;
use tenure_domain::record::{Attachment, Change, Item, Manifest, Moment, Party, Record, RecordFile, Tally};
use tenure_store::records::{OwnedItem, RecordStep};
use uuid::Uuid;

use super::watch::Standing;
use super::why::{Waits, why};
use crate::{Ctx, ServiceError};

/// What was frozen, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Frozen {
    pub(super) manifest: Manifest,
    pub(super) items: Vec<Item>,
}

/// A record as it stands now.
#[derive(Debug, Clone)]
pub struct ShownRecord {
    /// Its key.
    pub id: RecordId,
    /// The record with its signature.
    pub file: RecordFile,
    /// How many items stand where.
    pub tally: Tally,
    /// By operation that is open, what stands in its way, if something does.
    pub said: HashMap<OperationId, Waits>,
    /// Where it stands, for who watches it.
    pub standing: Standing,
}

/// The newest record of an identity, if it ever ended.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn record_of(ctx: &Ctx, identity: IdentityId) -> Result<Option<RecordId>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.record_of(identity).await?)
}

/// A record with all that became of its items so far, signed as of now.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] when what is stored breaks
/// the rules of a record.
pub async fn show_record(ctx: &Ctx, id: RecordId) -> Result<ShownRecord, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let row = tx.record(id).await?.ok_or(ServiceError::NotFound("record"))?;
    let broken = |what: String| ServiceError::Refused(format!("the record is not what was written: {what}. Run `tenure audit verify`"));
    let Frozen { manifest, items } = serde_json::from_str(&row.frozen).map_err(|e| broken(e.to_string()))?;
    let mut record = Record::freeze(manifest, items).map_err(|fault| broken(fault.to_string()))?;
    // Before all the rest: what changes in between is seen as a change afterwards.
    let standing = Standing::read(&mut tx, row.ending_id, row.identity_id).await?;
    let steps = tx.record_steps(row.ending_id, row.identity_id).await?;
    let handed_over = tx.owned_by_since(row.ending_id, row.identity_id).await?;
    let waiting = tx.record_waiting(row.ending_id, row.identity_id).await?;
    let all_held = tx.open_restore().await?.is_some();
    drop(tx);

    let mut happened: Vec<(Uuid, Moment, Change, Option<OperationId>)> = Vec::new();
    for step in &steps {
        if let Some(change) = change(step) {
            happened.push((step.operation_id.uuid(), Moment::from(step.at), change, Some(step.operation_id)));
        }
    }
    happened.extend(handed_over.into_iter().filter_map(|o| Some((o.id.uuid(), Moment::from(o.done_at?), handed(&o), None))));
    happened.sort_by_key(|(_, at, ..)| *at);
    // The same once more is no transition: a fourth failure looks like the third.
    record = record.after_all(happened).map_err(|fault| broken(fault.to_string()))?;
    let said = waiting.iter().filter_map(|item| Some((item.operation_id, why(item, all_held, ctx.now)?))).collect();
    let tally = record.tally();
    let file = ctx.app.keys.signer().sign_record(record, Moment::from(ctx.now)).map_err(|fault| broken(fault.to_string()))?;
    Ok(ShownRecord { id, file, tally, said, standing })
}

/// A step of an operation as a transition of its item. That somebody works on it is none.
fn change(step: &RecordStep) -> Option<Change> {
    let said = if step.said.trim().is_empty() { "no more was said".to_owned() } else { step.said.clone() };
    Some(match step.state {
        OperationState::Running => return None,
        OperationState::Queued => Change::Pending { note: said },
        OperationState::Acknowledged => Change::Acknowledged { evidence: format!("the target said yes; {said}") },
        OperationState::Verified => Change::Verified { evidence: said },
        OperationState::Attested => {
            Change::Attested { by: Party { id: None, name: step.actor.clone() }, note: said, file: attachment(step) }
        }
        OperationState::NeedsHuman => Change::NeedsHuman { note: said },
        OperationState::Superseded => Change::Superseded { note: said },
    })
}

/// The file that was given with a person's word.
fn attachment(step: &RecordStep) -> Option<Attachment> {
    let sha256 = Hash::try_from(step.sha256.as_deref()?).ok()?;
    Some(Attachment { name: step.file.clone()?, sha256 })
}

fn handed(owned: &OwnedItem) -> Change {
    match &owned.new_owner {
        Some(owner) => Change::Verified { evidence: format!("{owner} owns it, as recorded by Tenure") },
        None => Change::Superseded { note: "it has ended itself".to_owned() },
    }
}
