//! `/settings/sessions`

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::session_limits::{Model, PATH, Typed, page, typed_of};
use tenure_domain::access::PortalRole;
use tenure_domain::session::{GOVERNED, SessionLimits};
use tenure_services::session_limits::{apply_limits, fields, plan_limits, session_settings};

use super::{again, errors, frame, html, see_other};
use crate::http::{Posted, Reply, Route, SignedIn, Web, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/settings/sessions", show), post("/settings/sessions", change)]
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let said = if query.get("said").is_some() { "The limits hold from now on." } else { "" };
    let settings = session_settings(&caller.ctx).await?;
    let model = Model { typed: typed_of(&settings.limits), plan: None, may_manage: settings.may_manage, errors: FormErrors::new() };
    Ok(html(page(&frame(&web, &caller, said), model)))
}

fn typed(form: &Posted) -> Vec<Typed> {
    let of = |role: PortalRole| {
        let (overall, idle) = fields(role);
        Typed { role, preset: form.text(&format!("{role}_preset")), overall: form.text(overall), idle: form.text(idle) }
    };
    GOVERNED.map(of).to_vec()
}

/// What the form asks for. What is no number is none that is taken.
fn wanted(typed: &[Typed]) -> BTreeMap<PortalRole, SessionLimits> {
    let of = |t: &Typed| match t.preset.as_str() {
        "aal2" => SessionLimits::AAL2,
        "aal3" => SessionLimits::AAL3,
        _ => SessionLimits { overall: t.overall.parse().unwrap_or(-1), idle: t.idle.parse().unwrap_or(-1) },
    };
    typed.iter().map(|t| (t.role, of(t))).collect()
}

async fn change(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let mut typed = typed(&form);
    let wanted = wanted(&typed);
    let done = if form.text("do") == "apply" {
        match apply_limits(&caller.ctx, &wanted).await {
            Ok(_) => return Ok(see_other(format!("{PATH}?said=applied"))),
            Err(error) => Err(error),
        }
    } else {
        plan_limits(&caller.ctx, &wanted).await
    };
    match done {
        Ok(plan) => {
            // With the numbers that a preset stands for.
            typed = typed_of(&plan.limits);
            let model = Model { typed, plan: Some(plan), may_manage: true, errors: FormErrors::new() };
            Ok(html(page(&frame(&web, &caller, ""), model)))
        }
        Err(error) => {
            let model = Model { typed, plan: None, may_manage: true, errors: errors(error)? };
            Ok(again(page(&frame(&web, &caller, ""), model)))
        }
    }
}
