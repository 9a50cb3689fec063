//! `/settings/sign-in/policy`: who must have a second factor. Planned, then applied.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::providers::policy::{Model, ROLES, page};
use tenure_domain::access::{Portal, actions, authorize};
use tenure_services::ServiceError;
use tenure_services::factors::{PolicyDraft, apply_policy, plan_policy, show_policy};

use crate::http::{Caller, Posted, Reply, SignedIn, Web};
use crate::web::{again, errors, frame, html, see_other};

fn may_manage(caller: &Caller) -> bool {
    authorize::<actions::ManageSignInPolicy, _>(&caller.ctx.principal, &Portal).is_ok()
}

pub(super) async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let said =
        if query.get("said") == Some("applied") { "The policy is applied. It counts from the next request of everybody." } else { "" };
    let row = show_policy(&caller.ctx).await?;
    let needs = row.policy.roles.iter().map(|(role, rule)| (*role, rule.need)).collect();
    let draft = PolicyDraft { version: row.version, needs, grace_days: 14, proof_minutes: row.policy.proof_minutes };
    let typed = (draft.grace_days.to_string(), draft.proof_minutes.to_string());
    let model = Model { draft, typed, plan: None, may_manage: may_manage(&caller), errors: FormErrors::new() };
    Ok(html(page(&frame(&web, &caller, said), model)))
}

/// What was typed, and what of it can be read. Numbers that are none are out of every limit.
fn read(form: &Posted) -> (PolicyDraft, (String, String)) {
    let typed = (form.text("grace_days"), form.text("proof_minutes"));
    let needs = ROLES.into_iter().filter_map(|(role, field)| Some((role, form.parse(field)?))).collect();
    let number = |text: &str| text.parse().unwrap_or(-1);
    let draft =
        PolicyDraft { version: form.parse("version").unwrap_or(-1), needs, grace_days: number(&typed.0), proof_minutes: number(&typed.1) };
    (draft, typed)
}

pub(super) async fn plan(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let (draft, typed) = read(&form);
    match plan_policy(&caller.ctx, &draft).await {
        Ok(plan) => {
            let plan = Some((plan.lacking, plan.hash));
            Ok(html(page(&frame(&web, &caller, ""), Model { draft, typed, plan, may_manage: true, errors: FormErrors::new() })))
        }
        Err(error) => wrong(&web, &caller, draft, typed, error),
    }
}

pub(super) async fn apply(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let (draft, typed) = read(&form);
    match apply_policy(&caller.ctx, &draft, &form.text("hash")).await {
        Ok(()) => Ok(see_other("/settings/sign-in/policy?said=applied")),
        Err(error) => wrong(&web, &caller, draft, typed, error),
    }
}

fn wrong(web: &Web, caller: &Caller, draft: PolicyDraft, typed: (String, String), error: ServiceError) -> Reply {
    let model = Model { draft, typed, plan: None, may_manage: true, errors: errors(error)? };
    Ok(again(page(&frame(web, caller, ""), model)))
}
