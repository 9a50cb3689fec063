//! What the home page shows.

use std::sync::Arc;

use chrono::{Datelike, Months, NaiveDate};
use tenure_domain::access::{Portal, actions, authorize};
use tenure_store::hand_overs::HandOverView;
use tenure_store::imports::{ImportRow, Source};
use tenure_store::stats::MonthFlow;

use crate::break_glass::waiting_reviews;
use crate::counts::{Counts, counts};
use crate::credentials::{CredentialCards, count_cards};
use crate::identities::{IdentityDetail, show_identity};
use crate::reviews::waiting;
use crate::tasks::list_my_tasks;
use crate::{Ctx, ServiceError};

/// Everything on the home page of somebody who sees all.
#[derive(Debug, Clone)]
pub struct Overview {
    /// What is counted over everything.
    pub counts: Arc<Counts>,
    /// Joiners and leavers by month, oldest first; the day is the month's first.
    pub flow: Vec<(NaiveDate, MonthFlow)>,
    /// Operations that are open.
    pub open_operations: i64,
    /// Sources with the age of their data.
    pub sources: Vec<Source>,
    /// The newest imports.
    pub imports: Vec<ImportRow>,
    /// Imports that wait to be applied, the oldest first.
    pub staged: Vec<ImportRow>,
    /// Open hand-overs, the oldest ones.
    pub hand_overs: Vec<HandOverView>,
    /// Tasks that should have been done by hand by now, whoever does them.
    pub overdue_tasks: i64,
    /// Tasks of the actor's own.
    pub tasks: OwnTasks,
    /// Questions that should have been decided by now, whoever does.
    pub overdue_reviews: i64,
    /// Questions that wait for the actor.
    pub reviews: OwnTasks,
    /// Uses of sealed accounts that nobody has looked at.
    pub break_glass: i64,
    /// The first-run checklist.
    pub first_run: FirstRun,
}

/// How many tasks or questions wait for somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OwnTasks {
    /// All of them; of tasks 200 at most.
    pub waiting: usize,
    /// Of these, those that should have been done by now.
    pub overdue: usize,
}

async fn own_tasks(ctx: &Ctx) -> Result<OwnTasks, ServiceError> {
    let (tasks, _) = list_my_tasks(ctx).await?;
    let overdue = tasks.iter().filter(|task| task.due_at.is_some_and(|at| at < ctx.now)).count();
    Ok(OwnTasks { waiting: tasks.len(), overdue })
}

async fn own_reviews(ctx: &Ctx) -> Result<OwnTasks, ServiceError> {
    let n = |n: i64| usize::try_from(n).unwrap_or_default();
    let (all, overdue) = waiting(ctx).await?;
    Ok(OwnTasks { waiting: n(all), overdue: n(overdue) })
}

/// Steps of the first run; each is true once it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstRun {
    /// A source was imported.
    pub source: bool,
    /// An application is known.
    pub application: bool,
    /// A role exists.
    pub role: bool,
    /// A rule is in force.
    pub rule: bool,
    /// What is really held was taken in.
    pub memberships: bool,
}

/// The overview; None for who does not see all.
///
/// # Errors
/// When the database fails.
pub async fn overview(ctx: &Ctx) -> Result<Option<Overview>, ServiceError> {
    if authorize::<actions::ViewAccess, _>(&ctx.principal, &Portal).is_err() {
        return Ok(None);
    }
    let Some(counts) = counts(ctx, ctx.scope::<actions::ViewCredential>()?).await? else { return Ok(None) };
    let (tasks, reviews) = (own_tasks(ctx).await?, own_reviews(ctx).await?);
    let mut tx = ctx.app.store.read().await?;
    let this_month = ctx.today().with_day(1).unwrap_or(ctx.today());
    let mut flow = Vec::new();
    for back in (0..12).rev() {
        let from = this_month.checked_sub_months(Months::new(back)).unwrap_or(this_month);
        let to = from.checked_add_months(Months::new(1)).unwrap_or(from);
        flow.push((from, tx.flow_between(from, to).await?));
    }
    let sources = tx.sources().await?;
    let imports = tx.recent_imports(10).await?;
    let staged = tx.staged_imports(10).await?;
    let rules = tx.rules().await?;
    let first_run = FirstRun {
        source: sources.iter().any(|s| s.last_import_at.is_some()),
        application: !tx.applications().await?.is_empty(),
        role: !tx.role_nodes().await?.is_empty(),
        rule: rules.iter().any(|r| r.enabled),
        memberships: tx.anything_observed().await?,
    };
    Ok(Some(Overview {
        counts,
        flow,
        open_operations: tx.open_operations().await?,
        sources,
        imports,
        staged,
        hand_overs: tx.open_hand_overs(10).await?,
        overdue_tasks: tx.overdue_tasks(ctx.now).await?,
        tasks,
        overdue_reviews: tx.overdue_reviews(ctx.today()).await?,
        reviews,
        break_glass: waiting_reviews(ctx, &mut tx).await?,
        first_run,
    }))
}

/// What the home page shows to somebody about themselves.
#[derive(Debug, Clone)]
pub struct Own {
    /// Who they are, what they hold, who reports to them.
    pub me: IdentityDetail,
    /// The credentials of theirs, and of those who report to them, counted.
    pub cards: CredentialCards,
    /// What they are to do by hand.
    pub tasks: OwnTasks,
    /// What they are asked to decide.
    pub reviews: OwnTasks,
}

/// The actor's own; None when no identity acts.
///
/// # Errors
/// When the database fails.
pub async fn own(ctx: &Ctx) -> Result<Option<Own>, ServiceError> {
    let Some(me) = ctx.principal.identity_id() else { return Ok(None) };
    let scope = ctx.scope::<actions::ViewCredential>()?;
    let me = show_identity(ctx, me).await?;
    let (tasks, reviews) = (own_tasks(ctx).await?, own_reviews(ctx).await?);
    let mut tx = ctx.app.store.read().await?;
    Ok(Some(Own { me, cards: count_cards(&mut tx, scope, ctx.now).await?, tasks, reviews }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::access::{list_out_of_band, list_owed};
    use crate::testing;
    use tenure_store::PageRequest;

    #[tokio::test]
    async fn who_sees_all_gets_the_overview_and_others_their_own() {
        for (engine, app) in testing::apps().await {
            let ctx = testing::admin_ctx(&app);
            let new = crate::identities::NewIdentity::person("ada", "Ada");
            let ada = crate::identities::create_identity(&ctx, &new).await.unwrap();
            let all = overview(&ctx).await.unwrap().unwrap();
            assert_eq!(all.flow.len(), 12, "{engine}");
            assert_eq!(all.counts.identities.iter().map(|r| r.2).sum::<i64>(), 1, "{engine}");
            assert!(!all.first_run.source && all.staged.is_empty(), "{engine}");
            assert!(list_owed(&ctx, None, &PageRequest::default()).await.unwrap().rows.is_empty(), "{engine}");
            assert!(list_out_of_band(&ctx, None, &PageRequest::default()).await.unwrap().rows.is_empty(), "{engine}");

            let employee = testing::employee_ctx(&app, ada);
            assert!(overview(&employee).await.unwrap().is_none(), "{engine}");
            assert_eq!(own(&employee).await.unwrap().unwrap().me.identity.id, ada, "{engine}");
            assert!(list_owed(&employee, None, &PageRequest::default()).await.is_err(), "{engine}");
            assert!(list_out_of_band(&employee, None, &PageRequest::default()).await.is_err(), "{engine}");
        }
    }
}
