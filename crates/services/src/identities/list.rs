//! The list of identities.

use std::collections::HashMap;

use tenure_domain::access::actions;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;
use tenure_store::identities::{IdentityFilter, IdentityName};
use tenure_store::{Page, PageRequest};

use crate::{Ctx, ServiceError};

/// Counting goes no further than this; the page then says "more than".
pub const COUNT_LIMIT: i64 = 10_000;

/// A page of identities with what stands beside it.
#[derive(Debug, Clone)]
pub struct IdentityList {
    /// The page.
    pub page: Page<Identity>,
    /// How many the filter matches, counted up to [`COUNT_LIMIT`].
    pub total: i64,
    /// Names of managers and owners on the page.
    pub names: HashMap<IdentityId, IdentityName>,
    /// Departments, for the filter.
    pub departments: Vec<String>,
}

/// A page of the identities that the actor may see.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_identities(ctx: &Ctx, filter: &IdentityFilter, request: &PageRequest) -> Result<IdentityList, ServiceError> {
    let scope = ctx.rows::<actions::ViewIdentity>().await?;
    let mut tx = ctx.app.store.read().await?;
    let (page, total) = if filter.searches() {
        tx.search_identities(scope, filter, request, COUNT_LIMIT).await?
    } else {
        (tx.list_identities(scope, filter, request).await?, tx.count_identities(scope, filter, COUNT_LIMIT).await?)
    };
    let ids: Vec<IdentityId> = page.rows.iter().flat_map(|i| [i.manager_id, i.owner_id]).flatten().collect();
    let names = tx.identity_names(&ids).await?;
    let departments = if scope.limited_to().is_none() { tx.departments().await? } else { Vec::new() };
    Ok(IdentityList { page, total, names, departments })
}
