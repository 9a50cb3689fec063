//! `GET /api/v1/identities`

use tenure_domain::id::{Id as _, IdentityId};
use tenure_services::identities::list_identities;
use tenure_store::identities::IdentityFilter;
use uuid::Uuid;

use super::picture::Identity;
use crate::http::api::Reply;
use crate::http::api::ask::Asked;
use crate::http::api::operation::op;
use crate::http::api::page::list_query;
use crate::http::api::words::{IdentityKind, LifecycleState};
use crate::http::{Route, get};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/identities", list).operation(
            op("listIdentities", "Identities", "The identities that you may see, by name")
                .query::<IdentitiesQuery>()
                .gives_page::<Identity>("A page."),
        ),
    ]
}

list_query! {
    /// Which identities.
    IdentitiesQuery {
        /// Words that their name, user name, number, department or title begin with.
        q: String,
        /// Only this state.
        state: LifecycleState,
        /// Only this kind.
        kind: IdentityKind,
        /// Only this department.
        department: String,
        /// Only those who report to somebody.
        manager_id: Uuid,
        /// Only those owned by somebody.
        owner_id: Uuid,
        /// Only non-human ones without a live owner.
        without_owner: bool,
    }
}

async fn list(asked: Asked<IdentitiesQuery>) -> Reply {
    let page = asked.page()?;
    let query = &asked.query;
    let filter = IdentityFilter {
        search: query.q.clone().unwrap_or_default(),
        state: query.state.map(|word| word.0),
        kind: query.kind.map(|word| word.0),
        department: query.department.clone(),
        manager_id: query.manager_id.map(IdentityId::from_uuid),
        owner_id: query.owner_id.map(IdentityId::from_uuid),
        without_owner: query.without_owner == Some(true),
        ..IdentityFilter::default()
    };
    let list = list_identities(&asked.ctx, &filter, &page).await?;
    Ok(asked.answer(list.page, Identity::from))
}
