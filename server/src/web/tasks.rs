//! `/tasks` and below: what a person does by hand.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, Request, State};
use axum::response::{IntoResponse as _, Response};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::tasks::{
    list,
    show::{Model, Typed, page},
};
use tenure_domain::id::OperationId;
use tenure_services::ServiceError;
use tenure_services::operations::{Attestation, MAX_FILE, NewFile, attest_task};
use tenure_services::tasks::{cannot_be_done, check_settles, list_my_tasks, show_task, task_file};

use super::read::key;
use super::{again, download, errors, frame, html, see_other};
use crate::http::{Caller, Failure, Posted, Reply, Route, SignedIn, Web, get, post, read_upload};

/// What is served is never shown as anything: it is somebody's file.
const OCTETS: &str = "application/octet-stream";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/tasks", mine),
        get("/tasks/{id}", show),
        post("/tasks/{id}/done", done).upload(),
        post("/tasks/{id}/cannot", cannot),
        get("/tasks/{id}/file", file),
    ]
}

async fn mine(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    let (tasks, zone) = list_my_tasks(&caller.ctx).await?;
    Ok(html(list::page(&frame(&web, &caller, ""), tasks, &zone)))
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, RawQuery(query): RawQuery) -> Reply {
    let said = match Query::parse(&query.unwrap_or_default()).get("said") {
        Some("done") => "Your word stands in the record.",
        Some("cannot") => "An administrator is asked to look.",
        _ => "",
    };
    let model = Model { page: show_task(&caller.ctx, key(&id)?).await?, typed: Typed::default(), errors: FormErrors::new() };
    Ok(html(page(&frame(&web, &caller, said), model)))
}

async fn done(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    let refused = |failure: Failure| failure.into_response();
    let id = key(&id).map_err(refused)?;
    // Before the body is read: nobody else's file is taken in.
    check_settles(&caller.ctx, id).await.map_err(|error| refused(error.into()))?;
    let (form, file, _place) = read_upload(request, &web, &caller, MAX_FILE).await?;
    let typed = Typed { note: form.text("note"), account: form.text("account"), reason: String::new() };
    let attestation = Attestation {
        note: typed.note.clone(),
        account: typed.account.clone(),
        file: (!file.name.is_empty()).then_some(NewFile { name: file.name, content: file.content, too_large: file.too_large }),
    };
    let done = attest_task(&caller.ctx, id, attestation).await;
    finish(&web, &caller, id, done, "done", typed).await.map_err(refused)
}

async fn cannot(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    let typed = Typed { reason: form.text("reason"), ..Typed::default() };
    let done = cannot_be_done(&caller.ctx, id, &typed.reason).await;
    finish(&web, &caller, id, done, "cannot", typed).await
}

async fn finish(web: &Web, caller: &Caller, id: OperationId, done: Result<(), ServiceError>, said: &str, typed: Typed) -> Reply {
    match done {
        Ok(()) => Ok(see_other(format!("/tasks/{id}?said={said}"))),
        Err(error) => {
            let errors = errors(error)?;
            let model = Model { page: show_task(&caller.ctx, id).await?, typed, errors };
            Ok(again(page(&frame(web, caller, ""), model)))
        }
    }
}

async fn file(State(_): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let file = task_file(&caller.ctx, key(&id)?).await?;
    Ok(download(&file.name, OCTETS, file.content))
}
