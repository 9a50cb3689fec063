//! Groups: who is in them, and by which way.

use std::collections::{HashSet, VecDeque};

use serde_json::{Value, json};
use tenure_scim::ResourceType;

use super::Scim;
use super::exchange::{Answer, Request};
use super::settings::{Dialect, Update};
use super::wire::{Seen, id, method, request, whole, word};
use crate::{AccountRef, EntitlementRef, Fault, FaultKind, Outcome};

/// More nested groups are not looked into.
const MOST_GROUPS: usize = 200;

/// Whether an account is held in a group by way of another group.
pub(super) enum Way {
    /// By none.
    None,
    /// By these groups, from the outer to the inner one.
    By(Vec<String>),
    /// There are too many groups inside to tell.
    TooMany,
}

fn members(group: &Value) -> impl Iterator<Item = &Value> {
    group.get("members").and_then(Value::as_array).into_iter().flatten()
}

fn value(member: &Value) -> &str {
    member.get("value").and_then(Value::as_str).unwrap_or_default()
}

/// Whether a member is a group, by its type, else by its address.
pub(super) fn is_group(member: &Value) -> bool {
    match member.get("type").and_then(Value::as_str) {
        Some(kind) => kind.eq_ignore_ascii_case("Group"),
        None => {
            member.get("$ref").and_then(Value::as_str).is_some_and(|address| address.contains("/Groups/") || address.starts_with("Groups/"))
        }
    }
}

pub(super) fn holds(group: &Value, key: &str) -> bool {
    members(group).any(|member| value(member) == key)
}

pub(super) fn name(group: &Value) -> String {
    let name = group.get("displayName").and_then(Value::as_str).unwrap_or_default();
    format!("\"{}\" ({})", name.chars().take(80).collect::<String>(), id(group))
}

impl Scim {
    pub(super) async fn get_group(&self, entitlement: &EntitlementRef) -> Result<Option<Seen>, Fault> {
        self.get(ResourceType::groups(), &entitlement.key).await
    }

    /// The account's id at the peer; nothing if there is no such account.
    pub(super) async fn key(&self, account: &AccountRef) -> Result<Option<String>, Fault> {
        if !account.key.is_empty() {
            return Ok(Some(account.key.clone()));
        }
        Ok(self.look_up(account).await?.map(|found| id(&found.user).to_owned()))
    }

    pub(super) async fn add_member(&self, account: &AccountRef, entitlement: &EntitlementRef) -> Result<Outcome, Fault> {
        let gone = |what: String| Fault::new(FaultKind::Refused, format!("There is no {what}."));
        let key = self.key(account).await?.ok_or_else(|| gone(format!("account `{}`", account.name)))?;
        let group = self.get_group(entitlement).await?.ok_or_else(|| gone(format!("group {}", entitlement.key)))?;
        self.set_member(group, &key, true).await
    }

    pub(super) async fn remove_member(&self, account: &AccountRef, entitlement: &EntitlementRef) -> Result<Outcome, Fault> {
        let Some(key) = self.key(account).await? else { return Ok(Outcome::AlreadySo) };
        match self.get_group(entitlement).await? {
            Some(group) => self.set_member(group, &key, false).await,
            None => Ok(Outcome::AlreadySo),
        }
    }

    /// Under the version that was read, and once more from a fresh look if somebody was quicker.
    async fn set_member(&self, first: Seen, key: &str, member: bool) -> Result<Outcome, Fault> {
        let entitlement = EntitlementRef { key: id(&first.user).to_owned() };
        let mut now = first;
        for last in [false, true] {
            if holds(&now.user, key) == member {
                return Ok(Outcome::AlreadySo);
            }
            let path = ["Groups", entitlement.key.as_str()];
            let body = match self.settings.update {
                Update::Patch => member_patch(key, member, self.settings.dialect),
                Update::Put => member_put(&now, key, member),
            };
            let request = Request::new(method(self.settings.update), &path).body(body).if_match(now.etag.clone());
            match self.peer.ask(request).await? {
                Answer::NotThere if !member => return Ok(Outcome::AlreadySo),
                Answer::OtherVersion if !last => match self.get_group(&entitlement).await? {
                    Some(fresh) => now = fresh,
                    None if member => return Err(Fault::new(FaultKind::Refused, "The group vanished while it was being changed.")),
                    None => return Ok(Outcome::AlreadySo),
                },
                answer => return answer.yes("changing the group").map(|_| Outcome::Done),
            }
        }
        Ok(Outcome::Done)
    }

    /// How an account is in a group without being a member of it: walked through group by group, each once.
    pub(super) async fn way(&self, group: &Value, key: &str) -> Result<Way, Fault> {
        let inner =
            |group: &Value| members(group).filter(|member| is_group(member)).map(|member| value(member).to_owned()).collect::<Vec<_>>();
        let mut looked: HashSet<String> = HashSet::from([id(group).to_owned()]);
        let mut open: VecDeque<(String, Vec<String>)> = inner(group).into_iter().map(|key| (key, Vec::new())).collect();
        while let Some((next, way)) = open.pop_front() {
            if next.is_empty() || !looked.insert(next.clone()) {
                continue;
            }
            if looked.len() > MOST_GROUPS {
                return Ok(Way::TooMany);
            }
            let Some(group) = self.get_group(&EntitlementRef { key: next }).await? else { continue };
            let mut way = way;
            way.push(name(&group.user));
            if holds(&group.user, key) {
                return Ok(Way::By(way));
            }
            open.extend(inner(&group.user).into_iter().filter(|key| !looked.contains(key)).map(|key| (key, way.clone())));
        }
        Ok(Way::None)
    }
}

fn member_patch(key: &str, member: bool, dialect: Dialect) -> Value {
    let operation = match (member, dialect) {
        (true, _) => json!({ "op": word("add", dialect), "path": "members", "value": [{ "value": key }] }),
        (false, Dialect::Entra) => json!({ "op": word("remove", dialect), "path": "members", "value": [{ "value": key }] }),
        (false, _) => json!({ "op": "remove", "path": format!("members[{}]", tenure_scim::Filter::equal("value", key)) }),
    };
    request(vec![operation])
}

fn member_put(group: &Seen, key: &str, member: bool) -> Value {
    let mut kept: Vec<Value> = members(&group.user).filter(|member| value(member) != key).cloned().collect();
    if member {
        kept.push(json!({ "value": key }));
    }
    let mut after = group.user.clone();
    if let Some(map) = after.as_object_mut() {
        map.insert("members".into(), json!(kept));
    }
    whole(ResourceType::groups(), &group.raw, &group.user, &after).unwrap_or_else(|| group.raw.clone())
}
