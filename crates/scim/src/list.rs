//! Lists and how they are asked for (RFC 7644, 3.4.2 and 3.4.3; pages by cursor: RFC 9865).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{ScimError, ScimType};

/// The schema of a list.
pub const LIST_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// The schema of a search.
pub const SEARCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// A search, from the body of `POST …/.search` or from the query of a GET.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchRequest {
    /// Only these attributes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// All but these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded_attributes: Vec<String>,
    /// Which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// By what they are sorted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<String>,
    /// `ascending` or `descending`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<String>,
    /// The first one, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_index: Option<i64>,
    /// How many at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// From where the last page ended; empty for the first page by cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Which page is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// By number.
    Index {
        /// The first one, from 1.
        start: u64,
        /// How many at most.
        count: u64,
    },
    /// By cursor; empty for the first.
    Cursor {
        /// From where the last page ended.
        cursor: String,
        /// How many at most.
        count: u64,
    },
}

impl SearchRequest {
    /// Which page it asks for. A start below 1 is 1, a count below 0 is 0 and one above `most` is `most` (RFC 7644, 3.4.2.4).
    ///
    /// # Errors
    /// `invalidCount` or `invalidValue` when it asks for a page in both ways.
    pub fn page(&self, default: u64, most: u64) -> Result<Page, ScimError> {
        let count = self.count.map_or(default, |count| u64::try_from(count).unwrap_or(0)).min(most);
        match (&self.cursor, self.start_index) {
            (Some(_), Some(_)) => Err(ScimError::bad(ScimType::InvalidValue, "`cursor` and `startIndex` exclude each other")),
            (Some(_), None) if self.count.is_some_and(|count| count < 0) => {
                Err(ScimError::bad(ScimType::InvalidCount, "`count` is below 0"))
            }
            (Some(cursor), None) => Ok(Page::Cursor { cursor: cursor.clone(), count }),
            (None, start) => Ok(Page::Index { start: start.map_or(1, |start| u64::try_from(start).unwrap_or(1).max(1)), count }),
        }
    }

    /// Whether the order is descending.
    ///
    /// # Errors
    /// `invalidValue` for another word than the two.
    pub fn descending(&self) -> Result<bool, ScimError> {
        match self.sort_order.as_deref() {
            None => Ok(false),
            Some(order) if order.eq_ignore_ascii_case("ascending") => Ok(false),
            Some(order) if order.eq_ignore_ascii_case("descending") => Ok(true),
            Some(_) => Err(ScimError::bad(ScimType::InvalidValue, "`sortOrder` is `ascending` or `descending`")),
        }
    }
}

/// A list.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListResponse {
    /// How many there are on all pages.
    #[serde(default)]
    pub total_results: Option<u64>,
    /// The number of the first one here, from 1.
    #[serde(default)]
    pub start_index: Option<u64>,
    /// How many are here.
    #[serde(default)]
    pub items_per_page: Option<u64>,
    /// Where the next page begins.
    #[serde(default)]
    pub next_cursor: Option<String>,
    /// Where the page before begins.
    #[serde(default)]
    pub previous_cursor: Option<String>,
    /// What is here.
    #[serde(default, rename = "Resources")]
    pub resources: Vec<Value>,
}

impl ListResponse {
    /// The body of the answer.
    pub fn body(&self) -> Value {
        let mut body = json!({ "schemas": [LIST_SCHEMA], "Resources": self.resources });
        let Some(map) = body.as_object_mut() else { return body };
        let numbers = [("totalResults", self.total_results), ("startIndex", self.start_index), ("itemsPerPage", self.items_per_page)];
        for (name, number) in numbers {
            number.map(|number| map.insert(name.into(), json!(number)));
        }
        for (name, cursor) in [("nextCursor", &self.next_cursor), ("previousCursor", &self.previous_cursor)] {
            cursor.as_ref().map(|cursor| map.insert(name.into(), json!(cursor)));
        }
        body
    }
}
