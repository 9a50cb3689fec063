//! Reading the inventory.

use chrono::Duration;
use tenure_domain::access::{Relation, actions};
use tenure_domain::id::CredentialId;
use tenure_store::credentials::{CredentialFilter, CredentialView};
use tenure_store::{Page, PageRequest};

use crate::{Ctx, ServiceError};

/// Days without use after which a credential is dormant (CIS Controls v8, 5.3).
pub const DORMANT_DAYS: i64 = 45;
/// Days after which a secret is overdue for rotation.
pub const ROTATION_DAYS: i64 = 365;
/// Days before the end of a credential at which it is due.
pub const DUE_DAYS: i64 = 30;
const COUNT_LIMIT: i64 = 10_000;

/// The numbers on the cards above the list; each opens its list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CredentialCards {
    /// Live credentials.
    pub live: i64,
    /// End within [`DUE_DAYS`].
    pub due: i64,
    /// Secret older than [`ROTATION_DAYS`].
    pub overdue: i64,
    /// Not used for [`DORMANT_DAYS`].
    pub dormant: i64,
    /// Nobody owns them.
    pub without_owner: i64,
    /// Their owner has ended.
    pub ended_owner: i64,
}

/// A page of credentials with what stands beside it.
#[derive(Debug, Clone)]
pub struct CredentialList {
    /// The page.
    pub page: Page<CredentialView>,
    /// How many the filter matches, counted up to 10,000.
    pub total: i64,
    /// The cards.
    pub cards: CredentialCards,
}

/// One credential.
#[derive(Debug, Clone)]
pub struct CredentialDetail {
    /// It, with the names of owner and target.
    pub view: CredentialView,
    /// What is wrong with it, in plain words.
    pub findings: Vec<&'static str>,
    /// Whether the actor may end it.
    pub may_revoke: bool,
    /// Whether the actor may change what is recorded of it.
    pub may_edit: bool,
}

/// A page of the credentials that the actor may see.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_credentials(ctx: &Ctx, filter: &CredentialFilter, request: &PageRequest) -> Result<CredentialList, ServiceError> {
    let scope = ctx.scope::<actions::ViewCredential>()?;
    let mut tx = ctx.app.store.read().await?;
    let page = tx.list_credentials(scope, filter, request).await?;
    let total = tx.count_credentials(scope, filter, COUNT_LIMIT).await?;
    let now = ctx.now;
    let mut count = async |filter: CredentialFilter| tx.count_credentials(scope, &filter, COUNT_LIMIT).await;
    let none = CredentialFilter::default;
    let cards = CredentialCards {
        live: count(CredentialFilter { live: true, ..none() }).await?,
        due: count(CredentialFilter { expires_before: Some(now + Duration::days(DUE_DAYS)), ..none() }).await?,
        overdue: count(CredentialFilter { unrotated_since: Some(now - Duration::days(ROTATION_DAYS)), ..none() }).await?,
        dormant: count(CredentialFilter { unused_since: Some(now - Duration::days(DORMANT_DAYS)), ..none() }).await?,
        without_owner: count(CredentialFilter { without_owner: true, ..none() }).await?,
        ended_owner: count(CredentialFilter { ended_owner: true, ..none() }).await?,
    };
    Ok(CredentialList { page, total, cards })
}

/// How a credential relates to the actor.
pub(super) async fn relation(ctx: &Ctx, tx: &mut tenure_store::Tx, view: &CredentialView) -> Result<Relation, ServiceError> {
    use tenure_domain::access::Resource as _;
    let Some(owner) = view.credential.identity_id else { return Ok(Relation::None) };
    Ok(tx.identity(owner).await?.map_or(Relation::None, |i| i.relation(&ctx.principal)))
}

/// One credential.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`].
pub async fn show_credential(ctx: &Ctx, id: CredentialId) -> Result<CredentialDetail, ServiceError> {
    let mut tx = ctx.app.store.read().await?;
    let view = tx.credential(id).await?.ok_or(ServiceError::NotFound("credential"))?;
    let relation = relation(ctx, &mut tx, &view).await?;
    ctx.authorize::<actions::ViewCredential, _>(&(id, relation)).await?;
    let c = &view.credential;
    let mut findings = Vec::new();
    if c.state.is_live() {
        if c.identity_id.is_none() {
            findings.push("Nobody owns it: nobody will notice when it leaks.");
        }
        if view.owner_state.is_some_and(|s| s.has_ended()) {
            findings.push("Its owner has ended, and it may still work.");
        }
        if c.expires_at.is_some_and(|end| end <= ctx.now) {
            findings.push("It is past its end.");
        }
        if c.expires_at.is_none() {
            findings.push("It never ends by itself.");
        }
        if c.last_used_at.is_some_and(|used| used < ctx.now - Duration::days(DORMANT_DAYS)) {
            findings.push("It has not been used for 45 days or more.");
        }
        if c.rotated_at.unwrap_or(c.created_at) < ctx.now - Duration::days(ROTATION_DAYS) {
            findings.push("Its secret is more than a year old.");
        }
    }
    let may_revoke = c.state.is_live() && tenure_domain::access::authorize::<actions::RevokeCredential, _>(&ctx.principal, &(id, relation)).is_ok();
    let may_edit = tenure_domain::access::authorize::<actions::EditCredential, _>(&ctx.principal, &(id, relation)).is_ok();
    Ok(CredentialDetail { view, findings, may_revoke, may_edit })
}
