//! Accounts follow the life of their identity.

use tenure_domain::access::{May, change};
use tenure_domain::id::IdentityId;
use tenure_store::WriteTx;

use crate::ids::new_id;
use crate::{Ctx, ServiceError};

/// Owes to the accounts of identities that they can be used again, or that nobody can sign in as them.
/// (An end owes more, and does that itself.)
pub(crate) async fn accounts_follow(
    ctx: &Ctx,
    proof: &(impl May<change::WriteAccess> + Sync),
    tx: &mut WriteTx,
    identities: &[IdentityId],
    may_act: bool,
) -> Result<usize, ServiceError> {
    let now = ctx.now;
    let owed = tx.owe_for_accounts(proof, identities, may_act, now, &move || new_id(now)).await?;
    if may_act {
        tx.owe_new_accounts(proof, identities, now, &move || new_id(now)).await?;
        // What was owed to them before was given up for this, and they may have changed meanwhile.
        tx.owe_account_changes(proof, identities, None, now, &move || new_id(now)).await?;
    }
    Ok(owed)
}

/// Owes to the accounts of identities that were changed that their attributes are made the same.
pub(crate) async fn attributes_follow(
    ctx: &Ctx,
    proof: &(impl May<change::WriteAccess> + Sync),
    tx: &mut WriteTx,
    identities: &[IdentityId],
) -> Result<usize, ServiceError> {
    let now = ctx.now;
    Ok(tx.owe_account_changes(proof, identities, None, now, &move || new_id(now)).await?)
}
