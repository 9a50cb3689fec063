//! `/rules/new`, `/rules/{id}/edit`, `/rules/match`, `/rules/draft`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::rules::edit::{Model, page};
use tenure_domain::access::{Relation, actions};
use tenure_domain::id::{Id, RoleId, RuleId};
use tenure_services::access::{RuleDraft, RuleMatches, match_rule, role_names, show_rule};

use crate::http::{Caller, Failure, Posted, Reply, SignedIn, Web};
use crate::web::read::{allowed, key};
use crate::web::{again, errors, frame, html};

pub(super) async fn new(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let role = Query::parse(&query.unwrap_or_default()).get("role").and_then(|id| id.parse().ok());
    let draft = RuleDraft {
        id: None,
        version: 0,
        name: String::new(),
        role_id: role.unwrap_or_else(no_role),
        expression: String::new(),
        enabled: true,
    };
    Ok(html(draw(&web, &caller, draft, None, FormErrors::new()).await?))
}

pub(super) async fn edit(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let rule = show_rule(&caller.ctx, key(&id)?).await?.rule;
    let draft = RuleDraft {
        id: Some(rule.id),
        version: rule.version,
        name: rule.name,
        role_id: rule.role_id,
        expression: rule.expression,
        enabled: rule.enabled,
    };
    Ok(html(draw(&web, &caller, draft, None, FormErrors::new()).await?))
}

/// Shows who the text matches; nothing is changed.
pub(super) async fn try_it(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let draft = typed(&form);
    match match_rule(&caller.ctx, &draft.expression).await {
        Ok(found) => Ok(html(draw(&web, &caller, draft, Some(found), FormErrors::new()).await?)),
        Err(error) => Ok(again(draw(&web, &caller, draft, None, errors(error)?).await?)),
    }
}

/// Back from its plan.
pub(super) async fn again_draft(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    Ok(html(draw(&web, &caller, sent(&form)?, None, FormErrors::new()).await?))
}

/// The draft that a plan carries.
pub(super) fn sent(form: &Posted) -> Result<RuleDraft, Failure> {
    serde_json::from_str(&form.raw("draft")).map_err(|_| Failure::stale_form())
}

/// The draft as it was typed.
pub(super) fn typed(form: &Posted) -> RuleDraft {
    RuleDraft {
        id: form.parse("id"),
        version: form.parse("version").unwrap_or_default(),
        name: form.text("name"),
        role_id: form.parse("role_id").unwrap_or_else(no_role),
        expression: form.raw("expression"),
        enabled: form.ticked("enabled"),
    }
}

/// No role is chosen yet; the service says so.
fn no_role() -> RoleId {
    RoleId::from_uuid(uuid::Uuid::nil())
}

/// The page with a draft on it.
pub(super) async fn draw(
    web: &Web,
    caller: &Caller,
    draft: RuleDraft,
    matches: Option<RuleMatches>,
    errors: FormErrors,
) -> Result<String, Failure> {
    let id = draft.id.unwrap_or_else(|| RuleId::from_uuid(uuid::Uuid::nil()));
    allowed::<actions::ChangeRule, _>(caller, &(id, Relation::None))?;
    let roles = role_names(&caller.ctx).await?;
    Ok(page(&frame(web, caller, ""), Model { draft, roles, matches, errors }))
}
