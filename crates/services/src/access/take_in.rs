//! Taking in what is really held: writing down what a look says about what is recorded.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;
use tenure_domain::access::{May, change};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::grant::GrantState;
use tenure_domain::id::{ApplicationId, EntitlementId, GrantId, IdentityId};
use tenure_domain::identity::Identity;
use tenure_domain::operation::{OperationKind, OperationState};
use tenure_store::WriteTx;
use tenure_store::access::NewGrant;
use tenure_store::operations::OperationRow;

use super::import_memberships::MembershipSummary;
use super::look::Look;
use crate::{Ctx, ServiceError};

/// Somebody who is looked at.
pub(crate) struct Holder {
    /// As they were read.
    pub(crate) version: i64,
    /// Whether they have ended.
    pub(crate) ended: bool,
    /// Name for people.
    pub(crate) name: String,
}

impl From<&Identity> for Holder {
    fn from(identity: &Identity) -> Self {
        Self { version: identity.version, ended: identity.state.has_ended(), name: identity.display_name.clone() }
    }
}

/// What was written down.
pub(crate) struct TakenIn {
    /// An event for each who holds more than was known.
    pub(crate) events: Vec<AuditEvent>,
    /// Whether anything was written.
    pub(crate) is_news: bool,
}

/// Compares and writes down; yields an event for each who holds more than was known.
///
/// # Errors
/// [`ServiceError::Conflict`] when somebody was changed since they were read.
pub(crate) async fn take_in(
    ctx: &Ctx,
    proof: &(impl May<change::WriteAccess> + Sync),
    tx: &mut WriteTx,
    application: (ApplicationId, &str),
    look: &Look<'_>,
    summary: &mut MembershipSummary,
) -> Result<TakenIn, ServiceError> {
    let (application, name) = application;
    let grants = match look.is_reading {
        // A piece of the people at a time.
        true => tx.grants_on_target_of(application, &look.people.keys().copied().collect::<Vec<_>>()).await?,
        false => tx.grants_on_target(application).await?,
    };
    let seen = look.compare(&grants, summary);
    lock_unchanged(tx, look.people, seen.found.iter().map(|f| f.0).chain(seen.owed.iter().map(|o| o.0))).await?;
    let new = |id: GrantId, (identity_id, entitlement_id): (IdentityId, EntitlementId), state| NewGrant {
        id,
        identity_id,
        entitlement_id,
        state,
        since: ctx.now,
        observed_at: Some(look.at),
    };
    let mut found: Vec<NewGrant> = seen.found.iter().map(|pair| new(ctx.id(), *pair, GrantState::OutOfBand)).collect();
    let mut owed = Vec::with_capacity(seen.owed.len());
    for (identity, entitlement, known) in &seen.owed {
        let grant = known.unwrap_or_else(|| ctx.id());
        found.push(new(grant, (*identity, *entitlement), GrantState::RemovalOwed));
        owed.push(OperationRow {
            grant_id: Some(grant),
            ..OperationRow::owed(ctx.id(), OperationKind::RemoveEntitlement, Some(application), Some(*identity), ctx.now)
        });
    }
    tx.insert_grants(proof, &found).await?;
    tx.insert_operations(proof, &owed).await?;
    tx.observe_grants(proof, &seen.seen, Some(look.at)).await?;
    tx.observe_grants(proof, &seen.unseen, None).await?;
    tx.set_grants(proof, &seen.gone, GrantState::Removed).await?;
    tx.set_grants(proof, &seen.verified, GrantState::Removed).await?;
    tx.settle_grant_operations(proof, &seen.verified, OperationState::Verified, ctx.now).await?;

    let mut by_identity: BTreeMap<IdentityId, (usize, usize)> = BTreeMap::new();
    for grant in &found {
        let (out_of_band, owed) = by_identity.entry(grant.identity_id).or_default();
        *(if grant.state == GrantState::OutOfBand { out_of_band } else { owed }) += 1;
    }
    let is_news = !(found.is_empty() && seen.seen.is_empty() && seen.unseen.is_empty() && seen.gone.is_empty() && seen.verified.is_empty());
    let events = by_identity
        .into_iter()
        .map(|(id, (out_of_band, owed))| {
            ctx.event(Stream::Access, "access.found")
                .target(&id, look.people.get(&id).map_or("", |p| p.name.as_str()))
                .about(id)
                .after(json!({ "application": name, "out_of_band": out_of_band, "removals_owed": owed }))
        })
        .collect();
    Ok(TakenIn { events, is_news })
}

/// Nobody who is given something may have ended since they were read, nor come back.
async fn lock_unchanged(
    tx: &mut WriteTx,
    people: &HashMap<IdentityId, Holder>,
    ids: impl Iterator<Item = IdentityId>,
) -> Result<(), ServiceError> {
    let versions = tx.lock_identities(&ids.collect::<Vec<_>>()).await?;
    if versions.iter().all(|(id, version)| people.get(id).is_some_and(|p| p.version == *version)) {
        return Ok(());
    }
    Err(ServiceError::Conflict("somebody was changed in the meantime; nothing was changed. Try again".to_owned()))
}
