//! What the tests of SCIM share: identity providers, and short ways to say things to them.

use std::sync::Arc;

use serde_json::{Value, json};
use tenure_domain::access::{Channel, PortalRole, Principal, PrincipalKind, TokenScopes};
use tenure_domain::id::{CredentialId, Id, IdentityId};
use tenure_scim::ScimError;
use tenure_scim::list::SearchRequest;
use tenure_scim::project::Selection;
use tenure_services::scim::{Fault, Resource, View, create_user, list_groups, list_users, patch_user};
use tenure_services::{App, Ctx, Settings};

use super::support::*;

pub const BASE: &str = "https://tenure.example/scim/v2";
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub fn view() -> View {
    View { base: BASE.to_owned(), ..View::default() }
}

pub fn only(attributes: &str) -> View {
    View { selection: Selection::read(Some(attributes), None).unwrap(), ..view() }
}

/// The same installation, in which everybody of a source may leave on one day.
pub fn without_limits(app: &Arc<App>) -> Arc<App> {
    let mut settings = Settings::default();
    settings.limits.leavers_percent = 100;
    Arc::new(App { settings: settings.into(), ..(**app).clone() })
}

/// An identity provider: a service with the role, acting by its token.
pub async fn provider(app: &Arc<App>, name: &str) -> Ctx {
    let ctx = admin(app);
    let owner = person(&ctx, &format!("owner.of.{name}")).await;
    let robot = service(&ctx, name, owner).await;
    by_token(app, robot, &[PortalRole::Provisioner])
}

/// The context of a token.
pub fn by_token(app: &Arc<App>, identity_id: IdentityId, roles: &[PortalRole]) -> Ctx {
    let credential_id = CredentialId::from_uuid(uuid::Uuid::now_v7());
    let kind = PrincipalKind::Token { identity_id, credential_id, scopes: TokenScopes::all() };
    let principal = Principal { kind, label: "a token".to_owned(), roles: roles.iter().copied().collect() };
    Ctx { app: Arc::clone(app), principal, channel: Channel::Scim, ..admin(app) }
}

pub fn user(name: &str) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name })
}

pub async fn made(ctx: &Ctx, body: &Value) -> Resource {
    create_user(ctx, &view(), body).await.unwrap_or_else(|fault| panic!("{fault:?}"))
}

pub fn ops(operations: Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

pub async fn patched(ctx: &Ctx, id: &str, operations: Value) -> Resource {
    patch_user(ctx, id, &view(), &ops(operations), None).await.unwrap_or_else(|fault| panic!("{fault:?}"))
}

pub fn active(value: bool) -> Value {
    json!([{ "op": "replace", "path": "active", "value": value }])
}

/// The error of something that was refused.
pub fn refused<T: std::fmt::Debug>(result: Result<T, Fault>) -> ScimError {
    result.expect_err("it is refused").answer()
}

pub fn asked(filter: &str) -> SearchRequest {
    SearchRequest { filter: Some(filter.to_owned()), ..SearchRequest::default() }
}

/// The user names that a filter finds, and how many there are on all pages.
pub async fn found(ctx: &Ctx, request: &SearchRequest) -> (Vec<String>, u64) {
    let list = list_users(ctx, &view(), request).await.unwrap_or_else(|fault| panic!("{request:?}: {fault:?}"));
    let names = list.resources.iter().map(|r| r["userName"].as_str().unwrap_or_default().to_owned()).collect();
    (names, list.total_results.unwrap())
}

/// The group names that a filter finds.
pub async fn groups_found(ctx: &Ctx, filter: &str) -> Vec<String> {
    let list = list_groups(ctx, &view(), &asked(filter)).await.unwrap_or_else(|fault| panic!("{filter}: {fault:?}"));
    list.resources.iter().map(|r| r["displayName"].as_str().unwrap_or_default().to_owned()).collect()
}

pub fn key(resource: &Resource) -> IdentityId {
    resource.id.parse().unwrap()
}
