//! Telling somebody that their password is locked.

use serde_json::json;
use tenure_domain::access::{Authorized, actions};
use tenure_domain::id::IdentityId;
use tenure_domain::mail::MailKind;
use tenure_store::WriteTx;

use super::sign_in::LOCK_AFTER;
use crate::mail::{Letter, moment, owe};
use crate::{Ctx, ServiceError};

/// Owes a mail where the try that was just counted locked the password.
///
/// # Errors
/// When the database fails.
pub(super) async fn tell_locked(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &Authorized<actions::UseOwnAccount>,
    id: IdentityId,
) -> Result<(), ServiceError> {
    let until = tx.local_account(id).await?.and_then(|account| account.locked_until).filter(|until| *until > ctx.now);
    let (Some(until), Some(identity)) = (until, tx.identity(id).await?) else { return Ok(()) };
    let letter = Letter {
        kind: MailKind::PasswordLocked,
        once: &format!("{id}:{}", until.timestamp()),
        facts: json!({ "tries": LOCK_AFTER, "until": moment(until, &identity.time_zone) }),
        void_at: None,
    };
    owe(ctx, tx, proof, &identity, letter).await?;
    Ok(())
}
