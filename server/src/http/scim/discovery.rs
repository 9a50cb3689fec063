//! What the server is and knows: `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas` (RFC 7644, 4).

use axum::extract::Path;
use serde_json::Value;
use tenure_scim::list::ListResponse;
use tenure_scim::schema::{Offers, enterprise_user, group, service_provider_config, user};
use tenure_scim::{ResourceType, ScimError};
use tenure_services::scim::{DEFAULT_COUNT, MOST_BYTES, MOST_OPERATIONS, MOST_RESULTS};

use super::answer::{Reply, json};
use super::ask::Asked;
use crate::http::{Route, get};

/// How long a cursor is good for at least, in seconds. It holds a place, so nothing is kept for it.
const CURSOR_SECONDS: u64 = 86_400;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/scim/v2/ServiceProviderConfig", config),
        get("/scim/v2/ResourceTypes", types),
        get("/scim/v2/ResourceTypes/{name}", one_type),
        get("/scim/v2/Schemas", schemas),
        get("/scim/v2/Schemas/{urn}", one_schema),
    ]
}

async fn config(asked: Asked) -> Reply {
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let offers = Offers {
        patch: true,
        bulk: Some((MOST_OPERATIONS, MOST_BYTES)),
        filter: Some(small(MOST_RESULTS)),
        change_password: false,
        sort: true,
        etag: true,
        cursor: Some((small(DEFAULT_COUNT), small(MOST_RESULTS), CURSOR_SECONDS)),
    };
    Ok(json(200, &service_provider_config(&asked.base, &offers)))
}

async fn types(asked: Asked) -> Reply {
    all(&asked, all_types(&asked.base))
}

async fn one_type(asked: Asked, Path(name): Path<String>) -> Reply {
    one(all_types(&asked.base), &name)
}

async fn schemas(asked: Asked) -> Reply {
    all(&asked, all_schemas(&asked.base))
}

async fn one_schema(asked: Asked, Path(urn): Path<String>) -> Reply {
    one(all_schemas(&asked.base), &urn)
}

fn all_types(base: &str) -> Vec<Value> {
    [ResourceType::users(), ResourceType::groups()].map(|kind| kind.resource(base)).into()
}

fn all_schemas(base: &str) -> Vec<Value> {
    [user(), enterprise_user(), group()].map(|schema| schema.resource(base)).into()
}

fn all(asked: &Asked, resources: Vec<Value>) -> Reply {
    if asked.query.get("filter").is_some() {
        return Err(ScimError::status(403, "these lists are short, and are not filtered").into());
    }
    let number = u64::try_from(resources.len()).unwrap_or(u64::MAX);
    let list = ListResponse {
        total_results: Some(number),
        start_index: Some(1),
        items_per_page: Some(number),
        resources,
        ..ListResponse::default()
    };
    Ok(json(200, &list.body()))
}

fn one(resources: Vec<Value>, id: &str) -> Reply {
    let found = resources.into_iter().find(|resource| resource["id"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(id)));
    found.map(|resource| json(200, &resource)).ok_or_else(|| ScimError::status(404, "there is no such thing among them").into())
}
