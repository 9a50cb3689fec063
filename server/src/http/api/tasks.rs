//! `/api/v1/tasks` and below: what a person does by hand on a target that Tenure does not reach.

use axum::extract::Path;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{Id as _, OperationId};
use tenure_services::operations::{Attestation, NewFile, attest_task};
use tenure_services::tasks::{cannot_be_done, list_my_tasks, show_task, task_file};
use tenure_store::tasks::TaskRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{done, found};
use super::ask::{Asked, Sent, bad_field};
use super::operation::op;
use super::page::list_query;
use super::words::{OperationKind, OperationState};
use super::{Reply, key};
use crate::http::{Route, get, post};
use crate::web::download;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/tasks", mine).operation(
            op("listTasks", "Tasks", "What waits to be done by your hand, what is due first first")
                .query::<TasksQuery>()
                .gives_page::<Task>("A page; of more than 200 tasks the first ones."),
        ),
        get("/api/v1/tasks/{id}", show)
            .operation(op("getTask", "Tasks", "One task, and how it is done").gives::<TaskDetail>(200, "The task.")),
        post("/api/v1/tasks/{id}/done", finish).operation(
            op("finishTask", "Tasks", "State that a task is done")
                .more("Your word, with your name, a note and a file if you like. It is never the same as evidence.")
                .sends::<TaskDone>()
                .gives_nothing("Your word stands in the record."),
        ),
        post("/api/v1/tasks/{id}/cannot", cannot).operation(
            op("declineTask", "Tasks", "Say that a task cannot be done, and why")
                .sends::<TaskDeclined>()
                .gives_nothing("It stays owed; an administrator is asked to look."),
        ),
        get("/api/v1/tasks/{id}/file", file).operation(
            op("getTaskFile", "Tasks", "The file that was given with the word that a task is done")
                .gives_file("application/octet-stream", "The file, as it was sent."),
        ),
    ]
}

/// Something that a person does by hand.
#[derive(Serialize, ToSchema)]
struct Task {
    id: Uuid,
    kind: OperationKind,
    state: OperationState,
    application_id: Uuid,
    /// The target's name.
    application: String,
    /// The entitlement or credential, by name.
    subject: Option<String>,
    /// The account that it is about, by the name there.
    account: Option<String>,
    identity_id: Option<Uuid>,
    /// For whom, by name.
    identity: Option<String>,
    created_at: DateTime<Utc>,
    due_at: Option<DateTime<Utc>>,
    settled_at: Option<DateTime<Utc>>,
    doer_id: Option<Uuid>,
    /// Who does it, by name; null where administrators do.
    doer: Option<String>,
    /// The last word.
    said: String,
    /// The name of the file that was given.
    file: Option<String>,
}

impl From<TaskRow> for Task {
    fn from(t: TaskRow) -> Self {
        Self {
            id: t.id.uuid(),
            kind: t.kind.into(),
            state: t.state.into(),
            application_id: t.application_id.uuid(),
            application: t.application,
            subject: t.subject,
            account: t.account,
            identity_id: t.identity_id.map(|id| id.uuid()),
            identity: t.identity,
            created_at: t.created_at,
            due_at: t.due_at,
            settled_at: t.settled_at,
            doer_id: t.doer_id.map(|id| id.uuid()),
            doer: t.doer,
            said: t.said,
            file: t.file,
        }
    }
}

list_query! {
    /// Which tasks.
    TasksQuery {}
}

async fn mine(asked: Asked<TasksQuery>) -> Reply {
    let (tasks, _) = list_my_tasks(&asked.ctx).await?;
    asked.answer_all(tasks, |task| task.id.uuid(), Task::from)
}

/// A task with how it is done.
#[derive(Serialize, ToSchema)]
struct TaskDetail {
    task: Task,
    /// How it is done; empty where nobody wrote it down.
    steps: String,
    /// What the mapping would call the account, where one is to be made.
    suggested: String,
    /// Whether you may say that it is done.
    may_settle: bool,
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    let page = show_task(&asked.ctx, key(&id)?).await?;
    Ok(found(&TaskDetail { task: page.task.into(), steps: page.steps, suggested: page.suggested, may_settle: page.may_settle }))
}

/// That a task is done, and how that is known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TaskDone {
    /// What you did, or saw, in a sentence.
    #[schema(example = "The card was handed in and is cut.")]
    note: String,
    /// What the account is called, where one was made.
    account: Option<String>,
    /// What proves it. The whole body has 1 MiB at most; a larger file can be given on the page.
    file: Option<TaskFile>,
}

/// A file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TaskFile {
    #[schema(example = "card.jpg")]
    name: String,
    /// Its bytes, in base64 (RFC 4648, 4).
    content: String,
}

async fn finish(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<TaskDone>) -> Reply {
    let id: OperationId = key(&id)?;
    let file = match sent.file {
        Some(file) => {
            let content = STANDARD.decode(&file.content).map_err(|e| bad_field("/file/content", format!("it is not base64: {e}")))?;
            Some(NewFile { name: file.name, content, too_large: false })
        }
        None => None,
    };
    attest_task(&asked.ctx, id, Attestation { note: sent.note, account: sent.account.unwrap_or_default(), file }).await?;
    Ok(done())
}

/// What stands in the way.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TaskDeclined {
    /// In a sentence.
    #[schema(example = "The machine is broken; the vendor comes on Monday.")]
    reason: String,
}

async fn cannot(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<TaskDeclined>) -> Reply {
    cannot_be_done(&asked.ctx, key(&id)?, &sent.reason).await?;
    Ok(done())
}

async fn file(asked: Asked, Path(id): Path<String>) -> Reply {
    let file = task_file(&asked.ctx, key(&id)?).await?;
    // Never shown as anything: it is somebody's file.
    Ok(download(&file.name, "application/octet-stream", file.content))
}
