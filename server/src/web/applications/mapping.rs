//! `/applications/{id}/mapping` and `/applications/{id}/mapping/try`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use serde_json::Value;
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::applications::mapping::{Model, Typed, page};
use tenure_domain::access::{Relation, actions, authorize};
use tenure_domain::id::ApplicationId;
use tenure_services::identities::find_identity;
use tenure_services::targets::{TriedMapping, set_mapping, show_target, try_mapping};
use tenure_services::{Ctx, ServiceError};

use crate::http::{Caller, Failure, Posted, Reply, SignedIn, Web};
use crate::web::proposals::people;
use crate::web::read::key;
use crate::web::{again, errors, frame, html, see_other};

pub(super) async fn show(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Reply {
    let saved = Query::parse(&query.unwrap_or_default()).get("said") == Some("saved");
    let said = if saved { "It is saved. Accounts that are there are compared when the target is read." } else { "" };
    Ok(html(page(&frame(&web, &caller, said), model(&caller, key(&id)?, None, None, FormErrors::new()).await?)))
}

pub(super) async fn save(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    caller.ctx.authorize::<actions::ManageTarget, _>(&(id, Relation::None)).await?;
    let typed = typed(&form);
    let version = typed.version.parse().unwrap_or(-1);
    let done = match read(&typed.mapping) {
        Ok(mapping) => set_mapping(&caller.ctx, id, version, mapping.as_ref()).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(see_other(format!("/applications/{id}/mapping?said=saved"))),
        Err(error) => Ok(again(page(&frame(&web, &caller, ""), model(&caller, id, Some(typed), None, errors(error)?).await?))),
    }
}

pub(super) async fn attempt(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    caller.ctx.authorize::<actions::ManageTarget, _>(&(id, Relation::None)).await?;
    let typed = typed(&form);
    match tried(&caller.ctx, id, &typed).await {
        Ok(tried) => Ok(html(page(&frame(&web, &caller, ""), model(&caller, id, Some(typed), Some(tried), FormErrors::new()).await?))),
        Err(error) => Ok(again(page(&frame(&web, &caller, ""), model(&caller, id, Some(typed), None, errors(error)?).await?))),
    }
}

async fn tried(ctx: &Ctx, id: ApplicationId, typed: &Typed) -> Result<TriedMapping, ServiceError> {
    let mapping = read(&typed.mapping)?.ok_or_else(|| ServiceError::field("mapping", "write a mapping to be tried"))?;
    let person = find_identity(ctx, "person", &typed.person).await?;
    let person = person.ok_or_else(|| ServiceError::field("person", "say against whom: their user name"))?;
    try_mapping(ctx, id, &mapping, person).await
}

fn typed(form: &Posted) -> Typed {
    Typed { version: form.text("version"), mapping: form.text("mapping"), person: form.text("person") }
}

/// A mapping as it is typed; none if nothing is.
fn read(text: &str) -> Result<Option<Value>, ServiceError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wrong = |words: String| ServiceError::field("mapping", words);
    let table = toml::from_str::<toml::Table>(text).map_err(|e| wrong(e.to_string()))?;
    Ok(Some(serde_json::to_value(table).map_err(|e| wrong(e.to_string()))?))
}

async fn model(
    caller: &Caller,
    id: ApplicationId,
    typed: Option<Typed>,
    tried: Option<TriedMapping>,
    errors: FormErrors,
) -> Result<Model, Failure> {
    let shown = show_target(&caller.ctx, id).await?;
    let people = people(&caller.ctx, None).await?;
    let may_manage = authorize::<actions::ManageTarget, _>(&caller.ctx.principal, &(id, Relation::None)).is_ok();
    let recorded = || Typed {
        version: shown.target.as_ref().map(|t| t.reach.version.to_string()).unwrap_or_default(),
        mapping: shown.target.as_ref().and_then(|t| t.reach.mapping.as_ref()).and_then(|m| toml::to_string(m).ok()).unwrap_or_default(),
        person: String::new(),
    };
    let typed = typed.unwrap_or_else(recorded);
    Ok(Model { is_reached: shown.target.is_some(), application: shown.application, typed, tried, people, may_manage, errors })
}
