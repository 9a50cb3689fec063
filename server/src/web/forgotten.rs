//! `/sign-in/forgotten`

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::forgotten::{asked_page, page};
use tenure_services::accounts::{RESET_MINUTES, ask_reset};

use super::{again, errors, html, see_other};
use crate::http::{Caller, Reply, Route, Unbound, Web, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/sign-in/forgotten", show).public(), post("/sign-in/forgotten", ask).public()]
}

async fn show(caller: Caller, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    Ok(html(match query.get("asked") {
        Some(_) => asked_page(RESET_MINUTES, caller.theme),
        None => page(String::new(), FormErrors::new(), caller.theme),
    }))
}

async fn ask(State(_): State<Arc<Web>>, caller: Caller, Unbound(form): Unbound) -> Reply {
    let typed = form.text("user_name");
    match ask_reset(&caller.ctx, &typed, &caller.came.network).await {
        Ok(()) => Ok(see_other("/sign-in/forgotten?asked=1")),
        Err(error) => Ok(again(page(typed, errors(error)?, caller.theme))),
    }
}
