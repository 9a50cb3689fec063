//! `/set-up`

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::set_up::{SetUp, page, used_page};
use tenure_services::{ServiceError, accounts};
use tenure_vault::Password;

use super::{again, errors, html, see_other};
use crate::http::{Caller, Reply, Route, Unbound, Web, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/set-up", show).public(), post("/set-up", set).public()]
}

async fn show(caller: Caller, RawQuery(query): RawQuery) -> Reply {
    let token = Query::parse(&query.unwrap_or_default()).get("token").unwrap_or_default().to_owned();
    match model(&caller, token, FormErrors::new()).await? {
        Some(model) => Ok(html(page(model, caller.theme))),
        None => Ok(html(used_page(caller.theme))),
    }
}

/// What the page of a link shows; None when it was used.
async fn model(caller: &Caller, token: String, errors: FormErrors) -> Result<Option<SetUp>, ServiceError> {
    match accounts::look_at_link(&caller.ctx, &token).await {
        Ok(link) => {
            let (display_name, user_name) = (link.identity.display_name, link.identity.user_name);
            Ok(Some(SetUp { token, display_name, user_name, minimum: link.minimum, errors }))
        }
        Err(ServiceError::Refused(_)) if accounts::link_was_used(&caller.ctx, &token).await? => Ok(None),
        Err(error) => Err(error),
    }
}

async fn set(State(_): State<Arc<Web>>, caller: Caller, Unbound(form): Unbound) -> Reply {
    let token = form.text("token");
    let repeated = Password::from(form.raw("repeated"));
    match accounts::set_up(&caller.ctx, &token, Password::from(form.raw("password")), &repeated).await {
        Ok(_) => Ok(see_other("/sign-in")),
        Err(error) => match model(&caller, token, FormErrors::new()).await? {
            Some(model) => Ok(again(page(SetUp { errors: errors(error)?, ..model }, caller.theme))),
            // The second of two clicks.
            None => Ok(html(used_page(caller.theme))),
        },
    }
}
