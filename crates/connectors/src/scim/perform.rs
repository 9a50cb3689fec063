//! Making it so.

use reqwest::Method;
use serde_json::{Value, json};
use tenure_scim::{ResourceType, resource};

use super::Scim;
use super::exchange::{Answer, Request};
use super::settings::Correlation;
use super::wire::{Seen, short, with};
use crate::{AccountDraft, AccountRef, Change, Fault, FaultKind, Outcome};

fn refused<T>(words: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::new(FaultKind::Refused, words))
}

/// A user with `active` set.
pub(super) fn activated(user: &Value, active: bool) -> Result<Value, Fault> {
    let mut user = user.clone();
    if let Some(map) = user.as_object_mut() {
        map.insert("active".into(), json!(active));
    }
    Ok(user)
}

/// An account as the draft wants it; also its name, and enabled if it is a new one.
pub(super) fn drafted(user: &Value, draft: &AccountDraft, new: bool) -> Result<Value, Fault> {
    let mut user = if new { activated(user, true)? } else { user.clone() };
    // What is found by its key may be renamed there; what is found by its name has it.
    if let Some(map) = user.as_object_mut().filter(|_| !draft.account.name.is_empty()) {
        let same = map.get("userName").and_then(Value::as_str).is_some_and(|name| name.eq_ignore_ascii_case(&draft.account.name));
        if !same && !draft.attributes.keys().any(|name| name.eq_ignore_ascii_case("userName")) {
            map.insert("userName".into(), json!(draft.account.name));
        }
    }
    with(ResourceType::users(), &user, &draft.attributes)
}

impl Scim {
    pub(super) async fn do_it(&self, change: &Change) -> Result<Outcome, Fault> {
        match change {
            Change::Create(draft) => self.create(draft).await,
            Change::Change(draft) => match self.look_up(&draft.account).await? {
                Some(found) => self.make(found, &|user| drafted(user, draft, false)).await,
                None => refused(format!("There is no account `{}` to change.", draft.account.name)),
            },
            Change::Disable(account) => match self.look_up(account).await? {
                Some(found) => self.make(found, &|user| activated(user, false)).await,
                None => Ok(Outcome::AlreadySo),
            },
            Change::Enable(account) => match self.look_up(account).await? {
                Some(found) => self.make(found, &|user| activated(user, true)).await,
                None => refused(format!("There is no account `{}` to enable.", account.name)),
            },
            Change::Delete { heir: Some(_), .. } => Err(Fault::new(
                FaultKind::Unsupported,
                "SCIM has no way to hand over what an account owns; do that there, then delete without an heir.",
            )),
            Change::Delete { account, heir: None } => self.delete(account).await,
            Change::AddMember { account, entitlement } => self.add_member(account, entitlement).await,
            Change::RemoveMember { account, entitlement } => self.remove_member(account, entitlement).await,
            Change::SetPassword { account, password } if self.settings.passwords => match self.look_up(account).await? {
                Some(found) => self.make(found, &|user| password_set(user, password.expose())).await,
                None => refused(format!("There is no account `{}` to set a password of.", account.name)),
            },
            Change::SetPassword { .. } => {
                Err(Fault::new(FaultKind::Unsupported, "The settings of this target do not allow passwords to be set."))
            }
            Change::EndSessions(_) | Change::RevokeCredential(_) | Change::ValidUntil { .. } => {
                Err(Fault::new(FaultKind::Unsupported, "SCIM has no way to do this."))
            }
        }
    }

    async fn create(&self, draft: &AccountDraft) -> Result<Outcome, Fault> {
        if !draft.account.key.is_empty() {
            if let Some(found) = self.get_user(&draft.account.key).await? {
                return self.make(found, &|user| drafted(user, draft, true)).await;
            }
        }
        if let Some(found) = self.same_person(draft).await? {
            return self.make(found, &|user| drafted(user, draft, true)).await;
        }
        let of = ResourceType::users();
        let blank = json!({ "schemas": [of.schema.id], "userName": draft.account.name });
        let mut user = drafted(&blank, draft, true)?;
        resource::complete(of, &user).map_err(|error| Fault::new(FaultKind::Refused, error.detail))?;
        // A peer that never saw it needs no id.
        if let Some(map) = user.as_object_mut() {
            map.remove("id");
        }
        let quiet = user.get("password").is_some();
        match self.peer.ask(Request::new(Method::POST, &["Users"]).body(user).quiet(quiet)).await? {
            // Somebody was quicker: maybe Tenure itself, before it was cut off.
            Answer::Conflict(words) => match self.same_person(draft).await? {
                Some(found) => self.make(found, &|user| drafted(user, draft, true)).await,
                // Of a user only the name may be there once (RFC 7643, 4.1).
                None => Err(Fault::new(FaultKind::NameTaken, format!("The name `{}` is taken there: {words}", draft.account.name))),
            },
            answer => answer.yes("making the account").map(|_| Outcome::Done),
        }
    }

    /// The account that this person has there already.
    ///
    /// # Errors
    /// When the name belongs to somebody else, or nobody can tell.
    pub(super) async fn same_person(&self, draft: &AccountDraft) -> Result<Option<Seen>, Fault> {
        let external =
            draft.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case("externalId")).and_then(|(_, values)| values.first());
        let name = &draft.account.name;
        match (self.settings.correlation, external) {
            (Correlation::ExternalId, None) => {
                refused(format!("The account `{name}` has no externalId, by which this target's settings tell whose it is."))
            }
            (Correlation::ExternalId, Some(external)) => match self.find_by("externalId", external).await? {
                Some(found) => Ok(Some(found)),
                None => self.by_name(name, Some(external), true).await,
            },
            (Correlation::UserName, external) => self.by_name(name, external, false).await,
        }
    }

    async fn by_name(&self, name: &str, external: Option<&String>, must_tell: bool) -> Result<Option<Seen>, Fault> {
        let Some(found) = self.find_by("userName", name).await? else { return Ok(None) };
        let theirs = found.user.get("externalId").and_then(Value::as_str).filter(|external| !external.is_empty());
        match (theirs, external) {
            (Some(theirs), Some(ours)) if theirs != ours => Err(Fault::new(
                FaultKind::NameTaken,
                format!("The name `{name}` belongs to another person there (externalId \"{}\"): take another name.", short(theirs)),
            )),
            (None, _) if must_tell => Err(Fault::new(
                FaultKind::NeedsDecision,
                format!("There is an account `{name}` without externalId. Decide whether it is this person's."),
            )),
            _ => Ok(Some(found)),
        }
    }
}

fn password_set(user: &Value, password: &str) -> Result<Value, Fault> {
    let mut user = user.clone();
    if let Some(map) = user.as_object_mut() {
        map.insert("password".into(), json!(password));
    }
    Ok(user)
}

/// What tells an account in words.
pub(super) fn called(account: &AccountRef) -> String {
    match (account.key.as_str(), account.name.as_str()) {
        ("", name) => format!("userName \"{name}\""),
        (key, "") => format!("id {key}"),
        (key, name) => format!("\"{name}\", id {key}"),
    }
}
