//! `/applications/{id}/hosts` and below: hosts that ask for SSH keys.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::applications::hosts::{Model, Typed, issued_page, page};
use tenure_domain::access::{Relation, actions, authorize};
use tenure_domain::id::ApplicationId;
use tenure_services::ServiceError;
use tenure_services::ssh::{IssuedHost, NewHost, add_host, list_hosts, revoke_host, rotate_host};

use crate::http::{Caller, Posted, Reply, SignedIn, Web};
use crate::web::read::key;
use crate::web::{again, errors, frame, html, see_other};

pub(super) async fn show(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Reply {
    let said = match Query::parse(&query.unwrap_or_default()).get("said") {
        Some("revoked") => "Its token is over: its next question is refused.",
        _ => "",
    };
    let model = model(&caller, key(&id)?, Typed::default(), FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, said), model)))
}

pub(super) async fn add(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    let typed = Typed { name: form.text("name"), days: form.text("days") };
    let new = NewHost { name: typed.name.clone(), days: typed.days.parse().unwrap_or_default(), once: form.once(&caller) };
    let done = add_host(&caller.ctx, id, &new).await;
    issued(&web, &caller, id, done, typed).await
}

pub(super) async fn rotate(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path((id, host)): Path<(String, String)>,
    _form: Posted,
) -> Reply {
    let (id, host) = (key(&id)?, key(&host)?);
    let done = rotate_host(&caller.ctx, id, host).await;
    issued(&web, &caller, id, done, Typed::default()).await
}

pub(super) async fn revoke(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path((id, host)): Path<(String, String)>,
    _form: Posted,
) -> Reply {
    let (id, host) = (key(&id)?, key(&host)?);
    match revoke_host(&caller.ctx, id, host).await {
        Ok(()) => Ok(see_other(format!("/applications/{id}/hosts?said=revoked"))),
        Err(error) => refused(&web, &caller, id, error, Typed::default()).await,
    }
}

async fn issued(web: &Web, caller: &Caller, id: ApplicationId, done: Result<IssuedHost, ServiceError>, typed: Typed) -> Reply {
    match done {
        Ok(host) => {
            let back = format!("/applications/{id}/hosts");
            Ok(html(issued_page(&frame(web, caller, ""), host.name, host.token.expose().to_owned(), web.origin.clone(), back)))
        }
        Err(error) => refused(web, caller, id, error, typed).await,
    }
}

async fn refused(web: &Web, caller: &Caller, id: ApplicationId, error: ServiceError, typed: Typed) -> Reply {
    let model = model(caller, id, typed, errors(error)?).await?;
    Ok(again(page(&frame(web, caller, ""), model)))
}

async fn model(caller: &Caller, id: ApplicationId, typed: Typed, errors: FormErrors) -> Result<Model, ServiceError> {
    let hosts = list_hosts(&caller.ctx, id).await?;
    let may_manage = authorize::<actions::ManageTarget, _>(&caller.ctx.principal, &(id, Relation::None)).is_ok();
    Ok(Model { hosts, may_manage, typed, errors })
}
