//! `/applications/{id}`, `/applications/{id}/entitlements`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::applications::show::{Model, Typed, page};
use tenure_services::access::{NewEntitlement, create_entitlement, show_application};

use super::may_manage;
use crate::http::{Posted, Reply, SignedIn, Web};
use crate::web::read::key;
use crate::web::{again, errors, frame, html, see_other};

pub(super) async fn show(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Reply {
    let detail = show_application(&caller.ctx, key(&id)?).await?;
    let said = match Query::parse(&query.unwrap_or_default()).get("said") {
        Some("created") => "The application was recorded. Add what can be held on it.",
        Some("added") => "The entitlement was added.",
        _ => "",
    };
    let may_manage = may_manage(&caller.ctx.principal);
    Ok(html(page(&frame(&web, &caller, said), Model { detail, may_manage, typed: Typed::default(), errors: FormErrors::new() })))
}

pub(super) async fn add(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let application_id = key(&id)?;
    let typed = Typed { name: form.text("name"), description: form.text("description"), risk: form.text("risk") };
    let new = NewEntitlement {
        application_id,
        name: typed.name.clone(),
        description: typed.description.clone(),
        risk: typed.risk.parse().unwrap_or(tenure_domain::grant::Risk::Low),
    };
    match create_entitlement(&caller.ctx, &new).await {
        Ok(_) => Ok(see_other(format!("/applications/{application_id}?said=added"))),
        Err(error) => {
            let errors = errors(error)?;
            let detail = show_application(&caller.ctx, application_id).await?;
            let may_manage = may_manage(&caller.ctx.principal);
            Ok(again(page(&frame(&web, &caller, ""), Model { detail, may_manage, typed, errors })))
        }
    }
}
