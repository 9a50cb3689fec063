//! `import people`: a full snapshot, compared with what is recorded, planned and applied.

use std::io::{Read, copy, sink};

use chrono::NaiveDate;
use tenure_domain::access::{Authorized, Portal, Relation, actions};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::id::{Id as _, ImportId};
use tenure_domain::people::{Allowed, PeoplePlan, Policy, Recorded, Snapshot, plan_people};
use tenure_store::Tx;
use tenure_store::imports::Source;

use super::apply::{Delivery, apply};
use super::csv::read_people;
use super::digest::Digesting;
use super::mapping::Mapping;
use super::summary::PeopleSummary;
use crate::transient::ImportStep;
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
    let plan = plan(&recorded(&mut tx, source.as_ref()).await?, &snapshot, options);
    let summary = PeopleSummary::of(&plan, true);
    Ok((plan, summary))
}

/// Reads a file, computes its plan and applies it in one transaction.
///
/// # Errors
/// [`ServiceError::File`] when rows cannot be taken, [`ServiceError::Limit`] when it would change
/// more than the limits allow, [`ServiceError::Conflict`] when the plan is not the expected one or
/// somebody was changed meanwhile, [`ServiceError::Refused`] when a newer snapshot was applied
/// before. Nothing is changed then.
pub async fn import_people(ctx: &Ctx, options: &ImportOptions, file: impl Read + Send) -> Result<PeopleSummary, ServiceError> {
    // Whoever may not import is told so before a byte of the file is read.
    let admitted = admit(ctx, &options.source).await?;
    let mut file = Digesting::new(file);
    let snapshot = read(&mut file, &options.mapping)?;
    copy(&mut file, &mut sink()).map_err(|e| ServiceError::Refused(format!("the file cannot be read to its end: {e}")))?;
    take_in(ctx, options, admitted, &snapshot, Origin::File { digest: file.digest() }).await
}

/// Where the snapshot of an import comes from.
pub(super) enum Origin {
    /// An import that waits in the database.
    Staged(ImportId),
    /// A file that was read just now.
    File {
        /// Its SHA-256 in hex.
        digest: String,
    },
}

impl Origin {
    /// The import that waits; None for a file.
    pub(super) const fn staged(&self) -> Option<ImportId> {
        match self {
            Self::Staged(id) => Some(*id),
            Self::File { .. } => None,
        }
    }
}

/// The source of an import, and the right to import from it.
pub(super) struct Admitted {
    source: Source,
    proof: Authorized<actions::ImportPeople>,
    /// A source that is not known yet is recorded with its first import.
    created: Option<(Authorized<actions::ManageSources>, AuditEvent)>,
}

#[cfg(test)]
impl Admitted {
    pub(super) fn source(&self) -> &Source {
        &self.source
    }
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
    if source.provisioner_id.is_some() {
        // A file would end everybody whom it does not list.
        return Err(ServiceError::Refused(format!(
            "{} is told over SCIM and takes no files: give this file's source another name",
            source.name
        )));
    }
    Ok(Admitted { source, proof, created })
}

/// Plans, checks and applies a snapshot in one transaction; a source that is not known yet is
/// recorded in it too, so that a refused import leaves nothing behind.
pub(super) async fn take_in(
    ctx: &Ctx,
    options: &ImportOptions,
    admitted: Admitted,
    snapshot: &Snapshot,
    origin: Origin,
) -> Result<PeopleSummary, ServiceError> {
    let Admitted { mut source, proof, created } = admitted;
    ctx.app.transient.applying.step(origin.staged(), ImportStep::Comparing);
    let mut tx = ctx.app.store.write().await?;
    tx.hold_model().await?;
    if let Some((proof, _)) = &created {
        tx.insert_source(proof, &source).await?;
    }
    tx.lock_source(&proof, source.id).await?;
    // What was read before the lock may be older than an import that ended in between.
    if let Some(now) = tx.source_by_name(&source.name).await? {
        source = now;
    }
    if let Some(newer) = newer(&source, options).filter(|_| !options.allowed.older) {
        return Err(ServiceError::Refused(format!(
            "the last snapshot of {} was of {newer}, and this one is of {}: an older one would undo what came after; nothing was changed. \
             If that is what you want, allow it with --allow-older",
            source.name, options.as_of
        )));
    }
    let recorded = recorded(&mut tx, Some(&source)).await?;
    let plan = plan(&recorded, snapshot, options);
    check(ctx, &plan, options)?;
    let events = apply(ctx, &proof, &mut tx, Delivery { source: &source, snapshot, options, origin }, recorded, &plan).await?;
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

/// The day of the snapshot that was applied last, if it is later than that of an import.
pub(super) fn newer(source: &Source, options: &ImportOptions) -> Option<NaiveDate> {
    source.last_as_of.filter(|last| *last > options.as_of)
}

/// What is recorded of a source.
pub(super) async fn recorded(tx: &mut Tx, source: Option<&Source>) -> Result<Recorded, ServiceError> {
    Ok(match source {
        Some(source) => Recorded {
            identities: tx.identities_of_source(source.id).await?,
            last_days: tx.last_days_of_source(source.id).await?,
            taken: tx.user_names_outside(source.id).await?,
        },
        None => Recorded {
            taken: tx.user_names_outside(tenure_domain::id::SourceId::from_uuid(uuid::Uuid::nil())).await?,
            ..Recorded::default()
        },
    })
}

pub(super) fn plan(recorded: &Recorded, snapshot: &Snapshot, options: &ImportOptions) -> PeoplePlan {
    let policy = Policy {
        mover_attributes: options.mapping.mover_attributes.clone(),
        as_of: options.as_of,
        default_time_zone: options.mapping.default_time_zone.clone(),
    };
    plan_people(snapshot, recorded, &policy)
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
    let exceeded = ctx.app.settings.limits.check(plan.impact(), options.allowed);
    if exceeded.is_empty() { Ok(()) } else { Err(ServiceError::Limit(exceeded)) }
}

fn new_source(ctx: &Ctx, name: &str) -> Result<Source, ServiceError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.contains(char::is_control) {
        return Err(ServiceError::field("source", "give the source a name of 1 to 100 characters"));
    }
    Ok(Source::new(ctx.id(), name, ctx.now))
}
