//! API tokens: `/account/tokens/…` for oneself, `/identities/{id}/tokens/new` for a non-human
//! identity.

use std::sync::Arc;

use axum::extract::{Path, State};
use tenure_app::components::FormErrors;
use tenure_app::pages::tokens::{Model, Typed, issued_page, page};
use tenure_domain::access::{TokenScope, TokenScopes, actions, authorize};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;
use tenure_domain::network::Networks;
use tenure_services::ServiceError;
use tenure_services::credentials::{NewToken, issue_token, revoke_own_token};
use tenure_services::identities::show_identity;

use super::for_whom::{for_whom, myself};
use super::{again, errors, frame, html, see_other};
use crate::http::{Caller, Posted, Reply, Route, SignedIn, Web, get, key, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/account/tokens/new", own),
        post("/account/tokens/new", issue_own),
        post("/account/tokens/{id}/revoke", revoke),
        get("/identities/{id}/tokens/new", other),
        post("/identities/{id}/tokens/new", issue_other),
    ]
}

fn model(caller: &Caller, holder: &Identity, typed: Typed, errors: FormErrors) -> Model {
    Model { whom: for_whom(caller, holder, "tokens", ("My account", "/account")), typed, errors }
}

async fn show(web: &Web, caller: &Caller, id: IdentityId) -> Reply {
    let holder = show_identity(&caller.ctx, id).await?.identity;
    authorize::<actions::IssueToken, _>(&caller.ctx.principal, &holder).map_err(ServiceError::from)?;
    Ok(html(page(&frame(web, caller, ""), model(caller, &holder, Typed::default(), FormErrors::new()))))
}

async fn issue(web: &Web, caller: &Caller, id: IdentityId, form: &Posted) -> Reply {
    let typed = Typed {
        label: form.text("label"),
        purpose: form.text("purpose"),
        access: form.text("access"),
        scopes: form.all("scope").iter().filter_map(|word| word.parse::<TokenScope>().ok()).collect(),
        networks: form.raw("networks"),
        days: form.text("days"),
    };
    let networks: Result<Networks, String> = typed.networks.parse();
    let new = NewToken {
        identity_id: id,
        label: typed.label.clone(),
        purpose: typed.purpose.clone(),
        scopes: match typed.access.as_str() {
            "read" => TokenScopes::reading(),
            "write" => TokenScopes::all(),
            _ => typed.scopes.clone(),
        },
        networks: networks.clone().unwrap_or_default(),
        days: typed.days.parse().unwrap_or_default(),
        once: form.once(caller),
    };
    let holder = show_identity(&caller.ctx, id).await?.identity;
    let issued = match networks {
        Ok(_) => issue_token(&caller.ctx, &new).await,
        Err(words) => Err(ServiceError::field("networks", words)),
    };
    match issued {
        Ok(issued) => {
            let back = model(caller, &holder, typed, FormErrors::new()).whom.back;
            Ok(html(issued_page(&frame(web, caller, ""), new.label, issued.token.expose().to_owned(), back)))
        }
        Err(error) => Ok(again(page(&frame(web, caller, ""), model(caller, &holder, typed, errors(error)?)))),
    }
}

async fn own(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    show(&web, &caller, myself(&caller)?).await
}

async fn issue_own(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    issue(&web, &caller, myself(&caller)?, &form).await
}

async fn other(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    show(&web, &caller, key(&id)?).await
}

async fn issue_other(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    issue(&web, &caller, key(&id)?, &form).await
}

async fn revoke(State(_): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    revoke_own_token(&caller.ctx, key(&id)?).await?;
    Ok(see_other("/account?said=revoked"))
}
