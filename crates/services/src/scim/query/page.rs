//! One page. What the database answers alone is counted and cut there; everything else is walked through by key, a
//! piece at a time, so that memory stays small however many there are.

use serde_json::Value;
use tenure_scim::filter::Compiled;
use tenure_scim::list::{ListResponse, Page, SearchRequest};
use tenure_scim::project::project;
use tenure_scim::sort::Sort;
use tenure_scim::{Filter, ScimError, ScimType};
use tenure_store::Tx;
use uuid::Uuid;

use super::cursor::{After, Place};
use super::shelf::Shelf;
use super::{DEFAULT_COUNT, MOST_RESULTS, MOST_SORTED, mentions};
use crate::scim::fault::Fault;
use crate::scim::view::View;

/// How many rows are looked at together.
const PIECE: u64 = 500;

/// What was found: the rows of the page, and how many there are on all.
struct Found<R> {
    rows: Vec<R>,
    total: u64,
    next: Option<After>,
}

/// A page of a shelf, of which `rest` is still to be asked.
pub(in crate::scim) async fn page<S: Shelf>(
    tx: &mut Tx,
    shelf: &S,
    rest: Option<Filter>,
    request: &SearchRequest,
    view: &View,
) -> Result<ListResponse, Fault> {
    let kind = shelf.kind();
    let compiled = rest.as_ref().map(|filter| filter.compile(kind)).transpose()?;
    let descending = request.descending()?;
    let sort = match &request.sort_by {
        Some(path) => Some(Sort::by(kind, &path.parse()?, descending)?),
        None => None,
    };
    let asked = request.page(DEFAULT_COUNT, MOST_RESULTS)?;
    let (skip, place, count) = match &asked {
        Page::Index { start, count } => (start.saturating_sub(1), None, *count),
        Page::Cursor { cursor, count } => {
            let place = Place::read(cursor)?;
            let skip = match place.map(|p| p.after) {
                Some(After::Number(number)) => number,
                _ => 0,
            };
            (skip, place, *count)
        }
    };
    let after = match place.map(|p| p.after) {
        Some(After::Key(key)) => Some(key),
        _ => None,
    };
    let deep = shelf.deep_attribute();
    let deep_filter = rest.as_ref().is_some_and(|filter| mentions(filter, deep));
    let deep_sort = request.sort_by.as_deref().is_some_and(|path| path.to_ascii_lowercase().contains(deep));
    let ask = Ask { compiled, sort, deep: deep_filter || deep_sort, skip, after, count, known: place.map(|p| p.total) };
    let found = match (&ask.compiled, &ask.sort) {
        (None, None) => cut(tx, shelf, &ask).await?,
        (_, None) => walk(tx, shelf, &ask).await?,
        (_, Some(sort)) => sorted(tx, shelf, &ask, sort).await?,
    };
    let wanted = view.selection.wants(kind, deep);
    let pictures = shelf.pictures(tx, &found.rows, wanted).await?;
    let resources: Vec<Value> = pictures.iter().map(|whole| project(kind, whole, &view.selection)).collect();
    let by_cursor = matches!(asked, Page::Cursor { .. });
    Ok(ListResponse {
        total_results: Some(found.total),
        start_index: (!by_cursor).then(|| skip.saturating_add(1)),
        items_per_page: u64::try_from(resources.len()).ok(),
        next_cursor: found.next.filter(|_| by_cursor).map(|after| Place { after, total: found.total }.write()),
        previous_cursor: None,
        resources,
    })
}

struct Ask {
    compiled: Option<Compiled>,
    sort: Option<Sort>,
    /// Whether the filter or the order needs deep pictures.
    deep: bool,
    skip: u64,
    after: Option<Uuid>,
    count: u64,
    /// The total, from the cursor.
    known: Option<u64>,
}

/// The database answers everything.
async fn cut<S: Shelf>(tx: &mut Tx, shelf: &S, ask: &Ask) -> Result<Found<S::Row>, Fault> {
    let total = match ask.known {
        Some(total) => total,
        None => shelf.count(tx).await?,
    };
    let mut rows = if ask.count == 0 { Vec::new() } else { shelf.rows(tx, ask.after, ask.skip, ask.count + 1).await? };
    let more = u64::try_from(rows.len()).unwrap_or(u64::MAX) > ask.count;
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| After::Key(S::key(row)));
    Ok(Found { rows, total, next })
}

/// Each is asked, in the order of keys.
async fn walk<S: Shelf>(tx: &mut Tx, shelf: &S, ask: &Ask) -> Result<Found<S::Row>, Fault> {
    let mut found = Found { rows: Vec::new(), total: 0, next: None };
    let mut after = ask.after;
    let room = |rows: &Vec<S::Row>| u64::try_from(rows.len()).unwrap_or(u64::MAX) < ask.count;
    loop {
        let rows = shelf.rows(tx, after, 0, PIECE).await?;
        let Some(last) = rows.last() else { break };
        after = Some(S::key(last));
        let more = rows.len() as u64 >= PIECE;
        let pictures = shelf.pictures(tx, &rows, ask.deep).await?;
        for (row, picture) in rows.into_iter().zip(&pictures) {
            if ask.compiled.as_ref().is_some_and(|filter| !filter.matches(picture)) {
                continue;
            }
            found.total += 1;
            if found.total > ask.skip && room(&found.rows) {
                found.rows.push(row);
            } else if found.total > ask.skip && found.next.is_none() {
                found.next = found.rows.last().map(|row| After::Key(S::key(row)));
            }
        }
        // The first page counted them all: a later one ends where it is full.
        if !more || (ask.known.is_some() && found.next.is_some()) {
            break;
        }
    }
    found.total = ask.known.unwrap_or(found.total);
    Ok(found)
}

/// Each is asked, and as many are kept as the page needs, the first of the order.
async fn sorted<S: Shelf>(tx: &mut Tx, shelf: &S, ask: &Ask, sort: &Sort) -> Result<Found<S::Row>, Fault> {
    let keep = usize::try_from(ask.skip.saturating_add(ask.count)).unwrap_or(usize::MAX);
    if keep > MOST_SORTED {
        let words = format!("a sorted list is paged to its {MOST_SORTED}th result: narrow it by a filter, or page without `sortBy`");
        return Err(ScimError::bad(ScimType::TooMany, words).into());
    }
    let mut kept: Vec<(Value, S::Row)> = Vec::new();
    let mut total = 0_u64;
    let mut after = None;
    loop {
        let rows = shelf.rows(tx, after, 0, PIECE).await?;
        let Some(last) = rows.last() else { break };
        after = Some(S::key(last));
        let more = rows.len() as u64 >= PIECE;
        let pictures = shelf.pictures(tx, &rows, ask.deep).await?;
        for (row, picture) in rows.into_iter().zip(pictures) {
            if ask.compiled.as_ref().is_none_or(|filter| filter.matches(&picture)) {
                total += 1;
                kept.push((picture, row));
            }
        }
        kept.sort_by(|a, b| sort.compare(&a.0, &b.0));
        kept.truncate(keep);
        if !more {
            break;
        }
    }
    let skip = usize::try_from(ask.skip).unwrap_or(usize::MAX);
    let end = ask.skip.saturating_add(ask.count);
    let rows = kept.into_iter().skip(skip).map(|(_, row)| row).collect();
    Ok(Found { rows, total, next: (end < total && ask.count > 0).then_some(After::Number(end)) })
}
