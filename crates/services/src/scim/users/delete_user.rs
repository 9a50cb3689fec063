//! DELETE /Users/{id} (RFC 7644, 3.6).

use tenure_domain::access::{Portal, actions};

use super::compose::pictures;
use super::read_user::there;
use super::tell::{Teller, Word, lock};
use crate::Ctx;
use crate::scim::fault::Fault;
use crate::scim::once_more::once_more_together;
use crate::scim::source::own_source;
use crate::scim::view::check_version;

/// Takes a user away: the identity ends by the one way, unless it has ended, and SCIM knows it no more. The record of it
/// stays.
///
/// # Errors
/// [`Fault`] with 403, 404, 412.
pub async fn delete_user(ctx: &Ctx, id: &str, if_match: Option<&str>) -> Result<(), Fault> {
    let proof = ctx.authorize::<actions::ProvisionIdentities, _>(&Portal).await?;
    once_more_together!(ctx, |tx| {
        tx.lock_administrators().await?;
        tx.hold_model().await?;
        let key = there(tx, id).await?.identity.id;
        let (source, made) = own_source(ctx, &proof, tx).await?;
        let teller = Teller { ctx, proof: &proof, source: &source };
        lock(&teller, tx, true).await?;
        tx.hold_identities(&[key]).await?;
        let person = there(tx, id).await?;
        check_version(if_match, person.identity.version)?;
        let resource = pictures(tx, std::slice::from_ref(&person), "", Some(source.id), false).await?.pop().unwrap_or_default();
        let word = Word { resource, active: Some(false), again: false, deleted: true };
        teller.check_owner(tx, &person.identity).await?;
        let told = teller.tell(tx, Some(&person), &word, None).await?;
        Ok(((), made.into_iter().chain(told.events).collect()))
    })
}
