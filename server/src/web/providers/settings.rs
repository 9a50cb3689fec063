//! `/settings/sign-in` and below

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::providers::edit::{Model as EditModel, Typed, page as edit_page};
use tenure_app::pages::providers::list::{Model as ListModel, page as list_page};
use tenure_app::pages::providers::show::{Model, page};
use tenure_domain::access::{Portal, actions, authorize};
use tenure_domain::id::ProviderId;
use tenure_domain::sign_in::ProviderState;
use tenure_services::ServiceError;
use tenure_services::sign_in::{
    Draft, callback_url, create_provider, edit_provider, list_providers, logout_url, remove_provider, set_provider_state, show_provider,
    test_provider,
};
use tenure_services::targets::Secret;
use tenure_store::sign_in::ProviderRow;

use crate::http::{Caller, Posted, Reply, SignedIn, Web};
use crate::web::read::{allowed, key};
use crate::web::{again, errors, frame, html, see_other};

fn may_manage(caller: &Caller) -> bool {
    authorize::<actions::ManageProviders, _>(&caller.ctx.principal, &Portal).is_ok()
}

pub(super) async fn list(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    let providers = list_providers(&caller.ctx).await?;
    Ok(html(list_page(&frame(&web, &caller, ""), ListModel { providers, may_manage: may_manage(&caller) })))
}

pub(super) async fn new(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    allowed::<actions::ManageProviders, _>(&caller, &Portal)?;
    Ok(html(edit_page(&frame(&web, &caller, ""), EditModel::default())))
}

fn typed(form: &Posted) -> Typed {
    Typed {
        name: form.text("name"),
        issuer: form.text("issuer"),
        client_id: form.text("client_id"),
        client_auth: form.text("client_auth"),
        scopes: form.text("scopes"),
        link_by: form.text("link_by"),
        link_claim: form.text("link_claim"),
        link_domains: form.text("link_domains"),
        sign_out_there: form.ticked("sign_out_there"),
    }
}

/// What was typed, as the service takes it. The secret is typed again after a fault.
fn draft(caller: &Caller, form: &Posted, typed: &Typed) -> Result<Draft, ServiceError> {
    let secret = form.raw("secret");
    Ok(Draft {
        name: typed.name.clone(),
        issuer: typed.issuer.clone(),
        client_id: typed.client_id.clone(),
        client_auth: typed.client_auth.parse().map_err(|_| ServiceError::field("client_auth", "choose how Tenure proves itself"))?,
        secret: (!secret.is_empty()).then(|| Secret::new(secret)),
        scopes: typed.scopes.clone(),
        link_by: typed.link_by.parse().map_err(|_| ServiceError::field("link_by", "choose by what people are found"))?,
        link_claim: typed.link_claim.clone(),
        link_domains: typed.link_domains.clone(),
        sign_out_there: typed.sign_out_there,
        once: form.once(caller),
    })
}

pub(super) async fn create(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    caller.ctx.authorize::<actions::ManageProviders, _>(&Portal).await?;
    let typed = typed(&form);
    let done = match draft(&caller, &form, &typed) {
        Ok(draft) => create_provider(&caller.ctx, &draft).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(id) => Ok(see_other(format!("/settings/sign-in/{id}?said=created"))),
        Err(error) => Ok(again(edit_page(&frame(&web, &caller, ""), EditModel { of: None, typed, errors: errors(error)? }))),
    }
}

fn of(row: &ProviderRow) -> Typed {
    Typed {
        name: row.name.clone(),
        issuer: row.issuer.clone(),
        client_id: row.client_id.clone(),
        client_auth: row.client_auth.to_string(),
        scopes: row.scopes.clone(),
        link_by: row.link_by.to_string(),
        link_claim: row.link_claim.clone(),
        link_domains: row.link_domains.clone(),
        sign_out_there: row.sign_out_there,
    }
}

pub(super) async fn edit(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    allowed::<actions::ManageProviders, _>(&caller, &Portal)?;
    let (view, _) = show_provider(&caller.ctx, key(&id)?).await?;
    let p = view.provider;
    let model = EditModel { of: Some((p.id, p.version)), typed: of(&p), errors: FormErrors::new() };
    Ok(html(edit_page(&frame(&web, &caller, ""), model)))
}

pub(super) async fn save(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    caller.ctx.authorize::<actions::ManageProviders, _>(&Portal).await?;
    let id: ProviderId = key(&id)?;
    let typed = typed(&form);
    let version = form.parse("version").unwrap_or(0);
    let done = match draft(&caller, &form, &typed) {
        Ok(draft) => edit_provider(&caller.ctx, id, version, &draft).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(see_other(format!("/settings/sign-in/{id}?said=edited"))),
        Err(error) => {
            let model = EditModel { of: Some((id, version)), typed, errors: errors(error)? };
            Ok(again(edit_page(&frame(&web, &caller, ""), model)))
        }
    }
}

pub(super) async fn show(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let said = match query.get("said") {
        Some("created") => "People may sign in by it. Register the addresses below there, if they are not yet.",
        Some("edited") => "The changes are saved.",
        Some("test") => "It answers. What it says of itself stands below.",
        Some("enabled") => "People may sign in by it again.",
        Some("disabled") => "Nobody signs in by it any more, and the sessions that it opened are over.",
        _ => "",
    };
    Ok(html(shown(&web, &caller, key(&id)?, said, FormErrors::new()).await?))
}

async fn shown(web: &Web, caller: &Caller, id: ProviderId, said: &str, errors: FormErrors) -> Result<String, ServiceError> {
    let (view, findings) = show_provider(&caller.ctx, id).await?;
    let model = Model {
        view,
        findings,
        callback: callback_url(&web.origin, id),
        logout: logout_url(&web.origin, id),
        signed_out: format!("{}/sign-in?out=1", web.origin),
        may_manage: may_manage(caller),
        errors,
    };
    Ok(page(&frame(web, caller, said), model))
}

async fn after(web: &Web, caller: &Caller, id: ProviderId, done: Result<(), ServiceError>, said: &str) -> Reply {
    match done {
        Ok(()) => Ok(see_other(format!("/settings/sign-in/{id}?said={said}"))),
        Err(error) => Ok(again(shown(web, caller, id, "", errors(error)?).await?)),
    }
}

pub(super) async fn test(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    let id = key(&id)?;
    after(&web, &caller, id, test_provider(&caller.ctx, id).await.map(|_| ()), "test").await
}

pub(super) async fn enable(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    let id = key(&id)?;
    after(&web, &caller, id, set_provider_state(&caller.ctx, id, ProviderState::Enabled).await, "enabled").await
}

pub(super) async fn disable(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    let id = key(&id)?;
    let done = set_provider_state(&caller.ctx, id, ProviderState::Disabled).await;
    after(&web, &caller, id, done, "disabled").await
}

pub(super) async fn remove(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    caller.ctx.authorize::<actions::ManageProviders, _>(&Portal).await?;
    let name = show_provider(&caller.ctx, id).await?.0.provider.name;
    if form.text("confirm") != name.trim() {
        let fault = ServiceError::field("confirm", "type its name exactly as it stands above");
        return after(&web, &caller, id, Err(fault), "").await;
    }
    remove_provider(&caller.ctx, id).await?;
    Ok(see_other("/settings/sign-in"))
}
