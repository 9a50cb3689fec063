//! `/rules/plan`, `/rules/apply`

use std::sync::Arc;

use axum::extract::State;
use tenure_app::components::FormErrors;
use tenure_app::pages::roles::plan::Planned;
use tenure_app::pages::rules::plan::{page, rule_lines};
use tenure_services::ServiceError;
use tenure_services::access::{NamedPlan, RuleDraft, apply_rule, plan_rule, role_names, show_rule};

use super::draft::{draw, sent, typed};
use crate::http::{Caller, Failure, Posted, Reply, SignedIn, Web};
use crate::web::{again, errors, frame, html, see_other};

pub(super) async fn plan(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let draft = typed(&form);
    match plan_rule(&caller.ctx, &draft).await {
        Ok(plan) => Ok(html(planned(&web, &caller, &draft, plan, FormErrors::new()).await?)),
        Err(error) => Ok(again(draw(&web, &caller, draft, None, errors(error)?).await?)),
    }
}

pub(super) async fn apply(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let draft = sent(&form)?;
    let error = match apply_rule(&caller.ctx, &draft, &form.text("hash")).await {
        Ok(id) => return Ok(see_other(format!("/rules/{id}?said=applied"))),
        Err(error @ (ServiceError::Conflict(_) | ServiceError::Invalid(_))) => error,
        Err(other) => return Err(other.into()),
    };
    let faults = errors(error)?;
    match plan_rule(&caller.ctx, &draft).await {
        Ok(plan) => Ok(again(planned(&web, &caller, &draft, plan, faults).await?)),
        // The draft itself does not fit any more: it is shown with what is wrong.
        Err(error) => Ok(again(draw(&web, &caller, draft, None, errors(error)?).await?)),
    }
}

async fn planned(web: &Web, caller: &Caller, draft: &RuleDraft, plan: NamedPlan, errors: FormErrors) -> Result<String, Failure> {
    let before = match draft.id {
        Some(id) => Some(show_rule(&caller.ctx, id).await?),
        None => None,
    };
    let lines = rule_lines(before.as_ref(), draft, &role_names(&caller.ctx).await?);
    let sent = serde_json::to_string(draft).unwrap_or_default();
    Ok(page(
        &frame(web, caller, ""),
        &draft.name,
        draft.version + 1,
        Planned { plan, lines, draft: sent, apply: "/rules/apply", edit: "/rules/draft", errors },
    ))
}
