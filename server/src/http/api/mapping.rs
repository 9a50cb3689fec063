//! `/api/v1/applications/{id}/target/mapping` and below: how accounts are filled.

use std::collections::BTreeMap;

use axum::extract::Path;
use serde::{Deserialize, Serialize};
use tenure_domain::id::{ApplicationId, Id as _, IdentityId};
use tenure_services::ServiceError;
use tenure_services::targets::{set_mapping, show_target, try_mapping};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{changed, found};
use super::ask::{Asked, Sent, moved_on};
use super::operation::op;
use super::targets::Target;
use super::{Reply, key};
use crate::http::routes::put;
use crate::http::{Failure, Route, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        put("/api/v1/applications/{id}/target/mapping", map).operation(
            op("setMapping", "Targets", "Say how accounts are filled")
                .needs_version()
                .sends::<MappingDraft>()
                .gives::<Target>(200, "The target as it is now.")
                .with_version(),
        ),
        post("/api/v1/applications/{id}/target/mapping/try", attempt).operation(
            op("tryMapping", "Targets", "What a mapping makes of somebody")
                .more("Nothing is changed.")
                .sends::<MappingTried>()
                .gives::<Mapped>(200, "The account as it would be."),
        ),
    ]
}

/// How accounts are to be filled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MappingDraft {
    /// `name` and `attributes`, each by an expression; docs/targets.md says how. Null for accounts that Tenure does not make.
    #[schema(value_type = Option<Object>, required = true)]
    mapping: Option<serde_json::Map<String, serde_json::Value>>,
}

async fn map(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<MappingDraft>) -> Reply {
    let id: ApplicationId = key(&id)?;
    let now = show_target(&asked.ctx, id).await?.target.ok_or(ServiceError::NotFound("target"))?;
    let version = asked.expected(now.reach.version)?;
    let mapping = sent.mapping.map(serde_json::Value::from);
    match set_mapping(&asked.ctx, id, version, mapping.as_ref()).await {
        Ok(()) => {}
        Err(ServiceError::Conflict(_)) => return Err(moved_on()),
        Err(error) => return Err(Failure::from(error)),
    }
    let target = show_target(&asked.ctx, id).await?.target.ok_or(ServiceError::NotFound("target"))?;
    Ok(changed(target.reach.version, &Target::from(target)))
}

/// A mapping, and of whom it is tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MappingTried {
    /// `name` and `attributes`, each by an expression.
    #[schema(value_type = Object)]
    mapping: serde_json::Map<String, serde_json::Value>,
    identity_id: Uuid,
}

/// An account as it would be.
#[derive(Serialize, ToSchema)]
struct Mapped {
    /// Null when a part of it is absent: an account without a name cannot be.
    name: Option<String>,
    /// An empty list is an attribute that is taken away.
    attributes: BTreeMap<String, Vec<String>>,
}

async fn attempt(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<MappingTried>) -> Reply {
    let tried = try_mapping(&asked.ctx, key(&id)?, &sent.mapping.into(), IdentityId::from_uuid(sent.identity_id)).await?;
    Ok(found(&Mapped { name: tried.mapped.name, attributes: tried.mapped.attributes }))
}
