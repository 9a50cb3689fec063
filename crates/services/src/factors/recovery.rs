//! Recovery codes: ten, shown once, for who has lost their second factor.

use serde_json::json;
use tenure_domain::access::{Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::Id as _;
use tenure_domain::sign_in::Need;
use tenure_vault::RecoveryCode;

use super::mine::{me, need_of};
use super::tell::tell_changed;
use crate::{Ctx, ServiceError};

/// How many there are.
pub const CODES: usize = 10;
/// From so many on new ones should be made.
pub const FEW: i64 = 3;

/// Makes recovery codes in place of those before: this is the only time that they can be read.
///
/// # Errors
/// [`ServiceError::Proof`], [`ServiceError::Refused`] when there is no factor that they would stand in for, or a passkey is
/// asked for.
pub async fn make_recovery_codes(ctx: &Ctx) -> Result<Vec<RecoveryCode>, ServiceError> {
    let me = me(ctx)?;
    let proof = ctx.authorize::<actions::ManageFactors, _>(&(me, Relation::Own)).await?;
    let vault = |error: tenure_vault::RandomError| ServiceError::Vault(error.to_string());
    let codes: Vec<RecoveryCode> = (0..CODES).map(|_| RecoveryCode::generate()).collect::<Result<_, _>>().map_err(vault)?;
    let key = ctx.app.keys.recovery_codes();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| code.hash(key, me.uuid().as_bytes()).as_bytes().to_vec()).collect();
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[me]).await?;
    let identity = tx.identity(me).await?.filter(|i| i.state.may_act()).ok_or(ServiceError::NotFound("identity"))?;
    if !tx.held_factors(me).await?.any() {
        return Err(ServiceError::Refused("add an authenticator app or a passkey first: recovery codes stand in for one".to_owned()));
    }
    if need_of(ctx, &mut tx, me).await? == Need::Resistant {
        return Err(ServiceError::Refused("your role asks for a passkey: recovery codes do not serve".to_owned()));
    }
    tx.put_recovery_codes(&proof, me, &hashes).await?;
    tell_changed(ctx, &mut tx, &proof, &identity, "New recovery codes were made; those before do not work any more.").await?;
    let event = ctx.event(Stream::Credential, "recovery-codes.made").target(&me, identity.display_name.as_str()).about(me);
    tx.commit(event.after(json!({ "codes": codes.len() }))).await?;
    Ok(codes)
}
