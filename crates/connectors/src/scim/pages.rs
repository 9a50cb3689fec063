//! Reading a list page by page, by cursor where the peer has that (RFC 9865), else by number.

use serde_json::Value;
use tenure_scim::ResourceType;
use tenure_scim::list::ListResponse;

use super::Scim;
use super::account::folder;
use super::exchange::{Answer, Request};
use super::wire::garbage;
use crate::Fault;

/// A peer that goes on for longer than this is not believed.
const MOST_RESOURCES: u64 = 20_000_000;

/// Where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Next {
    Index(u64),
    Cursor(String),
    End,
}

/// A list that is read page by page.
#[derive(Debug)]
pub(super) struct Pages {
    pub of: &'static ResourceType,
    filter: Option<String>,
    next: Next,
    read: u64,
    /// The first one of the last page: a peer that does not understand pages sends it again.
    first: Option<String>,
    /// What the peer's clock showed with the first page.
    pub date: Option<String>,
}

impl Pages {
    pub(super) fn new(of: &'static ResourceType, filter: Option<String>, cursors: bool) -> Self {
        let next = if cursors { Next::Cursor(String::new()) } else { Next::Index(1) };
        Self { of, filter, next, read: 0, first: None, date: None }
    }

    /// The next page; nothing at the end. A peer without such resources has none.
    pub(super) async fn page(&mut self, scim: &Scim) -> Result<Option<Vec<Value>>, Fault> {
        let path = [folder(self.of)];
        let mut request = Request::get(&path).query("count", scim.settings.page_size.to_string());
        match &self.next {
            Next::End => return Ok(None),
            Next::Index(start) => request = request.query("startIndex", start.to_string()),
            Next::Cursor(cursor) => request = request.query("cursor", cursor.clone()),
        }
        if let Some(filter) = &self.filter {
            request = request.query("filter", filter.clone());
        }
        let content = match scim.peer.ask(request).await? {
            Answer::NotThere if self.read == 0 && self.of.name == "Group" => return Ok(None),
            answer => answer.yes("reading the list")?,
        };
        if self.date.is_none() {
            self.date = content.date;
        }
        let list: ListResponse = serde_json::from_value(content.body)
            .map_err(|_| garbage(format!("The server answered {} with something that is no list.", self.of.endpoint)))?;
        self.next = self.after(&list)?;
        Ok(Some(list.resources))
    }

    fn after(&mut self, list: &ListResponse) -> Result<Next, Fault> {
        let count = u64::try_from(list.resources.len()).unwrap_or(u64::MAX);
        self.read = self.read.saturating_add(count);
        let first = list.resources.first().map(|resource| super::wire::id(resource).to_owned());
        let again = first.is_some() && first == self.first;
        self.first = first;
        if again || self.read > MOST_RESOURCES {
            return Err(garbage(format!("The server sends the same page of {} again and again.", self.of.endpoint)));
        }
        Ok(match (&self.next, &list.next_cursor) {
            (Next::Cursor(last), Some(cursor)) if cursor == last && !cursor.is_empty() => {
                return Err(garbage(format!("The server gives the same cursor of {} again.", self.of.endpoint)));
            }
            (Next::Cursor(_), Some(cursor)) if !cursor.is_empty() => Next::Cursor(cursor.clone()),
            (Next::Cursor(_), _) | (Next::End, _) => Next::End,
            (Next::Index(start), _) => {
                if list.start_index.is_some_and(|told| told != *start && count > 0) {
                    return Err(garbage(format!("The server was asked for {} from {start} and sent another page.", self.of.endpoint)));
                }
                // Without a total, only an empty page is the end.
                let complete = count == 0 || list.total_results.is_some_and(|total| self.read >= total);
                if complete { Next::End } else { Next::Index(start.saturating_add(count)) }
            }
        })
    }
}
