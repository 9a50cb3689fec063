//! Whether two identities are one person's.

use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;
use tenure_store::Tx;

use crate::{Ctx, ServiceError};

/// Whether two identities are one person's: the same, or personas of the same.
pub(crate) async fn is_same_person(tx: &mut Tx, one: IdentityId, other: IdentityId) -> Result<bool, ServiceError> {
    let main = |found: Option<Identity>, id| found.and_then(|i| i.persona_of).unwrap_or(id);
    Ok(main(tx.identity(one).await?, one) == main(tx.identity(other).await?, other))
}

/// Whether what is somebody's is the actor's own, by whichever of their identities.
pub(crate) async fn is_ones_own(ctx: &Ctx, tx: &mut Tx, whose: Option<IdentityId>) -> Result<bool, ServiceError> {
    match (ctx.principal.identity_id(), whose) {
        (Some(me), Some(whose)) => is_same_person(tx, whose, me).await,
        _ => Ok(false),
    }
}

/// Refuses where an account is the actor's own: by no way does anybody decide about themselves what is left as it is, made
/// as recorded, or asked no more.
pub(crate) async fn check_not_ones_own(ctx: &Ctx, tx: &mut Tx, whose: Option<IdentityId>) -> Result<(), ServiceError> {
    if is_ones_own(ctx, tx, whose).await? {
        return Err(ServiceError::Refused("it is your own account: nobody reviews themselves; ask another administrator".to_owned()));
    }
    Ok(())
}
