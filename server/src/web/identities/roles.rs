//! `/identities/{id}/roles/…`

use std::sync::Arc;

use axum::extract::{Path, State};
use chrono::{DateTime, Days, Utc};
use tenure_app::components::{FormErrors, options};
use tenure_app::pages::identities::roles::{Give, Take, give_page, take_page};
use tenure_domain::access::{actions, authorize};
use tenure_domain::id::{AssignmentId, IdentityId};
use tenure_domain::identity::Identity;
use tenure_services::access::{assign_role, list_roles, unassign_role};
use tenure_services::identities::{IdentityDetail, show_identity};
use tenure_services::{Ctx, ServiceError};
use tenure_store::PageRequest;
use tenure_store::access::RoleFilter;

use crate::http::{Caller, Failure, Posted, Reply, Route, SignedIn, Web, get, post};
use crate::web::read::{TypedDay, key};
use crate::web::{again, errors, frame, html, see_other};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/identities/{id}/roles/new", give),
        post("/identities/{id}/roles/new", assign),
        get("/identities/{id}/roles/{assignment}/end", take),
        post("/identities/{id}/roles/{assignment}/end", unassign),
    ]
}

/// How many roles a list to choose from holds.
const CHOICES: usize = 1000;

async fn give_model(caller: &Caller, identity: Identity) -> Result<Give, Failure> {
    let roles = list_roles(&caller.ctx, &RoleFilter::default(), &PageRequest { limit: CHOICES, ..PageRequest::default() }).await?.page.rows;
    let roles = options(roles.into_iter().map(|r| (r.role.id.to_string(), r.role.name)));
    Ok(Give { identity, roles, role: String::new(), note: String::new(), until: Default::default(), errors: FormErrors::new() })
}

async fn give(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let identity = show_identity(&caller.ctx, key(&id)?).await?.identity;
    authorize::<actions::Assign, _>(&caller.ctx.principal, &identity).map_err(ServiceError::from)?;
    let model = give_model(&caller, identity).await?;
    Ok(html(give_page(&frame(&web, &caller, ""), model)))
}

async fn assign(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id: IdentityId = key(&id)?;
    let until = TypedDay::read(&form, "until");
    match give_it(&caller.ctx, id, &form, &until).await {
        Ok(()) => Ok(see_other(format!("/identities/{id}?said=given"))),
        Err(error) => {
            let errors = errors(error)?.renamed("until", "until-day");
            let identity = show_identity(&caller.ctx, id).await?.identity;
            let model = Give {
                role: form.text("role"),
                note: form.text("note"),
                until: until.typed,
                errors,
                ..give_model(&caller, identity).await?
            };
            Ok(again(give_page(&frame(&web, &caller, ""), model)))
        }
    }
}

async fn give_it(ctx: &Ctx, id: IdentityId, form: &Posted, until: &TypedDay) -> Result<(), ServiceError> {
    let Some(role) = form.parse("role") else { return Err(ServiceError::field("role", "choose a role")) };
    if until.is_wrong() {
        return Err(ServiceError::field("until", "there is no such day: give day, month and year, such as 31 12 2026"));
    }
    // The last day counts: the end is the midnight after it.
    let end: Option<DateTime<Utc>> =
        until.day.and_then(|day| day.checked_add_days(Days::new(1))).and_then(|day| day.and_hms_opt(0, 0, 0)).map(|at| at.and_utc());
    assign_role(ctx, id, role, &form.text("note"), end).await.map(|_| ())
}

fn place(detail: &IdentityDetail, assignment: &str) -> Result<usize, Failure> {
    let assignment: AssignmentId = key(assignment)?;
    detail.assignments.iter().position(|a| a.id == assignment).ok_or_else(Failure::not_found)
}

async fn take(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path((id, assignment)): Path<(String, String)>) -> Reply {
    let detail = show_identity(&caller.ctx, key(&id)?).await?;
    authorize::<actions::Assign, _>(&caller.ctx.principal, &detail.identity).map_err(ServiceError::from)?;
    let model = Take { place: place(&detail, &assignment)?, detail, reason: String::new(), errors: FormErrors::new() };
    Ok(html(take_page(&frame(&web, &caller, ""), model)))
}

async fn unassign(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path((id, assignment)): Path<(String, String)>,
    form: Posted,
) -> Reply {
    let id: IdentityId = key(&id)?;
    let reason = form.text("reason");
    match unassign_role(&caller.ctx, id, key(&assignment)?, &reason).await {
        Ok(()) => Ok(see_other(format!("/identities/{id}?said=taken"))),
        Err(error) => {
            let errors = errors(error)?;
            let detail = show_identity(&caller.ctx, id).await?;
            let model = Take { place: place(&detail, &assignment)?, detail, reason, errors };
            Ok(again(take_page(&frame(&web, &caller, ""), model)))
        }
    }
}
