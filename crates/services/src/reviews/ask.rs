//! Asking somebody.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::json;
use tenure_domain::access::{Relation, actions};
use tenure_domain::id::{AccountId, IdentityId, ReviewId};
use tenure_domain::identity::{IdentityKind, LifecycleState};
use tenure_store::reviews::NewReview;
use tenure_store::targets::same_values;

use super::{event, words};
use crate::identities::is_same_person;
use crate::{Ctx, FieldError, ServiceError};

/// How far away the last day may be.
const FARTHEST: Days = Days::new(366);

/// What somebody is asked.
#[derive(Debug, Clone)]
pub struct Asking {
    /// What whoever asks looked at: the attributes, with what the target has. All that is otherwise.
    pub seen: BTreeMap<String, Vec<String>>,
    /// Who is asked.
    pub reviewer: IdentityId,
    /// Until when.
    pub due_on: NaiveDate,
    /// What they are to know, or to look at.
    pub note: String,
}

/// Whether the actor may ask about an account; a refusal leaves its trace. For a form that looks up what was typed.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`].
pub async fn check_asks(ctx: &Ctx, account: AccountId) -> Result<(), ServiceError> {
    let account = ctx.app.store.read().await?.account(account).await?.ok_or(ServiceError::NotFound("account"))?;
    ctx.authorize::<actions::ManageTarget, _>(&(account.application_id, Relation::None)).await.map(|_| ())
}

/// Asks a person whether an account may stay as it is on its target.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`] without a note, for a day that is over or
/// far away, and for somebody who cannot decide; [`ServiceError::Conflict`] where it is otherwise than it was seen;
/// [`ServiceError::Refused`] for an account of nobody's and where somebody is asked already.
pub async fn ask_review(ctx: &Ctx, account: AccountId, asking: &Asking) -> Result<ReviewId, ServiceError> {
    let found = ctx.app.store.read().await?.account(account).await?.ok_or(ServiceError::NotFound("account"))?;
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(found.application_id, Relation::None)).await?;
    let mut faults = Vec::new();
    let note = words("note", &asking.note, 3, "say what is asked, or what they should know").unwrap_or_else(|error| {
        faults.extend(faults_of(error));
        String::new()
    });
    let today = ctx.today();
    if asking.due_on < today {
        faults.push(FieldError::new("due_on", "that day is over: choose today or later"));
    } else if asking.due_on > today + FARTHEST {
        faults.push(FieldError::new("due_on", "choose a day within a year"));
    }
    let mut tx = ctx.app.store.write().await?;
    let Some(identity) = found.identity_id else {
        return Err(ServiceError::Refused("say first whose the account is: nothing is recorded of nobody".to_owned()));
    };
    tx.lock_identities(&[identity, asking.reviewer]).await?;
    let view = tx.account_view(account).await?.filter(|view| view.account.identity_id == Some(identity));
    let view =
        view.ok_or_else(|| ServiceError::Conflict("the account is somebody else's by now, or gone; nothing was changed".to_owned()))?;
    let reviewer = tx.identity(asking.reviewer).await?;
    let asked = match reviewer {
        Some(who) if who.kind == IdentityKind::Person && who.state == LifecycleState::Active => Some(who),
        Some(who) if who.kind == IdentityKind::Person => {
            faults.push(FieldError::new(
                "reviewer",
                format!("{} is {} and cannot decide: choose another", who.display_name, who.state.label()),
            ));
            None
        }
        _ => {
            faults.push(FieldError::new("reviewer", "choose a person: they decide"));
            None
        }
    };
    if asked.is_some() && is_same_person(&mut tx, identity, asking.reviewer).await? {
        faults.push(FieldError::new("reviewer", "it is their own account: choose another, nobody reviews themselves"));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let question = view.drift.clone().unwrap_or_default();
    let as_seen = question.len() == asking.seen.len()
        && question.iter().all(|(name, drifted)| asking.seen.get(name).is_some_and(|seen| same_values(&drifted.real, seen)));
    if question.is_empty() || !as_seen {
        return Err(ServiceError::Conflict("the account is not as you saw it any more; nothing was changed: look again".to_owned()));
    }
    if let Some(open) = view.review_id {
        let who = tx.review(open).await?.map(|review| review.asked).unwrap_or_default();
        return Err(ServiceError::Refused(format!("{who} is asked already: withdraw that question first")));
    }
    let new = NewReview {
        id: ctx.id(),
        account,
        target: view.account.application_id,
        identity,
        question: &question,
        asker: &ctx.principal.label,
        reviewer: asking.reviewer,
        note: &note,
        due_on: asking.due_on,
        at: ctx.now,
    };
    tx.insert_review(&proof, &new).await?;
    let event = event(ctx, "review.asked", new.id, &view.account.name, identity).because(note.as_str());
    let asked = asked.map(|who| who.display_name).unwrap_or_default();
    tx.commit(event.after(
        json!({ "account": view.account.name, "asked": asked, "reviewer_id": new.reviewer, "due_on": new.due_on, "otherwise": question }),
    ))
    .await?;
    Ok(new.id)
}

fn faults_of(error: ServiceError) -> Vec<FieldError> {
    match error {
        ServiceError::Invalid(faults) => faults,
        _ => Vec::new(),
    }
}
