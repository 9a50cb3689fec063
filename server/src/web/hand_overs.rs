//! `/hand-overs`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::hand_overs::{Model, page};
use tenure_domain::access::{Relation, actions, authorize};
use tenure_domain::id::{HandOverId, Id, IdentityId};
use tenure_services::identities::{find_identity, hand_over, list_hand_overs};
use tenure_services::{Ctx, ServiceError};

use super::proposals::people;
use super::read::key;
use super::{again, errors, frame, html, page_request, see_other};
use crate::http::{Caller, Failure, Posted, Reply, Route, SignedIn, Web, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/hand-overs", show), post("/hand-overs/{id}", give)]
}

async fn model(caller: &Caller, query: &Query, typed: Option<(HandOverId, String)>, errors: FormErrors) -> Result<Model, Failure> {
    let tasks = list_hand_overs(&caller.ctx, &page_request(query)).await?;
    let near = tasks.rows.first().map(|t| t.former_owner_id);
    let people = people(&caller.ctx, near).await?;
    // Any task will do: nobody may hand over some and not others.
    let any = (HandOverId::from_uuid(uuid::Uuid::nil()), Relation::None);
    let may_hand_over = authorize::<actions::HandOver, _>(&caller.ctx.principal, &any).is_ok();
    Ok(Model { tasks, people, may_hand_over, typed, errors })
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let said = if query.get("said") == Some("done") { "It has a new owner." } else { "" };
    let model = model(&caller, &query, None, FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, said), model)))
}

async fn give(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id: HandOverId = key(&id)?;
    let typed = form.text("owner");
    match give_it(&caller.ctx, id, &typed).await {
        Ok(()) => Ok(see_other("/hand-overs?said=done")),
        Err(error) => {
            let errors = errors(error)?.renamed("new_owner", &format!("owner-{id}"));
            let model = model(&caller, &Query::new(), Some((id, typed)), errors).await?;
            Ok(again(page(&frame(&web, &caller, ""), model)))
        }
    }
}

async fn give_it(ctx: &Ctx, id: HandOverId, typed: &str) -> Result<(), ServiceError> {
    // Before anybody is looked up: who sees nobody would be told so, and not that they may not do this.
    ctx.authorize::<actions::HandOver, _>(&(id, Relation::None)).await?;
    let owner: Option<IdentityId> = find_identity(ctx, "new_owner", typed).await?;
    let Some(owner) = owner else { return Err(ServiceError::field("new_owner", "say who answers for it from now on: their user name")) };
    hand_over(ctx, id, owner).await
}
