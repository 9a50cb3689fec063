//! `/audit/verify`

use std::sync::Arc;

use axum::extract::State;
use tenure_app::pages::audit::verify::page;
use tenure_services::audit::verify_audit;

use crate::http::{Posted, Reply, Route, SignedIn, Web, get, post};
use crate::web::{frame, html, see_other};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/audit/verify", back), post("/audit/verify", verify)]
}

/// Somebody loaded the address of a verdict again: the button is on the list.
async fn back(SignedIn(_): SignedIn) -> Reply {
    Ok(see_other("/audit#integrity"))
}

/// The answer is the verdict itself: it is of this moment, and nothing was changed.
async fn verify(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    // A browser sends line ends as CRLF; the note is signed with LF.
    let known = form.raw("known").replace("\r\n", "\n");
    let given = (!known.trim().is_empty()).then_some(known.as_str());
    let verdict = verify_audit(&caller.ctx, given).await?;
    Ok(html(page(&frame(&web, &caller, ""), verdict, known)))
}
