//! `POST /api/v1/imports/{id}/apply` and `/discard`

use axum::extract::Path;
use serde::Deserialize;
use tenure_domain::id::ImportId;
use tenure_domain::people::Allowed;
use tenure_services::list_imports::{apply_list, import_kind};
use tenure_services::people::{apply_in_background, apply_staged, discard_staged, forget_failure};
use tenure_services::{Ctx, ServiceError};
use utoipa::ToSchema;

use super::show::{ImportDetail, detail};
use crate::http::api::answer::{done, found};
use crate::http::api::ask::{Asked, Sent};
use crate::http::api::operation::op;
use crate::http::api::{Reply, key};
use crate::http::{Failure, Route, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/api/v1/imports/{id}/apply", apply).operation(
            op("applyImport", "Imports", "Apply a staged import")
                .more("409 when the records changed since the plan was seen: look at it again. It goes on when you do not wait for the answer.")
                .sends::<ImportApplied>()
                .gives::<ImportDetail>(200, "It is applied; with its counts."),
        ),
        post("/api/v1/imports/{id}/discard", discard)
            .operation(op("discardImport", "Imports", "Let a staged import go").gives_nothing("It changed nothing, and can still be looked at.")),
    ]
}

/// What is to be applied, and what is allowed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImportApplied {
    /// `plan` of the import, as it was seen.
    plan: String,
    /// Whether rows that cannot be taken are left out.
    #[serde(default)]
    accept_rejected: bool,
    /// So many leavers and no more, where they are more than the limit.
    #[schema(minimum = 0)]
    allow_leavers: Option<u32>,
    /// So many changes and no more, where they are more than the limit.
    #[schema(minimum = 0)]
    allow_changes: Option<u32>,
    /// Whether a list may be older than the one that was applied last.
    #[serde(default)]
    allow_older: bool,
}

async fn apply(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<ImportApplied>) -> Reply {
    let id: ImportId = key(&id)?;
    let ctx = &asked.ctx;
    let is_people = import_kind(ctx, id).await? == "people";
    let work = apply_in_background(ctx, id, carry_out(ctx.clone(), id, is_people, sent), |()| None).await?;
    let ended = work.await.map_err(|_| Failure::unavailable())?;
    // Told at once, it need not be told again on the next look.
    forget_failure(ctx, id).await?;
    ended?;
    Ok(found(&detail(ctx, id).await?))
}

async fn carry_out(ctx: Ctx, id: ImportId, is_people: bool, sent: ImportApplied) -> Result<(), ServiceError> {
    if is_people {
        let number = |n: Option<u32>| n.and_then(|n| usize::try_from(n).ok());
        let allowed = Allowed { leavers: number(sent.allow_leavers), changes: number(sent.allow_changes), older: sent.allow_older };
        return apply_staged(&ctx, id, &sent.plan, allowed, sent.accept_rejected).await.map(drop);
    }
    apply_list(&ctx, id, &sent.plan, sent.accept_rejected).await.map(drop)
}

async fn discard(asked: Asked, Path(id): Path<String>) -> Reply {
    discard_staged(&asked.ctx, key(&id)?).await?;
    Ok(done())
}
