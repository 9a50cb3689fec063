//! `/imports/{id}`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::IntoResponse as _;
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::imports::show::Typed;
use tenure_app::pages::imports::{show, show_list};
use tenure_domain::access::{Portal, actions, authorize};
use tenure_domain::id::ImportId;
use tenure_services::list_imports::{import_kind, show_list};
use tenure_services::operations::list_progress;
use tenure_services::people::{applying, export_plan, show_staged};
use tenure_services::transient::Applying;

use super::may_import;
use crate::http::{Caller, Failure, Reply, SignedIn, Web};
use crate::web::read::key;
use crate::web::{download, frame, html};

pub(super) async fn show(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Reply {
    let id = key(&id)?;
    let mut failed = FormErrors::new();
    if let Some(applying) = applying(&caller.ctx, id).await? {
        match &applying.failed {
            None => return under_way(&web, &caller, applying, id).await,
            Some(reason) => failed.add("", format!("The last attempt to apply it changed nothing: {reason}")),
        }
    }
    let query = Query::parse(&query.unwrap_or_default());
    let said = if query.get("said") == Some("applied") { "The import was applied." } else { "" };
    Ok(html(draw(&web, &caller, id, Typed::default(), failed, said).await?))
}

/// The page of an import that is being applied; the browser looks again by itself, with or without script.
async fn under_way(web: &Web, caller: &Caller, applying: Applying, id: ImportId) -> Reply {
    let people = import_kind(&caller.ctx, id).await? == "people";
    let page = tenure_app::pages::imports::applying::page(&frame(web, caller, ""), applying, people, format!("/imports/{id}"));
    Ok(([("refresh", "2")], html(page)).into_response())
}

pub(super) async fn csv(SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let content = export_plan(&caller.ctx, key(&id)?).await?;
    Ok(download("import-preview.csv", "text/csv; charset=utf-8", content))
}

/// The page of an import, whatever it is of.
pub(super) async fn draw(
    web: &Web,
    caller: &Caller,
    id: ImportId,
    typed: Typed,
    errors: FormErrors,
    said: &str,
) -> Result<String, Failure> {
    let frame = frame(web, caller, said);
    let may_import = may_import(&caller.ctx.principal);
    if import_kind(&caller.ctx, id).await? == "people" {
        let staged = show_staged(&caller.ctx, id).await?;
        // What leavers of it are owed on targets, for who may see that.
        let may_see = authorize::<actions::ViewAccess, _>(&caller.ctx.principal, &Portal).is_ok();
        let owed = if may_see && staged.import.state == "applied" { list_progress(&caller.ctx).await? } else { Vec::new() };
        return Ok(show::page(&frame, show::Model { staged, may_import, typed, errors, owed }));
    }
    let list = show_list(&caller.ctx, id).await?;
    Ok(show_list::page(&frame, show_list::Model { list, may_import, accept_rejected: typed.accept_rejected, errors }))
}
