//! Applying a plan: everything in the one transaction that it is given.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::json;
use tenure_domain::access::{Authorized, actions};
use tenure_domain::audit::{AuditEvent, Events, Stream};
use tenure_domain::fold::fold;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{Attribute, Identity, IdentityKind, LifecycleState};
use tenure_domain::people::{Change, PeoplePlan, PersonRow, Planned, Recorded, Snapshot};
use tenure_store::WriteTx;
use tenure_store::identities::Employment;
use tenure_store::imports::{ImportRow, Source};

use super::import_people::{ImportOptions, Origin};
use super::record::{employment, happened};
use super::summary::PeopleSummary;
use crate::access::recompute_many;
use crate::identities::end_in;
use crate::targets::{accounts_follow, attributes_follow};
use crate::transient::ImportStep;
use crate::{Ctx, ServiceError};

/// A snapshot on its way in.
pub(super) struct Delivery<'a> {
    pub(super) source: &'a Source,
    pub(super) snapshot: &'a Snapshot,
    pub(super) options: &'a ImportOptions,
    pub(super) origin: Origin,
}

/// Writes what the plan says, and closes the staged import if there is one. None when it says that nothing changes: then nothing is written.
///
/// `recorded` is what the plan was computed from: whoever was changed since has another version, and
/// the write is refused instead of undoing that change.
pub(super) async fn apply(
    ctx: &Ctx,
    proof: &Authorized<actions::ImportPeople>,
    tx: &mut WriteTx,
    delivery: Delivery<'_>,
    recorded: Recorded,
    plan: &PeoplePlan,
) -> Result<Option<Events>, ServiceError> {
    let Delivery { source, snapshot, options, origin } = delivery;
    // All that are to change, in the one order in which everybody locks: a file has an order of its own.
    let planned: Vec<IdentityId> =
        plan.planned.iter().filter_map(|p| p.identity_id).chain(plan.presence.iter().map(|(id, _)| *id)).collect();
    tx.lock_identities(&planned).await?;
    for listed in [true, false] {
        let ids: Vec<IdentityId> = plan.presence.iter().filter(|(_, present)| *present == listed).map(|(id, _)| *id).collect();
        tx.mark_presence(proof, &ids, listed).await?;
    }
    if matches!(origin, Origin::File { .. }) && plan.is_empty() && plan.presence.is_empty() && source.last_as_of == Some(options.as_of) {
        return Ok(None);
    }

    let step = |step| ctx.app.transient.applying.step(origin.staged(), step);
    step(ImportStep::Writing);
    let listed = in_order(plan, snapshot);
    let writer = Writer::new(ctx, source, snapshot, &listed, options, recorded);
    let mut rows = Vec::new();
    let mut last_words = Vec::new();
    let mut employments = Vec::new();
    let mut events = Vec::new();
    let mut back = Vec::new();
    for planned in listed {
        let (identity, employment, event) = writer.record(planned);
        if planned.change == Change::Rehire && identity.state.may_act() {
            back.push(identity.id);
        }
        if planned.change == Change::Leaver {
            last_words.push(identity);
        } else {
            rows.push(identity);
        }
        employments.extend(employment);
        events.extend(event);
    }
    tx.put_identities(proof, &rows).await?;
    // What the file says of those who end now, their last day above all.
    tx.put_identities(proof, &last_words).await?;
    tx.insert_employments(proof, &employments).await?;

    step(ImportStep::Ending);
    let leavers: Vec<&Planned> = plan.planned.iter().filter(|p| p.change == Change::Leaver).collect();
    let ids: Vec<IdentityId> = leavers.iter().filter_map(|p| p.identity_id).collect();
    // Only who is no longer listed can come back by being listed again.
    let gone: Vec<IdentityId> = leavers.iter().filter(|p| p.row.is_none()).filter_map(|p| p.identity_id).collect();
    tx.mark_presence(proof, &gone, false).await?;
    if !ids.is_empty() {
        let reason = if gone.len() == ids.len() {
            format!("no longer listed by {} on {}", source.name, options.as_of)
        } else {
            format!("left by {} as of {}", source.name, options.as_of)
        };
        events.extend(end_in(ctx, proof, tx, &ids, options.as_of, &reason).await?);
    }
    // Written now: of a great import they need not all be kept until it commits.
    tx.append(&events).await?;
    drop(events);
    step(ImportStep::Access);
    // Of those who were recorded before, each has a later version now.
    recompute_many(ctx, proof, tx, &rows, |identity| identity.version == 1).await?;
    accounts_follow(ctx, proof, tx, &back, true).await?;
    let changed: Vec<IdentityId> = rows.iter().map(|i| i.id).collect();
    attributes_follow(ctx, proof, tx, &changed).await?;

    step(ImportStep::Closing);
    let summary = json!(PeopleSummary::of(plan, false));
    tx.note_import(proof, source.id, options.as_of, ctx.now).await?;
    let id = match origin {
        Origin::Staged(id) => {
            tx.finish_import(proof, id, "applied", &summary, ctx.now).await?;
            id
        }
        Origin::File { digest } => {
            let import = ImportRow {
                id: ctx.id(),
                kind: "people".to_owned(),
                source_name: source.name.clone(),
                file_name: options.file_name.clone(),
                digest,
                as_of: options.as_of,
                state: "applied".to_owned(),
                mapping: json!(options.mapping),
                summary: summary.clone(),
                actor: ctx.principal.label.clone(),
                created_at: ctx.now,
                applied_at: Some(ctx.now),
            };
            tx.insert_import(proof, &import, None).await?;
            import.id
        }
    };
    let mut after = summary;
    after["source"] = json!(source.name);
    after["as_of"] = json!(options.as_of);
    let applied = ctx.event(Stream::System, "import.applied").target(&id, options.file_name.as_str()).after(after);
    Ok(Some(Events::one(applied)))
}

