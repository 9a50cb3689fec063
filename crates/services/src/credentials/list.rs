//! Reading the inventory.

use chrono::{DateTime, Duration, Utc};
use tenure_domain::access::{Relation, Scope, actions};
use tenure_domain::credential::{CredentialCommand, CredentialKind};
use tenure_domain::id::CredentialId;
use tenure_store::accounts::TokenNote;
use tenure_store::credentials::{CredentialFilter, CredentialView};
use tenure_store::{Page, PageRequest, Tx};

use super::findings::{Finding, HEAT_AGES, HEAT_USES, findings_of};
use crate::counts::counts;
use crate::{Ctx, ServiceError};

/// Counting goes no further than this; the page then says "more than".
pub const COUNT_LIMIT: i64 = 10_000;

/// The numbers on the cards above the list; each opens its list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CredentialCards {
    /// Live credentials.
    pub live: i64,
    /// End within [`super::DUE_DAYS`].
    pub due: i64,
    /// Secret older than [`super::ROTATION_DAYS`].
    pub overdue: i64,
    /// Not used for [`super::DORMANT_DAYS`].
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
    /// Live credentials by kind; None for who does not see all.
    pub kinds: Option<Vec<(CredentialKind, i64)>>,
    /// The heat grid, as in [`crate::Counts::heat`]; None for who does not see all.
    pub heat: Option<Vec<(i32, i32, i64)>>,
}

/// One credential.
#[derive(Debug, Clone)]
pub struct CredentialDetail {
    /// It, with the names of owner and target.
    pub view: CredentialView,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// What it may do, where it is a live API token of Tenure.
    pub token: Option<TokenNote>,
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
    let scope = ctx.rows::<actions::ViewCredential>().await?;
    // Before the page's own reading begins: whoever waits for the counts must not hold a connection.
    let counts = counts(ctx, scope).await?;
    let mut tx = ctx.app.store.read().await?;
    let page = tx.list_credentials(scope, filter, request).await?;
    let total = tx.count_credentials(scope, filter, COUNT_LIMIT).await?;
    let cards = match &counts {
        Some(counts) => counts.cards,
        None => count_cards(&mut tx, scope, ctx.now).await?,
    };
    let (kinds, heat) = counts.map(|c| (c.credentials.clone(), c.heat.clone())).unzip();
    Ok(CredentialList { page, total, cards, kinds, heat })
}

/// The numbers on the cards, of what a scope holds.
pub(crate) async fn count_cards(tx: &mut Tx, scope: Scope, now: DateTime<Utc>) -> Result<CredentialCards, ServiceError> {
    let mut count = async |finding: Option<Finding>| {
        let mut filter = CredentialFilter { live: true, ..CredentialFilter::default() };
        if let Some(finding) = finding {
            finding.narrow(&mut filter, now);
        }
        tx.count_credentials(scope, &filter, COUNT_LIMIT).await
    };
    Ok(CredentialCards {
        live: count(None).await?,
        due: count(Some(Finding::Due)).await?,
        overdue: count(Some(Finding::Overdue)).await?,
        dormant: count(Some(Finding::Dormant)).await?,
        without_owner: count(Some(Finding::WithoutOwner)).await?,
        ended_owner: count(Some(Finding::EndedOwner)).await?,
    })
}

/// The heat grid over all credentials.
pub(crate) async fn heat(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<(i32, i32, i64)>, ServiceError> {
    let back = |days: i64| now - Duration::days(days);
    Ok(tx.credential_heat(HEAT_AGES.map(back), HEAT_USES.map(back)).await?)
}

/// How a credential relates to the actor.
pub(super) async fn relation(ctx: &Ctx, tx: &mut tenure_store::Tx, view: &CredentialView) -> Result<Relation, ServiceError> {
    use tenure_domain::access::Resource as _;
    let Some(owner) = view.credential.identity_id else { return Ok(Relation::None) };
    Ok(tx.identity(owner).await?.map_or(Relation::None, |i| i.relation(&ctx.principal)))
}

/// What the actor's own live API tokens may do.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn notes_of_own_tokens(ctx: &Ctx) -> Result<Vec<TokenNote>, ServiceError> {
    ctx.rows::<actions::ViewCredential>().await?;
    let Some(me) = ctx.principal.identity_id() else { return Ok(Vec::new()) };
    Ok(ctx.app.store.read().await?.token_notes(me).await?)
}

/// One credential.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`].
pub async fn show_credential(ctx: &Ctx, id: CredentialId) -> Result<CredentialDetail, ServiceError> {
    let (view, relation, token) = {
        let mut tx = ctx.app.store.read().await?;
        let view = tx.credential(id).await?.ok_or(ServiceError::NotFound("credential"))?;
        let relation = relation(ctx, &mut tx, &view).await?;
        let token = if view.credential.kind == CredentialKind::Token { tx.token_note(id).await? } else { None };
        (view, relation, token)
    };
    ctx.authorize::<actions::ViewCredential, _>(&(id, relation)).await.map_err(|e| e.hide("credential"))?;
    let findings = findings_of(&view, ctx.now);
    let c = &view.credential;
    let may_revoke = c.state.after(CredentialCommand::StartRevocation).is_ok()
        && tenure_domain::access::authorize::<actions::RevokeCredential, _>(&ctx.principal, &(id, relation)).is_ok();
    let may_edit = tenure_domain::access::authorize::<actions::EditCredential, _>(&ctx.principal, &(id, relation)).is_ok();
    Ok(CredentialDetail { view, findings, token, may_revoke, may_edit })
}
