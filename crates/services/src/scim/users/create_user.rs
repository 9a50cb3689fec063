//! POST /Users (RFC 7644, 3.3).

use serde_json::Value;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{LifecycleState, Transition};
use tenure_scim::{Reading, ResourceType, ScimError, resource};
use tenure_store::WriteTx;
use tenure_store::scim::{Person, ScimUser};

use super::columns::Columns;
use super::read_user::shown;
use super::tell::{Teller, Word, lock};
use crate::Ctx;
use crate::scim::fault::Fault;
use crate::scim::once_more::once_more_together;
use crate::scim::source::own_source;
use crate::scim::view::{Resource, View};

/// Makes a user: a joiner. Somebody whom this source took away and makes again comes back as a rehire, with all that is
/// recorded of them; if the external names or employee numbers tell two people apart, the former is archived and gives
/// names free. They are found by the user name, else by the employee number.
///
/// # Errors
/// [`Fault`] with 400, 403, 409 (`uniqueness`).
pub async fn create_user(ctx: &Ctx, view: &View, body: &Value) -> Result<Resource, Fault> {
    let proof = ctx.authorize::<actions::ProvisionIdentities, _>(&Portal).await?;
    let mut accepted = resource::create(ResourceType::users(), body.clone(), Reading::Lenient)?;
    if accepted.get("active").is_none() {
        accepted["active"] = Value::Bool(true);
    }
    once_more_together!(ctx, |tx| {
        let active = accepted.get("active").and_then(Value::as_bool);
        // Who was taken away and brought back by hand would end.
        let may_end = active == Some(false);
        if may_end {
            tx.lock_administrators().await?;
        }
        tx.hold_model().await?;
        let (source, made) = own_source(ctx, &proof, tx).await?;
        let columns = Columns::read(&accepted, &ctx.app.settings.mapping(&source.name).default_time_zone)?;
        let teller = Teller { ctx, proof: &proof, source: &source };
        lock(&teller, tx, may_end).await?;
        let mut word = Word { resource: accepted.clone(), active, again: false, deleted: false };
        let mut events: Vec<AuditEvent> = made.into_iter().collect();
        let name = accepted["userName"].as_str().unwrap_or_default();
        let (external_id, number) = (columns.external_id.as_deref(), columns.employee_id.as_deref());
        let holders = tx.scim_holders(source.id, &columns.user_name, external_id, number).await?;
        let mut before = match holders.user_name {
            Some(id) => {
                tx.hold_identities(&[id]).await?;
                tx.scim_person(id).await?
            }
            None => None,
        };
        if before.as_ref().is_some_and(|person| !taken_away(&teller, person)) {
            return Err(ScimError::taken(format!("`userName` \"{name}\" belongs to another user")).into());
        }
        if before.is_none() {
            before = former_holder(&teller, tx, &columns, holders.number).await?;
        }
        if let Some(person) = &before {
            teller.check_owner(tx, &person.identity).await?;
        }
        // Where somebody makes way, names are free that were not.
        let holders = before.is_none().then_some(holders);
        if let Some(person) = before.take_if(|person| is_another(person, &columns)) {
            // Who was brought back by hand in the meantime keeps their names: the new one is refused for them.
            if person.identity.state == LifecycleState::Terminated {
                events.push(put_away(&teller, tx, &person).await?);
            }
        }
        word.again = before.is_some();
        let told = teller.tell(tx, before.as_ref(), &word, holders).await?;
        let shown = shown(tx, &told, view, source.id).await?;
        events.extend(told.events);
        Ok((shown, events))
    })
}

/// Whether a resource is of somebody else than the person who had its name or number.
fn is_another(person: &Person, said: &Columns) -> bool {
    // A pre-hire without a day never was anybody here: whoever comes takes the place.
    if person.identity.state == LifecycleState::PreHire && person.identity.start_on.is_none() {
        return false;
    }
    let differ = |old: &Option<String>, new: &Option<String>| matches!((old, new), (Some(old), Some(new)) if old != new);
    differ(&person.external_id, &said.external_id) || differ(&person.identity.employee_id, &said.employee_id)
}

fn taken_away(teller: &Teller<'_>, person: &Person) -> bool {
    person.deleted_at.is_some() && person.identity.source_id == Some(teller.source.id)
}

/// Who had an employee number under another user name, and was taken away; locked.
async fn former_holder(teller: &Teller<'_>, tx: &mut WriteTx, said: &Columns, holder: Option<IdentityId>) -> Result<Option<Person>, Fault> {
    let Some(id) = holder else { return Ok(None) };
    tx.hold_identities(&[id]).await?;
    let holder = tx.scim_person(id).await?;
    Ok(holder.filter(|person| taken_away(teller, person) && person.identity.employee_id == said.employee_id))
}

/// Archives somebody who ended and was taken away.
async fn put_away(teller: &Teller<'_>, tx: &mut WriteTx, person: &Person) -> Result<AuditEvent, Fault> {
    let was = &person.identity;
    let mut is = was.clone();
    is.state = was.state.after(Transition::Archive).map_err(crate::ServiceError::from)?;
    is.version += 1;
    is.updated_at = teller.ctx.now;
    tx.update_identity(teller.proof, was.version, &is).await?;
    let resource = person.resource.as_ref().map(|r| r.0.clone()).unwrap_or_default();
    let row = ScimUser { identity_id: is.id, source_id: teller.source.id, external_id: None, resource, deleted_at: person.deleted_at };
    tx.put_scim_user(teller.proof, &row).await?;
    let event = teller.ctx.event(Stream::Identity, "identity.archive").target(&is.id, is.display_name.as_str()).about(is.id);
    Ok(event
        .because(format!("{} gives the user name or employee number to somebody else", teller.source.name))
        .before(serde_json::json!({ "state": was.state }))
        .after(serde_json::json!({ "state": is.state })))
}
