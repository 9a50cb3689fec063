//! `/settings/mail` and below

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::mail::{Model, page, read_page};
use tenure_domain::access::{Portal, PortalRole, actions, authorize};
use tenure_domain::id::MailId;
use tenure_services::ServiceError;
use tenure_services::mail::{overview, read_mail, send_test, try_now};

use super::read::key;
use super::{again, errors, frame, html, page_request, see_other};
use crate::http::{Caller, Posted, Reply, Route, SignedIn, Web, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/settings/mail", list),
        get("/settings/mail/{id}", read),
        post("/settings/mail/test", test),
        post("/settings/mail/{id}/try", try_again),
    ]
}

async fn model(web: &Web, caller: &Caller, query: Query, errors: FormErrors) -> Result<Model, ServiceError> {
    let state = query.get("state").and_then(|word| word.parse().ok());
    let overview = overview(&caller.ctx, state, &page_request(&query)).await?;
    let may_manage = authorize::<actions::ManageMail, _>(&caller.ctx.principal, &Portal).is_ok();
    let may_read = web.app.mail.is_none() && caller.ctx.principal.roles.contains(&PortalRole::Admin);
    Ok(Model { overview, query, may_manage, may_read, errors })
}

async fn list(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let said = match query.get("said") {
        Some("test") => "A test is on its way to you.",
        Some("try") => "It is tried at once.",
        _ => "",
    };
    let model = model(&web, &caller, query.without("said"), FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, said), model)))
}

async fn read(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let id: MailId = key(&id)?;
    let read = read_mail(&caller.ctx, id).await?;
    Ok(html(read_page(&frame(&web, &caller, ""), read)))
}

/// Back to the list, or the list with what was wrong.
async fn after(web: &Web, caller: &Caller, done: Result<(), ServiceError>, said: &str) -> Reply {
    match done {
        Ok(()) => Ok(see_other(format!("/settings/mail?said={said}"))),
        Err(error) => {
            let model = model(web, caller, Query::parse(""), errors(error)?).await?;
            Ok(again(page(&frame(web, caller, ""), model)))
        }
    }
}

async fn test(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let done = send_test(&caller.ctx, form.once(&caller)).await;
    after(&web, &caller, done, "test").await
}

async fn try_again(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    let done = try_now(&caller.ctx, key(&id)?).await;
    after(&web, &caller, done, "try").await
}
