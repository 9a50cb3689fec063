//! What a source says of a person, written: the same as an import does with a row, for one person at once.

use serde_json::{Value, json};
use tenure_domain::access::{Authorized, actions};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::fold::fold;
use tenure_domain::id::{IdentityId, RoleId};
use tenure_domain::identity::{Identity, IdentityKind, LifecycleState};
use tenure_domain::people::Change;
use tenure_scim::ScimError;
use tenure_store::WriteTx;
use tenure_store::imports::Source;
use tenure_store::scim::{Holders, Person, ScimUser};

use super::columns::{Columns, differences, kept};
use super::lifecycle::{Step, step};
use super::limit::check_limit;
use crate::Ctx;
use crate::access::{recompute_changed, recompute_new};
use crate::accounts::{LAST, leaves_no_administrator};
use crate::identities::{end_in, lock_with_personas};
use crate::people::{employment, happened};
use crate::scim::fault::Fault;
use crate::targets::{accounts_follow, attributes_follow};

/// Who says it, and with what right.
pub(super) struct Teller<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) proof: &'a Authorized<actions::ProvisionIdentities>,
    pub(super) source: &'a Source,
}

/// What is said.
pub(super) struct Word {
    /// The whole resource as it is to be.
    pub(super) resource: Value,
    /// Whether the person is there, if that was said now.
    pub(super) active: Option<bool>,
    /// It makes somebody anew whom the source took away.
    pub(super) again: bool,
    /// It takes the person away.
    pub(super) deleted: bool,
}

/// What came of it.
pub(super) struct Told {
    /// About whom.
    pub(super) id: IdentityId,
    /// The events; none when nothing changes.
    pub(super) events: Vec<AuditEvent>,
    /// The person as they are now; None where more happened to them than was said.
    pub(super) after: Option<Person>,
    /// The groups that they are in, where that is known without asking.
    pub(super) groups: Option<Vec<(RoleId, String)>>,
}

/// Locks what is decided on: everything that an end needs, if one may come of it.
pub(super) async fn lock(teller: &Teller<'_>, tx: &mut WriteTx, may_end: bool) -> Result<(), Fault> {
    if may_end {
        tx.lock_source(teller.proof, teller.source.id).await?;
    }
    Ok(())
}

