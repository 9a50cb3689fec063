//! GET /Groups/{id} (RFC 7644, 3.4.1).

use tenure_domain::access::{Portal, actions};
use tenure_domain::id::RoleId;
use tenure_scim::ResourceType;
use tenure_store::Tx;
use tenure_store::scim::GroupRow;

use super::compose::pictures;
use crate::Ctx;
use crate::scim::fault::Fault;
use crate::scim::source::known_source;
use crate::scim::view::{Resource, View};

/// Reads a group. Its members are read only if they are wanted.
///
/// # Errors
/// [`Fault`] with 403 or 404.
pub async fn read_group(ctx: &Ctx, id: &str, view: &View) -> Result<Resource, Fault> {
    ctx.authorize::<actions::ViewDirectory, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    shown(ctx, &mut tx, id, view).await
}

/// The role of a key, as a group.
pub(super) async fn there(tx: &mut Tx, id: &str) -> Result<GroupRow, Fault> {
    let found = match id.parse::<RoleId>() {
        Ok(key) => tx.scim_group(key).await?,
        Err(_) => None,
    };
    found.ok_or_else(|| Fault::not_found("group", id))
}

/// A group as it is now, also inside the change that made it so.
pub(super) async fn shown(ctx: &Ctx, tx: &mut Tx, id: &str, view: &View) -> Result<Resource, Fault> {
    let row = there(tx, id).await?;
    let me = known_source(ctx, tx).await?;
    let with_members = view.selection.wants(ResourceType::groups(), "members");
    let whole = pictures(tx, std::slice::from_ref(&row), &view.base, me, with_members).await?.pop().unwrap_or_default();
    Ok(view.of(ResourceType::groups(), &whole))
}
