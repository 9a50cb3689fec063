//! API tokens: `/account/tokens/…` for oneself, `/identities/{id}/tokens/new` for a non-human
//! identity.

use std::sync::Arc;

use axum::extract::{Path, State};
use tenure_app::components::FormErrors;
use tenure_app::pages::tokens::{Model, Typed, issued_page, page};
use tenure_domain::access::{actions, authorize};
use tenure_domain::id::{CredentialId, Id as _, IdentityId};
use tenure_domain::identity::Identity;
use tenure_services::ServiceError;
use tenure_services::credentials::{NewToken, issue_token, revoke_own_token};
use tenure_services::identities::show_identity;

use super::read::key;
use super::{again, errors, frame, html, see_other};
use crate::http::{Caller, Failure, Posted, Reply, Route, SignedIn, Web, form_key, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/account/tokens/new", own),
        post("/account/tokens/new", issue_own),
        post("/account/tokens/{id}/revoke", revoke),
        get("/identities/{id}/tokens/new", other),
        post("/identities/{id}/tokens/new", issue_other),
    ]
}

/// Oneself; who is no identity has no tokens.
fn myself(caller: &Caller) -> Result<IdentityId, Failure> {
    caller.ctx.principal.identity_id().ok_or_else(Failure::not_found)
}

fn model(caller: &Caller, holder: &Identity, typed: Typed, errors: FormErrors) -> Model {
    let (name, id) = (&holder.display_name, holder.id);
    if caller.ctx.principal.identity_id() == Some(id) {
        return Model {
            holder: String::new(),
            crumbs: vec![("My account".to_owned(), "/account".to_owned())],
            action: "/account/tokens/new".to_owned(),
            back: "/account".to_owned(),
            typed,
            errors,
        };
    }
    let back = format!("/identities/{id}");
    let crumbs = vec![("Identities".to_owned(), "/identities".to_owned()), (name.clone(), back.clone())];
    Model { holder: name.clone(), crumbs, action: format!("{back}/tokens/new"), back, typed, errors }
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
        may_write: form.text("access") == "write",
        days: form.text("days"),
    };
    let new = NewToken {
        identity_id: id,
        label: typed.label.clone(),
        purpose: typed.purpose.clone(),
        may_write: typed.may_write,
        days: typed.days.parse().unwrap_or_default(),
        once: once(&caller.session_key, form),
    };
    let holder = show_identity(&caller.ctx, id).await?.identity;
    match issue_token(&caller.ctx, &new).await {
        Ok(issued) => {
            let back = model(caller, &holder, typed, FormErrors::new()).back;
            Ok(html(issued_page(&frame(web, caller, ""), new.label, issued.token.expose().to_owned(), back)))
        }
        Err(error) => Ok(again(page(&frame(web, caller, ""), model(caller, &holder, typed, errors(error)?)))),
    }
}

/// The key that a form stands for. The token of a form is another each time that its page is made, so the
/// same token is the same form, sent again. A program has none, and means each of its requests.
fn once(session_key: &str, form: &Posted) -> Option<CredentialId> {
    let token = form.0.get("_token").filter(|_| !session_key.is_empty())?;
    Some(CredentialId::from_uuid(form_key(token)))
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
