//! From what somebody typed to the identity that they mean, and whom to propose before they type.

use tenure_domain::access::{actions, authorize};
use tenure_domain::fold::fold;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{Identity, IdentityKind, LifecycleState};
use tenure_store::PageRequest;
use tenure_store::identities::IdentityFilter;

use crate::{Ctx, ServiceError};

/// Somebody to be proposed in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What the field takes.
    pub user_name: String,
    /// The name that people read.
    pub display_name: String,
}

/// The identity that is meant by a user name, or by a name that only one has; None when nothing
/// was typed. Whom the actor may not see is not found.
///
/// # Errors
/// [`ServiceError::Invalid`] for `field` when nobody, or more than one, is meant.
pub async fn find_identity(ctx: &Ctx, field: &'static str, typed: &str) -> Result<Option<IdentityId>, ServiceError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let scope = ctx.rows::<actions::ViewIdentity>().await?;
    let mut tx = ctx.app.store.read().await?;
    let visible = |i: &Identity| authorize::<actions::ViewIdentity, _>(&ctx.principal, i).is_ok();
    if let Some(found) = tx.identity_by_user_name(typed).await?.filter(visible) {
        return Ok(Some(found.id));
    }
    let filter = IdentityFilter { search: typed.to_owned(), ..IdentityFilter::default() };
    let page = tx.list_identities(scope, &filter, &PageRequest { limit: 100, ..PageRequest::default() }).await?;
    let named: Vec<Identity> = page.rows.into_iter().filter(|i| !i.state.has_ended() && fold(&i.display_name) == fold(typed)).collect();
    match named.as_slice() {
        [one] => Ok(Some(one.id)),
        [] => {
            Err(ServiceError::field(field, format!("nobody here has the user name {typed}: check the spelling, or choose from the list")))
        }
        more => {
            let names: Vec<&str> = more.iter().take(5).map(|i| i.user_name.as_str()).collect();
            Err(ServiceError::field(
                field,
                format!("more than one is called {typed}: type the user name, for instance {}", names.join(" or ")),
            ))
        }
    }
}

/// People to propose as owner or manager: of the department of `near` (else the actor's own), its
/// manager first; fifty at most, and of whom the actor may see.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn propose_people(ctx: &Ctx, near: Option<IdentityId>) -> Result<Vec<Proposal>, ServiceError> {
    let scope = ctx.rows::<actions::ViewIdentity>().await?;
    let mut tx = ctx.app.store.read().await?;
    let near = match near.or(ctx.principal.identity_id()) {
        Some(id) => tx.identity(id).await?,
        None => None,
    };
    let manager = match near.as_ref().and_then(|n| n.manager_id.or(n.owner_id)) {
        Some(id) => tx.identity(id).await?.filter(|m| !m.state.has_ended()),
        None => None,
    };
    let mut filter = IdentityFilter {
        kind: Some(IdentityKind::Person),
        state: Some(LifecycleState::Active),
        department: near.map(|n| n.department).filter(|d| !d.is_empty()),
        ..IdentityFilter::default()
    };
    let request = PageRequest::default();
    let mut rows = tx.list_identities(scope, &filter, &request).await?.rows;
    if rows.is_empty() && filter.department.take().is_some() {
        rows = tx.list_identities(scope, &filter, &request).await?.rows;
    }
    let manager_id = manager.as_ref().map(|m| m.id);
    let all = manager.into_iter().chain(rows.into_iter().filter(|r| Some(r.id) != manager_id));
    Ok(all.map(|i| Proposal { user_name: i.user_name, display_name: i.display_name }).collect())
}

/// The names of an identity; None where there is none, or none that the actor may see.
///
/// # Errors
/// When the database fails.
pub async fn identity_name(ctx: &Ctx, id: IdentityId) -> Result<Option<Proposal>, ServiceError> {
    let found = ctx.app.store.read().await?.identity(id).await?;
    let found = found.filter(|i| authorize::<actions::ViewIdentity, _>(&ctx.principal, i).is_ok());
    Ok(found.map(|i| Proposal { user_name: i.user_name, display_name: i.display_name }))
}
