//! `/roles/new`, `/roles/{id}/edit`, `/roles/draft`

use std::sync::Arc;

use axum::extract::{Path, State};
use tenure_app::components::FormErrors;
use tenure_app::pages::roles::edit::{Model, page};
use tenure_domain::access::{Relation, actions};
use tenure_domain::id::RoleId;
use tenure_domain::role::RoleKind;
use tenure_services::access::{RoleDraft, list_catalogue, role_names, show_role};
use tenure_services::identities::{identity_name, propose_people};
use tenure_store::PageRequest;

use crate::http::{Caller, Failure, Posted, Reply, SignedIn, Web};
use crate::web::read::{allowed, key};
use crate::web::{frame, html};

pub(super) async fn new(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    let draft = RoleDraft {
        id: None,
        version: 0,
        name: String::new(),
        kind: RoleKind::Business,
        description: String::new(),
        owner_id: None,
        application_id: None,
        grace_days: 0,
        entitlements: Vec::new(),
        induced: Vec::new(),
    };
    draw_new(&web, &caller, draft).await
}

pub(super) async fn edit(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let detail = show_role(&caller.ctx, key(&id)?, &PageRequest { limit: 1, ..PageRequest::default() }).await?;
    let role = detail.role;
    let draft = RoleDraft {
        id: Some(role.id),
        version: role.version,
        name: role.name,
        kind: role.kind,
        description: role.description,
        owner_id: role.owner_id,
        application_id: role.application_id,
        grace_days: role.grace_days,
        entitlements: detail.entitlements.iter().map(|(e, _)| e.id).collect(),
        induced: detail.induced.iter().map(|(r, _)| *r).collect(),
    };
    draw_new(&web, &caller, draft).await
}

/// Back from its plan.
pub(super) async fn again_draft(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    draw_new(&web, &caller, sent(&form)?).await
}

/// The draft that a plan carries.
pub(super) fn sent(form: &Posted) -> Result<RoleDraft, Failure> {
    serde_json::from_str(&form.raw("draft")).map_err(|_| Failure::stale_form())
}

async fn draw_new(web: &Web, caller: &Caller, draft: RoleDraft) -> Reply {
    let owner = match draft.owner_id {
        Some(id) => identity_name(&caller.ctx, id).await?.map(|n| n.user_name).unwrap_or_default(),
        None => String::new(),
    };
    let grace = draft.grace_days.to_string();
    Ok(html(draw(web, caller, draft, owner, grace, FormErrors::new()).await?))
}

/// The page with a draft on it.
pub(super) async fn draw(
    web: &Web,
    caller: &Caller,
    draft: RoleDraft,
    owner: String,
    grace: String,
    errors: FormErrors,
) -> Result<String, Failure> {
    let id = draft.id.unwrap_or_else(|| tenure_domain::id::Id::from_uuid(uuid::Uuid::nil()));
    allowed::<actions::ChangeRole, (RoleId, Relation)>(caller, &(id, Relation::None))?;
    let catalogue = list_catalogue(&caller.ctx).await?;
    let roles = role_names(&caller.ctx).await?;
    let proposals = propose_people(&caller.ctx, draft.owner_id).await?;
    Ok(page(&frame(web, caller, ""), Model { draft, owner, grace, catalogue, roles, proposals, errors }))
}
