//! One event of the audit log.

use chrono::{DateTime, Utc};
use tenure_domain::access::{Portal, actions};
use tenure_domain::id::{EventId, Id};
use tenure_store::audit::{AuditFilter, AuditRow};
use tenure_store::identities::IdentityName;
use tenure_store::{Cursor, PageRequest, Tx};

use super::check::check_sealed;
use crate::{Ctx, ServiceError};

/// How many events of the same request are shown before one, and after it.
const CHAIN: usize = 10;

/// An event with what belongs to it.
#[derive(Debug, Clone)]
pub struct EventDetail {
    /// The event.
    pub row: AuditRow,
    /// Whom it concerns.
    pub about: Option<IdentityName>,
    /// What the same request did around it, the first first; it is among them.
    pub chain: Vec<AuditRow>,
    /// Whether the request did more than that.
    pub more: bool,
    /// Where it stands in the tree.
    pub inclusion: Inclusion,
}

/// Where an event stands in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inclusion {
    /// It has no number yet.
    Unsealed,
    /// It has one, which no checkpoint covers.
    NotCovered,
    /// A signed checkpoint covers it.
    Covered {
        /// Of how many events the checkpoint is.
        tree_size: i64,
        /// When it was signed.
        signed_at: Option<DateTime<Utc>>,
        /// What is wrong with the row itself: it was compared with its check value and leaf hash.
        fault: Option<String>,
    },
}

/// Shows an event.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], or when the database fails.
pub async fn show_event(ctx: &Ctx, id: EventId) -> Result<AuditRow, ServiceError> {
    ctx.authorize::<actions::ViewAudit, _>(&Portal).await?;
    ctx.app.store.read().await?.audit_event(id).await?.ok_or(ServiceError::NotFound("event"))
}

/// Shows an event with what belongs to it.
///
/// # Errors
/// As [`show_event`].
pub async fn event_detail(ctx: &Ctx, id: EventId) -> Result<EventDetail, ServiceError> {
    let row = show_event(ctx, id).await?;
    let mut tx = ctx.app.store.read().await?;
    let about = match row.identity_id {
        Some(id) => tx.identity_names(&[id]).await?.remove(&id),
        None => None,
    };
    let (chain, more) = around(&mut tx, &row).await?;
    let inclusion = inclusion(ctx, &mut tx, &row).await?;
    Ok(EventDetail { row, about, chain, more, inclusion })
}

async fn around(tx: &mut Tx, row: &AuditRow) -> Result<(Vec<AuditRow>, bool), ServiceError> {
    if row.request_id.is_empty() {
        return Ok((vec![row.clone()], false));
    }
    let filter = AuditFilter { request_id: row.request_id.clone(), ..AuditFilter::default() };
    let here = || Some(Cursor { keys: Vec::new(), id: row.id.uuid() });
    let earlier = tx.list_audit(&filter, &PageRequest { after: here(), before: None, limit: CHAIN }).await?;
    let later = tx.list_audit(&filter, &PageRequest { after: None, before: here(), limit: CHAIN }).await?;
    let more = earlier.next.is_some() || later.previous.is_some();
    Ok((earlier.rows.into_iter().rev().chain([row.clone()]).chain(later.rows.into_iter().rev()).collect(), more))
}

async fn inclusion(ctx: &Ctx, tx: &mut Tx, row: &AuditRow) -> Result<Inclusion, ServiceError> {
    let Some(leaf) = row.leaf else { return Ok(Inclusion::Unsealed) };
    let Some(checkpoint) = tx.last_checkpoint().await?.filter(|c| leaf < c.tree_size) else { return Ok(Inclusion::NotCovered) };
    let (rows, _) = tx.sealed_piece(leaf, 2).await?;
    let fault = match rows.iter().find(|r| r.id.as_ref() == Ok(&row.id)) {
        Some(sealed) => check_sealed(sealed, ctx.app.keys.audit_mac()).fault,
        None => Some("its number is another event's".to_owned()),
    };
    Ok(Inclusion::Covered { tree_size: checkpoint.tree_size, signed_at: checkpoint.at.ok(), fault })
}
