//! `/identities/{id}/end`, `/identities/{id}/ended`, `/identities/{id}/rehire`

use std::sync::Arc;

use axum::extract::{Path, State};
use chrono::Datelike;
use tenure_app::components::FormErrors;
use tenure_app::pages::identities::rights::Rights;
use tenure_app::pages::identities::{confirm, end, ended, rehire};
use tenure_domain::access::{actions, authorize};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{LifecycleState, Transition};
use tenure_services::ServiceError;
use tenure_services::identities::{end_identity, preview_end, rehire_identity, show_end, show_identity};

use crate::http::{Caller, Posted, Reply, Route, SignedIn, Web, get, post};
use crate::web::read::{TypedDay, key};
use crate::web::{again, errors, frame, html, see_other};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/identities/{id}/end", preview),
        post("/identities/{id}/end", end_it),
        get("/identities/{id}/ended", result),
        get("/identities/{id}/rehire", rehire_form),
        post("/identities/{id}/rehire", rehire_it),
    ]
}

async fn preview(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let id = key(&id)?;
    let preview = match preview_end(&caller.ctx, id).await {
        Ok(preview) => preview,
        Err(error) => return after_the_end(&caller, id, error).await,
    };
    let model = end::Model { preview, reason: String::new(), confirm: String::new(), errors: FormErrors::new() };
    Ok(html(end::page(&frame(&web, &caller, ""), model)))
}

async fn end_it(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id: IdentityId = key(&id)?;
    let (reason, confirm) = (form.text("reason"), form.text("confirm"));
    let preview = match preview_end(&caller.ctx, id).await {
        Ok(preview) => preview,
        Err(error) => return after_the_end(&caller, id, error).await,
    };
    let mut faults = FormErrors::new();
    if reason.is_empty() {
        faults.add("reason", "Say why: it stands in the record for ever");
    }
    if let Some(words) = confirm::confirm_fault(&preview.identity.user_name, &confirm) {
        faults.add("confirm", words);
    }
    if faults.is_empty() {
        match end_identity(&caller.ctx, id, &reason).await {
            Ok(_) => return Ok(see_other(format!("/identities/{id}/ended"))),
            Err(error @ ServiceError::Lifecycle(_)) => return after_the_end(&caller, id, error).await,
            Err(error) => faults = errors(error)?,
        }
    }
    Ok(again(end::page(&frame(&web, &caller, ""), end::Model { preview, reason, confirm, errors: faults })))
}

/// The answer to whoever wants to end what has ended: what its end did. The second of two clicks did what
/// was wanted.
async fn after_the_end(caller: &Caller, id: IdentityId, error: ServiceError) -> Reply {
    if matches!(error, ServiceError::Lifecycle(_)) && show_end(&caller.ctx, id).await.is_ok_and(|end| end.identity.state.has_ended()) {
        return Ok(see_other(format!("/identities/{id}/ended")));
    }
    Err(error.into())
}

async fn result(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let report = show_end(&caller.ctx, key(&id)?).await?;
    let may = Rights::of(&caller.ctx.principal, &report.identity).hand_over;
    Ok(html(ended::page(&frame(&web, &caller, ""), report, may)))
}

async fn rehire_form(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let identity = show_identity(&caller.ctx, key(&id)?).await?.identity;
    authorize::<actions::RehireIdentity, _>(&caller.ctx.principal, &identity).map_err(ServiceError::from)?;
    identity.state.after(Transition::Rehire).map_err(ServiceError::from)?;
    let today = caller.ctx.today();
    let start_on = (today.day().to_string(), today.month().to_string(), today.year().to_string());
    let model = rehire::Model { identity, start_on, reason: String::new(), errors: FormErrors::new() };
    Ok(html(rehire::page(&frame(&web, &caller, ""), model)))
}

async fn rehire_it(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id: IdentityId = key(&id)?;
    let (start_on, reason) = (TypedDay::read(&form, "start_on"), form.text("reason"));
    let done = match start_on.day {
        Some(day) => rehire_identity(&caller.ctx, id, day, &reason).await,
        None => Err(ServiceError::field("start_on-day", "give the first day: day, month and year, such as 31 12 2026")),
    };
    match done {
        Ok(LifecycleState::PreHire) => Ok(see_other(format!("/identities/{id}?said=rehired-later"))),
        Ok(_) => Ok(see_other(format!("/identities/{id}?said=rehired"))),
        Err(error) => {
            let errors = errors(error)?;
            let identity = show_identity(&caller.ctx, id).await?.identity;
            Ok(again(rehire::page(&frame(&web, &caller, ""), rehire::Model { identity, start_on: start_on.typed, reason, errors })))
        }
    }
}
