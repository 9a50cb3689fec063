//! What an identity provider says of a group of its own, written.

use std::collections::HashMap;

use serde_json::{Value, json};
use tenure_domain::access::{Authorized, actions};
use tenure_domain::audit::{AuditEvent, Events, Stream};
use tenure_domain::id::RoleId;
use tenure_scim::ScimError;
use tenure_store::WriteTx;
use tenure_store::imports::Source;
use tenure_store::scim::{GroupRow, Member, ScimGroup};

use super::compose::compose;
use super::members::{named, set_members};
use super::read_group::{shown, there};
use crate::Ctx;
use crate::scim::fault::Fault;
use crate::scim::once_more::once_more;
use crate::scim::source::own_source;
use crate::scim::view::{Resource, View, check_version};
use crate::text::{NAME, typed};

/// The longest name of a role.
const LONGEST_NAME: usize = 120;

/// Whose groups they are, and with what right they are changed.
pub(super) struct Keeper<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) proof: &'a Authorized<actions::ProvisionIdentities>,
    pub(super) source: &'a Source,
}

/// The name of a group, as a role can have it.
///
/// # Errors
/// `invalidValue`.
pub(super) fn name_of(resource: &Value) -> Result<String, Fault> {
    let mut faults = Vec::new();
    let name = typed("displayName", resource["displayName"].as_str().unwrap_or_default(), &NAME, &mut faults);
    match faults.first() {
        Some(fault) => Err(Fault::invalid(format!("`displayName` {}", fault.message))),
        None if name.is_empty() || name.chars().count() > LONGEST_NAME => {
            Err(Fault::invalid(format!("`displayName` has 1 to {LONGEST_NAME} characters")))
        }
        None => Ok(name),
    }
}

/// The source's own name for a group.
///
/// # Errors
/// `invalidValue`.
pub(super) fn external_id_of(resource: &Value) -> Result<Option<String>, Fault> {
    let name = resource["externalId"].as_str().filter(|name| !name.is_empty());
    if name.is_some_and(|name| name.chars().count() > 255 || name.contains('\0')) {
        return Err(Fault::invalid("`externalId` has at most 255 characters"));
    }
    Ok(name.map(str::to_owned))
}

impl Keeper<'_> {
    /// Whether a group is the source's.
    ///
    /// # Errors
    /// [`Fault::NotYours`].
    pub(super) fn check_owner(&self, row: &GroupRow) -> Result<(), Fault> {
        if row.source_id == Some(self.source.id) {
            return Ok(());
        }
        let words = format!(
            "{} is a role of Tenure or of another identity provider, and who has it is decided there. Make a group of your own; \
             an administrator can put the role into it",
            row.name
        );
        Err(Fault::not_yours(None, words))
    }

    /// Whether names are free, whatever their case: `displayName` is looked up without it. A name that does not change
    /// is not asked for.
    pub(super) async fn check_names(
        &self,
        tx: &mut WriteTx,
        me: RoleId,
        name: Option<&str>,
        external_id: Option<&str>,
    ) -> Result<(), Fault> {
        if let Some(name) = name
            && tx.roles_named(name).await?.iter().any(|role| *role != me)
        {
            return Err(ScimError::taken(format!("`displayName` \"{name}\" belongs to another group")).into());
        }
        if let Some(external_id) = external_id {
            let which = tenure_store::scim::GroupsAfter {
                external_id: Some((self.source.id, external_id.to_owned())),
                limit: 1,
                ..Default::default()
            };
            if tx.scim_groups(&which).await?.iter().any(|other| other.id != me) {
                return Err(ScimError::taken(format!("`externalId` \"{external_id}\" belongs to another group")).into());
            }
        }
        Ok(())
    }

    /// Makes a group what a resource says.
    async fn write(&self, tx: &mut WriteTx, row: &GroupRow, before: &[Member], resource: &Value) -> Result<Vec<AuditEvent>, Fault> {
        let name = name_of(resource)?;
        let external_id = external_id_of(resource)?;
        let wanted = named(resource)?;
        self.check_names(tx, row.id, Some(name.as_str()).filter(|name| *name != row.name), external_id.as_deref()).await?;
        let event = |action: &str| self.ctx.event(Stream::Access, action).target(&row.id, name.as_str());
        let mut events = Vec::new();
        if name != row.name {
            events.push(event("role.changed").before(json!({ "name": row.name })).after(json!({ "name": name })));
        }
        // Made before its effects: they have later keys.
        let changed = event("group.members-changed");
        let counts = set_members(self, tx, (row.id, &name), before, &wanted).await?;
        if name != row.name {
            // After the identities are locked, as where a group ends: two who wait then do not block each other.
            tx.rename_role(self.proof, row.id, &name, None, self.ctx.now).await?;
        }
        let moved = counts.is_some();
        events.extend(counts.map(|counts| changed.after(counts)));
        if external_id != row.external_id && events.is_empty() {
            events
                .push(event("role.changed").before(json!({ "external_id": row.external_id })).after(json!({ "external_id": external_id })));
        }
        if moved || external_id != row.external_id {
            let group = ScimGroup {
                role_id: row.id,
                source_id: self.source.id,
                external_id,
                version: 1,
                updated_at: self.ctx.now,
                deleted_at: None,
            };
            tx.put_scim_group(self.proof, &group).await?;
        }
        Ok(events)
    }
}

/// Changes a group under its lock.
pub(super) async fn change_group(
    ctx: &Ctx,
    proof: &Authorized<actions::ProvisionIdentities>,
    id: &str,
    view: &View,
    if_match: Option<&str>,
    apply: &(dyn Fn(&Value) -> Result<Value, ScimError> + Sync),
) -> Result<Resource, Fault> {
    once_more!(ctx, {
        let mut tx = ctx.app.store.write().await?;
        tx.hold_model().await?;
        let key = there(&mut tx, id).await?.id;
        let (source, made) = own_source(ctx, proof, &mut tx).await?;
        let keeper = Keeper { ctx, proof, source: &source };
        tx.lock_scim_group(proof, key).await?;
        let row = there(&mut tx, id).await?;
        keeper.check_owner(&row)?;
        check_version(if_match, row.version)?;
        let members = tx.scim_members(&[key], i64::MAX).await?.remove(&key).unwrap_or_default();
        let before = compose(&row, &view.base, Some(source.id), &members, &HashMap::new());
        let events = keeper.write(&mut tx, &row, &members, &apply(&before)?).await?;
        let shown = shown(ctx, &mut tx, id, view).await?;
        let mut events = made.into_iter().filter(|_| !events.is_empty()).chain(events.clone());
        if let Some(first) = events.next() {
            let mut all = Events::one(first);
            all.extend(events);
            tx.commit(all).await?;
        }
        Ok(shown)
    })
}
