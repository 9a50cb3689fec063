//! `/signals/receivers` and below

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::signals::edit_receiver::{Model as EditModel, Typed as TypedEdit, page as edit_page};
use tenure_app::pages::signals::new_receiver::{Model as NewModel, Typed, page as new_page};
use tenure_app::pages::signals::receiver::{Model, page};
use tenure_app::pages::signals::{Issued, issued_page};
use tenure_domain::access::{Portal, actions};
use tenure_domain::id::SignalReceiverId;
use tenure_domain::signal::{ReceiverKind, SignalKind, SubjectForm};
use tenure_services::ServiceError;
use tenure_services::identities::find_identity;
use tenure_services::signals::{
    IssuedReceiver, NewReceiver, ReceiverChange, create_receiver, edit_receiver, pause_receiver, remove_receiver, resume_receiver,
    rotate_receiver_as_seen, show_receiver, test_receiver,
};
use tenure_services::targets::Secret;
use tenure_store::PageRequest;

use super::may_manage;
use crate::http::{Caller, Posted, Reply, SignedIn, Web};
use crate::web::read::{allowed, key};
use crate::web::{again, errors, frame, html, page_request, see_other};

pub(super) async fn new(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    allowed::<actions::ManageSignals, _>(&caller, &Portal)?;
    Ok(html(new_page(&frame(&web, &caller, ""), NewModel::default())))
}

pub(super) async fn create(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    // Before anything that was typed is looked up.
    caller.ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let typed = Typed {
        name: form.text("name"),
        kind: form.text("kind"),
        url: form.text("url"),
        audience: form.text("audience"),
        subject: form.text("subject"),
        kinds: form.all("kinds"),
        reader: form.text("reader"),
    };
    let done = match draft(&caller, &form, &typed).await {
        Ok(new) => create_receiver(&caller.ctx, &new).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(issued) => Ok(shown(&web, &caller, issued)),
        Err(error) => {
            let errors = errors(error)?;
            Ok(again(new_page(&frame(&web, &caller, ""), NewModel { typed, errors })))
        }
    }
}

/// What was typed, as the service takes it. The authorization is a secret: it is typed again after a fault.
async fn draft(caller: &Caller, form: &Posted, typed: &Typed) -> Result<NewReceiver, ServiceError> {
    let kind: ReceiverKind = typed.kind.parse().map_err(|_| ServiceError::field("kind", "choose by what it is told"))?;
    let fits = |kind_of: &SignalKind| if kind == ReceiverKind::Webhook { kind_of.is_life_cycle() } else { kind_of.is_security_event() };
    let authorization = form.text("authorization");
    // The same form, sent again, makes the same receiver.
    Ok(NewReceiver {
        kind,
        name: typed.name.clone(),
        url: typed.url.clone(),
        audience: typed.audience.clone(),
        subject_form: typed.subject.parse().unwrap_or(SubjectForm::IssSub),
        // The other list is of the other kind of receiver.
        kinds: typed.kinds.iter().filter_map(|word| word.parse().ok()).filter(fits).collect(),
        authorization: (!authorization.is_empty()).then(|| Secret::new(authorization)),
        reader_id: find_identity(&caller.ctx, "reader", &typed.reader).await?,
        once: form.once(caller),
    })
}

fn shown(web: &Web, caller: &Caller, issued: IssuedReceiver) -> axum::response::Response {
    let back = format!("/signals/receivers/{}", issued.id);
    let Some(secret) = issued.secret else { return see_other(back) };
    let issued = Issued {
        title: "The secret of the webhook",
        lead: format!("{} checks by it that a message is of this installation, as Standard Webhooks says.", issued.name),
        advice: "Give it to whoever checks the signatures, and to nobody else. Tenure keeps it sealed.",
        secret: secret.expose().to_owned(),
        back,
    };
    html(issued_page(&frame(web, caller, ""), issued))
}

