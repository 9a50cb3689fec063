//! PATCH /Users/{id} (RFC 7644, 3.5.2).

use serde_json::Value;
use tenure_domain::access::{Authorized, Portal, actions};
use tenure_scim::patch::Patch;
use tenure_scim::{Reading, ResourceType, ScimError};

use super::compose::pictures;
use super::read_user::{shown, there};
use super::tell::{Teller, Word, lock};
use crate::Ctx;
use crate::scim::fault::Fault;
use crate::scim::once_more::once_more_together;
use crate::scim::source::own_source;
use crate::scim::view::{Resource, View, check_version};

/// Changes a user.
///
/// # Errors
/// [`Fault`] with 400, 403, 404, 409, 412.
pub async fn patch_user(ctx: &Ctx, id: &str, view: &View, body: &Value, if_match: Option<&str>) -> Result<Resource, Fault> {
    let proof = ctx.authorize::<actions::ProvisionIdentities, _>(&Portal).await?;
    let users = ResourceType::users();
    let patch = Patch::read(users, body, Reading::Lenient)?;
    let speaks_of_it = patch.operations.iter().any(|o| o.path.attr.name.eq_ignore_ascii_case("active"));
    let change = Change {
        may_end: speaks_of_it,
        apply: &|before| {
            let after = patch.apply(users, before)?.resource;
            let said = after.get("active").and_then(Value::as_bool).filter(|_| speaks_of_it);
            Ok((after, said))
        },
    };
    change_user(ctx, &proof, id, view, if_match, &change).await
}

/// What a resource is to be, and what is said of `active`.
pub(super) type Applied = Result<(Value, Option<bool>), ScimError>;

/// How a resource is to be changed.
pub(super) struct Change<'a> {
    /// Whether the end of the person may come of it.
    pub(super) may_end: bool,
    /// From the whole resource as it is.
    pub(super) apply: &'a (dyn Fn(&Value) -> Applied + Sync),
}

/// Changes a user under its lock: of two changes at the same time the second works on what the first made.
pub(super) async fn change_user(
    ctx: &Ctx,
    proof: &Authorized<actions::ProvisionIdentities>,
    id: &str,
    view: &View,
    if_match: Option<&str>,
    change: &Change<'_>,
) -> Result<Resource, Fault> {
    once_more_together!(ctx, |tx| {
        if change.may_end {
            tx.lock_administrators().await?;
        }
        tx.hold_model().await?;
        let (source, made) = own_source(ctx, proof, tx).await?;
        let teller = Teller { ctx, proof, source: &source };
        lock(&teller, tx, change.may_end).await?;
        if let Ok(key) = id.parse() {
            tx.hold_identities(&[key]).await?;
        }
        let person = there(tx, id).await?;
        check_version(if_match, person.identity.version)?;
        teller.check_owner(tx, &person.identity).await?;
        let before = pictures(tx, std::slice::from_ref(&person), &view.base, Some(source.id), false).await?.pop().unwrap_or_default();
        let (resource, active) = (change.apply)(&before)?;
        let word = Word { resource, active, again: false, deleted: false };
        let told = teller.tell(tx, Some(&person), &word, None).await?;
        let shown = shown(tx, &told, view, source.id).await?;
        let made = made.filter(|_| !told.events.is_empty());
        Ok((shown, made.into_iter().chain(told.events).collect()))
    })
}
