//! Recording an identity by hand: non-human ones, and people whom no source knows.

use serde_json::json;
use tenure_domain::access::{Authorized, Portal, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{Identity, IdentityKind, LifecycleState};
use tenure_store::WriteTx;
use tenure_store::identities::Employment;

use super::work::{Work, check_work, picture};
use crate::access::recompute_new;
use crate::text::{DEPARTMENT, FREE, KEY, MAIL, NAME, typed};
use crate::{Ctx, FieldError, ServiceError};

/// An identity to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIdentity {
    /// Person, or a non-human kind.
    pub kind: IdentityKind,
    /// Unique.
    pub user_name: String,
    /// The name that people read.
    pub display_name: String,
    /// May be empty.
    pub email: String,
    /// May be empty.
    pub department: String,
    /// May be empty.
    pub title: String,
    /// What a non-human identity is for.
    pub purpose: String,
    /// Who answers for a non-human identity.
    pub owner_id: Option<IdentityId>,
    /// The main identity of a persona.
    pub persona_of: Option<IdentityId>,
    /// From when to when, where and for whom.
    pub work: Work,
}

impl NewIdentity {
    /// A person of whom no more is known.
    pub fn person(user_name: &str, display_name: &str) -> Self {
        Self {
            kind: IdentityKind::Person,
            user_name: user_name.to_owned(),
            display_name: display_name.to_owned(),
            email: String::new(),
            department: String::new(),
            title: String::new(),
            purpose: String::new(),
            owner_id: None,
            persona_of: None,
            work: Work::default(),
        }
    }
}

/// Records an identity.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`] with the faulty fields.
pub async fn create_identity(ctx: &Ctx, new: &NewIdentity) -> Result<IdentityId, ServiceError> {
    let proof = ctx.authorize::<actions::CreateIdentity, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    let (id, events) = create_in(ctx, &proof, &mut tx, new).await?;
    tx.commit(events).await?;
    Ok(id)
}

/// The same as a part of a larger change, which commits its events.
pub(crate) async fn create_in(
    ctx: &Ctx,
    proof: &Authorized<actions::CreateIdentity>,
    tx: &mut WriteTx,
    new: &NewIdentity,
) -> Result<(IdentityId, Events), ServiceError> {
    tx.hold_model().await?;
    // Whoever is to answer for it must not end meanwhile.
    tx.lock_identities(&new.owner_id.into_iter().chain(new.persona_of).chain(new.work.manager_id).collect::<Vec<_>>()).await?;
    let mut faults = Vec::new();
    let user_name = check_user_name(&new.user_name, &mut faults);
    let texts = check_texts(&new.display_name, &new.email, &new.department, &new.title, &new.purpose, &mut faults);
    if tx.identity_by_user_name(&user_name).await?.is_some() {
        faults.push(FieldError::new("user_name", format!("{user_name} belongs to another identity: choose another name")));
    }
    if new.kind.is_non_human() {
        match new.owner_id {
            None => faults.push(FieldError::new("owner_id", "a non-human identity needs a person who answers for it")),
            Some(owner) if tx.identity(owner).await?.is_none_or(|o| o.state.has_ended()) => {
                faults.push(FieldError::new("owner_id", "the owner does not exist or has ended: choose another"))
            }
            Some(_) => {}
        }
        if new.purpose.trim().is_empty() {
            faults.push(FieldError::new("purpose", "say what it is for: whoever finds it in five years will thank you"));
        }
    } else if new.owner_id.is_some() {
        faults.push(FieldError::new("owner_id", "nobody owns a person: leave it empty"));
    }
    if let Some(main) = new.persona_of {
        if tx.identity(main).await?.is_none_or(|m| m.state.has_ended()) {
            faults.push(FieldError::new("persona_of", "the main identity does not exist or has ended: choose another"));
        }
    }
    let work = check_work(ctx, tx, &new.work, None, &mut faults).await?;
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let identity = Identity {
        state: if work.later { LifecycleState::PreHire } else { LifecycleState::Active },
        email: texts.email,
        department: texts.department,
        title: texts.title,
        purpose: texts.purpose,
        manager_id: work.manager_id,
        owner_id: new.owner_id,
        persona_of: new.persona_of,
        time_zone: work.time_zone,
        start_on: Some(work.start_on),
        end_on: work.end_on,
        ..Identity::new(ctx.id(), new.kind, user_name, texts.display_name, ctx.now)
    };
    tx.put_identities(proof, std::slice::from_ref(&identity)).await?;
    // Machines are not joiners, and somebody's second identity is not a second employment.
    if !identity.kind.is_non_human() && identity.persona_of.is_none() {
        let employment = Employment {
            id: ctx.id(),
            identity_id: identity.id,
            started_on: work.start_on,
            ended_on: None,
            start_reason: "joiner".to_owned(),
            end_reason: String::new(),
        };
        tx.insert_employments(proof, &[employment]).await?;
    }
    let mut after = picture(&identity);
    for (field, value) in [
        ("kind", json!(identity.kind)),
        ("state", json!(identity.state)),
        ("user_name", json!(identity.user_name)),
        ("owner_id", json!(identity.owner_id)),
        ("persona_of", json!(identity.persona_of)),
        ("purpose", json!(identity.purpose)),
    ] {
        after[field] = value;
    }
    let mut events = Events::one(
        ctx.event(Stream::Identity, "identity.created")
            .target(&identity.id, identity.display_name.as_str())
            .about(identity.id)
            .after(after),
    );
    // Its event comes first: what follows from it has later keys.
    let (changed, _) = recompute_new(ctx, proof, tx, &identity).await?;
    events.extend(changed);
    Ok((identity.id, events))
}

/// The texts of an identity as they are recorded.
pub(crate) struct Texts {
    pub(crate) display_name: String,
    pub(crate) email: String,
    pub(crate) department: String,
    pub(crate) title: String,
    pub(crate) purpose: String,
}

pub(crate) fn check_user_name(user_name: &str, faults: &mut Vec<FieldError>) -> String {
    let before = faults.len();
    let user_name = typed("user_name", user_name, &KEY, faults);
    let fits = !user_name.is_empty() && user_name.chars().count() <= 200 && !user_name.contains(char::is_whitespace);
    if !fits && faults.len() == before {
        faults.push(FieldError::new("user_name", "give it a user name of 1 to 200 characters without blanks"));
    }
    user_name
}

/// Checks what create and edit share.
pub(crate) fn check_texts(
    display_name: &str,
    email: &str,
    department: &str,
    title: &str,
    purpose: &str,
    faults: &mut Vec<FieldError>,
) -> Texts {
    let before = faults.len();
    let display_name = typed("display_name", display_name, &NAME, faults);
    if faults.len() == before && !(1..=200).contains(&display_name.chars().count()) {
        faults.push(FieldError::new("display_name", "give it a name of 1 to 200 characters"));
    }
    let email = typed("email", email, &MAIL, faults);
    let has_shape = email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'));
    if !email.is_empty() && (!has_shape || email.contains(char::is_whitespace)) {
        faults.push(FieldError::new("email", "a mail address looks like name@example.com"));
    }
    let department = typed("department", department, &DEPARTMENT, faults);
    let title = typed("title", title, &NAME, faults);
    let purpose = typed("purpose", purpose, &FREE, faults);
    Texts { display_name, email, department, title, purpose }
}
