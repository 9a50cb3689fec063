//! Making what identities hold equal to what roles and rules say. In bulk: a fixed number of
//! statements, however many identities.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::json;
use tenure_domain::access::{May, change};
use tenure_domain::audit::{AuditEvent, Events, Stream};
use tenure_domain::grant::{AssignmentReason, GrantState};
use tenure_domain::id::{ApplicationId, AssignmentId, EntitlementId, GrantId, Id, IdentityId};
use tenure_domain::identity::Identity;
use tenure_domain::operation::{OperationKind, OperationState};
use tenure_domain::role::{AccessDelta, AccessModel, HeldAccess, recompute};
use tenure_store::WriteTx;
use tenure_store::access::{NewAssignment, NewGrant};
use tenure_store::operations::OperationRow;

use crate::{Ctx, ServiceError};

/// Recomputes some identities; yields an event for each whose access changed.
pub(crate) async fn recompute_identities(
    ctx: &Ctx,
    proof: &(impl May<change::WriteAccess> + Sync),
    tx: &mut WriteTx,
    identities: &[Identity],
) -> Result<Vec<AuditEvent>, ServiceError> {
    if identities.is_empty() {
        return Ok(Vec::new());
    }
    let model = tx.access_model().await?;
    let applications = tx.entitlement_applications().await?;
    let ids: Vec<IdentityId> = identities.iter().map(|i| i.id).collect();
    let held = tx.held_by(&ids).await?;
    Writes::of(ctx, &model, &applications, identities, &held).write(ctx, proof, tx, &model).await
}

/// What a run over everybody did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Recomputed {
    /// Identities that were looked at.
    pub examined: usize,
    /// Identities whose access changed.
    pub changed: usize,
}

/// Recomputes everybody inside a transaction, in pieces so that memory stays small.
///
/// # Errors
/// When the database fails.
pub(crate) async fn recompute_everybody(
    ctx: &Ctx,
    proof: &(impl May<change::WriteAccess> + Sync),
    tx: &mut WriteTx,
    events: &mut Vec<AuditEvent>,
) -> Result<Recomputed, ServiceError> {
    const PIECE: i64 = 2000;
    let model = tx.access_model().await?;
    let applications = tx.entitlement_applications().await?;
    let mut done = Recomputed::default();
    let mut after = None;
    loop {
        let identities = tx.identities_after(after, PIECE).await?;
        let (Some(first), Some(last)) = (identities.first(), identities.last()) else { break };
        let (first, last) = (first.id, last.id);
        let held = tx.held_between(first, last).await?;
        let writes = Writes::of(ctx, &model, &applications, &identities, &held);
        lock_changing(tx, &identities, &writes).await?;
        let changed = writes.write(ctx, proof, tx, &model).await?;
        done.examined += identities.len();
        done.changed += changed.len();
        events.extend(changed);
        after = Some(last);
    }
    Ok(done)
}

/// Nobody whose access changes may have ended since it was read: what it gains would stay.
async fn lock_changing(tx: &mut WriteTx, read: &[Identity], writes: &Writes) -> Result<(), ServiceError> {
    let changing: Vec<IdentityId> = writes.deltas.iter().map(|(id, ..)| *id).collect();
    let versions = tx.lock_identities(&changing).await?;
    if read.iter().all(|i| versions.get(&i.id).is_none_or(|version| *version == i.version)) {
        return Ok(());
    }
    Err(ServiceError::Conflict("somebody was changed in the meantime; nothing was changed. Try again".to_owned()))
}

/// Recomputes everybody: after a restore, or to be sure.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn recompute_all(ctx: &Ctx) -> Result<Recomputed, ServiceError> {
    let proof = ctx.authorize::<tenure_domain::access::actions::RunSchedule, _>(&tenure_domain::access::Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    let mut events = Vec::new();
    let done = recompute_everybody(ctx, &proof, &mut tx, &mut events).await?;
    if done.changed > 0 {
        let mut all = Events::one(ctx.event(Stream::Access, "access.recomputed").after(json!(done)));
        all.extend(events);
        tx.commit(all).await?;
    }
    Ok(done)
}

