//! GET /Me (RFC 7644, 3.11).

use tenure_domain::access::{Portal, actions};
use tenure_scim::ScimError;

use super::fault::Fault;
use super::users::read_user;
use super::view::{Resource, View};
use crate::Ctx;

/// The user who asks. A machine is none.
///
/// # Errors
/// [`Fault`] with 403 or 404.
pub async fn me(ctx: &Ctx, view: &View) -> Result<Resource, Fault> {
    ctx.authorize::<actions::ViewDirectory, _>(&Portal).await?;
    match ctx.principal.identity_id() {
        Some(me) => match read_user(ctx, &me.to_string(), view).await {
            Err(Fault::Scim(error)) if error.status == 404 => {
                Err(ScimError::status(404, "the token belongs to a machine, which is no user").into())
            }
            other => other,
        },
        None => Err(ScimError::status(404, "who asks is no user").into()),
    }
}
