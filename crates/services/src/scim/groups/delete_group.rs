//! DELETE /Groups/{id} (RFC 7644, 3.6).

use std::collections::BTreeSet;

use serde_json::json;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_store::scim::ScimGroup;

use super::members::set_members;
use super::read_group::there;
use super::write::Keeper;
use crate::Ctx;
use crate::scim::fault::Fault;
use crate::scim::once_more::once_more;
use crate::scim::source::own_source;
use crate::scim::view::check_version;

/// Takes a group away: everybody goes whom the source put into it. The role stays for the record, under a name that says
/// so and gives its own free; SCIM knows it no more.
///
/// # Errors
/// [`Fault`] with 403, 404, 412.
pub async fn delete_group(ctx: &Ctx, id: &str, if_match: Option<&str>) -> Result<(), Fault> {
    let proof = ctx.authorize::<actions::ProvisionIdentities, _>(&Portal).await?;
    once_more!(ctx, {
        let mut tx = ctx.app.store.write().await?;
        tx.hold_model().await?;
        let key = there(&mut tx, id).await?.id;
        let (source, made) = own_source(ctx, &proof, &mut tx).await?;
        let keeper = Keeper { ctx, proof: &proof, source: &source };
        tx.lock_scim_group(&proof, key).await?;
        let row = there(&mut tx, id).await?;
        keeper.check_owner(&row)?;
        check_version(if_match, row.version)?;
        let members = tx.scim_members(&[key], i64::MAX).await?.remove(&key).unwrap_or_default();
        let event = ctx.event(Stream::Access, "role.retired").target(&key, row.name.as_str());
        let removed = members.len();
        set_members(&keeper, &mut tx, (key, &row.name), &members, &BTreeSet::new()).await?;
        let short: String = row.name.chars().take(80).collect();
        let full = key.to_string();
        let retired = format!("{short} (retired {})", full.rsplit('-').next().unwrap_or(&full));
        let description = format!("Was the group {short} of {}, which deleted it on {}.", source.name, ctx.today());
        tx.rename_role(&proof, key, &retired, Some(&description), ctx.now).await?;
        let group =
            ScimGroup { role_id: key, source_id: source.id, external_id: None, version: 1, updated_at: ctx.now, deleted_at: Some(ctx.now) };
        tx.put_scim_group(&proof, &group).await?;
        let mut events =
            Events::one(event.before(json!({ "name": row.name })).after(json!({ "name": retired, "members_removed": removed })));
        events.extend(made);
        tx.commit(events).await?;
        Ok(())
    })
}
