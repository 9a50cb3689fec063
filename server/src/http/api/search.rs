//! `/api/v1/search`

use serde::{Deserialize, Serialize};
use tenure_services::search::{Hit as Found, search};
use utoipa::ToSchema;

use super::Reply;
use super::answer::found;
use super::ask::{Asked, bad_parameter};
use super::operation::op;
use crate::http::{Route, get};

/// The longest words.
const LONGEST: usize = 200;
/// At most so many of each kind.
const LIMIT: usize = 20;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/search", find).operation(
            op("search", "Search", "One search over identities, credentials, roles, applications and pages")
                .more("What you may see of them, 20 of each kind at most.")
                .query::<SearchQuery>()
                .gives::<Hits>(200, "What was found."),
        ),
    ]
}

/// What is looked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    /// Words that names begin with, 200 characters at most.
    #[schema(example = "ada", min_length = 1, max_length = 200)]
    q: String,
}

/// Something that was found.
#[derive(Serialize, ToSchema)]
struct Hit {
    /// `identity`, `credential`, `role`, `application` or `page`.
    #[schema(example = "identity")]
    kind: &'static str,
    name: String,
    /// What tells it from others of that name.
    detail: String,
    /// Its page in the portal.
    #[schema(example = "/identities/018f2c5e-0000-7000-8000-000000000001")]
    page: String,
}

/// What was found.
#[derive(Serialize, ToSchema)]
struct Hits {
    items: Vec<Hit>,
}

async fn find(asked: Asked<SearchQuery>) -> Reply {
    let words = asked.query.q.trim();
    if words.is_empty() || words.chars().count() > LONGEST {
        return Err(bad_parameter("q", format!("say what you look for, in 1 to {LONGEST} characters")));
    }
    let hits = search(&asked.ctx, words, LIMIT).await?;
    let items = hits.into_iter().map(|Found { kind, label, detail, href, .. }| Hit { kind, name: label, detail, page: href });
    Ok(found(&Hits { items: items.collect() }))
}
