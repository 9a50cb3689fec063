//! Making what identities hold equal to what roles and rules say. In bulk: a fixed number of
//! statements, however many identities.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde_json::json;
use tenure_domain::access::{May, change};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::grant::{AssignmentReason, GrantState};
use tenure_domain::id::{ApplicationId, AssignmentId, EntitlementId, GrantId, Id, IdentityId, RoleId};
use tenure_domain::identity::Identity;
use tenure_domain::operation::{OperationKind, OperationState};
use tenure_domain::role::{AccessDelta, AccessModel, HeldAccess, recompute};
use tenure_domain::rule::matches;
use tenure_store::WriteTx;
use tenure_store::access::{NewAssignment, NewGrant};
use tenure_store::operations::OperationRow;

use super::known_model::{Known, known_model};
use super::picture::Picture;
use crate::ids::new_id;
use crate::{Ctx, ServiceError};

/// Recomputes some identities; yields an event for each whose access changed.
///
/// They must have been locked, or written, in this transaction before they were read, and the model
/// held ([`WriteTx::hold_model`]) before that: what somebody else gives or takes at the same moment
/// would not be seen.
pub(crate) async fn recompute_identities(
    ctx: &Ctx,
    proof: &(impl May<change::WriteAccess> + Sync),
    tx: &mut WriteTx,
    identities: &[Identity],
) -> Result<Vec<AuditEvent>, ServiceError> {
    if identities.is_empty() {
        return Ok(Vec::new());
    }
    // Held already by whoever did as is said above; this makes sure that it is.
    let model = known_model(ctx, tx).await?;
    recompute_piece(ctx, proof, tx, &model, identities, |_| false).await
}

/// As [`recompute_identities`], for one whom somebody described anew: where rules say the same of them as before, they
/// hold what they held.
pub(crate) async fn recompute_changed(
    ctx: &Ctx,
    proof: &(impl May<change::WriteAccess> + Sync),
    tx: &mut WriteTx,
    was: &Identity,
    is: &Identity,
) -> Result<Vec<AuditEvent>, ServiceError> {
    let model = known_model(ctx, tx).await?;
    if was.state == is.state && model.rules.iter().all(|rule| matches(&rule.expression, was) == matches(&rule.expression, is)) {
        return Ok(Vec::new());
    }
    recompute_piece(ctx, proof, tx, &model, std::slice::from_ref(is), |_| false).await
}

/// As [`recompute_identities`], for one whom this transaction has just made: they hold nothing yet. Yields the roles that
/// they have now, too, as SCIM shows them.
pub(crate) async fn recompute_new(
    ctx: &Ctx,
    proof: &(impl May<change::WriteAccess> + Sync),
    tx: &mut WriteTx,
    identity: &Identity,
) -> Result<(Vec<AuditEvent>, Vec<(RoleId, String)>), ServiceError> {
    let model = known_model(ctx, tx).await?;
    let identities = std::slice::from_ref(identity);
    let changes = differences(ctx, &model, identities, &HashMap::new());
    let groups = model.as_groups(changes.iter().flat_map(|(_, delta)| &delta.assign).map(|(_, role)| *role));
    let events = recompute_piece(ctx, proof, tx, &model, identities, |_| true).await?;
    Ok((events, groups))
}

/// As [`recompute_identities`], for many, some of which may have been made just now: the events are written piece
/// by piece.
pub(crate) async fn recompute_many(
    ctx: &Ctx,
    proof: &(impl May<change::WriteAccess> + Sync),
    tx: &mut WriteTx,
    identities: &[Identity],
    is_new: impl Fn(&Identity) -> bool + Copy,
) -> Result<(), ServiceError> {
    let model = known_model(ctx, tx).await?;
    for piece in identities.chunks(PIECE) {
        let events = recompute_piece(ctx, proof, tx, &model, piece, is_new).await?;
        tx.append(&events).await?;
    }
    Ok(())
}

async fn recompute_piece(
    ctx: &Ctx,
    proof: &(impl May<change::WriteAccess> + Sync),
    tx: &mut WriteTx,
    model: &Known,
    identities: &[Identity],
    is_new: impl Fn(&Identity) -> bool,
) -> Result<Vec<AuditEvent>, ServiceError> {
    let ids: Vec<IdentityId> = identities.iter().filter(|i| !is_new(i)).map(|i| i.id).collect();
    let held = tx.held_by(&ids).await?;
    let changes = differences(ctx, model, identities, &held);
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let catalogue = Catalogue::of(tx, &changes, &held).await?;
    let new = changes.iter().map(|(identity, _)| *identity).filter(|i| is_new(i)).map(|i| i.id).collect();
    Writes { new, ..Writes::of(ctx, &catalogue, changes, &held) }.write(ctx, proof, tx, model, &held).await
}

/// How many identities are worked on at a time, so that memory stays small.
const PIECE: usize = 2000;

