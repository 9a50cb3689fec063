//! `/signals/transmitters` and below

use std::sync::Arc;

use axum::extract::{Path, State};
use tenure_app::components::FormErrors;
use tenure_app::pages::signals::new_transmitter::{Model as NewModel, Typed, page as new_page};
use tenure_app::pages::signals::transmitter::{Model, page};
use tenure_app::pages::signals::{Issued, issued_page};
use tenure_domain::access::{Portal, actions};
use tenure_domain::id::SignalTransmitterId;
use tenure_domain::signal::{Effect, MatchBy, ReceiverState};
use tenure_services::ServiceError;
use tenure_services::signals::{NewTransmitter, create_transmitter, remove_transmitter, set_transmitter_state, show_transmitter};

use super::may_manage;
use crate::http::{Caller, Posted, Reply, SignedIn, Web};
use crate::web::read::{allowed, key};
use crate::web::{again, errors, frame, html, see_other};

pub(super) async fn new(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    allowed::<actions::ManageSignals, _>(&caller, &Portal)?;
    let typed = Typed { audience: web.origin.clone(), ..Typed::default() };
    Ok(html(new_page(&frame(&web, &caller, ""), NewModel { typed, errors: FormErrors::new() })))
}

pub(super) async fn create(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let typed = Typed {
        name: form.text("name"),
        issuer: form.text("issuer"),
        audience: form.text("audience"),
        jwks_uri: form.text("jwks_uri"),
        jwks: form.text("jwks"),
        match_by: form.text("match_by"),
        effects: ["on_session_revoked", "on_credential_change", "on_account_disabled"].map(|name| form.text(name)),
    };
    let done = match draft(&caller, &form, &typed) {
        Ok(new) => create_transmitter(&caller.ctx, &new).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(issued) => {
            let issued = Issued {
                title: "The token of the transmitter",
                lead: format!("{} sends its tokens to {}/api/ssf/v1/events with it, as Authorization: Bearer …", issued.name, web.origin),
                advice: "Give it to whoever sends. Tenure keeps a hash of it alone.",
                secret: issued.token.expose().to_owned(),
                back: format!("/signals/transmitters/{}", issued.id),
            };
            Ok(html(issued_page(&frame(&web, &caller, ""), issued)))
        }
        Err(error) => {
            let errors = errors(error)?;
            Ok(again(new_page(&frame(&web, &caller, ""), NewModel { typed, errors })))
        }
    }
}

fn draft(caller: &Caller, form: &Posted, typed: &Typed) -> Result<NewTransmitter, ServiceError> {
    let effect = |at: usize, field: &'static str| -> Result<Effect, ServiceError> {
        typed.effects[at].parse().map_err(|_| ServiceError::field(field, "choose what it does here"))
    };
    let match_by: MatchBy = typed.match_by.parse().map_err(|_| ServiceError::field("match_by", "choose by what people are found"))?;
    Ok(NewTransmitter {
        name: typed.name.clone(),
        issuer: typed.issuer.clone(),
        audience: typed.audience.clone(),
        jwks_uri: typed.jwks_uri.clone(),
        jwks: typed.jwks.clone(),
        match_by,
        on_session_revoked: effect(0, "on_session_revoked")?,
        on_credential_change: effect(1, "on_credential_change")?,
        on_account_disabled: effect(2, "on_account_disabled")?,
        once: form.once(caller),
    })
}

pub(super) async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    Ok(html(shown(&web, &caller, key(&id)?, FormErrors::new()).await?))
}

async fn shown(web: &Web, caller: &Caller, id: SignalTransmitterId, errors: FormErrors) -> Result<String, ServiceError> {
    let of = show_transmitter(&caller.ctx, id).await?;
    let model = Model { page: of, origin: web.origin.clone(), may_manage: may_manage(caller), errors };
    Ok(page(&frame(web, caller, ""), model))
}

async fn after(web: &Web, caller: &Caller, id: SignalTransmitterId, done: Result<(), ServiceError>) -> Reply {
    match done {
        Ok(()) => Ok(see_other(format!("/signals/transmitters/{id}"))),
        Err(error) => Ok(again(shown(web, caller, id, errors(error)?).await?)),
    }
}

pub(super) async fn pause(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    let id = key(&id)?;
    after(&web, &caller, id, set_transmitter_state(&caller.ctx, id, ReceiverState::Paused).await).await
}

pub(super) async fn resume(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    let id = key(&id)?;
    after(&web, &caller, id, set_transmitter_state(&caller.ctx, id, ReceiverState::Enabled).await).await
}

pub(super) async fn remove(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    caller.ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let name = show_transmitter(&caller.ctx, id).await?.transmitter.name;
    if form.text("confirm") != name.trim() {
        let fault = ServiceError::field("confirm", "type its name exactly as it stands above");
        return after(&web, &caller, id, Err(fault)).await;
    }
    remove_transmitter(&caller.ctx, id).await?;
    Ok(see_other("/signals"))
}
