//! POST /Bulk (RFC 7644, 3.7): the same commands, one after the other, each a transaction of its own.

use std::collections::HashMap;

use serde_json::Value;
use tenure_domain::access::{Portal, actions};
use tenure_scim::bulk::{BulkRequest, Done, Method, Operation, response};
use tenure_scim::{Reading, ScimError};

use super::fault::Fault;
use super::groups::{create_group, delete_group, patch_group, replace_group};
use super::users::{create_user, delete_user, patch_user, replace_user};
use super::view::{Resource, View};
use crate::Ctx;

/// How many operations one request has at most.
pub const MOST_OPERATIONS: u32 = 1000;
/// How many bytes one request has at most.
pub const MOST_BYTES: u64 = 1 << 20;

/// Runs the operations in an order in which each finds what it refers to; after `failOnErrors` errors the rest is left
/// undone. Yields the body of the answer.
///
/// # Errors
/// [`Fault`] with 400, 403, 409 (a circle) or 413 for the request as a whole.
pub async fn run_bulk(ctx: &Ctx, view: &View, body: &Value) -> Result<Value, Fault> {
    ctx.authorize::<actions::ProvisionIdentities, _>(&Portal).await?;
    let most = usize::try_from(MOST_OPERATIONS).unwrap_or(usize::MAX);
    let request = BulkRequest::read(body, most, Reading::Lenient)?;
    // Of what was made only address and version are told.
    let view = View { base: view.base.clone(), selection: tenure_scim::project::Selection::read(Some("id"), None)? };
    let mut made = HashMap::new();
    let mut errors = 0_u64;
    let mut done = Vec::with_capacity(request.operations.len());
    for mut operation in request.operations {
        let result = match operation.resolve(&made) {
            Ok(()) => run(ctx, &view, &operation).await.map_err(Fault::answer),
            Err(error) => Err(error),
        };
        let mut one = Done { method: operation.method, bulk_id: operation.bulk_id.clone(), location: None, version: None, result: Ok(204) };
        match result {
            Ok(Some(resource)) => {
                one.result = Ok(if operation.method == Method::Post { 201 } else { 200 });
                if let (Method::Post, Some(name)) = (operation.method, operation.bulk_id) {
                    made.insert(name, resource.id);
                }
                (one.location, one.version) = (Some(resource.location), Some(resource.version));
            }
            Ok(None) => one.location = Some(format!("{}{}", view.base, operation.path)),
            Err(error) => {
                errors += 1;
                if operation.method != Method::Post {
                    one.location = Some(format!("{}{}", view.base, operation.path));
                }
                one.result = Err(error);
            }
        }
        done.push(one);
        if request.fail_on_errors.is_some_and(|most| errors >= most) {
            break;
        }
    }
    Ok(response(&done))
}

async fn run(ctx: &Ctx, view: &View, operation: &Operation) -> Result<Option<Resource>, Fault> {
    let mut parts = operation.path.trim_start_matches('/').split('/');
    let (kind, id, more) = (parts.next().unwrap_or_default(), parts.next().filter(|id| !id.is_empty()), parts.next());
    let users = kind.eq_ignore_ascii_case("Users");
    let nowhere = || Fault::Scim(ScimError::status(404, "the path is /Users, /Groups, or one of theirs with an id"));
    if more.is_some() || (!users && !kind.eq_ignore_ascii_case("Groups")) {
        return Err(nowhere());
    }
    let (data, version) = (&operation.data, operation.version.as_deref());
    Ok(match (operation.method, id, users) {
        (Method::Post, None, true) => Some(create_user(ctx, view, data).await?),
        (Method::Post, None, false) => Some(create_group(ctx, view, data).await?),
        (Method::Put, Some(id), true) => Some(replace_user(ctx, id, view, data, version).await?),
        (Method::Put, Some(id), false) => Some(replace_group(ctx, id, view, data, version).await?),
        (Method::Patch, Some(id), true) => Some(patch_user(ctx, id, view, data, version).await?),
        (Method::Patch, Some(id), false) => Some(patch_group(ctx, id, view, data, version).await?),
        (Method::Delete, Some(id), true) => {
            delete_user(ctx, id, version).await?;
            None
        }
        (Method::Delete, Some(id), false) => {
            delete_group(ctx, id, version).await?;
            None
        }
        (Method::Post, Some(_), _) | (Method::Put | Method::Patch | Method::Delete, None, _) => return Err(nowhere()),
    })
}