/// The rows to write for many identities.
#[derive(Default)]
struct Writes {
    assign: Vec<NewAssignment>,
    restore: Vec<AssignmentId>,
    grace: HashMap<DateTime<Utc>, Vec<AssignmentId>>,
    end: Vec<AssignmentId>,
    gain: Vec<NewGrant>,
    explain: Vec<GrantId>,
    lose: Vec<GrantId>,
    operations: Vec<OperationRow>,
    deltas: Vec<(IdentityId, String, AccessDelta)>,
}

impl Writes {
    fn of(
        ctx: &Ctx,
        model: &AccessModel,
        applications: &HashMap<EntitlementId, ApplicationId>,
        identities: &[Identity],
        held: &HashMap<IdentityId, HeldAccess>,
    ) -> Self {
        let nothing = HeldAccess::default();
        let mut writes = Self::default();
        for identity in identities.iter().filter(|i| !i.state.has_ended()) {
            let delta = recompute(model, identity, held.get(&identity.id).unwrap_or(&nothing), ctx.now);
            if !delta.is_empty() {
                writes.add(ctx, applications, identity, delta);
            }
        }
        writes
    }

    fn add(&mut self, ctx: &Ctx, applications: &HashMap<EntitlementId, ApplicationId>, identity: &Identity, delta: AccessDelta) {
        let now = ctx.now;
        self.assign.extend(delta.assign.iter().map(|(rule, role)| NewAssignment {
            id: ctx.id(),
            identity_id: identity.id,
            role_id: *role,
            reason: AssignmentReason::Rule,
            origin: rule.uuid(),
            note: String::new(),
            since: now,
            until: None,
        }));
        self.restore.extend(&delta.restore);
        for (id, until) in &delta.grace {
            self.grace.entry(*until).or_default().push(*id);
        }
        self.end.extend(&delta.end);
        self.gain.extend(delta.gain.iter().map(|entitlement| NewGrant {
            id: ctx.id(),
            identity_id: identity.id,
            entitlement_id: *entitlement,
            state: GrantState::Held,
            since: now,
            observed_at: None,
        }));
        self.explain.extend(&delta.explain);
        for grant in &delta.lose {
            self.lose.push(grant.id);
            self.operations.push(OperationRow {
                id: ctx.id(),
                kind: OperationKind::RemoveEntitlement,
                state: OperationState::Queued,
                application_id: applications.get(&grant.entitlement_id).copied(),
                identity_id: Some(identity.id),
                grant_id: Some(grant.id),
                credential_id: None,
                ending_id: None,
                created_at: now,
                updated_at: now,
            });
        }
        self.deltas.push((identity.id, identity.display_name.clone(), delta));
    }

    async fn write(
        self,
        ctx: &Ctx,
        proof: &(impl May<change::WriteAccess> + Sync),
        tx: &mut WriteTx,
        model: &AccessModel,
    ) -> Result<Vec<AuditEvent>, ServiceError> {
        tx.end_assignments(proof, &self.end, ctx.now).await?;
        tx.restore_assignments(proof, &self.restore).await?;
        for (until, ids) in &self.grace {
            tx.grace_assignments(proof, ids, *until).await?;
        }
        tx.insert_assignments(proof, &self.assign).await?;
        tx.insert_grants(proof, &self.gain).await?;
        tx.set_grants(proof, &self.explain, GrantState::Held).await?;
        // What is wanted again is no longer to be removed.
        tx.settle_grant_operations(proof, &self.explain, OperationState::Superseded, ctx.now).await?;
        tx.set_grants(proof, &self.lose, GrantState::RemovalOwed).await?;
        tx.insert_operations(proof, &self.operations).await?;
        Ok(self
            .deltas
            .into_iter()
            .map(|(id, name, delta)| {
                let roles: Vec<&str> = delta.assign.iter().map(|(_, role)| model.roles.name(*role)).collect();
                ctx.event(Stream::Access, "access.changed").target(&id, name).about(id).after(json!({
                    "roles_gained": roles,
                    "roles_ended": delta.end.len(),
                    "roles_in_grace": delta.grace.len(),
                    "entitlements_gained": delta.gain.len() + delta.explain.len(),
                    "removals_owed": delta.lose.len(),
                }))
            })
            .collect())
    }
}