/// Who is planned with a row: the recorded ones as the file has them, then the joiners by name. What
/// is written in the order of the indexes that lists are sorted by is written much more quickly.
fn in_order<'a>(plan: &'a PeoplePlan, snapshot: &Snapshot) -> Vec<&'a Planned> {
    let mut listed: Vec<&Planned> = plan.planned.iter().filter(|p| p.row.is_some()).collect();
    listed.sort_by_cached_key(|p| {
        let name = |index: usize| snapshot.rows.get(index).map(|row| fold(&row.display_name));
        (p.change == Change::Joiner).then(|| p.row.and_then(name).unwrap_or_default())
    });
    listed
}

/// Makes records of rows.
struct Writer<'a> {
    ctx: &'a Ctx,
    source: &'a Source,
    snapshot: &'a Snapshot,
    options: &'a ImportOptions,
    /// What the plan was computed from, but for the identities.
    records: Recorded,
    /// The recorded identities that change, by key.
    recorded: HashMap<IdentityId, Identity>,
    /// Everybody's key by key in the source, those included who join by this snapshot.
    by_employee_id: HashMap<String, IdentityId>,
}

impl<'a> Writer<'a> {
    fn new(
        ctx: &'a Ctx,
        source: &'a Source,
        snapshot: &'a Snapshot,
        listed: &[&Planned],
        options: &'a ImportOptions,
        mut records: Recorded,
    ) -> Self {
        let mut by_employee_id = HashMap::with_capacity(snapshot.rows.len());
        let mut recorded = HashMap::new();
        let changing: HashSet<IdentityId> = listed.iter().filter_map(|p| p.identity_id).collect();
        for identity in std::mem::take(&mut records.identities) {
            if let Some(key) = &identity.employee_id {
                by_employee_id.insert(key.clone(), identity.id);
            }
            if changing.contains(&identity.id) {
                recorded.insert(identity.id, identity);
            }
        }
        for planned in listed.iter().filter(|p| p.change == Change::Joiner) {
            by_employee_id.insert(planned.employee_id.clone(), ctx.id());
        }
        Self { ctx, source, snapshot, options, records, recorded, by_employee_id }
    }

    fn record(&self, planned: &Planned) -> (Identity, Option<Employment>, Option<AuditEvent>) {
        // Only planned people with a row come here; a row is a place in the same snapshot.
        let row = planned.row.and_then(|index| self.snapshot.rows.get(index)).cloned().unwrap_or_default();
        let before = planned.identity_id.and_then(|id| self.recorded.get(&id));
        let identity = self.identity(&row, planned, before);
        let last_day = before.and_then(|b| self.records.last_day(b));
        let employment = employment(self.ctx, planned.change, &identity, last_day, self.options.as_of);
        let event = happened(self.ctx, planned.change, before, &identity, &planned.fields, &self.source.name);
        (identity, employment, event)
    }

    fn identity(&self, row: &PersonRow, planned: &Planned, before: Option<&Identity>) -> Identity {
        let now = self.ctx.now;
        let mut attributes: BTreeMap<String, Attribute> = before.map(|b| b.attributes.clone()).unwrap_or_default();
        for (name, value) in &row.attributes {
            attributes.insert(name.clone(), Attribute { value: value.clone(), source: self.source.name.clone() });
        }
        let id = before.map(|b| b.id).or_else(|| self.by_employee_id.get(&row.employee_id).copied()).unwrap_or_else(|| self.ctx.id());
        Identity {
            id,
            kind: IdentityKind::Person,
            // Only the one way to end ends.
            state: before.filter(|_| planned.change == Change::Leaver).map_or(planned.state, |b| b.state),
            user_name: row.user_name.clone(),
            employee_id: Some(row.employee_id.clone()),
            source_id: Some(self.source.id),
            display_name: row.display_name.clone(),
            given_name: row.given_name.clone(),
            family_name: row.family_name.clone(),
            email: row.email.clone(),
            department: row.department.clone(),
            title: row.title.clone(),
            purpose: String::new(),
            manager_id: self.by_employee_id.get(&row.manager).copied(),
            owner_id: None,
            persona_of: before.and_then(|b| b.persona_of),
            time_zone: if row.time_zone.is_empty() { self.options.mapping.default_time_zone.clone() } else { row.time_zone.clone() },
            start_on: row.start_on,
            end_on: row.end_on,
            source_present: true,
            epoch: before.map_or(0, |b| b.epoch),
            attributes,
            version: before.map_or(1, |b| b.version + 1),
            created_at: before.map_or(now, |b| b.created_at),
            updated_at: now,
            ended_at: if planned.state == LifecycleState::Terminated { before.and_then(|b| b.ended_at) } else { None },
        }
    }
}
