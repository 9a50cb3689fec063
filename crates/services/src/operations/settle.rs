//! Keeping what came of an attempt.

use serde_json::json;
use tenure_connectors::FoundAccount;
use tenure_domain::access::{May, Portal, actions, change};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::operation::{ASK_AFTER, Attempt, OperationKind, OperationState, after_attempt};
use tenure_domain::target::AccountState;
use tenure_store::WriteTx;
use tenure_store::targets::{Claimed, Settlement};

use super::{Attempted, Job};
use crate::ids::{jitter, new_id};
use crate::targets::as_seen;
use crate::{Ctx, ServiceError};

/// Keeps what came of an attempt, with the moment of `ctx`. Yields where the operation stands, or none if
/// somebody else settled it or took it over in the meantime.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails; then it is attempted again.
pub async fn settle_operation(ctx: &Ctx, job: &Job, attempted: &Attempted) -> Result<Option<OperationState>, ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    let before = u32::try_from(job.operation.failures).unwrap_or_default();
    let failures = if attempted.attempt == Attempt::ReadBack { before } else { before.saturating_add(1) };
    // The next name is tried at once, some times: a target may say so of something else that the account has.
    let next_name = attempted.name_taken && failures < ASK_AFTER;
    let (state, next_at) = match next_name {
        true => (OperationState::Queued, Some(ctx.now)),
        false => after_attempt(&attempted.attempt, failures, ctx.now, jitter()),
    };
    let settlement =
        Settlement { id: job.operation.id, state, failures, next_at, said: &attempted.said, actor: "", at: ctx.now, step: new_id(ctx.now) };
    match attempted.target_failed {
        Some(true) => ctx.app.store.target_failed(&proof, job.target, &attempted.said, ctx.now, jitter()).await?,
        Some(false) if job.in_trouble => ctx.app.store.target_is_back(&proof, job.target, ctx.now).await?,
        _ => {}
    }
    // The first failure and the call for help are told; not each of many attempts.
    let told = failures == 1 || next_name || (state == OperationState::NeedsHuman && failures == ASK_AFTER);
    if state.is_open() && !told {
        return Ok(ctx.app.store.keep_attempt(&proof, &job.by, &settlement).await?.then_some(state));
    }
    let mut tx = ctx.app.store.write().await?;
    // Before the operation and its grant, as everybody does who gives and takes access.
    tx.lock_identities(job.operation.identity_id.as_slice()).await?;
    if !tx.settle_held(&proof, &job.by, &settlement).await? {
        drop(tx);
        // Nothing of it counts, but that it is over.
        let open = Settlement { state: OperationState::Queued, ..settlement };
        ctx.app.store.keep_attempt(&proof, &job.by, &open).await?;
        return Ok(None);
    }
    if state == OperationState::Verified {
        done(ctx, &proof, &mut tx, &job.operation).await?;
        seen(ctx, &proof, &mut tx, job, attempted.made.as_ref()).await?;
        if let Some(identity) = job.operation.identity_id {
            tx.others_are_due(&proof, identity, job.target, ctx.now).await?;
        }
    }
    if let (true, Some(account)) = (next_name, job.operation.account_id) {
        tx.name_is_taken(&proof, account).await?;
    }
    tx.commit(event(ctx, &job.operation, state, &attempted.said)).await?;
    Ok(Some(state))
}

/// What follows in Tenure's own records from a thing that is done: read back, or stated by a person.
pub(super) async fn done(
    ctx: &Ctx,
    proof: &(impl May<change::WriteOperations> + May<change::WriteAccess> + May<change::WriteCredentials> + Sync),
    tx: &mut WriteTx,
    operation: &Claimed,
) -> Result<(), ServiceError> {
    if let (Some(grant), OperationKind::RemoveEntitlement) = (operation.grant_id, operation.kind) {
        tx.grant_is_gone(proof, grant).await?;
    }
    if let (Some(credential), OperationKind::RevokeCredential) = (operation.credential_id, operation.kind) {
        tx.credential_is_dead(proof, credential, ctx.now).await?;
    }
    let state = match operation.kind {
        OperationKind::DisableAccount => AccountState::Disabled,
        OperationKind::EnableAccount => AccountState::Enabled,
        OperationKind::DeleteAccount => AccountState::Gone,
        _ => return Ok(()),
    };
    if let Some(account) = operation.account_id {
        tx.account_is(proof, account, state, ctx.now).await?;
    }
    Ok(())
}

/// What a look at the target shows besides, where a person's word would not.
async fn seen(
    ctx: &Ctx,
    proof: &(impl May<change::WriteOperations> + May<change::WriteAccess> + May<change::WriteTargets> + Sync),
    tx: &mut WriteTx,
    job: &Job,
    made: Option<&FoundAccount>,
) -> Result<(), ServiceError> {
    let operation = &job.operation;
    if let (Some(grant), OperationKind::AddEntitlement) = (operation.grant_id, operation.kind) {
        tx.observe_grants(proof, &[grant], Some(ctx.now)).await?;
    }
    let Some(account) = operation.account_id else { return Ok(()) };
    if let Some(made) = made {
        tx.account_is_there(proof, account, &as_seen(account, made), ctx.now).await?;
    } else if matches!(operation.kind, OperationKind::CreateAccount | OperationKind::ChangeAccount) {
        tx.account_is_as_recorded(proof, account, ctx.now).await?;
        // What was made as recorded is not left otherwise any more.
        if let Some(mut left) = tx.accepted_of(&[account]).await?.remove(&account) {
            let before = left.accepted.len();
            left.accepted.retain(|name, _| !job.sent().any(|sent| sent == name));
            if left.accepted.len() < before {
                tx.keep_differences(proof, operation.identity_id, &left).await?;
            }
        }
    }
    Ok(())
}

/// The event of a step.
pub(crate) fn event(ctx: &Ctx, operation: &Claimed, state: OperationState, said: &str) -> AuditEvent {
    let stream = if operation.credential_id.is_some() { Stream::Credential } else { Stream::Access };
    let label = match (operation.entitlement.as_deref(), operation.credential_key.as_deref()) {
        (Some(name), _) | (None, Some(name)) => format!("{}: {name}", operation.kind.label()),
        (None, None) => operation.kind.label().to_owned(),
    };
    let mut event = ctx.event(stream, &format!("operation.{state}")).target(&operation.id, label.as_str()).because(said).after(json!({
        "kind": operation.kind, "state": state, "for": operation.identity,
    }));
    event.0.identity_id = operation.identity_id;
    event
}
