//! Events that somebody asks for, with what stands beside them on a page.

use std::collections::HashMap;

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, Utc};
use tenure_domain::access::{Portal, actions};
use tenure_domain::id::{EventId, Id, IdentityId};
use tenure_store::audit::{AuditFilter, AuditRow};
use tenure_store::identities::IdentityName;
use tenure_store::{Page, PageRequest, Tx};

use super::query::AuditQuery;
use crate::{Ctx, FieldError, ServiceError};

/// A page of events with the names that belong to them.
#[derive(Debug, Clone)]
pub struct AuditPage {
    /// The events, newest first.
    pub page: Page<AuditRow>,
    /// Names of those who acted and whom it concerned, by key.
    pub names: HashMap<IdentityId, IdentityName>,
}

/// How far the log is sealed. It is no proof: [`super::verify_audit`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealing {
    /// How many events have a number in the tree.
    pub sealed: i64,
    /// How many wait for theirs.
    pub unsealed: i64,
    /// When the newest checkpoint was signed.
    pub signed_at: Option<DateTime<Utc>>,
}

/// Finds events, newest first.
///
/// # Errors
/// [`ServiceError::Denied`]; [`ServiceError::Invalid`] for a name that nobody has.
pub async fn find_events(ctx: &Ctx, query: &AuditQuery, request: &PageRequest) -> Result<AuditPage, ServiceError> {
    ctx.authorize::<actions::ViewAudit, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let filter = resolve(&mut tx, query).await?;
    let page = tx.list_audit(&filter, request).await?;
    let ids: Vec<IdentityId> = page.rows.iter().filter_map(|r| r.identity_id).collect();
    Ok(AuditPage { names: tx.identity_names(&ids).await?, page })
}

/// How far the log is sealed.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn sealing(ctx: &Ctx) -> Result<Sealing, ServiceError> {
    ctx.authorize::<actions::ViewAudit, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let last = tx.last_checkpoint().await?;
    Ok(Sealing {
        sealed: last.as_ref().map_or(0, |c| c.tree_size),
        unsealed: tx.count_unsealed().await?,
        signed_at: last.and_then(|c| c.at.ok()),
    })
}

async fn resolve(tx: &mut Tx, query: &AuditQuery) -> Result<AuditFilter, ServiceError> {
    let mut faults = Vec::new();
    let actor_id = identity(tx, "actor", query.actor.as_deref(), &mut faults).await?;
    let identity_id = identity(tx, "about", query.about.as_deref(), &mut faults).await?;
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let first = |day: NaiveDate| within_the_years(day).and_time(NaiveTime::MIN).and_utc();
    let (from, to) = (query.from.map(first), query.to.and_then(|day| day.checked_add_days(Days::new(1))).map(first));
    // Nothing in the log has a NUL, and PostgreSQL takes none in a query.
    let text = |typed: &Option<String>| typed.as_deref().unwrap_or_default().replace('\0', "");
    Ok(AuditFilter {
        stream: query.stream,
        action: text(&query.action),
        actor_id,
        identity_id,
        request_id: text(&query.request),
        target_id: text(&query.target),
        outcome: query.outcome,
        from,
        to,
        // Keys carry the moment of their command, and events have it too.
        from_key: from.and_then(|at| at.checked_sub_signed(Duration::minutes(1))).map(first_key),
        to_key: to.and_then(|at| at.checked_add_signed(Duration::minutes(1))).map(first_key),
    })
}

/// The nearest day that both engines can compare with; no event lies outside.
fn within_the_years(day: NaiveDate) -> NaiveDate {
    let year = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    day.clamp(year(1, 1, 1), year(9999, 12, 31))
}

/// The smallest key of a moment.
fn first_key(at: DateTime<Utc>) -> EventId {
    let milliseconds = u128::try_from(at.timestamp_millis()).unwrap_or_default();
    EventId::from_uuid(uuid::Uuid::from_u128((milliseconds & 0xffff_ffff_ffff) << 80))
}

/// The identity of a key or user name.
async fn identity(tx: &mut Tx, key: &str, typed: Option<&str>, faults: &mut Vec<FieldError>) -> Result<Option<IdentityId>, ServiceError> {
    let Some(typed) = typed else { return Ok(None) };
    if let Ok(id) = typed.parse::<IdentityId>() {
        return Ok(Some(id));
    }
    let found = tx.identity_by_user_name(typed).await?;
    if found.is_none() {
        faults.push(FieldError::new("q", format!("nobody has the user name {typed}: check what stands after {key}:")));
    }
    Ok(found.map(|i| i.id))
}
