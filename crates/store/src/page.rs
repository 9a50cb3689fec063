//! Keyset pages: a page begins after a key, never at a number.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The place in a list at which a page begins or ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The sort keys of the row.
    pub keys: Vec<String>,
    /// The row itself.
    pub id: Uuid,
}

impl Cursor {
    /// For a URL.
    pub fn encode(&self) -> String {
        serde_json::to_string(&(&self.keys, self.id)).unwrap_or_default()
    }

    /// From a URL; None when it is not one of ours.
    pub fn decode(text: &str) -> Option<Self> {
        let (keys, id): (Vec<String>, Uuid) = serde_json::from_str(text).ok()?;
        // No key that was stored has it, and one of the two engines takes none in a query.
        (!keys.iter().any(|key| key.contains('\0'))).then_some(Self { keys, id })
    }
}

/// Which way the list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

impl Direction {
    /// The other way.
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
    pub(crate) const fn sql(self) -> &'static str {
        match self {
            Self::Ascending => " ASC",
            Self::Descending => " DESC",
        }
    }
    pub(crate) const fn beyond(self) -> &'static str {
        match self {
            Self::Ascending => ") > (",
            Self::Descending => ") < (",
        }
    }
}

/// Which page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows after this one.
    pub after: Option<Cursor>,
    /// Rows before this one, nearest last. Counts only without `after`.
    pub before: Option<Cursor>,
    /// How many rows; 50 where it is 0.
    pub limit: usize,
}

impl PageRequest {
    /// How many rows.
    pub fn limit(&self) -> usize {
        if self.limit == 0 { 50 } else { self.limit }
    }
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Its rows, in the list's order.
    pub rows: Vec<T>,
    /// Where the next one begins.
    pub next: Option<Cursor>,
    /// Where the one before ends.
    pub previous: Option<Cursor>,
}

impl<T> Page<T> {
    /// Makes a page of one row more than its limit, fetched in the direction of the request.
    pub(crate) fn cut(mut rows: Vec<T>, request: &PageRequest, cursor: impl Fn(&T) -> Cursor) -> Self {
        let more = rows.len() > request.limit();
        rows.truncate(request.limit());
        let backwards = request.after.is_none() && request.before.is_some();
        if backwards {
            rows.reverse();
        }
        let first = rows.first().map(&cursor);
        let last = rows.last().map(&cursor);
        let (has_next, has_previous) = if backwards { (true, more) } else { (more, request.after.is_some()) };
        Self { next: last.filter(|_| has_next), previous: first.filter(|_| has_previous), rows }
    }
}
