//! `/account`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::account::{Model, page};
use tenure_domain::access::{PrincipalKind, Relation, actions, authorize};
use tenure_domain::id::CredentialId;
use tenure_services::ServiceError;
use tenure_services::accounts::{change_password, end_other_sessions, end_session, my_account};
use tenure_vault::Password;

use super::read::key;
use super::{again, errors, frame, html, see_other};
use crate::http::{Caller, Failure, Posted, Reply, Route, SignedIn, Web, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/account", show),
        post("/account/sessions/{id}/end", end_one),
        post("/account/sessions/end-others", end_others),
        post("/account/password", password),
    ]
}

/// The session that asks; a token has none.
fn session(caller: &Caller) -> Option<CredentialId> {
    match caller.ctx.principal.kind {
        PrincipalKind::Person { session, .. } => Some(session),
        _ => None,
    }
}

async fn model(caller: &Caller, errors: FormErrors) -> Result<Model, Failure> {
    let who = &caller.ctx.principal;
    let account = match who.identity_id() {
        Some(_) => Some(my_account(&caller.ctx).await?),
        None => None,
    };
    let may_issue = who.identity_id().is_some_and(|me| authorize::<actions::IssueToken, _>(who, &(me, Relation::Own)).is_ok());
    Ok(Model { account, session: session(caller), may_issue, errors })
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let said = match query.get("said").unwrap_or_default() {
        "ended" => "The session is ended: its next request is refused.",
        "others" => "All your other sessions are ended.",
        "revoked" => "The token is revoked: its next request is refused.",
        "password" => "Your password is changed, and your other sessions are ended.",
        _ => "",
    };
    let model = model(&caller, FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, said), model)))
}

async fn end_one(State(_): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    match end_session(&caller.ctx, key(&id)?).await {
        // It ended by itself meanwhile: that is what was wanted.
        Ok(()) | Err(ServiceError::Credential(_)) => Ok(see_other("/account?said=ended")),
        Err(error) => Err(error.into()),
    }
}

async fn end_others(State(_): State<Arc<Web>>, SignedIn(caller): SignedIn, _form: Posted) -> Reply {
    end_other_sessions(&caller.ctx, session(&caller)).await?;
    Ok(see_other("/account?said=others"))
}

async fn password(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let (current, new, repeated) =
        (Password::from(form.raw("current")), Password::from(form.raw("password")), Password::from(form.raw("repeated")));
    match change_password(&caller.ctx, session(&caller), current, new, &repeated).await {
        Ok(()) => Ok(see_other("/account?said=password")),
        Err(error) => {
            let model = model(&caller, errors(error)?).await?;
            Ok(again(page(&frame(&web, &caller, ""), model)))
        }
    }
}
