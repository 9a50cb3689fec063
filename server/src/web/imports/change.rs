//! `/imports/{id}/apply`, `/imports/{id}/discard`

use std::sync::Arc;

use axum::extract::{Path, State};
use tenure_app::components::FormErrors;
use tenure_app::pages::imports::show::Typed;
use tenure_domain::people::{Allowed, LimitExceeded};
use tenure_services::ServiceError;
use tenure_services::list_imports::{apply_list, import_kind};
use tenure_services::people::{apply_staged, discard_staged, show_staged};

use super::show::draw;
use crate::http::{Posted, Reply, SignedIn, Web};
use crate::web::read::key;
use crate::web::{again, errors, see_other};

pub(super) async fn apply(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    let number = |name: &str| form.ticked(&format!("allow_{name}")).then(|| form.text(&format!("number_{name}")));
    let typed = Typed { accept_rejected: form.ticked("accept_rejected"), leavers: number("leavers"), changes: number("changes") };
    let seen = form.text("plan");
    let done = if import_kind(&caller.ctx, id).await? == "people" {
        let allowed = Allowed { leavers: parsed(&typed.leavers), changes: parsed(&typed.changes) };
        apply_staged(&caller.ctx, id, &seen, allowed, typed.accept_rejected).await.map(|_| ())
    } else {
        apply_list(&caller.ctx, id, &seen, typed.accept_rejected).await.map(|_| ())
    };
    let faults = match done {
        Ok(()) => return Ok(see_other(format!("/imports/{id}?said=applied"))),
        Err(ServiceError::Limit(exceeded)) => beyond(&exceeded, &typed),
        Err(ServiceError::File(rows)) if rows.iter().all(|r| r.line > 0) => {
            let words = format!("{} cannot be taken: leave them out, or correct the file and send it again", if rows.len() == 1 { "1 row".to_owned() } else { format!("{} rows", rows.len()) });
            let mut faults: FormErrors = [("accept_rejected", words)].into_iter().collect();
            // Everything that is to be decided is said at once.
            if import_kind(&caller.ctx, id).await? == "people" {
                let exceeded = show_staged(&caller.ctx, id).await?.exceeded;
                let open: Vec<_> = exceeded.into_iter().filter(|e| !allows(&typed, e)).collect();
                faults.extend(beyond(&open, &typed));
            }
            faults
        }
        Err(error) => errors(error)?,
    };
    Ok(again(draw(&web, &caller, id, typed, faults, "").await?))
}

/// A number as people write it.
fn parsed(text: &Option<String>) -> Option<usize> {
    text.as_ref().and_then(|t| t.replace([',', '.', ' '], "").parse().ok())
}

fn allows(typed: &Typed, exceeded: &LimitExceeded) -> bool {
    match exceeded {
        LimitExceeded::Leavers { leavers, .. } => parsed(&typed.leavers).is_some_and(|n| n >= *leavers),
        LimitExceeded::Changes { changes, .. } => parsed(&typed.changes).is_some_and(|n| n >= *changes),
    }
}

/// What to do about a limit, at the box that allows it.
fn beyond(exceeded: &[LimitExceeded], typed: &Typed) -> FormErrors {
    exceeded
        .iter()
        .map(|e| {
            let (name, n, typed) = match e {
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
