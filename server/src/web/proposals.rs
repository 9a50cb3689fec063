//! Whom the forms propose.

use tenure_domain::id::IdentityId;
use tenure_services::Ctx;
use tenure_services::identities::propose_people;

use crate::http::Failure;

/// The user names and names of the people that [`propose_people`] finds.
pub(crate) async fn people(ctx: &Ctx, near: Option<IdentityId>) -> Result<Vec<(String, String)>, Failure> {
    Ok(propose_people(ctx, near).await?.into_iter().map(|p| (p.user_name, p.display_name)).collect())
}
