//! `import memberships`: what is really held on a target, compared with what is recorded. It is a
//! read-back too: a removal that is owed and no longer seen is verified.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Read;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenure_domain::access::{Portal, Relation, actions};
use tenure_domain::audit::{AuditEvent, Events, Stream};
use tenure_domain::grant::{GrantState, Risk};
use tenure_domain::id::{EntitlementId, GrantId, IdentityId};
use tenure_domain::operation::OperationState;
use tenure_domain::people::RejectedRow;
use tenure_store::access::{ApplicationRow, EntitlementRow, NewGrant};

use crate::list_imports::Seen;
use crate::people::csv::read_memberships;
use crate::{Ctx, ServiceError};

/// How memberships are to be taken in.
#[derive(Debug, Clone)]
pub struct MembershipOptions {
    /// The source whose people the file speaks of.
    pub source: String,
    /// The application (target) on which the memberships are.
    pub application: String,
    /// What the file was called.
    pub file_name: String,
    /// The day it was true.
    pub as_of: NaiveDate,
    /// Show only.
    pub dry_run: bool,
    /// Take the rows that can be taken although others cannot.
    pub accept_rejected: bool,
}

/// Counts of one import of memberships.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipSummary {
    /// Rows that were taken.
    pub rows: usize,
    /// Held, and a role explains it.
    pub explained: usize,
    /// Held, and no role explains it: a finding.
    pub out_of_band: usize,
    /// Of these, seen for the first time.
    pub newly_out_of_band: usize,
    /// Recorded as held, but not seen on the target.
    pub missing: usize,
    /// Removals that were owed and are now seen to be done.
    pub removals_verified: usize,
    /// Removals that are owed and not done.
    pub removals_open: usize,
    /// Out of band before, and gone by itself.
    pub vanished: usize,
    /// Entitlements that were not known before.
    pub new_entitlements: usize,
    /// Rows that were not taken.
    pub rejected: Vec<RejectedRow>,
    /// Whether it was only a preview.
    pub dry_run: bool,
}

/// Compares a full snapshot of memberships with what is recorded.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::File`] when rows cannot be taken. Nothing is changed
/// then.
pub async fn import_memberships(ctx: &Ctx, options: &MembershipOptions, file: impl Read + Send) -> Result<MembershipSummary, ServiceError> {
    import_staged(ctx, options, file, None).await
}

