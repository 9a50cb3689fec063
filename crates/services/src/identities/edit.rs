//! Changing attributes by hand. What a source says is the source's: only what it does not own can
//! be changed here.

use serde_json::json;
use tenure_domain::access::actions;
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;

use super::create::check_texts;
use super::work::{Work, check_work, picture};
use crate::access::recompute_identities;
use crate::targets::attributes_follow;
use crate::{Ctx, FieldError, ServiceError};

/// The attributes as they should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityChange {
    /// The version that was read.
    pub version: i64,
    /// The name that people read.
    pub display_name: String,
    /// Mail address.
    pub email: String,
    /// Department.
    pub department: String,
    /// Title.
    pub title: String,
    /// What a non-human identity is for.
    pub purpose: String,
    /// Who answers for a non-human identity.
    pub owner_id: Option<IdentityId>,
    /// From when to when, where and for whom.
    pub work: Work,
}

/// Changes an identity's attributes.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Invalid`],
/// [`ServiceError::Conflict`] when somebody else changed it in between, [`ServiceError::Refused`]
/// when a source owns what is to be changed.
pub async fn edit_identity(ctx: &Ctx, id: IdentityId, change: &IdentityChange) -> Result<(), ServiceError> {
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let proof = ctx.authorize::<actions::EditIdentity, _>(&identity).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.hold_model().await?;
    // Whoever is to answer for it must not end meanwhile.
    tx.lock_identities(&change.owner_id.into_iter().chain(change.work.manager_id).chain([id]).collect::<Vec<_>>()).await?;
    let before = tx.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    if before.source_id.is_some() {
        return Err(ServiceError::Refused(
            "a source owns these attributes: change them there, the next import brings them here".to_owned(),
        ));
    }
    if before.state.has_ended() {
        return Err(ServiceError::Refused("this identity has ended; its record stays as it is".to_owned()));
    }
    let mut faults = Vec::new();
    let texts = check_texts(&change.display_name, &change.email, &change.department, &change.title, &change.purpose, &mut faults);
    if before.kind.is_non_human() {
        match change.owner_id {
            None => faults.push(FieldError::new("owner_id", "a non-human identity needs a person who answers for it")),
            Some(owner) if owner == id || tx.identity(owner).await?.is_none_or(|o| o.state.has_ended()) => {
                faults.push(FieldError::new("owner_id", "the owner does not exist or has ended: choose another"));
            }
            Some(_) => {}
        }
        if change.purpose.trim().is_empty() {
            faults.push(FieldError::new("purpose", "say what it is for"));
        }
    } else if change.owner_id.is_some() && change.owner_id != before.owner_id {
        faults.push(FieldError::new("owner_id", "nobody owns a person: leave it empty"));
    }
    let work = check_work(ctx, &mut tx, &change.work, Some(&before), &mut faults).await?;
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let mut after = before.clone();
    after.display_name = texts.display_name;
    after.email = texts.email;
    after.department = texts.department;
    after.title = texts.title;
    // The form of a person has neither; what is recorded stays.
    if before.kind.is_non_human() {
        after.purpose = texts.purpose;
        after.owner_id = change.owner_id;
    }
    after.manager_id = work.manager_id;
    after.time_zone = work.time_zone;
    after.start_on = before.start_on.map(|_| work.start_on);
    after.end_on = work.end_on;
    if after == before {
        return Ok(());
    }
    after.version = before.version + 1;
    after.updated_at = ctx.now;
    tx.update_identity(&proof, change.version, &after).await?;
    if after.start_on != before.start_on {
        tx.move_employment(&proof, id, work.start_on).await?;
    }
    if let Some(owner) = after.owner_id.filter(|_| after.owner_id != before.owner_id) {
        tx.close_hand_overs_of(&proof, id, owner, ctx.now).await?;
    }
    let told = |i: &Identity| {
        let mut told = picture(i);
        for (field, value) in [
            ("display_name", json!(i.display_name)),
            ("email", json!(i.email)),
            ("department", json!(i.department)),
            ("title", json!(i.title)),
            ("purpose", json!(i.purpose)),
            ("owner_id", json!(i.owner_id)),
        ] {
            told[field] = value;
        }
        told
    };
    let mut events = Events::one(
        ctx.event(Stream::Identity, "identity.edited")
            .target(&id, after.display_name.as_str())
            .about(id)
            .before(told(&before))
            .after(told(&after)),
    );
    // Its event comes first: what follows from it has later keys.
    let changed = recompute_identities(ctx, &proof, &mut tx, std::slice::from_ref(&after)).await?;
    events.extend(changed);
    attributes_follow(ctx, &proof, &mut tx, &[id]).await?;
    tx.commit(events).await?;
    Ok(())
}
