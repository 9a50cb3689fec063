//! `/identities/new`, `/identities/{id}/edit`

use std::sync::Arc;

use axum::extract::{Path, State};
use chrono::{Datelike, NaiveDate};
use tenure_app::components::FormErrors;
use tenure_app::pages::identities::form::{Edited, Model, Typed, page};
use tenure_domain::access::{Portal, actions, authorize};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{Identity, IdentityKind, LifecycleState};
use tenure_services::identities::{IdentityChange, NewIdentity, Work, create_identity, edit_identity, find_identity, show_identity};
use tenure_services::{Ctx, FieldError, ServiceError};

use crate::http::{Caller, Failure, Posted, Reply, Route, SignedIn, Web, get, post};
use crate::web::proposals::people;
use crate::web::read::{TypedDay, key};
use crate::web::{again, errors, frame, html, see_other};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/identities/new", new),
        post("/identities/new", create),
        get("/identities/{id}/edit", edit),
        post("/identities/{id}/edit", change),
    ]
}

fn typed(form: &Posted) -> Typed {
    Typed {
        kind: form.text("kind"),
        user_name: form.text("user_name"),
        display_name: form.text("display_name"),
        email: form.text("email"),
        department: form.text("department"),
        title: form.text("title"),
        purpose: form.text("purpose"),
        owner: form.text("owner_id"),
        persona_of: form.text("persona_of"),
        manager: form.text("manager_id"),
        time_zone: form.text("time_zone"),
        start_on: TypedDay::read(form, "start_on").typed,
        end_on: TypedDay::read(form, "end_on").typed,
    }
}

/// The days as typed; a fault for each that is none.
fn days(form: &Posted) -> Result<[Option<NaiveDate>; 2], ServiceError> {
    let read = [("start_on", "start_on-day"), ("end_on", "end_on-day")].map(|(name, part)| (part, TypedDay::read(form, name)));
    let wrong: Vec<FieldError> = read
        .iter()
        .filter(|(_, day)| day.is_wrong())
        .map(|(part, _)| FieldError::new(part, "there is no such day: write day, month and year, such as 31 12 2026"))
        .collect();
    if wrong.is_empty() { Ok(read.map(|(_, day)| day.day)) } else { Err(ServiceError::Invalid(wrong)) }
}

/// Services know a day as one field; on the page its first part carries the fault.
fn on_the_page(error: ServiceError) -> ServiceError {
    let ServiceError::Invalid(mut faults) = error else { return error };
    for fault in &mut faults {
        fault.field = match fault.field {
            "start_on" => "start_on-day",
            "end_on" => "end_on-day",
            other => other,
        };
    }
    ServiceError::Invalid(faults)
}

async fn work(ctx: &Ctx, typed: &Typed, form: &Posted) -> Result<Work, ServiceError> {
    let [start_on, end_on] = days(form)?;
    Ok(Work { manager_id: find_identity(ctx, "manager_id", &typed.manager).await?, time_zone: typed.time_zone.clone(), start_on, end_on })
}

async fn new(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    authorize::<actions::CreateIdentity, _>(&caller.ctx.principal, &Portal).map_err(ServiceError::from)?;
    let model = Model { people: people(&caller.ctx, None).await?, ..Model::default() };
    Ok(html(page(&frame(&web, &caller, ""), model)))
}

async fn create(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let typed = typed(&form);
    match record(&caller.ctx, &typed, &form).await.map_err(on_the_page) {
        Ok(id) => Ok(see_other(format!("/identities/{id}?said=created"))),
        Err(error) => {
            let model = Model { errors: errors(error)?, people: people(&caller.ctx, None).await?, typed, edited: None };
            Ok(again(page(&frame(&web, &caller, ""), model)))
        }
    }
}

async fn record(ctx: &Ctx, typed: &Typed, form: &Posted) -> Result<IdentityId, ServiceError> {
    // Before anything that was typed is looked up.
    ctx.authorize::<actions::CreateIdentity, _>(&Portal).await?;
    let Ok(kind) = typed.kind.parse::<IdentityKind>() else { return Err(ServiceError::field("kind", "choose what it is")) };
    let owner_id = find_identity(ctx, "owner_id", &typed.owner).await?;
    let persona_of = find_identity(ctx, "persona_of", &typed.persona_of).await?;
    let work = work(ctx, typed, form).await?;
    let Typed { user_name, display_name, email, department, title, purpose, .. } = typed.clone();
    create_identity(ctx, &NewIdentity { kind, user_name, display_name, email, department, title, purpose, owner_id, persona_of, work })
        .await
}

async fn edit(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let detail = show_identity(&caller.ctx, key(&id)?).await?;
    let i = &detail.identity;
    authorize::<actions::EditIdentity, _>(&caller.ctx.principal, i).map_err(ServiceError::from)?;
    let name_of = |id: Option<IdentityId>| id.and_then(|id| detail.names.get(&id)).map(|o| o.user_name.clone()).unwrap_or_default();
    let parts =
        |day: Option<NaiveDate>| day.map(|d| (d.day().to_string(), d.month().to_string(), d.year().to_string())).unwrap_or_default();
    let typed = Typed {
        display_name: i.display_name.clone(),
        email: i.email.clone(),
        department: i.department.clone(),
        title: i.title.clone(),
        purpose: i.purpose.clone(),
        owner: name_of(i.owner_id),
        manager: name_of(i.manager_id),
        time_zone: i.time_zone.clone(),
        start_on: parts(i.start_on),
        end_on: parts(i.end_on),
        ..Typed::default()
    };
    let model = model(&caller, i, i.version, typed, FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, ""), model)))
}

async fn model(caller: &Caller, i: &Identity, version: i64, typed: Typed, errors: FormErrors) -> Result<Model, Failure> {
    let near = i.owner_id.unwrap_or(i.id);
    Ok(Model {
        typed,
        edited: Some(Edited {
            id: i.id,
            name: i.display_name.clone(),
            kind: i.kind,
            version,
            pre_hire: i.state == LifecycleState::PreHire,
        }),
        people: people(&caller.ctx, Some(near)).await?,
        errors,
    })
}

async fn change(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id: IdentityId = key(&id)?;
    let (typed, version) = (typed(&form), form.parse("version").unwrap_or_default());
    match save(&caller.ctx, id, version, &typed, &form).await.map_err(on_the_page) {
        Ok(()) => Ok(see_other(format!("/identities/{id}?said=edited"))),
        Err(error) => {
            let errors = errors(error)?;
            let detail = show_identity(&caller.ctx, id).await?;
            let model = model(&caller, &detail.identity, version, typed, errors).await?;
            Ok(again(page(&frame(&web, &caller, ""), model)))
        }
    }
}

async fn save(ctx: &Ctx, id: IdentityId, version: i64, typed: &Typed, form: &Posted) -> Result<(), ServiceError> {
    // Before anything that was typed is looked up.
    let identity = show_identity(ctx, id).await?.identity;
    ctx.authorize::<actions::EditIdentity, _>(&identity).await?;
    let owner_id = find_identity(ctx, "owner_id", &typed.owner).await?;
    let work = work(ctx, typed, form).await?;
    let Typed { display_name, email, department, title, purpose, .. } = typed.clone();
    edit_identity(ctx, id, &IdentityChange { version, display_name, email, department, title, purpose, owner_id, work }).await
}
