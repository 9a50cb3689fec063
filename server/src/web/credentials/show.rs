//! `/credentials/{id}`, `/credentials/{id}/revoke`, `/credentials/{id}/owner`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::credentials::show::{Model, Typed, page};
use tenure_domain::access::{Portal, Relation, actions, authorize};
use tenure_domain::credential::CredentialState;
use tenure_domain::id::CredentialId;
use tenure_services::credentials::{CredentialDetail, change_owner, revoke_confirmed, show_credential};
use tenure_services::identities::{find_identity, propose_people};
use tenure_services::{Ctx, ServiceError};

use crate::http::{Caller, Posted, Reply, Route, SignedIn, Web, get, post};
use crate::web::read::key;
use crate::web::{again, errors, frame, html, see_other};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/credentials/{id}", show), post("/credentials/{id}/revoke", revoke), post("/credentials/{id}/owner", own)]
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, RawQuery(query): RawQuery) -> Reply {
    let detail = show_credential(&caller.ctx, key(&id)?).await?;
    let said = match Query::parse(&query.unwrap_or_default()).get("said").unwrap_or_default() {
        "registered" => "The key is registered: hosts are given it from now on.",
        "recorded" => "The credential is recorded.",
        "owner" => "It has a new owner.",
        "revoked" if detail.view.credential.state == CredentialState::Revoking => "Its end is owed to the target now.",
        "revoked" => "It is revoked: nothing works with it any more.",
        _ => "",
    };
    Ok(html(render(&web, &caller, said, detail, Typed::default(), FormErrors::new()).await?))
}

async fn render(
    web: &Web,
    caller: &Caller,
    said: &str,
    detail: CredentialDetail,
    typed: Typed,
    errors: FormErrors,
) -> Result<String, ServiceError> {
    let people = if detail.may_edit { propose_people(&caller.ctx, detail.view.credential.identity_id).await? } else { Vec::new() };
    let sees_audit = authorize::<actions::ViewAudit, _>(&caller.ctx.principal, &Portal).is_ok();
    Ok(page(&frame(web, caller, said), Model { detail, people, sees_audit, typed, errors }))
}

async fn revoke(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id: CredentialId = key(&id)?;
    let typed = Typed { reason: form.text("reason"), confirm: form.text("confirm"), ..Typed::default() };
    match revoke_confirmed(&caller.ctx, id, &typed.confirm, &typed.reason).await {
        Ok(_) => Ok(see_other(format!("/credentials/{id}?said=revoked"))),
        Err(error) => {
            let errors = errors(error)?;
            let detail = show_credential(&caller.ctx, id).await?;
            Ok(again(render(&web, &caller, "", detail, typed, errors).await?))
        }
    }
}

async fn own(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id: CredentialId = key(&id)?;
    let typed = Typed { owner: form.text("owner"), ..Typed::default() };
    match give(&caller.ctx, id, &typed.owner).await {
        Ok(()) => Ok(see_other(format!("/credentials/{id}?said=owner"))),
        Err(error) => {
            let errors = errors(error)?;
            let detail = show_credential(&caller.ctx, id).await?;
            Ok(again(render(&web, &caller, "", detail, typed, errors).await?))
        }
    }
}

async fn give(ctx: &Ctx, id: CredentialId, typed: &str) -> Result<(), ServiceError> {
    // Before anything that was typed is looked up.
    ctx.authorize::<actions::EditCredential, _>(&(id, Relation::None)).await?;
    let owner = find_identity(ctx, "owner", typed).await?.ok_or_else(|| ServiceError::field("owner", "say who is to own it"))?;
    change_owner(ctx, id, None, owner).await
}
