//! PUT /Groups/{id} (RFC 7644, 3.5.1).

use serde_json::Value;
use tenure_domain::access::{Portal, actions};
use tenure_scim::{Reading, ResourceType, resource};

use super::write::change_group;
use crate::Ctx;
use crate::scim::fault::Fault;
use crate::scim::view::{Resource, View};

/// Replaces a group of one's own: who is not named is in it no longer.
///
/// # Errors
/// [`Fault`] with 400, 403, 404, 409, 412.
pub async fn replace_group(ctx: &Ctx, id: &str, view: &View, body: &Value, if_match: Option<&str>) -> Result<Resource, Fault> {
    let proof = ctx.authorize::<actions::ProvisionIdentities, _>(&Portal).await?;
    let groups = ResourceType::groups();
    let apply = |before: &Value| resource::replace(groups, before, body.clone(), Reading::Lenient);
    change_group(ctx, &proof, id, view, if_match, &apply).await
}
