//! `/imports/{id}/apply`, `/imports/{id}/discard`

use std::sync::Arc;

use axum::extract::{Path, State};
use tenure_app::components::FormErrors;
use tenure_app::pages::imports::show::Typed;
use tenure_domain::id::ImportId;
use tenure_domain::people::{Allowed, LimitExceeded};
use tenure_services::list_imports::{apply_list, import_kind};
use tenure_services::people::{apply_staged, discard_staged, show_staged};
use tenure_services::{Ctx, ServiceError};

use super::show::draw;
use crate::http::{Failure, Posted, Reply, SignedIn, Web};
use crate::web::read::key;
use crate::web::{again, errors, see_other};

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
    let faults = if import_kind(&caller.ctx, id).await? == "people" {
        people(&caller.ctx, id, &seen, &typed).await?
    } else {
        list(&caller.ctx, id, &seen, &typed).await?
    };
    match faults {
        None => Ok(see_other(format!("/imports/{id}?said=applied"))),
        Some(faults) => Ok(again(draw(&web, &caller, id, typed, faults, "").await?)),
    }
}

/// Applies an import of people; yields what is wrong, if anything.
async fn people(ctx: &Ctx, id: ImportId, seen: &str, typed: &Typed) -> Result<Option<FormErrors>, Failure> {
    let shown = show_staged(ctx, id).await?;
    let open: Vec<_> = shown.exceeded.iter().filter(|e| !allows(typed, e)).collect();
    let rejected = shown.plan.as_ref().map_or(0, |(plan, _)| plan.rejected.len());
    let mut faults = FormErrors::new();
    if rejected > 0 && !typed.accept_rejected {
        faults.add("accept_rejected", leave_out(rejected));
    }
    if let Some(newer) = shown.newer.filter(|_| !typed.older) {
        faults.add("allow_older", format!("A newer list, of {newer}, was applied already: allow the older one, or discard the file"));
    }
    faults.extend(beyond(&open, typed));
    if !faults.is_empty() {
        return Ok(Some(faults));
    }
    let allowed = Allowed { leavers: parsed(&typed.leavers), changes: parsed(&typed.changes), older: typed.older };
    match apply_staged(ctx, id, seen, allowed, typed.accept_rejected).await {
        Ok(_) => Ok(None),
        Err(error) => Ok(Some(errors(error)?)),
    }
}

/// Applies an import of a list; yields what is wrong, if anything.
async fn list(ctx: &Ctx, id: ImportId, seen: &str, typed: &Typed) -> Result<Option<FormErrors>, Failure> {
    match apply_list(ctx, id, seen, typed.accept_rejected).await {
        Ok(_) => Ok(None),
        Err(ServiceError::File(rows)) => Ok(Some([("accept_rejected", leave_out(rows.len()))].into_iter().collect())),
        Err(error) => Ok(Some(errors(error)?)),
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
