//! Who may do what in the portal: given and taken by administrators.

use std::collections::BTreeSet;

use chrono::Duration;
use serde_json::json;
use tenure_domain::access::{PortalRole, actions};
use tenure_domain::audit::Stream;
use tenure_domain::credential::LinkPurpose;
use tenure_domain::id::IdentityId;
use tenure_domain::mail::MailKind;
use tenure_vault::LinkToken;

use super::first_start::LINK_HOURS;
use super::last_administrator::{LAST, leaves_no_administrator};
use super::link::put_link;
use crate::break_glass::refuse_sealed_account;
use crate::ids::new_id;
use crate::mail::{Letter, owe};
use crate::{Ctx, ServiceError};

/// The portal roles granted to an identity, and whether it has a password.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`].
pub async fn portal_access(ctx: &Ctx, id: IdentityId) -> Result<(BTreeSet<PortalRole>, bool), ServiceError> {
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    ctx.authorize::<actions::ViewIdentity, _>(&identity).await.map_err(|e| e.hide("identity"))?;
    let mut tx = ctx.app.store.read().await?;
    Ok((tx.portal_roles_of(id).await?, tx.local_account(id).await?.is_some()))
}

/// Gives or takes a portal role. It takes effect with the next request.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Refused`] for roles that
/// are not given, and for the last administrator.
pub async fn set_portal_role(ctx: &Ctx, id: IdentityId, role: PortalRole, held: bool) -> Result<(), ServiceError> {
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let proof = ctx.authorize::<actions::ManagePortalAccess, _>(&identity).await?;
    if matches!(role, PortalRole::Manager | PortalRole::Employee) {
        return Err(ServiceError::Refused(format!("{} is not given: it follows from the records", role.label())));
    }
    let mut tx = ctx.app.store.write().await?;
    tx.lock_administrators().await?;
    tx.lock_identities(&[id]).await?;
    let identity = tx.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    if held {
        if !identity.state.may_act() {
            return Err(ServiceError::Refused(format!("an identity that is {} cannot be {}", identity.state.label(), role.label())));
        }
        if role == PortalRole::Provisioner && !identity.kind.is_non_human() {
            return Err(ServiceError::Refused(
                "a provisioner is a machine: record a service for the identity provider, make that one the provisioner, and issue its token"
                    .to_owned(),
            ));
        }
        if role == PortalRole::Receiver && !identity.kind.is_non_human() {
            return Err(ServiceError::Refused(
                "a receiver of signals is a machine: record a service for it, make that one the receiver, and issue its token".to_owned(),
            ));
        }
        tx.grant_portal_role(&proof, id, role, ctx.now).await?;
    } else {
        if role == PortalRole::Admin && leaves_no_administrator(&mut tx, &[id]).await? {
            return Err(ServiceError::Refused(LAST.to_owned()));
        }
        if !tx.revoke_portal_role(&proof, id, role).await? {
            return Ok(());
        }
    }
    let action = if held { "portal-role.granted" } else { "portal-role.revoked" };
    tx.commit(ctx.event(Stream::System, action).target(&id, identity.display_name.as_str()).about(id).after(json!({ "role": role })))
        .await?;
    Ok(())
}

/// Makes a link by which somebody sets a password: an administrator never chooses it.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Refused`] for who may not
/// act, or is not a person.
pub async fn invite(ctx: &Ctx, id: IdentityId) -> Result<LinkToken, ServiceError> {
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let proof = ctx.authorize::<actions::ManagePortalAccess, _>(&identity).await?;
    if identity.kind.is_non_human() || !identity.state.may_act() {
        return Err(ServiceError::Refused("only people who are at work sign in".to_owned()));
    }
    let mut tx = ctx.app.store.write().await?;
    // Read again, inside: an end that came in between must win, and one that comes now waits.
    tx.lock_identities(&[id]).await?;
    let Some(identity) = tx.identity(id).await?.filter(|i| i.state.may_act()) else {
        return Err(ServiceError::Refused("only people who are at work sign in".to_owned()));
    };
    refuse_sealed_account(&mut tx, id).await?;
    let (token, link) = put_link(ctx, &mut tx, &proof, id, LinkPurpose::SetUp, Duration::hours(LINK_HOURS)).await?;
    let letter = Letter {
        kind: MailKind::Invitation,
        once: &new_id(ctx.now).to_string(),
        facts: json!({ "path": format!("/set-up?token={}", token.expose()), "hours": LINK_HOURS, "by": ctx.principal.label }),
        void_at: Some(link.expires_at),
    };
    let mailed = owe(ctx, &mut tx, &proof, &identity, letter).await?;
    tx.commit(
        ctx.event(Stream::System, "setup-link.created")
            .target(&id, identity.display_name.as_str())
            .about(id)
            .after(json!({ "expires_at": link.expires_at, "mailed": mailed })),
    )
    .await?;
    Ok(token)
}
