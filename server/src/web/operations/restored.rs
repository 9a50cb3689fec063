//! `/operations/restored`

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::operations::restored::{Model, Typed, page};
use tenure_domain::access::{Portal, actions, authorize};
use tenure_services::ServiceError;
use tenure_services::restores::{Release, release_restore, show_restore};

use crate::http::{Caller, Failure, Posted, Reply, SignedIn, Web};
use crate::web::{again, errors, frame, html, see_other};

async fn model(caller: &Caller, typed: Typed, errors: FormErrors) -> Result<Model, Failure> {
    let shown = show_restore(&caller.ctx).await?;
    let may_release = authorize::<actions::SettleRestore, _>(&caller.ctx.principal, &Portal).is_ok();
    Ok(Model { shown, may_release, typed, errors })
}

pub(super) async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let said = match Query::parse(&query.unwrap_or_default()).get("said") {
        Some("released") => "What is owed to targets is done again.",
        _ => "",
    };
    let model = model(&caller, Typed::default(), FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, said), model)))
}

pub(super) async fn release(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    // Before anything that was typed is looked at.
    caller.ctx.authorize::<actions::SettleRestore, _>(&Portal).await?;
    let typed = Typed { note: form.text("note"), unread: form.all("unread") };
    let done = match form.parse("restore") {
        Some(id) => {
            let unread = typed.unread.iter().filter_map(|id| id.parse().ok()).collect();
            release_restore(&caller.ctx, &Release { id, note: typed.note.clone(), unread }).await
        }
        None => Err(ServiceError::Refused("this form is not of a restore; load the page again".to_owned())),
    };
    match done {
        Ok(()) => Ok(see_other("/operations/restored?said=released")),
        Err(error) => {
            let model = model(&caller, typed, errors(error)?).await?;
            Ok(again(page(&frame(&web, &caller, ""), model)))
        }
    }
}
