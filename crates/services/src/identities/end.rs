//! The one way to end an identity. Page, command line, API, import and schedule all come here.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::json;
use tenure_domain::access::{May, actions, change};
use tenure_domain::audit::{AuditEvent, Events, Stream};
use tenure_domain::credential::CredentialCommand;
use tenure_domain::grant::GrantState;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{Identity, LifecycleState, Transition};
use tenure_store::WriteTx;
use tenure_store::access::{AssignmentView, GrantView};
use tenure_store::credentials::CredentialView;
use tenure_store::endings::{EndEffects, Ending};
use tenure_store::identities::IdentityName;

use crate::accounts::{LAST, leaves_no_administrator};
use crate::ids::new_id;
use crate::records::freeze;
use crate::{Ctx, ServiceError};

/// What the end of an identity would do.
#[derive(Debug, Clone)]
pub struct EndPreview {
    /// Who.
    pub identity: Identity,
    /// What would die at once, and what would be owed.
    pub effects: EndEffects,
    /// The credentials that would die or be owed, two hundred at most.
    pub credentials: Vec<CredentialView>,
    /// The grants whose removal would be owed.
    pub grants: Vec<GrantView>,
    /// The roles that would end.
    pub assignments: Vec<AssignmentView>,
    /// What it owns and somebody else must take over.
    pub owned: Vec<IdentityName>,
    /// Personas that would end with it.
    pub personas: Vec<IdentityName>,
    /// Who reports to it.
    pub reports: Vec<IdentityName>,
}

/// What the end of an identity did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// Who.
    pub user_name: String,
    /// Name for people.
    pub display_name: String,
    /// What died at once, and what is owed.
    #[serde(flatten)]
    pub effects: EndEffects,
    /// Personas that ended with it.
    pub personas: usize,
}

/// Shows what the end of an identity would do. Nothing is changed.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Lifecycle`] when it has
/// ended already.
pub async fn preview_end(ctx: &Ctx, id: IdentityId) -> Result<EndPreview, ServiceError> {
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    ctx.authorize::<actions::EndIdentity, _>(&identity).await?;
    let mut tx = ctx.app.store.read().await?;
    identity.state.after(Transition::End)?;
    let effects = tx.end_effects(id).await?;
    let owned = tx.owned_by(id).await?;
    let reports = tx.reports_of(id).await?;
    let personas = tx.live_personas_of(&[id]).await?;
    let personas = tx.identity_names(&personas).await?.into_values().collect();
    let mut credentials = tx.credentials_of(id, 200).await?;
    credentials.retain(|c| c.credential.state.after(CredentialCommand::StartRevocation).is_ok());
    let mut grants = tx.grants_of(id).await?;
    grants.retain(|g| g.state != GrantState::RemovalOwed);
    let assignments = tx.assignments_of(id).await?;
    Ok(EndPreview { identity, effects, credentials, grants, assignments, owned, personas, reports })
}

/// Ends an identity: in one transaction everything dies that Tenure controls, and everything else
/// is owed.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Lifecycle`] when it has
/// ended already, [`ServiceError::Invalid`] when no reason is given, [`ServiceError::Refused`]
/// when the last administrator would end.
pub async fn end_identity(ctx: &Ctx, id: IdentityId, reason: &str) -> Result<Ended, ServiceError> {
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let proof = ctx.authorize::<actions::EndIdentity, _>(&identity).await?;
    if reason.trim().is_empty() {
        return Err(ServiceError::field("reason", "say why: it stands in the record for ever"));
    }
    let mut tx = ctx.app.store.write().await?;
    tx.lock_administrators().await?;
    let members = lock_with_personas(&mut tx, &[id]).await?;
    let identity = tx.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    identity.state.after(Transition::End)?;
    if leaves_no_administrator(&mut tx, &members).await? {
        return Err(ServiceError::Refused(LAST.to_owned()));
    }
    let events = end_in(ctx, &proof, &mut tx, &[id], ctx.today(), reason.trim()).await?;
    let personas = events.len().saturating_sub(1);
    let mut events = events.into_iter();
    let first = events.next().ok_or(ServiceError::NotFound("identity"))?;
    let effects = serde_json::from_value::<EndEffects>(first.0.after.clone()).unwrap_or_default();
    let mut all = Events::one(first);
    all.extend(events);
    tx.commit(all).await?;
    Ok(Ended { user_name: identity.user_name, display_name: identity.display_name, effects, personas })
}

/// Identities, and after them their live personas. A persona of a persona is one too, and nobody is
/// in the list twice.
async fn with_personas(tx: &mut WriteTx, ids: &[IdentityId]) -> Result<Vec<IdentityId>, ServiceError> {
    let mut members = ids.to_vec();
    let mut known: HashSet<IdentityId> = ids.iter().copied().collect();
    let mut last = members.clone();
    while !last.is_empty() {
        last = tx.live_personas_of(&last).await?.into_iter().filter(|p| known.insert(*p)).collect();
        members.extend(&last);
    }
    Ok(members)
}

/// As [`with_personas`], locked. Whoever makes a persona locks its main identity, so under the lock
/// there come no more; until then they are read again.
pub(crate) async fn lock_with_personas(tx: &mut WriteTx, ids: &[IdentityId]) -> Result<Vec<IdentityId>, ServiceError> {
    let mut members = with_personas(tx, ids).await?;
    loop {
        tx.lock_identities(&members).await?;
        let now = with_personas(tx, ids).await?;
        let locked: HashSet<IdentityId> = members.into_iter().collect();
        if now.iter().all(|id| locked.contains(id)) {
            return Ok(now);
        }
        members = now;
    }
}

/// Ends identities inside a transaction, personas with them, with `on` as their last day; yields an event for each, those that
/// were asked for first.
///
/// # Errors
/// [`ServiceError::Conflict`] when one of them has ended already.
pub(crate) async fn end_in(
    ctx: &Ctx,
    proof: &(impl May<change::EndIdentities> + Sync),
    tx: &mut WriteTx,
    ids: &[IdentityId],
    on: chrono::NaiveDate,
    reason: &str,
) -> Result<Vec<AuditEvent>, ServiceError> {
    let members = lock_with_personas(tx, ids).await?;
    let identities: HashMap<IdentityId, Identity> = tx.identities(&members).await?.into_iter().map(|i| (i.id, i)).collect();
    let ending = Ending {
        id: ctx.id(),
        at: ctx.now,
        on,
        reason: reason.to_owned(),
        channel: ctx.channel.to_string(),
        actor: ctx.principal.label.clone(),
    };
    let now = ctx.now;
    let effects = tx.end_identities(proof, &ending, &members, &move || new_id(now)).await?;
    freeze(ctx, proof, tx, &ending, &identities).await?;
    Ok(members
        .iter()
        .filter_map(|id| Some((identities.get(id)?, effects.get(id)?)))
        .map(|(identity, effect)| {
            let mut after = json!(effect);
            after["state"] = json!(LifecycleState::Terminated);
            after["epoch"] = json!(identity.epoch + 1);
            ctx.event(Stream::Identity, "identity.ended")
                .target(&identity.id, identity.display_name.as_str())
                .about(identity.id)
                .because(reason)
                .before(json!({ "state": identity.state, "epoch": identity.epoch }))
                .after(after)
        })
        .collect())
}
