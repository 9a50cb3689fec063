//! `/applications/{id}/target` and below.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::applications::target::{Model, Typed, page};
use tenure_domain::access::{Relation, actions, authorize};
use tenure_domain::id::{ApplicationId, ReadingId};
use tenure_domain::target::{OnEnd, ReadingKind, ReadingPlan, TargetKind, TargetState};
use tenure_services::operations::list_progress;
use tenure_services::targets::{
    Secret, TargetDraft, ask_reading, cancel_reading, configure_target, hold_target, probe_target, show_target,
};
use tenure_services::{FieldError, ServiceError};
use tenure_store::targets::Reach;

use crate::http::{Caller, Failure, Posted, Reply, SignedIn, Web};
use crate::web::read::key;
use crate::web::{again, errors, frame, html, see_other};

pub(super) async fn show(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Reply {
    let said = match Query::parse(&query.unwrap_or_default()).get("said") {
        Some("saved") => "It is saved. What is owed there is due now.",
        Some("reached") => "Tenure signed in there.",
        Some("asked") => "It is read as soon as somebody can, which is at once where nothing else is read. Refresh to see how far it is.",
        Some("stopped") => "The reading is stopped. Nothing follows from what it had not seen yet.",
        Some("held") => "Nothing goes out there until you let it go.",
        Some("live") => "What is owed there is done again.",
        _ => "",
    };
    let model = model(&caller, key(&id)?, None, FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, said), model)))
}

pub(super) async fn save(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    let typed = Typed {
        version: form.text("version"),
        kind: form.text("kind"),
        settings: form.text("settings"),
        on_end: form.text("on_end"),
        at_once: form.text("at_once"),
        per_minute: form.text("per_minute"),
        timeout_seconds: form.text("timeout_seconds"),
        read_minutes: form.text("read_minutes"),
        full_days: form.text("full_days"),
    };
    // Before anything that was typed is looked at.
    caller.ctx.authorize::<actions::ManageTarget, _>(&(id, Relation::None)).await?;
    let typed_secret = secret(&form);
    let had_secret = typed_secret.is_some();
    let done = match draft(&typed, typed_secret) {
        Ok(draft) => configure_target(&caller.ctx, id, &draft).await,
        Err(faults) => Err(ServiceError::Invalid(faults)),
    };
    let done = done.map_err(|error| match error {
        ServiceError::Invalid(mut faults) if had_secret && faults.iter().all(|f| f.field != "secret") => {
            faults.push(FieldError::new("secret", "type it again: it is never sent back to you"));
            ServiceError::Invalid(faults)
        }
        other => other,
    });
    finish(&web, &caller, id, done, "saved", Some(typed)).await
}

pub(super) async fn probe(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    let id = key(&id)?;
    let done =
        probe_target(&caller.ctx, id).await.and_then(|probed| probed.map(|_| ()).map_err(|fault| ServiceError::Refused(fault.words)));
    finish(&web, &caller, id, done, "reached", None).await
}

pub(super) async fn read(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    let kind = match form.text("kind").as_str() {
        "" => ReadingKind::Full,
        word => word.parse().map_err(|_| ServiceError::field("kind", "say `full` or `changes`"))?,
    };
    let done = ask_reading(&caller.ctx, id, kind, form.ticked("many_gone")).await.map(|_| ());
    finish(&web, &caller, id, done, "asked", None).await
}

pub(super) async fn cancel(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path((id, reading)): Path<(String, String)>,
    _form: Posted,
) -> Reply {
    let (id, reading): (ApplicationId, ReadingId) = (key(&id)?, key(&reading)?);
    let done = cancel_reading(&caller.ctx, id, reading).await;
    finish(&web, &caller, id, done, "stopped", None).await
}

pub(super) async fn hold(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    let state: TargetState = form.text("state").parse().map_err(|_| ServiceError::field("state", "say `held` or `live`"))?;
    let done = hold_target(&caller.ctx, id, state).await;
    finish(&web, &caller, id, done, state.as_str(), None).await
}