/// As [`import_memberships`], closing the staged import that the file comes from.
pub(crate) async fn import_staged(
    ctx: &Ctx,
    options: &MembershipOptions,
    file: impl Read + Send,
    staged: Option<Seen<'_>>,
) -> Result<MembershipSummary, ServiceError> {
    let snapshot = read_memberships(file).map_err(|fault| ServiceError::File(vec![fault]))?;
    // Checked before the transaction begins: a refusal writes its own row.
    let creator = ctx.authorize::<actions::ManageApplications, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    let source = tx.source_by_name(&options.source).await?.ok_or_else(|| {
        ServiceError::Refused(format!("no people were imported from a source called {} yet; import people first", options.source))
    })?;
    let people: HashMap<String, (IdentityId, String)> =
        tx.identities_of_source(source.id).await?.into_iter().filter_map(|i| Some((i.employee_id?, (i.id, i.display_name)))).collect();

    let application = match tx.application_by_name(&options.application).await? {
        Some(found) => found,
        None => {
            let row = ApplicationRow {
                id: ctx.id(),
                name: options.application.clone(),
                description: format!("Memberships from {}", options.file_name),
                owner_id: None,
                version: 1,
                created_at: ctx.now,
            };
            tx.insert_application(&creator, &row).await?;
            row
        }
    };
    let proof = tenure_domain::access::authorize::<actions::ImportMemberships, _>(&ctx.principal, &(application.id, Relation::None))?;
    let mut known: HashMap<String, EntitlementId> = tx.entitlements_of(application.id).await?.into_iter().map(|e| (e.name, e.id)).collect();

    let mut summary = MembershipSummary { rejected: snapshot.rejected.clone(), dry_run: options.dry_run, ..MembershipSummary::default() };
    let mut created = Vec::new();
    let mut real: HashSet<(IdentityId, EntitlementId)> = HashSet::with_capacity(snapshot.rows.len());
    for row in &snapshot.rows {
        let Some((identity, _)) = people.get(&row.employee_id) else {
            summary.rejected.push(RejectedRow {
                line: row.line,
                field: Some("employee_id".to_owned()),
                reason: format!("`{}` is not a person of {}; import people first, or correct the key", row.employee_id, source.name),
                employee_id: Some(row.employee_id.clone()),
            });
            continue;
        };
        let name = format!("{}:{}", row.team, row.role);
        let entitlement = *known.entry(name.clone()).or_insert_with(|| {
            let risk = if row.role == "lead" { Risk::Medium } else { Risk::Low };
            let e = EntitlementRow {
                id: ctx.id(),
                application_id: application.id,
                name,
                description: format!("{} of {}", row.role, row.team),
                risk,
                created_at: ctx.now,
            };
            let id = e.id;
            created.push(e);
            id
        });
        real.insert((*identity, entitlement));
        summary.rows += 1;
    }
    if !summary.rejected.is_empty() && !options.accept_rejected {
        return Err(ServiceError::File(summary.rejected));
    }
    summary.new_entitlements = created.len();
    tx.insert_entitlements(&creator, &created).await?;

    let ids: BTreeSet<IdentityId> = people.values().map(|(id, _)| *id).collect();
    let ids: Vec<IdentityId> = ids.into_iter().collect();
    let held = tx.held_by(&ids).await?;
    let of_application: HashSet<EntitlementId> = known.values().copied().collect();
    // A person whose row could not be taken is left as it is.
    let untouched: HashSet<IdentityId> =
        summary.rejected.iter().filter_map(|r| people.get(r.employee_id.as_deref()?)).map(|p| p.0).collect();

    let mut seen: Vec<GrantId> = Vec::new();
    let mut unseen: Vec<GrantId> = Vec::new();
    let mut gone: Vec<GrantId> = Vec::new();
    let mut verified: Vec<GrantId> = Vec::new();
    let mut recorded: HashSet<(IdentityId, EntitlementId)> = HashSet::new();
    let mut events: Vec<AuditEvent> = Vec::new();
    for id in ids.iter().filter(|id| !untouched.contains(id)) {
        let Some(access) = held.get(id) else { continue };
        for grant in access.grants.iter().filter(|g| of_application.contains(&g.entitlement_id)) {
            let pair = (*id, grant.entitlement_id);
            recorded.insert(pair);
            match (grant.state, real.contains(&pair)) {
                (GrantState::Held, true) => {
                    summary.explained += 1;
                    seen.push(grant.id);
                }
                (GrantState::Held, false) => {
                    summary.missing += 1;
                    unseen.push(grant.id);
                }
                (GrantState::OutOfBand, true) => {
                    summary.out_of_band += 1;
                    seen.push(grant.id);
                }
                (GrantState::OutOfBand, false) => {
                    summary.vanished += 1;
                    gone.push(grant.id);
                }
                (GrantState::RemovalOwed, true) => {
                    summary.removals_open += 1;
                    seen.push(grant.id);
                }
                (GrantState::RemovalOwed, false) => {
                    summary.removals_verified += 1;
                    verified.push(grant.id);
                }
                (GrantState::Removed, _) => {}
            }
        }
    }
    let mut found = Vec::new();
    let mut pairs: Vec<_> = real.iter().filter(|p| !recorded.contains(p) && !untouched.contains(&p.0)).copied().collect();
    pairs.sort_unstable();
    for (identity_id, entitlement_id) in pairs {
        summary.out_of_band += 1;
        summary.newly_out_of_band += 1;
        found.push(NewGrant {
            id: ctx.id(),
            identity_id,
            entitlement_id,
            state: GrantState::OutOfBand,
            since: ctx.now,
            observed_at: Some(ctx.now),
        });
    }
    if options.dry_run {
        return Ok(summary);
    }
    if let Some(staged) = staged {
        staged.finish(ctx, &proof, &mut tx, &summary).await?;
    }
    tx.insert_grants(&proof, &found).await?;
    tx.observe_grants(&proof, &seen, Some(ctx.now)).await?;
    tx.observe_grants(&proof, &unseen, None).await?;
    tx.set_grants(&proof, &gone, GrantState::Removed).await?;
    tx.set_grants(&proof, &verified, GrantState::Removed).await?;
    tx.settle_grant_operations(&proof, &verified, OperationState::Verified, ctx.now).await?;

    let by_identity = found.iter().fold(HashMap::<IdentityId, usize>::new(), |mut all, g| {
        *all.entry(g.identity_id).or_default() += 1;
        all
    });
    let names: HashMap<IdentityId, &str> = people.values().map(|(id, name)| (*id, name.as_str())).collect();
    let mut by_identity: Vec<_> = by_identity.into_iter().collect();
    by_identity.sort_unstable();
    for (id, n) in by_identity {
        events.push(
            ctx.event(Stream::Access, "access.found")
                .target(&id, names.get(&id).copied().unwrap_or_default())
                .about(id)
                .after(json!({ "application": application.name, "out_of_band": n })),
        );
    }
    let mut all = Events::one(ctx.event(Stream::Access, "memberships.imported").target(&application.id, application.name.as_str()).after(json!({
        "file": options.file_name, "as_of": options.as_of, "rows": summary.rows, "explained": summary.explained, "out_of_band": summary.out_of_band,
        "missing": summary.missing, "removals_verified": summary.removals_verified, "removals_open": summary.removals_open,
    })));
    all.extend(events);
    tx.commit(all).await?;
    Ok(summary)
}
