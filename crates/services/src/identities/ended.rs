//! What the end of an identity did: read back, so that it can be shown as often as somebody asks.

use tenure_domain::access::{Portal, actions};
use tenure_domain::id::{IdentityId, RecordId};
use tenure_domain::identity::Identity;
use tenure_store::PageRequest;
use tenure_store::audit::AuditFilter;
use tenure_store::ended::EndingView;
use tenure_store::endings::EndEffects;
use tenure_store::hand_overs::HandOverView;
use tenure_store::identities::IdentityName;
use tenure_store::operations::OperationView;

use crate::{Ctx, ServiceError};

/// What the last end of an identity did, and how far what it owes has come.
#[derive(Debug, Clone)]
pub struct EndReport {
    /// Who, as it is now: perhaps rehired.
    pub identity: Identity,
    /// When, why, by whom.
    pub ending: EndingView,
    /// How much died at once, and how much was owed.
    pub effects: EndEffects,
    /// What is owed to targets, by target, five hundred at most.
    pub operations: Vec<OperationView>,
    /// What needed a new owner.
    pub hand_overs: Vec<HandOverView>,
    /// Personas that ended with it.
    pub personas: Vec<IdentityName>,
    /// Its record, for whom it is to be seen.
    pub record: Option<RecordId>,
}

/// Shows what the last end of an identity did.
///
/// # Errors
/// [`ServiceError::NotFound`] also when it has never ended, [`ServiceError::Denied`].
pub async fn show_end(ctx: &Ctx, id: IdentityId) -> Result<EndReport, ServiceError> {
    let mut tx = ctx.app.store.read().await?;
    let identity = tx.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    ctx.authorize::<actions::ViewIdentity, _>(&identity).await?;
    let ending = tx.last_ending_of(id).await?.ok_or(ServiceError::NotFound("ending"))?;
    let filter = AuditFilter { identity_id: Some(id), action: "identity.ended".to_owned(), ..AuditFilter::default() };
    let event = tx.list_audit(&filter, &PageRequest { limit: 1, ..PageRequest::default() }).await?.rows.into_iter().next();
    let body = event.and_then(|row| serde_json::from_str::<tenure_domain::audit::EventBody>(&row.body).ok());
    let sees_record = tenure_domain::access::authorize::<actions::ViewAccess, _>(&ctx.principal, &Portal).is_ok();
    let record = if sees_record { tx.record_of(id).await? } else { None };
    Ok(EndReport {
        record,
        effects: body.and_then(|b| serde_json::from_value(b.after).ok()).unwrap_or_default(),
        operations: tx.operations_of_ending(ending.id, id, 500).await?,
        hand_overs: tx.hand_overs_of_ending(ending.id, id).await?,
        personas: tx.personas_of_ending(ending.id, id).await?,
        ending,
        identity,
    })
}