/// What a run over everybody did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Recomputed {
    /// Identities that were looked at.
    pub examined: usize,
    /// Identities whose access changed.
    pub changed: usize,
}

/// Recomputes everybody inside a transaction, in pieces so that memory stays small: the events are
/// written piece by piece too. An event that tells why must have been made before, so that its key is
/// the earlier one.
///
/// # Errors
/// When the database fails.
pub(crate) async fn recompute_everybody(
    ctx: &Ctx,
    proof: &(impl May<change::WriteAccess> + Sync),
    tx: &mut WriteTx,
) -> Result<Recomputed, ServiceError> {
    let model = known_model(ctx, tx).await?;
    let mut done = Recomputed::default();
    let mut after = None;
    loop {
        let identities = tx.identities_after(after, PIECE as i64).await?;
        let (Some(first), Some(last)) = (identities.first(), identities.last()) else { break };
        let (first, last) = (first.id, last.id);
        let held = tx.held_between(first, last).await?;
        let changing: Vec<IdentityId> = differences(ctx, &model, &identities, &held).iter().map(|(identity, _)| identity.id).collect();
        done.examined += identities.len();
        after = Some(last);
        if changing.is_empty() {
            continue;
        }
        // Only who changes is locked, and then read again: who ended in between gains nothing.
        tx.lock_identities(&changing).await?;
        let mut identities = tx.identities(&changing).await?;
        identities.sort_unstable_by_key(|i| i.id);
        let events = recompute_piece(ctx, proof, tx, &model, &identities, |_| false).await?;
        done.changed += events.len();
        tx.append(&events).await?;
    }
    Ok(done)
}

/// Recomputes everybody: after a restore, or to be sure.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn recompute_all(ctx: &Ctx) -> Result<Recomputed, ServiceError> {
    let proof = ctx.authorize::<tenure_domain::access::actions::RunSchedule, _>(&tenure_domain::access::Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    let event = ctx.event(Stream::Access, "access.recomputed");
    let done = recompute_everybody(ctx, &proof, &mut tx).await?;
    if done.changed > 0 {
        tx.commit(event.after(json!(done))).await?;
    }
    Ok(done)
}

/// Where the entitlements are that change hands, and whether Tenure reaches it.
struct Catalogue {
    applications: HashMap<EntitlementId, ApplicationId>,
    reached: HashSet<ApplicationId>,
}

impl Catalogue {
    async fn of(
        tx: &mut WriteTx,
        changes: &[(&Identity, AccessDelta)],
        held: &HashMap<IdentityId, HeldAccess>,
    ) -> Result<Self, ServiceError> {
        let mut ids: HashSet<EntitlementId> = HashSet::new();
        for (identity, delta) in changes {
            ids.extend(&delta.gain);
            ids.extend(delta.lose.iter().map(|grant| grant.entitlement_id));
            let held = held.get(&identity.id).into_iter().flat_map(|held| &held.grants);
            ids.extend(held.filter(|grant| delta.explain.contains(&grant.id)).map(|grant| grant.entitlement_id));
        }
        let reached: HashSet<_> = tx.reached_applications().await?.into_iter().collect();
        if reached.is_empty() && changes.iter().all(|(_, delta)| delta.lose.is_empty()) {
            // Nothing will be owed.
            return Ok(Self { applications: HashMap::new(), reached });
        }
        let applications = tx.applications_of_entitlements(&ids.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self { applications, reached })
    }

    fn is_reached(&self, entitlement: &EntitlementId) -> bool {
        self.applications.get(entitlement).is_some_and(|application| self.reached.contains(application))
    }
}

/// Whose access is to change, and how.
fn differences<'i>(
    ctx: &Ctx,
    model: &AccessModel,
    identities: &'i [Identity],
    held: &HashMap<IdentityId, HeldAccess>,
) -> Vec<(&'i Identity, AccessDelta)> {
    let nothing = HeldAccess::default();
    let live = identities.iter().filter(|i| !i.state.has_ended());
    let changes = live.map(|i| (i, recompute(model, i, held.get(&i.id).unwrap_or(&nothing), ctx.now)));
    changes.filter(|(_, delta)| !delta.is_empty()).collect()
}

/// The rows to write for many identities.
#[derive(Default)]
struct Writes {
    /// Who was made in this transaction.
    new: HashSet<IdentityId>,
    assign: Vec<NewAssignment>,
    restore: Vec<AssignmentId>,
    grace: HashMap<DateTime<Utc>, Vec<AssignmentId>>,
    end: Vec<AssignmentId>,
    gain: Vec<NewGrant>,
    explain: Vec<GrantId>,
    lose: Vec<GrantId>,
    operations: Vec<OperationRow>,
    /// Who gains something on a target that Tenure reaches.
    gainers: Vec<IdentityId>,
    /// Who loses something there.
    losers: Vec<IdentityId>,
    deltas: Vec<(IdentityId, String, AccessDelta)>,
}