async fn finish(web: &Web, caller: &Caller, id: ApplicationId, done: Result<(), ServiceError>, said: &str, typed: Option<Typed>) -> Reply {
    match done {
        Ok(()) => Ok(see_other(format!("/applications/{id}/target?said={said}"))),
        Err(error) => {
            let model = model(caller, id, typed, errors(error)?).await?;
            Ok(again(page(&frame(web, caller, ""), model)))
        }
    }
}

async fn model(caller: &Caller, id: ApplicationId, typed: Option<Typed>, errors: FormErrors) -> Result<Model, Failure> {
    let target = show_target(&caller.ctx, id).await?;
    let may_manage = authorize::<actions::ManageTarget, _>(&caller.ctx.principal, &(id, Relation::None)).is_ok();
    let typed = typed.unwrap_or_else(|| target.target.as_ref().map_or_else(fresh, |row| recorded(&row.reach)));
    let owed = list_progress(&caller.ctx).await?.into_iter().find(|owed| owed.application_id == id);
    Ok(Model { target, owed, typed, may_manage, errors })
}

/// A new secret, as it was typed; none if the field was left empty.
fn secret(form: &Posted) -> Option<Secret> {
    Some(form.raw("secret")).filter(|typed| !typed.is_empty()).map(Secret::new)
}

/// The form of a new one.
fn fresh() -> Typed {
    Typed {
        version: "0".to_owned(),
        kind: TargetKind::Ldap.as_str().to_owned(),
        settings: String::new(),
        on_end: OnEnd::Disable.as_str().to_owned(),
        at_once: "4".to_owned(),
        per_minute: "600".to_owned(),
        timeout_seconds: "10".to_owned(),
        read_minutes: ReadingPlan::default().minutes.map(|n| n.to_string()).unwrap_or_default(),
        full_days: ReadingPlan::default().full_days.to_string(),
    }
}

fn recorded(reach: &Reach) -> Typed {
    Typed {
        version: reach.version.to_string(),
        kind: reach.kind.as_str().to_owned(),
        settings: toml::to_string(&reach.settings).unwrap_or_default(),
        on_end: reach.on_end.as_str().to_owned(),
        at_once: reach.at_once.to_string(),
        per_minute: reach.per_minute.to_string(),
        timeout_seconds: reach.timeout_seconds.to_string(),
        read_minutes: reach.read_minutes.map(|n| n.to_string()).unwrap_or_default(),
        full_days: reach.full_days.to_string(),
    }
}

fn draft(typed: &Typed, secret: Option<Secret>) -> Result<TargetDraft, Vec<FieldError>> {
    let mut faults = Vec::new();
    let settings = toml::from_str::<toml::Table>(&typed.settings)
        .map_err(|e| e.to_string())
        .and_then(|table| serde_json::to_value(table).map_err(|e| e.to_string()));
    if let Err(words) = &settings {
        faults.push(FieldError::new("settings", words.clone()));
    }
    let mut number = |field, text: &str| {
        text.parse().unwrap_or_else(|_| {
            faults.push(FieldError::new(field, "a whole number"));
            1
        })
    };
    let (at_once, per_minute) = (number("at_once", &typed.at_once), number("per_minute", &typed.per_minute));
    let timeout_seconds = number("timeout_seconds", &typed.timeout_seconds);
    let plan = ReadingPlan::default();
    let minutes = (!typed.read_minutes.trim().is_empty()).then(|| number("read_minutes", typed.read_minutes.trim()));
    let full_days = if typed.full_days.trim().is_empty() { plan.full_days } else { number("full_days", typed.full_days.trim()) };
    let reading = ReadingPlan { minutes, full_days };
    let kind = typed.kind.parse().unwrap_or_else(|_| {
        faults.push(FieldError::new("kind", "choose one of the list"));
        TargetKind::Ldap
    });
    let on_end = typed.on_end.parse().unwrap_or_else(|_| {
        faults.push(FieldError::new("on_end", "choose one of the list"));
        OnEnd::Disable
    });
    match settings {
        Ok(settings) if faults.is_empty() => {
            // Somebody who sends no number gets told that it was changed meanwhile.
            let version = typed.version.parse().unwrap_or(-1);
            Ok(TargetDraft { version, kind, settings, secret, on_end, at_once, per_minute, timeout_seconds, reading })
        }
        _ => Err(faults),
    }
}
