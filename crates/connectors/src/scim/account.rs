//! Looking an account up, and changing it.

use reqwest::Method;
use serde_json::Value;
use tenure_scim::list::ListResponse;
use tenure_scim::{Filter, ResourceType};

use super::Scim;
use super::exchange::{Answer, Request};
use super::settings::Update;
use super::wire::{Seen, garbage, method, patch, seen, whole};
use crate::{AccountRef, Fault, FaultKind, Outcome};

impl Scim {
    /// The account, by its key if it has one, else by its name. None only from a peer that has such a list.
    pub(super) async fn look_up(&self, account: &AccountRef) -> Result<Option<Seen>, Fault> {
        if account.key.is_empty() { self.find_by("userName", &account.name).await } else { self.get_user(&account.key).await }
    }

    pub(super) async fn get_user(&self, key: &str) -> Result<Option<Seen>, Fault> {
        self.get(ResourceType::users(), key).await
    }

    /// A resource by its key.
    pub(super) async fn get(&self, of: &ResourceType, key: &str) -> Result<Option<Seen>, Fault> {
        if key.is_empty() || key == "." || key == ".." {
            return Err(Fault::new(FaultKind::Refused, format!("`{key}` cannot be the id of a {}.", of.name)));
        }
        let content = match self.peer.ask(Request::get(&[folder(of), key])).await? {
            Answer::Yes(content) => content,
            Answer::NotThere => {
                self.confirm(of).await?;
                return Ok(None);
            }
            other => other.yes("reading it")?,
        };
        let found = seen(of, content.body, content.etag)?;
        if super::wire::id(&found.user) != key {
            return Err(garbage(format!("The server was asked for the {} `{key}` and sent another one.", of.name)));
        }
        Ok(Some(found))
    }

    /// Looks whether the list of such resources is there. "Absent" counts as success, so a 404 is believed only from a
    /// server that has the list: a wrong address, or a proxy in the way, answers 404 to everything.
    async fn confirm(&self, of: &ResourceType) -> Result<(), Fault> {
        let path = [folder(of)];
        let request = Request::get(&path).query("count", "1");
        let body = match self.peer.ask(request).await? {
            Answer::Yes(content) => content.body,
            _ => Value::Null,
        };
        let is_list = body.get("totalResults").is_some() || body.get("Resources").is_some_and(Value::is_array);
        if is_list { Ok(()) } else { Err(garbage(format!("The server answers 404, but has no {} either; check base-url.", of.endpoint))) }
    }

    /// The one account with this value. What the filter brings is compared again: some peers ignore what they do not understand.
    pub(super) async fn find_by(&self, attribute: &str, value: &str) -> Result<Option<Seen>, Fault> {
        let of = ResourceType::users();
        let filter = Filter::equal(attribute, value);
        let exact = filter.compile(of).map_err(|error| garbage(error.detail))?;
        let request = Request::get(&["Users"]).query("filter", filter.to_string()).query("count", "10");
        let body = self.peer.ask(request).await?.yes("looking the account up")?.body;
        let list: ListResponse =
            serde_json::from_value(body).map_err(|_| garbage("The server answered a search with something that is no list."))?;
        // What is told to be there and is not sent cannot be taken for absent.
        let mut unheard = list.resources.is_empty() && list.total_results.is_some_and(|total| total > 0);
        let mut found = Vec::new();
        for raw in list.resources {
            let one = seen(of, raw, None)?;
            if exact.matches(&one.user) {
                found.push(one);
            } else {
                // Another case than asked for is another value, but the filter was heeded.
                let theirs = one.user.get(attribute).and_then(Value::as_str).unwrap_or_default();
                unheard |= theirs.to_lowercase() != value.to_lowercase();
            }
        }
        match (found.len(), found.pop()) {
            (0, _) if unheard => Err(garbage(format!("The server does not filter by {attribute}: what it sent does not have that value."))),
            (0 | 1, one) => Ok(one),
            (many, _) => {
                let words = format!("{many} accounts there have {attribute} \"{value}\". Decide which one is meant.");
                Err(Fault::new(FaultKind::NeedsDecision, words))
            }
        }
    }

    /// Makes an account so, starting from what was seen of it, and once more from a fresh look if somebody was quicker.
    pub(super) async fn make(
        &self,
        first: Seen,
        wanted: &(dyn Fn(&Value) -> Result<Value, Fault> + Send + Sync),
    ) -> Result<Outcome, Fault> {
        let of = ResourceType::users();
        let mut now = first;
        for last in [false, true] {
            let after = wanted(&now.user)?;
            let body = match self.settings.update {
                Update::Patch => patch(of, &now.user, &after, self.settings.dialect),
                Update::Put => whole(of, &now.raw, &now.user, &after),
            };
            let Some(body) = body else { return Ok(Outcome::AlreadySo) };
            let key = super::wire::id(&now.user).to_owned();
            let quiet = after.get("password").is_some();
            let path = ["Users", key.as_str()];
            let request = Request::new(method(self.settings.update), &path).body(body).if_match(now.etag.clone()).quiet(quiet);
            match self.peer.ask(request).await? {
                Answer::OtherVersion if !last => match self.get_user(&key).await? {
                    Some(fresh) => now = fresh,
                    None => return Err(Fault::new(FaultKind::Refused, "The account vanished while it was being changed.")),
                },
                answer => return answer.yes("changing the account").map(|_| Outcome::Done),
            }
        }
        Ok(Outcome::Done)
    }

    pub(super) async fn delete(&self, account: &AccountRef) -> Result<Outcome, Fault> {
        let key = if account.key.is_empty() {
            match self.look_up(account).await? {
                Some(found) => super::wire::id(&found.user).to_owned(),
                None => return Ok(Outcome::AlreadySo),
            }
        } else {
            account.key.clone()
        };
        match self.peer.ask(Request::new(Method::DELETE, &["Users", &key])).await? {
            Answer::NotThere => self.confirm(ResourceType::users()).await.map(|()| Outcome::AlreadySo),
            answer => answer.yes("deleting the account").map(|_| Outcome::Done),
        }
    }
}

/// Where a resource type lives.
pub(super) fn folder(of: &ResourceType) -> &str {
    of.endpoint.trim_start_matches('/')
}