impl Writes {
    fn of(ctx: &Ctx, catalogue: &Catalogue, changes: Vec<(&Identity, AccessDelta)>, held: &HashMap<IdentityId, HeldAccess>) -> Self {
        let mut writes = Self::default();
        for (identity, delta) in changes {
            writes.add(ctx, catalogue, identity, held.get(&identity.id), delta);
        }
        writes
    }

    fn add(&mut self, ctx: &Ctx, catalogue: &Catalogue, identity: &Identity, held: Option<&HeldAccess>, delta: AccessDelta) {
        let now = ctx.now;
        let owed = |kind, entitlement: &EntitlementId, grant| {
            let application = catalogue.applications.get(entitlement).copied();
            OperationRow { grant_id: Some(grant), ..OperationRow::owed(ctx.id(), kind, application, Some(identity.id), now) }
        };
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
        for entitlement in &delta.gain {
            let id = ctx.id();
            self.gain.push(NewGrant {
                id,
                identity_id: identity.id,
                entitlement_id: *entitlement,
                state: GrantState::Held,
                since: now,
                observed_at: None,
            });
            if catalogue.is_reached(entitlement) {
                self.operations.push(owed(OperationKind::AddEntitlement, entitlement, id));
                self.gainers.push(identity.id);
            }
        }
        self.explain.extend(&delta.explain);
        // What was on its way out is given again; what was found there is there.
        let leaving = held.into_iter().flat_map(|h| &h.grants).filter(|g| g.state == GrantState::RemovalOwed);
        for grant in leaving.filter(|g| delta.explain.contains(&g.id) && catalogue.is_reached(&g.entitlement_id)) {
            self.operations.push(owed(OperationKind::AddEntitlement, &grant.entitlement_id, grant.id));
        }
        if delta.lose.iter().any(|grant| catalogue.is_reached(&grant.entitlement_id)) {
            self.losers.push(identity.id);
        }
        for grant in &delta.lose {
            self.lose.push(grant.id);
            self.operations.push(owed(OperationKind::RemoveEntitlement, &grant.entitlement_id, grant.id));
        }
        self.deltas.push((identity.id, identity.display_name.clone(), delta));
    }

    async fn write(
        mut self,
        ctx: &Ctx,
        proof: &(impl May<change::WriteAccess> + Sync),
        tx: &mut WriteTx,
        model: &Known,
        held: &HashMap<IdentityId, HeldAccess>,
    ) -> Result<Vec<AuditEvent>, ServiceError> {
        tx.end_assignments(proof, &self.end, ctx.now).await?;
        tx.restore_assignments(proof, &self.restore).await?;
        for (until, ids) in &self.grace {
            tx.grace_assignments(proof, ids, *until).await?;
        }
        tx.insert_assignments(proof, &self.assign).await?;
        // Who was made just now has none that could be there already.
        let (first, more): (Vec<_>, Vec<_>) = std::mem::take(&mut self.gain).into_iter().partition(|g| self.new.contains(&g.identity_id));
        tx.insert_first_grants(proof, &first).await?;
        let known = tx.insert_grants(proof, &more).await?;
        for operation in &mut self.operations {
            operation.grant_id = operation.grant_id.map(|id| known.get(&id).copied().unwrap_or(id));
        }
        tx.set_grants(proof, &self.explain, GrantState::Held).await?;
        // What is wanted again is no longer to be removed.
        tx.settle_grant_operations(proof, &self.explain, OperationState::Superseded, ctx.now).await?;
        // What nobody has begun to give need not be taken away.
        let never_given: HashSet<GrantId> = tx.withdraw_grants(proof, &self.lose, ctx.now).await?.into_iter().collect();
        tx.set_grants(proof, &never_given.iter().copied().collect::<Vec<_>>(), GrantState::Removed).await?;
        self.lose.retain(|grant| !never_given.contains(grant));
        self.operations.retain(|o| o.grant_id.is_none_or(|grant| !never_given.contains(&grant)));
        tx.set_grants(proof, &self.lose, GrantState::RemovalOwed).await?;
        tx.withdraw_accounts(proof, &self.losers, ctx.now).await?;
        // What was still to be given is not.
        tx.settle_grant_operations(proof, &self.lose, OperationState::Superseded, ctx.now).await?;
        tx.insert_operations(proof, &self.operations).await?;
        let now = ctx.now;
        self.gainers.dedup();
        tx.owe_new_accounts(proof, &self.gainers, now, &move || new_id(now)).await?;
        let pictures: Vec<Picture> =
            self.deltas.into_iter().map(|(id, name, delta)| Picture::of(id, name, &delta, held.get(&id), model)).collect();
        let mut named: Vec<EntitlementId> = pictures.iter().flat_map(Picture::entitlements).collect();
        named.sort_unstable();
        named.dedup();
        let names = model.labels(tx, &named).await?;
        Ok(pictures.into_iter().map(|picture| picture.event(ctx, &names)).collect())
    }
}
