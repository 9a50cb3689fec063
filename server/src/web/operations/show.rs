//! `/operations/{id}`, `/operations/{id}/retry`, `/operations/{id}/attest`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::operations::show::{Model, page};
use tenure_domain::access::{Relation, actions, authorize};
use tenure_domain::id::OperationId;
use tenure_services::ServiceError;
use tenure_services::operations::{attest_operation, retry_operation, show_operation};

use crate::http::{Caller, Failure, Posted, Reply, SignedIn, Web};
use crate::web::read::key;
use crate::web::{again, errors, frame, html, see_other};

async fn model(caller: &Caller, id: OperationId, note: String, errors: FormErrors) -> Result<Model, Failure> {
    let (operation, steps) = show_operation(&caller.ctx, id).await?;
    let may_settle = authorize::<actions::SettleOperation, _>(&caller.ctx.principal, &(id, Relation::None)).is_ok();
    Ok(Model { operation, steps, may_settle, note, errors })
}

pub(super) async fn show(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Reply {
    let said = match Query::parse(&query.unwrap_or_default()).get("said") {
        Some("retried") => "It is tried again now. Load the page again to see what came of it.",
        Some("attested") => "Your word stands in the record.",
        _ => "",
    };
    let model = model(&caller, key(&id)?, String::new(), FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, said), model)))
}

pub(super) async fn retry(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    let id = key(&id)?;
    let done = retry_operation(&caller.ctx, id).await;
    settled(&web, &caller, id, done, "retried", String::new()).await
}

pub(super) async fn attest(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let (id, note) = (key(&id)?, form.text("note"));
    let done = attest_operation(&caller.ctx, id, &note).await;
    settled(&web, &caller, id, done, "attested", note).await
}

async fn settled(web: &Web, caller: &Caller, id: OperationId, done: Result<(), ServiceError>, said: &str, note: String) -> Reply {
    match done {
        Ok(()) => Ok(see_other(format!("/operations/{id}?said={said}"))),
        Err(error) => {
            let model = model(caller, id, note, errors(error)?).await?;
            Ok(again(page(&frame(web, caller, ""), model)))
        }
    }
}