impl Teller<'_> {
    /// Whether the source may speak of somebody.
    ///
    /// # Errors
    /// [`Fault::NotYours`] for another source's people, and of those of no source for personas and for whoever has a
    /// role in the portal, be it as a persona.
    pub(super) async fn check_owner(&self, tx: &mut WriteTx, before: &Identity) -> Result<(), Fault> {
        let name = &before.display_name;
        match before.source_id {
            Some(id) if id == self.source.id => Ok(()),
            Some(id) => {
                let other = tx.sources().await?.into_iter().find(|s| s.id == id).map_or_else(|| "another source".to_owned(), |s| s.name);
                Err(Fault::not_yours(Some(before.id), format!("{name} belongs to the source {other}: change them there")))
            }
            None if before.persona_of.is_some() => Err(Fault::not_yours(
                Some(before.id),
                format!("{name} is a persona of somebody and was recorded by hand: only an administrator changes it, in the portal"),
            )),
            None => {
                let members = lock_with_personas(tx, &[before.id]).await?;
                if !tx.has_portal_role(&members).await? {
                    return Ok(());
                }
                let words = "was recorded by hand and has a role in the portal, or a persona that has one";
                Err(Fault::not_yours(Some(before.id), format!("{name} {words}: only an administrator changes them, in the portal")))
            }
        }
    }

    /// Writes what is said of somebody who is known, locked, and of whom the source may speak
    /// ([`Self::check_owner`]); or of somebody new. `holders` says who answers to the names, where that is known.
    pub(super) async fn tell(
        &self,
        tx: &mut WriteTx,
        before: Option<&Person>,
        word: &Word,
        holders: Option<Holders>,
    ) -> Result<Told, Fault> {
        let zone = &self.ctx.app.settings.mapping(&self.source.name).default_time_zone;
        let columns = Columns::read(&word.resource, zone)?;
        let resource = kept(&word.resource)?;
        let Some(person) = before else { return self.join(tx, &columns, resource, word, holders).await };
        let was = &person.identity;
        let step = step(was, word.active, word.again)?;
        let manager = self.check_names(tx, Some(person), &columns, holders).await?;
        let mut is = was.clone();
        columns.write(manager, &self.source.name, &mut is);
        is.source_id = Some(self.source.id);
        let mut fields = differences(was, &is);
        match step {
            Step::Stay { listed } => is.source_present = listed,
            Step::Leave => is.source_present = false,
            Step::Begin | Step::Return => {
                is.state = LifecycleState::Active;
                is.source_present = true;
                is.start_on = Some(self.ctx.today());
                is.end_on = None;
                is.ended_at = None;
            }
        }
        let row = ScimUser {
            identity_id: is.id,
            source_id: self.source.id,
            external_id: columns.external_id,
            resource,
            deleted_at: word.deleted.then_some(self.ctx.now),
        };
        let same_words = person.written_by == Some(self.source.id)
            && person.external_id == row.external_id
            && person.deleted_at.is_some() == word.deleted
            && person.resource.as_ref().is_some_and(|r| r.0 == row.resource);
        if same_words && is == *was && step != Step::Leave {
            return Ok(Told { id: is.id, events: Vec::new(), after: Some(person.clone()), groups: None });
        }
        is.version = was.version + 1;
        is.updated_at = self.ctx.now;
        tx.change_identity(self.proof, was, &is).await?;
        tx.put_scim_user(self.proof, &row).await?;
        let mut change = step.change();
        if change == Change::Changed {
            let movers = &self.ctx.app.settings.mapping(&self.source.name).mover_attributes;
            if fields.iter().any(|f| movers.contains(&f.field)) {
                change = Change::Mover;
            }
        }
        if !same_words && fields.is_empty() {
            // Names of attributes only: they have no columns, so no rule looks at them.
            fields.push(others(person, &row));
        }
        let mut events = Vec::new();
        if was.source_id.is_none() {
            let event = self.ctx.event(Stream::Identity, "identity.taken-over").target(&is.id, is.display_name.as_str()).about(is.id);
            events.push(event.before(json!({ "source": null })).after(json!({ "source": self.source.name })));
        }
        events.extend(happened(self.ctx, change, Some(was), &is, &fields, &self.source.name));
        if step == Step::Begin && was.start_on.is_some() {
            // Who was to come back on a day has the period already.
            tx.move_employment(self.proof, is.id, self.ctx.today()).await?;
        } else {
            let begun = employment(self.ctx, change, &is, None, self.ctx.today());
            tx.insert_employments(self.proof, begun.as_slice()).await?;
        }
        if step == Step::Leave {
            events.extend(self.end(tx, was, word.deleted).await?);
        } else {
            // The events come first: what follows from them has later keys.
            let changed = recompute_changed(self.ctx, self.proof, tx, was, &is).await?;
            events.extend(changed);
            if matches!(step, Step::Begin | Step::Return) {
                accounts_follow(self.ctx, self.proof, tx, &[is.id], true).await?;
            }
            if !is.state.has_ended() {
                attributes_follow(self.ctx, self.proof, tx, &[is.id]).await?;
            }
        }
        Ok(Told { id: is.id, events, after: (step != Step::Leave).then(|| Person::written(is, row)), groups: None })
    }

    /// Somebody new. Who is not active yet is known, and begins when the source says so.
    async fn join(
        &self,
        tx: &mut WriteTx,
        columns: &Columns,
        resource: Value,
        word: &Word,
        holders: Option<Holders>,
    ) -> Result<Told, Fault> {
        let manager = self.check_names(tx, None, columns, holders).await?;
        let begins = word.active != Some(false);
        let mut identity = Identity {
            state: if begins { LifecycleState::Active } else { LifecycleState::PreHire },
            source_id: Some(self.source.id),
            start_on: begins.then(|| self.ctx.today()),
            source_present: begins,
            // Its names come from the columns.
            ..Identity::new(self.ctx.id(), IdentityKind::Person, "", "", self.ctx.now)
        };
        columns.write(manager, &self.source.name, &mut identity);
        tx.put_identities(self.proof, std::slice::from_ref(&identity)).await?;
        let row = ScimUser {
            identity_id: identity.id,
            source_id: self.source.id,
            external_id: columns.external_id.clone(),
            resource,
            deleted_at: None,
        };
        tx.put_scim_user(self.proof, &row).await?;
        if begins {
            let begun = employment(self.ctx, Change::Joiner, &identity, None, self.ctx.today());
            tx.insert_employments(self.proof, begun.as_slice()).await?;
        }
        let mut events: Vec<AuditEvent> = happened(self.ctx, Change::Joiner, None, &identity, &[], &self.source.name).into_iter().collect();
        // Its event comes first: what follows from it has later keys.
        let (changed, groups) = recompute_new(self.ctx, self.proof, tx, &identity).await?;
        events.extend(changed);
        Ok(Told { id: identity.id, events, after: Some(Person::written(identity, row)), groups: Some(groups) })
    }

    /// Ends somebody by the one way, within the limits.
    async fn end(&self, tx: &mut WriteTx, who: &Identity, deleted: bool) -> Result<Vec<AuditEvent>, Fault> {
        check_limit(self.ctx, tx, self.source, who.id).await?;
        let members = lock_with_personas(tx, &[who.id]).await?;
        if leaves_no_administrator(tx, &members).await? {
            return Err(Fault::not_yours(Some(who.id), LAST));
        }
        let said = if deleted { "deleted" } else { "deactivated" };
        let reason = format!("{said} by {}", self.source.name);
        let events = end_in(self.ctx, self.proof, tx, &[who.id], self.ctx.today(), &reason).await?;
        tx.note_scim_leaver(self.proof, who.id, self.ctx.now).await?;
        Ok(events)
    }

    /// Whether names and numbers are free; yields the manager, if there is one of that key. What somebody has already
    /// is theirs.
    async fn check_names(
        &self,
        tx: &mut WriteTx,
        before: Option<&Person>,
        columns: &Columns,
        holders: Option<Holders>,
    ) -> Result<Option<IdentityId>, Fault> {
        let me = before.map(|person| person.identity.id);
        let new_user_name = before.is_none_or(|person| fold(&person.identity.user_name) != fold(&columns.user_name));
        let mine = |person: &Person| person.written_by == Some(self.source.id) && person.deleted_at.is_none();
        let new_name =
            columns.external_id.as_deref().filter(|name| !before.is_some_and(|p| mine(p) && p.external_id.as_deref() == Some(*name)));
        let belongs = |identity: &Identity| identity.source_id == Some(self.source.id);
        let known = before.filter(|person| belongs(&person.identity)).and_then(|person| person.identity.employee_id.as_deref());
        let new_number = columns.employee_id.as_deref().filter(|number| known != Some(*number));
        if new_user_name || new_name.is_some() || new_number.is_some() {
            let holders = match holders {
                Some(holders) => holders,
                None => tx.scim_holders(self.source.id, &columns.user_name, new_name, new_number).await?,
            };
            let taken = |what: &str, value: &str| Fault::Scim(ScimError::taken(format!("`{what}` \"{value}\" belongs to another user")));
            let by_another = |holder: Option<IdentityId>| holder.is_some() && holder != me;
            if new_user_name && by_another(holders.user_name) {
                return Err(taken("userName", &columns.user_name));
            }
            if let Some(name) = new_name.filter(|_| by_another(holders.external_id)) {
                return Err(taken("externalId", name));
            }
            if let Some(number) = new_number.filter(|_| by_another(holders.number)) {
                return Err(taken("employeeNumber", number));
            }
            if let (Some(archived), Some(name)) = (holders.archived, new_name) {
                tx.free_external_id(self.proof, self.source.id, name, archived).await?;
            }
        }
        let Some(manager) = columns.manager else { return Ok(None) };
        if Some(manager) == me {
            return Err(Fault::invalid("`manager` names the user: nobody is their own manager"));
        }
        // A manager who is not known (yet) is kept in the resource, and leads nobody here.
        Ok(tx.identity(manager).await?.filter(|m| m.kind == IdentityKind::Person && m.state != LifecycleState::Archived).map(|m| m.id))
    }
}

/// Which attributes without a column differ.
fn others(before: &Person, after: &ScimUser) -> tenure_domain::people::FieldChange {
    let empty = serde_json::Map::new();
    let old = before.resource.as_ref().and_then(|r| r.0.as_object()).unwrap_or(&empty);
    let new = after.resource.as_object().unwrap_or(&empty);
    let mut names: Vec<&str> = old.keys().chain(new.keys()).filter(|name| old.get(*name) != new.get(*name)).map(String::as_str).collect();
    if before.external_id != after.external_id {
        names.push("externalId");
    }
    if before.deleted_at.is_some() != after.deleted_at.is_some() {
        names.push(if after.deleted_at.is_some() { "deleted" } else { "made again" });
    }
    names.sort_unstable();
    names.dedup();
    tenure_domain::people::FieldChange { field: "other".to_owned(), before: String::new(), after: names.join(", ") }
}
