//! `/set-up`

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use tenure_app::components::Query;
use tenure_app::pages::set_up::{SetUp, page};
use tenure_services::accounts;
use tenure_vault::Password;

use super::{again, errors, html, see_other};
use crate::http::{Caller, Posted, Reply, Route, Web, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/set-up", show).public(), post("/set-up", set).public()]
}

async fn show(caller: Caller, RawQuery(query): RawQuery) -> Reply {
    let token = Query::parse(&query.unwrap_or_default()).get("token").unwrap_or_default().to_owned();
    let link = accounts::look_at_link(&caller.ctx, &token).await?;
    let model = SetUp {
        token,
        display_name: link.identity.display_name,
        user_name: link.identity.user_name,
        minimum: link.minimum,
        ..SetUp::default()
    };
    Ok(html(page(model, caller.theme)))
}

async fn set(State(_): State<Arc<Web>>, caller: Caller, form: Posted) -> Reply {
    let token = form.text("token");
    let repeated = Password::from(form.raw("repeated"));
    match accounts::set_up(&caller.ctx, &token, Password::from(form.raw("password")), &repeated).await {
        Ok(_) => Ok(see_other("/sign-in")),
        Err(error) => {
            let link = accounts::look_at_link(&caller.ctx, &token).await?;
            let model = SetUp {
                token,
                display_name: link.identity.display_name,
                user_name: link.identity.user_name,
                minimum: link.minimum,
                errors: errors(error)?,
            };
            Ok(again(page(model, caller.theme)))
        }
    }
}
