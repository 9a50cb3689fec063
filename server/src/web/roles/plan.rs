//! `/roles/plan`, `/roles/apply`

use std::sync::Arc;

use axum::extract::State;
use tenure_app::components::FormErrors;
use tenure_app::pages::roles::plan::{Planned, page, role_lines};
use tenure_domain::role::RoleKind;
use tenure_services::ServiceError;
use tenure_services::access::{NamedPlan, RoleDraft, apply_role, plan_role, role_names, show_role};
use tenure_services::identities::find_identity;
use tenure_store::PageRequest;

use super::draft::{draw, sent};
use crate::http::{Caller, Failure, Posted, Reply, SignedIn, Web};
use crate::web::{again, errors, frame, html, see_other};

pub(super) async fn plan(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let (owner, grace) = (form.text("owner_id"), form.text("grace_days"));
    let (owner_id, owner_faults) = match find_identity(&caller.ctx, "owner_id", &owner).await {
        Ok(found) => (found, FormErrors::new()),
        Err(error) => (None, errors(error)?),
    };
    let draft = RoleDraft {
        id: form.parse("id"),
        version: form.parse("version").unwrap_or_default(),
        name: form.text("name"),
        kind: if form.text("kind") == "application" { RoleKind::Application } else { RoleKind::Business },
        description: form.text("description"),
        owner_id,
        application_id: form.parse("application_id").filter(|_| form.text("kind") == "application"),
        // What is no number is refused as one that is too small, in the same words.
        grace_days: if grace.is_empty() { 0 } else { grace.parse().unwrap_or(-1) },
        entitlements: form.all("entitlement").iter().filter_map(|id| id.parse().ok()).collect(),
        induced: form.all("induced_role").iter().filter_map(|id| id.parse().ok()).collect(),
    };
    let mut faults = match plan_role(&caller.ctx, &draft).await {
        Ok(plan) if owner_faults.is_empty() => return Ok(html(planned(&web, &caller, &draft, plan, FormErrors::new()).await?)),
        Ok(_) => FormErrors::new(),
        Err(error) => errors(error)?,
    };
    faults.extend(owner_faults);
    Ok(again(draw(&web, &caller, draft, owner, grace, faults).await?))
}

pub(super) async fn apply(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let draft = sent(&form)?;
    let error = match apply_role(&caller.ctx, &draft, &form.text("hash")).await {
        Ok(id) => return Ok(see_other(format!("/roles/{id}?said=applied"))),
        Err(error @ (ServiceError::Conflict(_) | ServiceError::Invalid(_))) => error,
        Err(other) => return Err(other.into()),
    };
    let faults = errors(error)?;
    match plan_role(&caller.ctx, &draft).await {
        Ok(plan) => Ok(again(planned(&web, &caller, &draft, plan, faults).await?)),
        // The draft itself does not fit any more: it is shown with what is wrong.
        Err(error) => {
            let (owner, grace) = (String::new(), draft.grace_days.to_string());
            Ok(again(draw(&web, &caller, draft, owner, grace, errors(error)?).await?))
        }
    }
}

async fn planned(web: &Web, caller: &Caller, draft: &RoleDraft, plan: NamedPlan, errors: FormErrors) -> Result<String, Failure> {
    let before = match draft.id {
        Some(id) => Some(show_role(&caller.ctx, id, &PageRequest { limit: 1, ..PageRequest::default() }).await?),
        None => None,
    };
    let lines = role_lines(before.as_ref(), draft, &plan.names, &role_names(&caller.ctx).await?);
    let sent = serde_json::to_string(draft).unwrap_or_default();
    Ok(page(
        &frame(web, caller, ""),
        &draft.name,
        draft.version + 1,
        Planned { plan, lines, draft: sent, apply: "/roles/apply", edit: "/roles/draft", errors },
    ))
}
