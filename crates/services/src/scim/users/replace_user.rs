//! PUT /Users/{id} (RFC 7644, 3.5.1).

use serde_json::Value;
use tenure_domain::access::{Portal, actions};
use tenure_scim::{Reading, ResourceType, resource};

use super::patch_user::{Change, change_user};
use crate::Ctx;
use crate::scim::fault::Fault;
use crate::scim::view::{Resource, View};

/// Replaces a user: what is not said is unassigned, but for `active`, which then stays as it is.
///
/// # Errors
/// [`Fault`] with 400, 403, 404, 409, 412.
pub async fn replace_user(ctx: &Ctx, id: &str, view: &View, body: &Value, if_match: Option<&str>) -> Result<Resource, Fault> {
    let proof = ctx.authorize::<actions::ProvisionIdentities, _>(&Portal).await?;
    let users = ResourceType::users();
    let said = resource::accept(users, body.clone(), Reading::Lenient)?.get("active").and_then(Value::as_bool);
    let change = Change {
        may_end: said == Some(false),
        apply: &|before| {
            let mut after = resource::replace(users, before, body.clone(), Reading::Lenient)?;
            if let (None, Some(active)) = (said, before.get("active")) {
                after["active"] = active.clone();
            }
            Ok((after, said))
        },
    };
    change_user(ctx, &proof, id, view, if_match, &change).await
}
