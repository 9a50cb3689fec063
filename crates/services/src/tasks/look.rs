//! Looking at tasks.

use tenure_domain::access::{Relation, actions, authorize};
use tenure_domain::id::{IdentityId, OperationId};
use tenure_domain::operation::OperationKind;
use tenure_store::Tx;
use tenure_store::tasks::{OperationFile, TaskRow};

use super::ManualSettings;
use crate::targets::mapping_of;
use crate::{Ctx, ServiceError};

/// The most tasks of somebody that are listed.
const LISTED: i64 = 200;

/// A task with how it is done.
#[derive(Debug, Clone)]
pub struct TaskPage {
    /// It.
    pub task: TaskRow,
    /// How it is done; empty where nobody wrote it down.
    pub steps: String,
    /// What the mapping would call the account, where one is to be made.
    pub suggested: String,
    /// The time zone of who looks; empty where none is recorded.
    pub zone: String,
    /// Whether who looks may say that it is done.
    pub may_settle: bool,
}

/// The tasks that wait for the actor, what is due first first; with their time zone.
///
/// # Errors
/// When the database fails.
pub async fn list_my_tasks(ctx: &Ctx) -> Result<(Vec<TaskRow>, String), ServiceError> {
    let Some(me) = ctx.principal.identity_id() else { return Ok((Vec::new(), String::new())) };
    let mut tx = ctx.app.store.read().await?;
    let zone = zone_of(&mut tx, Some(me)).await?;
    Ok((tx.tasks_of(me, LISTED).await?, zone))
}

/// A task.
///
/// # Errors
/// [`ServiceError::NotFound`], also for who may not see it.
pub async fn show_task(ctx: &Ctx, id: OperationId) -> Result<TaskPage, ServiceError> {
    let mut tx = ctx.app.store.read().await?;
    let task = tx.task(id).await?.ok_or(ServiceError::NotFound("task"))?;
    let zone = zone_of(&mut tx, ctx.principal.identity_id()).await?;
    let suggested = match (task.kind, task.identity_id, tx.target(task.application_id).await?) {
        (OperationKind::CreateAccount, Some(who), Some(target)) => {
            let person = tx.identity(who).await?;
            mapping_of(&target.reach).zip(person).and_then(|(mapping, person)| mapping.evaluate(&person).name).unwrap_or_default()
        }
        _ => String::new(),
    };
    drop(tx);
    let relation = relation_of(ctx, &task);
    ctx.authorize::<actions::ViewOperation, _>(&(id, relation)).await.map_err(|e| e.hide("task"))?;
    let may_settle = authorize::<actions::SettleOperation, _>(&ctx.principal, &(id, relation)).is_ok();
    let steps = ManualSettings::read(&task.settings).map(|settings| settings.steps(task.kind).to_owned()).unwrap_or_default();
    Ok(TaskPage { task, steps, suggested, zone, may_settle })
}

/// Whether the actor may say what became of a task; a refusal leaves its trace.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`].
pub async fn check_settles(ctx: &Ctx, id: OperationId) -> Result<(), ServiceError> {
    let task = ctx.app.store.read().await?.task(id).await?.ok_or(ServiceError::NotFound("task"))?;
    ctx.authorize::<actions::SettleOperation, _>(&(id, relation_of(ctx, &task))).await.map(|_| ())
}

/// The file that was given with the word that a task is done.
///
/// # Errors
/// [`ServiceError::NotFound`], also for who may not see the task.
pub async fn task_file(ctx: &Ctx, id: OperationId) -> Result<OperationFile, ServiceError> {
    let task = ctx.app.store.read().await?.task(id).await?.ok_or(ServiceError::NotFound("task"))?;
    ctx.authorize::<actions::ViewOperation, _>(&(id, relation_of(ctx, &task))).await.map_err(|e| e.hide("task"))?;
    ctx.app.store.read().await?.operation_file(id).await?.ok_or(ServiceError::NotFound("file"))
}

/// A task is its doer's own.
pub(crate) fn relation_of(ctx: &Ctx, task: &TaskRow) -> Relation {
    if task.doer_id.is_some() && task.doer_id == ctx.principal.identity_id() { Relation::Own } else { Relation::None }
}

async fn zone_of(tx: &mut Tx, who: Option<IdentityId>) -> Result<String, ServiceError> {
    Ok(match who {
        Some(me) => tx.identity(me).await?.map(|i| i.time_zone).unwrap_or_default(),
        None => String::new(),
    })
}
