//! `/identities/{id}/lifecycle`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::identities::confirm::confirm_fault;
use tenure_app::pages::identities::lifecycle::{Model, is_final, page};
use tenure_domain::access::{actions, authorize};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Transition;
use tenure_services::ServiceError;
use tenure_services::identities::{change_lifecycle, show_identity};

use crate::http::{Failure, Posted, Reply, Route, SignedIn, Web, get, post};
use crate::web::read::key;
use crate::web::{again, errors, frame, html, see_other};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/identities/{id}/lifecycle", show), post("/identities/{id}/lifecycle", change)]
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let transition: Transition = key(query.get("to").unwrap_or_default())?;
    let identity = show_identity(&caller.ctx, key(&id)?).await?.identity;
    authorize::<actions::ChangeLifecycle, _>(&caller.ctx.principal, &identity).map_err(ServiceError::from)?;
    identity.state.after(transition).map_err(ServiceError::from)?;
    let model = Model { identity, transition, reason: String::new(), confirm: String::new(), errors: FormErrors::new() };
    Ok(html(page(&frame(&web, &caller, ""), model)))
}

async fn change(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id: IdentityId = key(&id)?;
    let transition: Transition = form.parse("to").ok_or_else(Failure::not_found)?;
    let (reason, confirm) = (form.text("reason"), form.text("confirm"));
    let identity = show_identity(&caller.ctx, id).await?.identity;
    let fault = if is_final(transition) { confirm_fault(&identity.user_name, &confirm) } else { None };
    let errors = match fault {
        Some(words) => [("confirm", words)].into_iter().collect(),
        None => match change_lifecycle(&caller.ctx, id, transition, &reason).await {
            Ok(_) => return Ok(see_other(format!("/identities/{id}?said={transition}"))),
            Err(error) => errors(error)?,
        },
    };
    Ok(again(page(&frame(&web, &caller, ""), Model { identity, transition, reason, confirm, errors })))
}
