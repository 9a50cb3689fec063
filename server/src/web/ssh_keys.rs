//! SSH public keys: `/account/ssh-keys/new` for oneself, `/identities/{id}/ssh-keys/new` for a non-human identity.

use std::sync::Arc;

use axum::extract::{Path, State};
use tenure_app::components::FormErrors;
use tenure_app::pages::ssh_keys::{Model, Typed, page};
use tenure_domain::access::{actions, authorize};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;
use tenure_services::ServiceError;
use tenure_services::identities::show_identity;
use tenure_services::ssh::{NewKey, may_register, register_key};

use super::for_whom::{for_whom, myself};
use super::{again, errors, frame, html, see_other};
use crate::http::{Caller, Posted, Reply, Route, SignedIn, Web, get, key, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/account/ssh-keys/new", own),
        post("/account/ssh-keys/new", register_own),
        get("/identities/{id}/ssh-keys/new", other),
        post("/identities/{id}/ssh-keys/new", register_other),
    ]
}

fn model(caller: &Caller, holder: &Identity, typed: Typed, errors: FormErrors) -> Model {
    Model { whom: for_whom(caller, holder, "ssh-keys", ("My access", "/my-access")), typed, errors }
}

async fn show(web: &Web, caller: &Caller, id: IdentityId) -> Reply {
    let holder = show_identity(&caller.ctx, id).await?.identity;
    authorize::<actions::RegisterKey, _>(&caller.ctx.principal, &holder).map_err(ServiceError::from)?;
    if !may_register(&caller.ctx.principal, &holder) {
        return Err(ServiceError::Refused("a person registers their own keys".to_owned()).into());
    }
    Ok(html(page(&frame(web, caller, ""), model(caller, &holder, Typed::default(), FormErrors::new()))))
}

async fn register(web: &Web, caller: &Caller, id: IdentityId, form: &Posted) -> Reply {
    let typed = Typed { label: form.text("label"), key: form.text("key"), days: form.text("days") };
    let new = NewKey { identity_id: id, label: typed.label.clone(), text: typed.key.clone(), days: typed.days.parse().unwrap_or_default() };
    let holder = show_identity(&caller.ctx, id).await?.identity;
    match register_key(&caller.ctx, &new).await {
        Ok(id) => Ok(see_other(format!("/credentials/{id}?said=registered"))),
        Err(error) => Ok(again(page(&frame(web, caller, ""), model(caller, &holder, typed, errors(error)?)))),
    }
}

async fn own(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    show(&web, &caller, myself(&caller)?).await
}

async fn register_own(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    register(&web, &caller, myself(&caller)?, &form).await
}

async fn other(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    show(&web, &caller, key(&id)?).await
}

async fn register_other(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    register(&web, &caller, key(&id)?, &form).await
}
