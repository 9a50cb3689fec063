//! `import people`: a full snapshot, compared with what is recorded, planned and applied.

use std::io::Read;

use chrono::NaiveDate;
use tenure_domain::access::{Authorized, Portal, Relation, actions};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::id::ImportId;
use tenure_domain::people::{Allowed, Change, PeoplePlan, Policy, Snapshot, plan_people};
use tenure_store::Tx;
use tenure_store::imports::Source;

use super::apply::apply;
use super::csv::read_people;
use super::mapping::Mapping;
use super::summary::PeopleSummary;
use crate::{Ctx, ServiceError};

/// How an import is to be made.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The source's name.
    pub source: String,
    /// What the file was called.
    pub file_name: String,
    /// The plan's today.
    pub as_of: NaiveDate,
    /// How the columns are read.
    pub mapping: Mapping,
    /// What a person allowed beyond the limits.
    pub allowed: Allowed,
    /// Take the rows that can be taken although others cannot. Whoever's row cannot be taken stays
    /// as it is.
    pub accept_rejected: bool,
    /// The hash of the plan that a person saw; another plan is refused.
    pub expected_plan: Option<String>,
}

/// Reads a file, computes its plan and shows it. Nothing is changed.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::File`] when the file itself cannot be read.
pub async fn preview_people(
    ctx: &Ctx,
    options: &ImportOptions,
    file: impl Read + Send,
) -> Result<(PeoplePlan, PeopleSummary), ServiceError> {
    ctx.authorize::<actions::ViewImports, _>(&Portal).await?;
    let snapshot = read(file, &options.mapping)?;
    let mut tx = ctx.app.store.read().await?;
    let source = tx.source_by_name(&options.source).await?;
    let plan = plan(&mut tx, source.as_ref(), &snapshot, options).await?;
    let summary = PeopleSummary::of(&plan, true);
    Ok((plan, summary))
}

/// Reads a file, computes its plan and applies it in one transaction.
///
/// # Errors
/// [`ServiceError::File`] when rows cannot be taken, [`ServiceError::Limit`] when it would change
/// more than the limits allow, [`ServiceError::Conflict`] when the plan is not the expected one.
/// Nothing is changed then.
pub async fn import_people(ctx: &Ctx, options: &ImportOptions, file: impl Read + Send) -> Result<PeopleSummary, ServiceError> {
    // Whoever may not import is told so before a byte of the file is read.
    let admitted = admit(ctx, &options.source).await?;
    let snapshot = read(file, &options.mapping)?;
    take_in(ctx, options, admitted, &snapshot, None).await
}

/// The source of an import, and the right to import from it.
pub(super) struct Admitted {
    source: Source,
    proof: Authorized<actions::ImportPeople>,
    /// A source that is not known yet is recorded with its first import.
    created: Option<(Authorized<actions::ManageSources>, AuditEvent)>,
}

/// Whether an import from this source is allowed at all.
pub(super) async fn admit(ctx: &Ctx, source: &str) -> Result<Admitted, ServiceError> {
    let known = ctx.app.store.read().await?.source_by_name(source).await?;
    let (source, created) = match known {
        Some(source) => (source, None),
        None => {
            let source = new_source(ctx, source)?;
            let proof = ctx.authorize::<actions::ManageSources, _>(&Portal).await?;
            let event = ctx.event(Stream::System, "source.created").target(&source.id, source.name.as_str());
            (source, Some((proof, event)))
        }
    };
    let proof = ctx.authorize::<actions::ImportPeople, _>(&(source.id, Relation::None)).await?;
    Ok(Admitted { source, proof, created })
}

/// Plans, checks and applies a snapshot in one transaction; a source that is not known yet is
/// recorded in it too, so that a refused import leaves nothing behind.
pub(super) async fn take_in(
    ctx: &Ctx,
    options: &ImportOptions,
    admitted: Admitted,
    snapshot: &Snapshot,
    staged: Option<ImportId>,
) -> Result<PeopleSummary, ServiceError> {
    let Admitted { source, proof, created } = admitted;
    let mut tx = ctx.app.store.write().await?;
    tx.hold_model().await?;
    if let Some((proof, _)) = &created {
        tx.insert_source(proof, &source).await?;
    }
    tx.lock_source(&proof, source.id).await?;
    let plan = plan(&mut tx, Some(&source), snapshot, options).await?;
    check(ctx, &plan, options)?;
    let events = apply(ctx, &proof, &mut tx, &source, snapshot, &plan, options, staged).await?;
    if let Some(mut events) = events {
        events.extend(created.map(|(_, event)| event));
        tx.commit(events).await?;
    }
    Ok(PeopleSummary::of(&plan, false))
}

pub(super) fn read(file: impl Read, mapping: &Mapping) -> Result<Snapshot, ServiceError> {
    let faults = mapping.check();
    if !faults.is_empty() {
        return Err(ServiceError::Refused(format!("the mapping of the source has faults: {}", faults.join("; "))));
    }
    read_people(file, mapping).map_err(|fault| ServiceError::File(vec![fault]))
}

pub(super) async fn plan(
    tx: &mut Tx,
    source: Option<&Source>,
    snapshot: &Snapshot,
    options: &ImportOptions,
) -> Result<PeoplePlan, ServiceError> {
    let (recorded, taken) = match source {
        Some(source) => (tx.identities_of_source(source.id).await?, tx.user_names_outside(source.id).await?),
        None => (Vec::new(), tx.user_names_outside(tenure_domain::id::Id::from_uuid(uuid::Uuid::nil())).await?),
    };
    let policy = Policy {
        mover_attributes: options.mapping.mover_attributes.clone(),
        as_of: options.as_of,
        default_time_zone: options.mapping.default_time_zone.clone(),
    };
    Ok(plan_people(snapshot, &recorded, &taken, &policy))
}

pub(super) fn check(ctx: &Ctx, plan: &PeoplePlan, options: &ImportOptions) -> Result<(), ServiceError> {
    if !plan.rejected.is_empty() && !options.accept_rejected {
        return Err(ServiceError::File(plan.rejected.clone()));
    }
    if options.expected_plan.as_ref().is_some_and(|expected| *expected != plan.hash()) {
        return Err(ServiceError::Conflict(
            "the records changed since this plan was shown; nothing was changed. Look at the new plan".to_owned(),
        ));
    }
    let changes = plan.count(Change::Mover) + plan.count(Change::Changed);
    let exceeded = ctx.app.settings.limits.check(plan.live_before, plan.count(Change::Leaver), changes, options.allowed);
    if exceeded.is_empty() { Ok(()) } else { Err(ServiceError::Limit(exceeded)) }
}

fn new_source(ctx: &Ctx, name: &str) -> Result<Source, ServiceError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(ServiceError::field("source", "give the source a name of 1 to 100 characters"));
    }
    Ok(Source { id: ctx.id(), name: name.to_owned(), last_as_of: None, last_import_at: None, version: 1, created_at: ctx.now })
}
