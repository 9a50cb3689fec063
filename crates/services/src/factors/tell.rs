//! What people are told of their factors.

use serde_json::json;
use tenure_domain::access::{Authorized, May, actions, change};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;
use tenure_domain::mail::MailKind;
use tenure_store::WriteTx;

use crate::accounts::limits::Limit;
use crate::ids::new_id;
use crate::mail::{Letter, moment, owe};
use crate::{Ctx, ServiceError};

/// Tells somebody what became of a factor.
///
/// # Errors
/// When the database fails.
pub(super) async fn tell_changed(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &impl May<change::WriteMails>,
    identity: &Identity,
    what: &str,
) -> Result<(), ServiceError> {
    let facts = json!({ "what": what, "at": moment(ctx.now, &identity.time_zone) });
    let letter = Letter { kind: MailKind::FactorChanged, once: &new_id(ctx.now).to_string(), facts, void_at: None };
    owe(ctx, tx, proof, identity, letter).await?;
    Ok(())
}

/// Tells somebody that their codes are not taken for a while: whoever typed the wrong ones knows their password. Once for
/// each such time.
///
/// # Errors
/// When the database fails.
pub(super) async fn tell_locked(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &Authorized<actions::UseOwnAccount>,
    id: IdentityId,
) -> Result<(), ServiceError> {
    let Some(identity) = tx.identity(id).await? else { return Ok(()) };
    let (tries, length) = Limit::CodeByAccount.allows();
    let window = ctx.now.timestamp().div_euclid(length.num_seconds());
    let facts = json!({ "tries": tries, "at": moment(ctx.now, &identity.time_zone) });
    let letter = Letter { kind: MailKind::CodesLocked, once: &format!("{id}:{window}"), facts, void_at: None };
    owe(ctx, tx, proof, &identity, letter).await?;
    Ok(())
}
