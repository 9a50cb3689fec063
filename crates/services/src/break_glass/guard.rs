//! What a sealed account does not have: another way in, or anything that outlives its session.

use tenure_domain::id::IdentityId;
use tenure_store::Tx;

use crate::ServiceError;

/// Whether an identity is a sealed account.
///
/// # Errors
/// When the database fails.
pub(crate) async fn is_sealed_account(tx: &mut Tx, id: IdentityId) -> Result<bool, ServiceError> {
    Ok(tx.break_glass_of(id).await?.is_some())
}

/// Refuses what would open another way in for a sealed account.
///
/// # Errors
/// [`ServiceError::Refused`] for a sealed account.
pub(crate) async fn refuse_sealed_account(tx: &mut Tx, id: IdentityId) -> Result<(), ServiceError> {
    if is_sealed_account(tx, id).await? {
        return Err(ServiceError::Refused(
            "this is a break-glass account: it has one password, which an administrator seals at Settings, Break-glass, and nothing else"
                .to_owned(),
        ));
    }
    Ok(())
}
