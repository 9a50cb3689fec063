//! POST /Groups (RFC 7644, 3.3).

use serde_json::{Value, json};
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::RoleId;
use tenure_domain::role::RoleKind;
use tenure_scim::{Reading, ResourceType, resource};
use tenure_store::access::RoleRow;
use tenure_store::scim::ScimGroup;

use super::members::{named, set_members};
use super::read_group::shown;
use super::write::{Keeper, external_id_of, name_of};
use crate::Ctx;
use crate::scim::fault::Fault;
use crate::scim::once_more::once_more;
use crate::scim::source::own_source;
use crate::scim::view::{Resource, View};

/// Makes a group: a role that gives nothing until an administrator puts something into it.
///
/// # Errors
/// [`Fault`] with 400, 403, 409 (`uniqueness`).
pub async fn create_group(ctx: &Ctx, view: &View, body: &Value) -> Result<Resource, Fault> {
    let proof = ctx.authorize::<actions::ProvisionIdentities, _>(&Portal).await?;
    let accepted = resource::create(ResourceType::groups(), body.clone(), Reading::Lenient)?;
    let (name, external_id, wanted) = (name_of(&accepted)?, external_id_of(&accepted)?, named(&accepted)?);
    once_more!(ctx, {
        let mut tx = ctx.app.store.write().await?;
        // It holds nothing yet, so nobody's access has to be worked out anew, and nobody waits.
        tx.hold_model().await?;
        let (source, made) = own_source(ctx, &proof, &mut tx).await?;
        let keeper = Keeper { ctx, proof: &proof, source: &source };
        let id: RoleId = ctx.id();
        keeper.check_names(&mut tx, id, Some(&name), external_id.as_deref()).await?;
        let role = RoleRow {
            id,
            name: name.clone(),
            kind: RoleKind::Business,
            description: format!("A group of {}, which says who is in it.", source.name),
            owner_id: None,
            application_id: None,
            grace_days: 0,
            version: 1,
            created_at: ctx.now,
            updated_at: ctx.now,
        };
        tx.put_role(&proof, &role, &[], &[]).await?;
        let group = ScimGroup {
            role_id: id,
            source_id: source.id,
            external_id: external_id.clone(),
            version: 1,
            updated_at: ctx.now,
            deleted_at: None,
        };
        tx.put_scim_group(&proof, &group).await?;
        let event = ctx.event(Stream::Access, "role.created").target(&id, name.as_str());
        let members = set_members(&keeper, &mut tx, (id, &name), &[], &wanted).await?;
        let mut events = Events::one(event.after(json!({ "name": name, "source": source.name, "members": members })));
        events.extend(made);
        let shown = shown(ctx, &mut tx, &id.to_string(), view).await?;
        tx.commit(events).await?;
        Ok(shown)
    })
}
