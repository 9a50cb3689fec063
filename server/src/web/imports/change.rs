//! `/imports/{id}/apply`, `/imports/{id}/discard`

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use tenure_app::components::FormErrors;
use tenure_app::pages::imports::show::Typed;
use tenure_domain::id::ImportId;
use tenure_domain::people::{Allowed, LimitExceeded};
use tenure_services::list_imports::{apply_list, import_kind};
use tenure_services::people::{apply_in_background, apply_staged, discard_staged, forget_failure, show_staged};
use tenure_services::{Ctx, ServiceError};

use super::show::draw;
use crate::http::{Failure, Posted, Reply, SignedIn, Web};
use crate::web::read::key;
use crate::web::{again, errors, see_other};

/// How long an answer waits for the import to be done, before it is the page that follows it.
const SHORT: Duration = Duration::from_millis(1500);

pub(super) async fn apply(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    let number = |name: &str| form.ticked(&format!("allow_{name}")).then(|| form.text(&format!("number_{name}")));
    let typed = Typed {
        accept_rejected: form.ticked("accept_rejected"),
        leavers: number("leavers"),
        changes: number("changes"),
        older: form.ticked("allow_older"),
    };
    let seen = form.text("plan");
    let done = if import_kind(&caller.ctx, id).await? == "people" {
        follow(&caller.ctx, id, people(caller.ctx.clone(), id, seen, typed.clone())).await?
    } else {
        follow(&caller.ctx, id, list(caller.ctx.clone(), id, seen, typed.accept_rejected)).await?
    };
    match done {
        Applied::Done => Ok(see_other(format!("/imports/{id}?said=applied"))),
        Applied::UnderWay => Ok(see_other(format!("/imports/{id}"))),
        Applied::Not(faults) => Ok(again(draw(&web, &caller, id, typed, faults, "").await?)),
    }
}

/// What became of the click.
enum Applied {
    Done,
    UnderWay,
    Not(FormErrors),
}

/// Applies an import of people; yields the boxes that were left open, if any.
async fn people(ctx: Ctx, id: ImportId, seen: String, typed: Typed) -> Result<Option<FormErrors>, ServiceError> {
    let shown = show_staged(&ctx, id).await?;
    let open: Vec<_> = shown.exceeded.iter().filter(|e| !allows(&typed, e)).collect();
    let rejected = shown.plan.as_ref().map_or(0, |(plan, _)| plan.rejected.len());
    let mut faults = FormErrors::new();
    if rejected > 0 && !typed.accept_rejected {
        faults.add("accept_rejected", leave_out(rejected));
    }
    if let Some(newer) = shown.newer.filter(|_| !typed.older) {
        faults.add("allow_older", format!("A newer list, of {newer}, was applied already: allow the older one, or discard the file"));
    }
    faults.extend(beyond(&open, &typed));
    if !faults.is_empty() {
        return Ok(Some(faults));
    }
    let allowed = Allowed { leavers: parsed(&typed.leavers), changes: parsed(&typed.changes), older: typed.older };
    apply_staged(&ctx, id, &seen, allowed, typed.accept_rejected).await.map(|_| None)
}

/// Applies an import of a list.
async fn list(ctx: Ctx, id: ImportId, seen: String, accept_rejected: bool) -> Result<Option<FormErrors>, ServiceError> {
    apply_list(&ctx, id, &seen, accept_rejected).await.map(|_| None)
}

/// Starts the work, which goes on when the browser is gone, and waits for it a little.
async fn follow(
    ctx: &Ctx,
    id: ImportId,
    work: impl Future<Output = Result<Option<FormErrors>, ServiceError>> + Send + 'static,
) -> Result<Applied, Failure> {
    let left_open = |faults: &Option<FormErrors>| faults.as_ref().map(|_| "what it needs was not allowed; look at the boxes".to_owned());
    let work = match apply_in_background(ctx, id, work, left_open).await {
        Ok(work) => work,
        // A second click: the first is on its way.
        Err(ServiceError::Conflict(_)) => return Ok(Applied::UnderWay),
        Err(error) => return Err(error.into()),
    };
    let Ok(ended) = tokio::time::timeout(SHORT, work).await else { return Ok(Applied::UnderWay) };
    // Told at once, it need not be told again on the next look.
    forget_failure(ctx, id).await?;
    match ended {
        Ok(Ok(None)) => Ok(Applied::Done),
        Ok(Ok(Some(faults))) => Ok(Applied::Not(faults)),
        Ok(Err(ServiceError::File(rows))) => Ok(Applied::Not([("accept_rejected", leave_out(rows.len()))].into_iter().collect())),
        Ok(Err(error)) => Ok(Applied::Not(errors(error)?)),
        Err(_) => Ok(Applied::Not([("", "it was interrupted; nothing was changed. Try again".to_owned())].into_iter().collect())),
    }
}

fn leave_out(rows: usize) -> String {
    format!(
        "{} cannot be taken: leave them out, or correct the file and send it again",
        if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
    )
}

/// A number as people write it.
fn parsed(text: &Option<String>) -> Option<usize> {
    text.as_ref().and_then(|t| t.replace([',', '.', ' '], "").parse().ok())
}

/// Whether exactly this was allowed, and no more.
fn allows(typed: &Typed, exceeded: &LimitExceeded) -> bool {
    match exceeded {
        LimitExceeded::Leavers { leavers, .. } => parsed(&typed.leavers) == Some(*leavers),
        LimitExceeded::Changes { changes, .. } => parsed(&typed.changes) == Some(*changes),
    }
}

/// What to do about a limit, at the box that allows it.
fn beyond(exceeded: &[&LimitExceeded], typed: &Typed) -> FormErrors {
    exceeded
        .iter()
        .map(|e| {
            let (name, n, typed) = match *e {
                LimitExceeded::Leavers { leavers, .. } => ("leavers", leavers, &typed.leavers),
                LimitExceeded::Changes { changes, .. } => ("changes", changes, &typed.changes),
            };
            match typed {
                Some(_) => (format!("number_{name}"), format!("Type {n}, the number of {name} that you allow")),
                None => (format!("allow_{name}"), format!("{n} {name} are more than the limit: allow them, or discard the file")),
            }
        })
        .collect()
}

pub(super) async fn discard(SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    discard_staged(&caller.ctx, key(&id)?).await?;
    Ok(see_other("/imports?said=discarded"))
}
