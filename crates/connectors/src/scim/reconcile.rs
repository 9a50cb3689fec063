//! Everything that is there, one page in memory at a time.

use std::collections::VecDeque;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use futures::stream::{self, BoxStream, StreamExt};
use serde_json::Value;
use tenure_scim::ResourceType;

use super::Scim;
use super::group::is_group;
use super::pages::Pages;
use super::probe::has_cursors;
use super::told::Told;
use super::wire::{garbage, id, seen};
use crate::{Fault, Found, FoundEntitlement, FoundMembership, Watermark};

/// The next look begins this much earlier: the peer's clock and its database may differ a little.
const OVERLAP: TimeDelta = TimeDelta::seconds(5);

struct Reading<'a> {
    scim: &'a Scim,
    told: Told,
    pages: Pages,
    filter: Option<String>,
    cursors: bool,
    ready: VecDeque<Found>,
    watermark: Option<Watermark>,
    done: bool,
}

pub(super) async fn reconcile<'a>(
    scim: &'a Scim,
    since: Option<&Watermark>,
    wanted: &[String],
) -> Result<BoxStream<'a, Result<Found, Fault>>, Fault> {
    let filter = match since.filter(|_| scim.settings.incremental) {
        None => None,
        Some(Watermark(moment)) => {
            let moment = DateTime::parse_from_rfc3339(moment).map_err(|_| garbage("The watermark is none of this connector's."))?;
            Some(format!("meta.lastModified gt \"{}\"", moment.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true)))
        }
    };
    let cursors = has_cursors(scim).await?;
    let pages = Pages::new(ResourceType::users(), filter.clone(), cursors);
    let mut reading =
        Reading { scim, told: Told::new(wanted), pages, filter, cursors, ready: VecDeque::new(), watermark: None, done: false };
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
                        self.ready.push_back(Found::Account(self.told.account(&resource)))
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
