//! `import memberships`: what is really held on a target, compared with what is recorded. It is a
//! read-back too: a removal that is owed and no longer seen is verified.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenure_domain::access::{Portal, Relation, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::grant::Risk;
use tenure_domain::id::{EntitlementId, IdentityId};
use tenure_domain::identity::Identity;
use tenure_domain::people::RejectedRow;
use tenure_store::access::{ApplicationRow, EntitlementRow};

use super::look::{Look, moment_of};
use super::take_in::{Holder, take_in};
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
    /// The day it was true. Of an older day than today, it proves no removal that is owed since.
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
    /// Removals that are owed and not done: what is to go is still there.
    pub removals_open: usize,
    /// Of these, owed only now: seen on somebody who has ended, and nobody owed it before.
    #[serde(default)]
    pub newly_owed: usize,
    /// Removals that are owed and of which the list proves nothing: it is older than they are, or
    /// it has rows of which nobody knows whose they are.
    #[serde(default)]
    pub removals_unproven: usize,
    /// Out of band before, and gone by itself.
    pub vanished: usize,
    /// Entitlements that were not known before.
    pub new_entitlements: usize,
    /// Rows that were not taken.
    pub rejected: Vec<RejectedRow>,
    /// Whether it was only a preview.
    pub dry_run: bool,
}

impl MembershipSummary {
    /// Adds what another piece came to.
    pub(crate) fn add(&mut self, piece: &Self) {
        self.rows += piece.rows;
        self.explained += piece.explained;
        self.out_of_band += piece.out_of_band;
        self.newly_out_of_band += piece.newly_out_of_band;
        self.missing += piece.missing;
        self.removals_verified += piece.removals_verified;
        self.removals_open += piece.removals_open;
        self.newly_owed += piece.newly_owed;
        self.removals_unproven += piece.removals_unproven;
        self.vanished += piece.vanished;
    }
}

/// Compares a full snapshot of memberships with what is recorded.
///
/// What is not on the list is not there any more, but only as far as the list can know. It is taken
/// as of the moment its day began, or of now when that day is today: a removal owed later stays owed,
/// because the list may have been written before it. And when a row was rejected whose key cannot be
/// read, or more rows than are told, nothing counts as absent: it could be anybody's.
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
    let people: HashMap<String, Identity> =
        tx.identities_of_source(source.id).await?.into_iter().filter_map(|i| Some((i.employee_id.clone()?, i))).collect();

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
        let Some(person) = people.get(&row.employee_id) else {
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
                key: String::new(),
                created_at: ctx.now,
            };
            let id = e.id;
            created.push(e);
            id
        });
        real.insert((person.id, entitlement));
        summary.rows += 1;
    }
    if !summary.rejected.is_empty() && !options.accept_rejected {
        return Err(ServiceError::File(summary.rejected));
    }
    summary.new_entitlements = created.len();
    tx.insert_entitlements(&creator, &created).await?;

    // A person whose row could not be taken is left as it is.
    let untouched: HashSet<&str> = summary.rejected.iter().filter_map(|r| r.employee_id.as_deref()).collect();
    let looked_at = people.iter().filter(|(key, _)| !untouched.contains(key.as_str()));
    let look = Look {
        at: moment_of(options.as_of, ctx.now),
        real: &real,
        people: &looked_at.map(|(_, person)| (person.id, Holder::from(person))).collect(),
        is_whole: snapshot.rejected_more == 0 && summary.rejected.iter().all(|r| r.employee_id.is_some()),
        is_reading: false,
    };
    if options.dry_run {
        look.compare(&tx.grants_on_target(application.id).await?, &mut summary);
        return Ok(summary);
    }
    let taken = take_in(ctx, &proof, &mut tx, (application.id, &application.name), &look, &mut summary).await?;
    if let Some(staged) = staged {
        staged.finish(ctx, &proof, &mut tx, &summary).await?;
    }
    let mut all = Events::one(ctx.event(Stream::Access, "memberships.imported").target(&application.id, application.name.as_str()).after(json!({
        "file": options.file_name, "as_of": options.as_of, "rows": summary.rows, "explained": summary.explained, "out_of_band": summary.out_of_band,
        "missing": summary.missing, "removals_verified": summary.removals_verified, "removals_open": summary.removals_open,
        "newly_owed": summary.newly_owed, "removals_unproven": summary.removals_unproven,
    })));
    all.extend(taken.events);
    tx.commit(all).await?;
    Ok(summary)
}
