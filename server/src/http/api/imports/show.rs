//! `GET /api/v1/imports`, `GET /api/v1/imports/{id}` and `/plan`

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse as _;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use tenure_domain::id::{Id as _, ImportId};
use tenure_domain::people::RejectedRow;
use tenure_services::Ctx;
use tenure_services::list_imports::{ListSummary, import_kind, show_list};
use tenure_services::people::{export_plan, list_imports, show_staged};
use tenure_store::imports::ImportRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::api::answer::found;
use crate::http::api::ask::Asked;
use crate::http::api::operation::op;
use crate::http::api::page::list_query;
use crate::http::api::{Reply, key};
use crate::http::{Failure, Route, get};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/imports", list)
            .operation(op("listImports", "Imports", "Imports, newest first").query::<ImportsQuery>().gives_page::<Import>("A page.")),
        get("/api/v1/imports/{id}", show).operation(
            op("getImport", "Imports", "One import, and what it would do")
                .gives::<ImportDetail>(200, "While it is staged with its plan, as of now; else with its counts."),
        ),
        get("/api/v1/imports/{id}/plan", csv).operation(
            op("getImportPlan", "Imports", "What a staged import of people would do, person by person")
                .gives_file("text/csv", "A row for each."),
        ),
    ]
}

/// One import of a file.
#[derive(Serialize, ToSchema)]
pub(super) struct Import {
    id: Uuid,
    /// `people`, `memberships` or `credentials`.
    #[schema(example = "people")]
    kind: String,
    /// The source; of memberships the application.
    source: String,
    file_name: String,
    /// SHA-256 of the file.
    digest: String,
    /// The day of the list.
    as_of: NaiveDate,
    /// `staged`, `applied` or `discarded`.
    #[schema(example = "staged")]
    state: String,
    /// Who sent it, for people.
    actor: String,
    created_at: DateTime<Utc>,
    applied_at: Option<DateTime<Utc>>,
}

impl From<ImportRow> for Import {
    fn from(i: ImportRow) -> Self {
        Self {
            id: i.id.uuid(),
            kind: i.kind,
            source: i.source_name,
            file_name: i.file_name,
            digest: i.digest,
            as_of: i.as_of,
            state: i.state,
            actor: i.actor,
            created_at: i.created_at,
            applied_at: i.applied_at,
        }
    }
}

list_query! {
    /// Which imports.
    ImportsQuery {}
}

async fn list(asked: Asked<ImportsQuery>) -> Reply {
    let page = asked.page()?;
    let (_, imports) = list_imports(&asked.ctx, &page).await?;
    Ok(asked.answer(imports, Import::from))
}

/// A row that cannot be taken, or that somebody should look at.
#[derive(Serialize, ToSchema)]
struct Row {
    /// Its line in the file, the header being line 1.
    line: u64,
    /// The column, where one is to blame.
    field: Option<String>,
    /// What is wrong and what to do.
    reason: String,
}

impl From<RejectedRow> for Row {
    fn from(row: RejectedRow) -> Self {
        Self { line: row.line, field: row.field, reason: row.reason }
    }
}

/// One import, and what it would do.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportDetail {
    import: Import,
    /// The hash of what it would do: to be sent along when it is applied. Null where it cannot be applied.
    plan: Option<String>,
    /// Why the file cannot be taken; null where it can.
    unreadable: Option<String>,
    /// How many of what.
    counts: BTreeMap<String, u64>,
    /// Limits that it exceeds, each in words.
    exceeded: Vec<String>,
    /// The day of the source's last list, where that is newer than this one.
    newer: Option<NaiveDate>,
    /// Rows that cannot be taken, a hundred at most.
    rejected: Vec<Row>,
    /// Rows that somebody should look at, a hundred at most.
    warnings: Vec<Row>,
}

/// How many rows are named.
const ROWS: usize = 100;

fn rows(rows: Vec<RejectedRow>) -> Vec<Row> {
    rows.into_iter().take(ROWS).map(Row::from).collect()
}

/// The numbers of a summary, by name.
fn counts(summary: &impl Serialize) -> BTreeMap<String, u64> {
    let value = serde_json::to_value(summary).unwrap_or_default();
    let fields = value.as_object().cloned().unwrap_or_default();
    fields.into_iter().filter_map(|(name, n)| Some((name, n.as_u64()?))).collect()
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    Ok(found(&detail(&asked.ctx, key(&id)?).await?))
}

async fn csv(asked: Asked, Path(id): Path<String>) -> Reply {
    let content = export_plan(&asked.ctx, key(&id)?).await?;
    Ok(([(header::CONTENT_TYPE, "text/csv")], content).into_response())
}

/// One import, as of now.
pub(super) async fn detail(ctx: &Ctx, id: ImportId) -> Result<ImportDetail, Failure> {
    if import_kind(ctx, id).await? == "people" {
        let staged = show_staged(ctx, id).await?;
        let is_staged = staged.import.state == "staged";
        let kept = counts(&staged.import.summary);
        let exceeded = staged.exceeded.iter().map(ToString::to_string).collect();
        let (newer, import) = (staged.newer, staged.import.into());
        return Ok(match staged.plan {
            Ok((_, summary)) => ImportDetail {
                import,
                plan: is_staged.then(|| summary.plan.clone()),
                unreadable: None,
                counts: counts(&summary),
                exceeded,
                newer,
                rejected: rows(summary.rejected),
                warnings: rows(summary.warnings),
            },
            Err(words) => {
                let unreadable = is_staged.then_some(words);
                ImportDetail { import, plan: None, unreadable, counts: kept, exceeded, newer, rejected: Vec::new(), warnings: Vec::new() }
            }
        });
    }
    let list = show_list(ctx, id).await?;
    let is_staged = list.import.state == "staged";
    let (import, plan) = (list.import.into(), Some(list.seen).filter(|hash| is_staged && !hash.is_empty()));
    let (unreadable, counted, rejected) = match list.outcome {
        Some(Ok(summary)) => {
            let counted = match &summary {
                ListSummary::Memberships(s) => counts(s),
                ListSummary::Credentials(s) => counts(s),
            };
            (None, counted, rows(summary.rejected().to_vec()))
        }
        Some(Err(words)) => (Some(words), BTreeMap::new(), Vec::new()),
        None => (None, BTreeMap::new(), Vec::new()),
    };
    Ok(ImportDetail { import, plan, unreadable, counts: counted, exceeded: Vec::new(), newer: None, rejected, warnings: Vec::new() })
}
