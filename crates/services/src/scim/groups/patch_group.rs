//! PATCH /Groups/{id} (RFC 7644, 3.5.2).

use serde_json::Value;
use tenure_domain::access::{Portal, actions};
use tenure_scim::patch::Patch;
use tenure_scim::{Reading, ResourceType};

use super::write::change_group;
use crate::Ctx;
use crate::scim::fault::Fault;
use crate::scim::view::{Resource, View};

/// Changes a group of one's own: its name and who is in it.
///
/// # Errors
/// [`Fault`] with 400, 403, 404, 409, 412.
pub async fn patch_group(ctx: &Ctx, id: &str, view: &View, body: &Value, if_match: Option<&str>) -> Result<Resource, Fault> {
    let proof = ctx.authorize::<actions::ProvisionIdentities, _>(&Portal).await?;
    let groups = ResourceType::groups();
    let patch = Patch::read(groups, body, Reading::Lenient)?;
    change_group(ctx, &proof, id, view, if_match, &|before| Ok(patch.apply(groups, before)?.resource)).await
}