pub(super) async fn show(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let said = match query.get("said") {
        Some("test") => "A test is on its way. What the receiver answers stands below in a moment.",
        Some("paused") => "Nothing goes out to it until somebody resumes it.",
        Some("resumed") => "It is told again, all that was kept too.",
        Some("edited") => "It is changed. What is on its way goes to it as it is now.",
        Some("rotated") => "It is sent from now on.",
        _ => "",
    };
    let model = model(&web, &caller, key(&id)?, &page_request(&query), FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, said), model)))
}

async fn model(web: &Web, caller: &Caller, id: SignalReceiverId, request: &PageRequest, errors: FormErrors) -> Result<Model, ServiceError> {
    let receiver = show_receiver(&caller.ctx, id, request).await?;
    Ok(Model { receiver, origin: web.origin.clone(), may_manage: may_manage(caller), errors })
}

/// Back to its page, or the page with what was wrong.
async fn after(web: &Web, caller: &Caller, id: SignalReceiverId, done: Result<(), ServiceError>, said: &str) -> Reply {
    match done {
        Ok(()) => Ok(see_other(format!("/signals/receivers/{id}?said={said}"))),
        Err(error) => {
            let model = model(web, caller, id, &PageRequest { limit: 50, ..PageRequest::default() }, errors(error)?).await?;
            Ok(again(page(&frame(web, caller, ""), model)))
        }
    }
}

pub(super) async fn edit(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    allowed::<actions::ManageSignals, _>(&caller, &Portal)?;
    let r = show_receiver(&caller.ctx, key(&id)?, &PageRequest { limit: 1, ..PageRequest::default() }).await?.view.receiver;
    let kinds = r.kinds.split(' ').map(str::to_owned).collect();
    let typed = TypedEdit { version: r.version, name: r.name, url: r.url, kinds };
    Ok(html(edit_page(&frame(&web, &caller, ""), EditModel { id: r.id, kind: r.kind, typed, errors: FormErrors::new() })))
}

pub(super) async fn save(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id: SignalReceiverId = key(&id)?;
    caller.ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let version = form.text("version").parse().unwrap_or_default();
    let typed = TypedEdit { version, name: form.text("name"), url: form.text("url"), kinds: form.all("kinds") };
    let kinds: Vec<SignalKind> = typed.kinds.iter().filter_map(|word| word.parse().ok()).collect();
    let change = ReceiverChange { name: typed.name.clone(), url: typed.url.clone(), kinds };
    match edit_receiver(&caller.ctx, id, version, &change).await {
        Ok(_) => Ok(see_other(format!("/signals/receivers/{id}?said=edited"))),
        Err(error) => {
            let errors = errors(error)?;
            let kind = show_receiver(&caller.ctx, id, &PageRequest { limit: 1, ..PageRequest::default() }).await?.view.receiver.kind;
            Ok(again(edit_page(&frame(&web, &caller, ""), EditModel { id, kind, typed, errors })))
        }
    }
}

pub(super) async fn test(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    let id = key(&id)?;
    after(&web, &caller, id, test_receiver(&caller.ctx, id).await, "test").await
}

pub(super) async fn pause(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    after(&web, &caller, id, pause_receiver(&caller.ctx, id, &form.text("reason")).await, "paused").await
}

pub(super) async fn resume(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    let id = key(&id)?;
    after(&web, &caller, id, resume_receiver(&caller.ctx, id).await, "resumed").await
}

pub(super) async fn rotate(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    let authorization = form.text("authorization");
    let authorization = (!authorization.is_empty()).then(|| Secret::new(authorization));
    let version = form.text("version").parse().unwrap_or_default();
    match rotate_receiver_as_seen(&caller.ctx, id, version, authorization).await {
        Ok(issued) if issued.secret.is_some() => Ok(shown(&web, &caller, issued)),
        done => after(&web, &caller, id, done.map(|_| ()), "rotated").await,
    }
}

pub(super) async fn remove(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    caller.ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let name = show_receiver(&caller.ctx, id, &PageRequest::default()).await?.view.receiver.name;
    if form.text("confirm") != name.trim() {
        let fault = ServiceError::field("confirm", "type its name exactly as it stands above");
        return after(&web, &caller, id, Err(fault), "").await;
    }
    remove_receiver(&caller.ctx, id).await?;
    Ok(see_other("/signals"))
}
