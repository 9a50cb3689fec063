//! Making a sealed account.

use serde_json::json;
use tenure_domain::access::{Portal, PortalRole, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::break_glass::{BOUNDS, SealState};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{Identity, IdentityKind};
use tenure_store::accounts::BreakGlassRow;

use crate::identities::{check_texts, check_user_name};
use crate::{Ctx, FieldError, ServiceError};

/// A sealed account as it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBreakGlass {
    /// By which it signs in; unique.
    pub user_name: String,
    /// What it is called.
    pub display_name: String,
    /// How long a session lasts.
    pub minutes: i64,
}

/// Makes a sealed account: an identity of its own, administrator of the portal, known to no source and no provider. It has
/// no password until it is sealed.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`] with the faulty fields.
pub async fn make_account(ctx: &Ctx, new: &NewBreakGlass) -> Result<IdentityId, ServiceError> {
    let proof = ctx.authorize::<actions::ManageBreakGlass, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_administrators().await?;
    tx.hold_model().await?;
    let mut faults = Vec::new();
    let user_name = check_user_name(&new.user_name, &mut faults);
    let texts = check_texts(&new.display_name, "", "", "", "", &mut faults);
    if tx.identity_by_user_name(&user_name).await?.is_some() {
        faults.push(FieldError::new("user_name", format!("{user_name} belongs to another identity: choose another name")));
    }
    if !BOUNDS.contains(&new.minutes) {
        faults.push(FieldError::new("minutes", format!("a session lasts {} to {} minutes", BOUNDS.start(), BOUNDS.end())));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let identity = Identity {
        title: "Break-glass account".to_owned(),
        purpose: "For when nobody else can get in".to_owned(),
        start_on: Some(ctx.today()),
        ..Identity::new(ctx.id(), IdentityKind::Person, user_name, texts.display_name, ctx.now)
    };
    tx.put_identities(&proof, std::slice::from_ref(&identity)).await?;
    tx.grant_portal_role(&proof, identity.id, PortalRole::Admin, ctx.now).await?;
    let row = BreakGlassRow {
        identity_id: identity.id,
        state: SealState::Unsealed,
        minutes: new.minutes,
        made_at: ctx.now,
        sealed_by: None,
        sealed_at: None,
    };
    tx.put_break_glass(&proof, &row).await?;
    let created = ctx
        .event(Stream::Identity, "identity.created")
        .target(&identity.id, identity.display_name.as_str())
        .about(identity.id)
        .because("break-glass account")
        .after(json!({ "kind": identity.kind, "user_name": identity.user_name }));
    let mut events = Events::one(created);
    // Its event comes first: what follows from it has later keys.
    let (changed, _) = crate::access::recompute_new(ctx, &proof, &mut tx, &identity).await?;
    events.extend(changed);
    events.extend([ctx
        .event(Stream::System, "break-glass.made")
        .target(&identity.id, identity.display_name.as_str())
        .about(identity.id)
        .after(json!({ "minutes": new.minutes, "role": PortalRole::Admin }))]);
    tx.commit(events).await?;
    Ok(identity.id)
}
