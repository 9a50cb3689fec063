//! `/rules`, `/rules/{id}`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::Query;
use tenure_app::pages::rules::{list, show};
use tenure_domain::access::{Principal, Relation, actions, authorize};
use tenure_domain::id::{Id, RuleId};
use tenure_services::access::{list_rules, match_rule, show_rule};

use crate::http::{Reply, SignedIn, Web};
use crate::web::read::key;
use crate::web::{frame, html};

pub(super) async fn list(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    let rules = list_rules(&caller.ctx).await?;
    let may_change = may_change(&caller.ctx.principal);
    Ok(html(list::page(&frame(&web, &caller, ""), list::Model { rules, may_change })))
}

pub(super) async fn show(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Reply {
    let rule = show_rule(&caller.ctx, key(&id)?).await?;
    let matches = match_rule(&caller.ctx, &rule.rule.expression).await?;
    let said =
        if Query::parse(&query.unwrap_or_default()).get("said") == Some("applied") { "The change of the rule was applied." } else { "" };
    let may_change = may_change(&caller.ctx.principal);
    Ok(html(show::page(&frame(&web, &caller, said), show::Model { rule, matches, may_change })))
}

/// Whether somebody may change rules at all.
fn may_change(who: &Principal) -> bool {
    authorize::<actions::ChangeRule, _>(who, &(RuleId::from_uuid(uuid::Uuid::nil()), Relation::None)).is_ok()
}
