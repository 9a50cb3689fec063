//! GET /Users/{id} (RFC 7644, 3.4.1).

use std::collections::HashMap;

use tenure_domain::access::{Portal, actions};
use tenure_domain::id::{IdentityId, SourceId};
use tenure_scim::ResourceType;
use tenure_store::Tx;
use tenure_store::scim::Person;

use super::compose::{pictures, pictures_with};
use super::tell::Told;
use crate::Ctx;
use crate::scim::fault::Fault;
use crate::scim::source::known_source;
use crate::scim::view::{Resource, View};

/// Reads a user.
///
/// # Errors
/// [`Fault`] with 403 or 404.
pub async fn read_user(ctx: &Ctx, id: &str, view: &View) -> Result<Resource, Fault> {
    ctx.authorize::<actions::ViewDirectory, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let me = known_source(ctx, &mut tx).await?;
    let person = there(&mut tx, id).await?;
    shown_person(&mut tx, person, view, me).await
}

/// The person of a key, unless they were taken away.
pub(super) async fn there(tx: &mut Tx, id: &str) -> Result<Person, Fault> {
    let found = match id.parse::<IdentityId>() {
        Ok(key) => tx.scim_person(key).await?,
        Err(_) => None,
    };
    found.filter(|p| p.deleted_at.is_none()).ok_or_else(|| Fault::not_found("user", id))
}

/// A user as it is after what was told, inside the change that makes it so.
pub(super) async fn shown(tx: &mut Tx, told: &Told, view: &View, me: SourceId) -> Result<Resource, Fault> {
    let person = match &told.after {
        Some(person) => person.clone(),
        None => tx.scim_person(told.id).await?.ok_or_else(|| Fault::not_found("user", &told.id.to_string()))?,
    };
    let Some(groups) = &told.groups else { return shown_person(tx, person, view, Some(me)).await };
    let groups = HashMap::from([(told.id, groups.clone())]);
    let whole = pictures_with(tx, std::slice::from_ref(&person), &view.base, Some(me), &groups).await?.pop().unwrap_or_default();
    Ok(view.of(ResourceType::users(), &whole))
}

async fn shown_person(tx: &mut Tx, person: Person, view: &View, me: Option<SourceId>) -> Result<Resource, Fault> {
    let with_groups = view.selection.wants(ResourceType::users(), "groups");
    let whole = pictures(tx, std::slice::from_ref(&person), &view.base, me, with_groups).await?.pop().unwrap_or_default();
    Ok(view.of(ResourceType::users(), &whole))
}
