//! Lists: which, in what order, and which page of them (RFC 7644, 3.4.2; RFC 9865).

mod cursor;
mod narrow;
mod page;
mod shelf;

pub(super) use narrow::{asked_filter, compared, each_equal, mentions};
pub(super) use page::page;
pub(super) use shelf::Shelf;

/// How many results a page has where nobody asks for another number.
pub const DEFAULT_COUNT: u64 = 100;
/// How many results a page has at most.
pub const MOST_RESULTS: u64 = 1000;
/// How far a sorted list can be paged: so many are kept in memory.
const MOST_SORTED: usize = 10_000;
