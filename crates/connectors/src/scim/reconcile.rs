//! Everything that is there, one page in memory at a time.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use futures::stream::{self, BoxStream, StreamExt};
use serde_json::Value;
use tenure_scim::ResourceType;

use super::Scim;
use super::group::is_group;
use super::pages::Pages;
use super::probe::has_cursors;
use super::wire::{garbage, id, seen};
use crate::{AccountRef, Fault, Found, FoundAccount, FoundEntitlement, FoundMembership, Watermark};

/// The next look begins this much earlier: the peer's clock and its database may differ a little.
const OVERLAP: TimeDelta = TimeDelta::seconds(5);

struct Reading<'a> {
    scim: &'a Scim,
    pages: Pages,
    filter: Option<String>,
    cursors: bool,
    ready: VecDeque<Found>,
    watermark: Option<Watermark>,
    done: bool,
}

pub(super) async fn reconcile<'a>(scim: &'a Scim, since: Option<&Watermark>) -> Result<BoxStream<'a, Result<Found, Fault>>, Fault> {
    let filter = match since.filter(|_| scim.settings.incremental) {
        None => None,
        Some(Watermark(moment)) => {
            let moment = DateTime::parse_from_rfc3339(moment).map_err(|_| garbage("The watermark is none of this connector's."))?;
            Some(format!("meta.lastModified gt \"{}\"", moment.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true)))
        }
    };
    let cursors = has_cursors(scim).await?;
    let pages = Pages::new(ResourceType::users(), filter.clone(), cursors);
    let mut reading = Reading { scim, pages, filter, cursors, ready: VecDeque::new(), watermark: None, done: false };
    // The first page is read at once, so that a target that cannot be read says so here.
    reading.more().await?;
    Ok(stream::unfold(reading, Reading::next).boxed())
}

impl Reading<'_> {
    async fn next(mut self) -> Option<(Result<Found, Fault>, Self)> {
        loop {
            if let Some(found) = self.ready.pop_front() {
                return Some((Ok(found), self));
            }
            if self.done {
                return None;
            }
            if let Err(fault) = self.more().await {
                self.done = true;
                return Some((Err(fault), self));
            }
        }
    }

    /// Reads one more page, or goes on from users to groups, or ends.
    async fn more(&mut self) -> Result<(), Fault> {
        let page = self.pages.page(self.scim).await?;
        if self.watermark.is_none() && self.scim.settings.incremental {
            self.watermark = self.pages.date.as_deref().and_then(watermark);
        }
        match page {
            Some(resources) => {
                for raw in resources {
                    let resource = seen(self.pages.of, raw, None)?.user;
                    if self.pages.of.name == "User" {
                        self.ready.push_back(Found::Account(account(&resource)))
                    } else {
                        self.group(&resource)
                    }
                }
            }
            None if self.pages.of.name == "User" => self.pages = Pages::new(ResourceType::groups(), self.filter.clone(), self.cursors),
            None => {
                self.done = true;
                self.ready.extend(self.watermark.take().map(Found::Watermark));
            }
        }
        Ok(())
    }

    fn group(&mut self, group: &Value) {
        let key = id(group).to_owned();
        let name = text(group, "displayName");
        self.ready.push_back(Found::Entitlement(FoundEntitlement { key: key.clone(), name, description: String::new() }));
        for member in group.get("members").and_then(Value::as_array).into_iter().flatten() {
            let value = text(member, "value");
            if !value.is_empty() {
                let membership = FoundMembership { entitlement: key.clone(), member: value, nested: is_group(member) };
                self.ready.push_back(Found::Membership(membership));
            }
        }
    }
}

/// A little before what the peer's clock showed when the reading began.
fn watermark(date: &str) -> Option<Watermark> {
    let moment: DateTime<Utc> = DateTime::parse_from_rfc2822(date).ok()?.to_utc();
    Some(Watermark(moment.checked_sub_signed(OVERLAP)?.to_rfc3339_opts(SecondsFormat::Secs, true)))
}

fn text(resource: &Value, name: &str) -> String {
    resource.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn account(user: &Value) -> FoundAccount {
    let account = AccountRef { key: id(user).to_owned(), name: text(user, "userName") };
    let enabled = user.get("active") != Some(&Value::Bool(false));
    FoundAccount { account, enabled, attributes: attributes(user), last_used_at: None }
}

/// What may tell whose it is, by the names that a change would use.
fn attributes(user: &Value) -> BTreeMap<String, Vec<String>> {
    let enterprise = tenure_scim::schema::ENTERPRISE_USER;
    let mut found = BTreeMap::new();
    let mut put = |name: String, values: Vec<&Value>| {
        let values: Vec<String> = values.into_iter().filter_map(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned).collect();
        if !values.is_empty() {
            found.insert(name, values);
        }
    };
    for name in ["userName", "externalId", "displayName", "title", "userType"] {
        put(name.into(), user.get(name).into_iter().collect());
    }
    for part in ["givenName", "familyName", "formatted"] {
        put(format!("name.{part}"), user.get("name").and_then(|name| name.get(part)).into_iter().collect());
    }
    for list in ["emails", "phoneNumbers"] {
        let values = user.get(list).and_then(Value::as_array).into_iter().flatten();
        put(list.into(), values.filter_map(|value| value.get("value")).collect());
    }
    for name in ["employeeNumber", "department", "costCenter", "organization", "division"] {
        put(format!("{enterprise}:{name}"), user.get(enterprise).and_then(|inner| inner.get(name)).into_iter().collect());
    }
    found
}
