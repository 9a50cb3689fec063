//! Sealing: a link by which whoever fills the envelope chooses the password, once.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use tenure_domain::access::{Authorized, Portal, actions};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::break_glass::SealState;
use tenure_domain::credential::LinkPurpose;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;
use tenure_store::accounts::BreakGlassRow;
use tenure_store::{Tx, WriteTx};
use tenure_vault::LinkToken;

use crate::accounts::put_link;
use crate::{Ctx, ServiceError};

/// How long such a link works.
pub const SEAL_HOURS: i64 = 4;

/// Makes the link by which the password of a sealed account is chosen. The one before is dead from now on, and so are its
/// sessions. It is shown to who asked, and mailed to nobody.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`] when it is no sealed account, [`ServiceError::Refused`] when it
/// may not act, or asks for itself.
pub async fn seal_account(ctx: &Ctx, id: IdentityId) -> Result<LinkToken, ServiceError> {
    let proof = ctx.authorize::<actions::ManageBreakGlass, _>(&Portal).await?;
    if ctx.principal.identity_id() == Some(id) {
        return Err(ServiceError::Refused("an account does not seal itself, or its session would never end".to_owned()));
    }
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[id]).await?;
    let row = tx.break_glass_of(id).await?.ok_or(ServiceError::NotFound("break-glass account"))?;
    let identity = tx.identity(id).await?.ok_or(ServiceError::NotFound("break-glass account"))?;
    if !identity.state.may_act() {
        return Err(ServiceError::Refused(format!("an identity that is {} cannot be sealed", identity.state.label())));
    }
    tx.delete_local_account(&proof, id).await?;
    tx.end_other_sessions(&proof, id, None, ctx.now).await?;
    let (token, link) = put_link(ctx, &mut tx, &proof, id, LinkPurpose::SetUp, Duration::hours(SEAL_HOURS)).await?;
    let row = BreakGlassRow { state: SealState::Unsealed, sealed_by: ctx.principal.identity_id(), ..row };
    tx.put_break_glass(&proof, &row).await?;
    tx.commit(
        ctx.event(Stream::System, "break-glass.link")
            .target(&id, identity.display_name.as_str())
            .about(id)
            .after(json!({ "expires_at": link.expires_at })),
    )
    .await?;
    Ok(token)
}

/// Keeps that the password of a sealed account was chosen by its link; the event of it, or None for everybody else.
///
/// # Errors
/// When the database fails.
pub(crate) async fn now_sealed(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &Authorized<actions::UseOwnAccount>,
    identity: &Identity,
) -> Result<Option<AuditEvent>, ServiceError> {
    let Some(row) = tx.break_glass_of(identity.id).await? else { return Ok(None) };
    tx.put_break_glass(proof, &BreakGlassRow { state: SealState::Sealed, sealed_at: Some(ctx.now), ..row }).await?;
    let event = ctx.event(Stream::System, "break-glass.sealed").target(&identity.id, identity.display_name.as_str()).about(identity.id);
    Ok(Some(event))
}

/// When a session of a sealed account that begins now ends; None for everybody else.
///
/// # Errors
/// When the database fails.
pub(crate) async fn session_ends(ctx: &Ctx, tx: &mut Tx, id: IdentityId) -> Result<Option<DateTime<Utc>>, ServiceError> {
    Ok(tx.break_glass_of(id).await?.map(|row| ctx.now + Duration::minutes(row.minutes)))
}
