//! POST /.search: users and groups together (RFC 7644, 3.4.2.1 and 3.4.3).

use serde_json::Value;
use tenure_domain::access::{Portal, actions};
use tenure_scim::list::{ListResponse, Page, SearchRequest};
use tenure_scim::sort::Sort;
use tenure_scim::{ResourceType, ScimError, ScimType};

use super::fault::Fault;
use super::groups::page_of_groups;
use super::query::{DEFAULT_COUNT, MOST_RESULTS};
use super::users::page_of_users;
use super::view::View;
use crate::Ctx;

/// A page of users and, after them, groups; sorted together if an order is asked for. By number only: each of the two
/// types has pages by cursor of its own.
///
/// # Errors
/// [`Fault`] with 400 or 403.
pub async fn search(ctx: &Ctx, view: &View, request: &SearchRequest) -> Result<ListResponse, Fault> {
    ctx.authorize::<actions::ViewDirectory, _>(&Portal).await?;
    let Page::Index { start, count } = request.page(DEFAULT_COUNT, MOST_RESULTS)? else {
        return Err(ScimError::bad(ScimType::InvalidCursor, "users and groups together are paged by `startIndex`").into());
    };
    let mut tx = ctx.app.store.read().await?;
    let end = start.saturating_add(count);
    let part = |start: u64, count: u64| SearchRequest {
        start_index: Some(i64::try_from(start).unwrap_or(i64::MAX)),
        count: Some(i64::try_from(count).unwrap_or(i64::MAX)),
        ..request.clone()
    };
    let Some(path) = &request.sort_by else {
        let users = page_of_users(ctx, &mut tx, view, &part(start, count)).await?;
        let before = users.total_results.unwrap_or_default();
        let room = count.saturating_sub(u64::try_from(users.resources.len()).unwrap_or_default());
        let groups = page_of_groups(ctx, &mut tx, view, &part(start.saturating_sub(before).max(1), room)).await?;
        let total = before + groups.total_results.unwrap_or_default();
        return Ok(list(start, total, users.resources.into_iter().chain(groups.resources).collect()));
    };
    if end > MOST_RESULTS {
        let words = format!("users and groups together are sorted to the {MOST_RESULTS}th result: ask for one of the two types");
        return Err(ScimError::bad(ScimType::TooMany, words).into());
    }
    let (path, descending) = (path.parse()?, request.descending()?);
    let sort = Sort::by(ResourceType::users(), &path, descending).or_else(|_| Sort::by(ResourceType::groups(), &path, descending))?;
    // Whole ones: what they are sorted by may not be wanted.
    let whole = View { base: view.base.clone(), ..View::default() };
    let first = SearchRequest { sort_by: None, ..part(1, MOST_RESULTS) };
    let ask = |of: &ResourceType| {
        let sort_by = Sort::by(of, &path, descending).is_ok().then(|| request.sort_by.clone()).flatten();
        SearchRequest { sort_by, count: Some(i64::try_from(end - 1).unwrap_or_default()), ..first.clone() }
    };
    let users = page_of_users(ctx, &mut tx, &whole, &ask(ResourceType::users())).await?;
    let groups = page_of_groups(ctx, &mut tx, &whole, &ask(ResourceType::groups())).await?;
    let total = users.total_results.unwrap_or_default() + groups.total_results.unwrap_or_default();
    let mut both: Vec<Value> = users.resources.into_iter().chain(groups.resources).collect();
    sort.sort(&mut both);
    let skip = usize::try_from(start - 1).unwrap_or(usize::MAX);
    let take = usize::try_from(count).unwrap_or(usize::MAX);
    let of = |whole: &Value| if whole["meta"]["resourceType"] == "Group" { ResourceType::groups() } else { ResourceType::users() };
    Ok(list(start, total, both.iter().skip(skip).take(take).map(|whole| view.of(of(whole), whole).body).collect()))
}

fn list(start: u64, total: u64, resources: Vec<Value>) -> ListResponse {
    ListResponse {
        total_results: Some(total),
        start_index: Some(start),
        items_per_page: u64::try_from(resources.len()).ok(),
        resources,
        ..ListResponse::default()
    }
}
