//! `/api/v1/views`: views that a person keeps of a list.

use axum::extract::Path;
use serde::{Deserialize, Serialize};
use tenure_domain::id::Id as _;
use tenure_services::views::{delete_view, list_views, save_view};
use tenure_store::views::SavedView;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{created, done};
use super::ask::{Asked, Sent};
use super::identities::Made;
use super::operation::op;
use super::page::list_query;
use super::{Reply, key};
use crate::http::routes::delete;
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/views", list)
            .operation(op("listViews", "Me", "The views that you keep of a list").query::<ViewsQuery>().gives_page::<View>("A page.")),
        post("/api/v1/views", keep).operation(
            op("saveView", "Me", "Keep a view of a list")
                .more("In place of an earlier one of that name.")
                .sends::<ViewToBe>()
                .gives::<Made>(201, "It is kept.")
                .with_location(),
        ),
        delete("/api/v1/views/{id}", let_go).operation(op("deleteView", "Me", "Let a view go").gives_nothing("It is gone.")),
    ]
}

/// A list that has views.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ListWithViews {
    Identities,
    Credentials,
    Audit,
}

impl ListWithViews {
    fn word(self) -> &'static str {
        match self {
            Self::Identities => "identities",
            Self::Credentials => "credentials",
            Self::Audit => "audit",
        }
    }
}

/// A view that is kept.
#[derive(Serialize, ToSchema)]
struct View {
    id: Uuid,
    name: String,
    /// What stands in the address of the page after the question mark.
    #[schema(example = "state=active&department=legal")]
    query: String,
}

impl From<SavedView> for View {
    fn from(v: SavedView) -> Self {
        Self { id: v.id.uuid(), name: v.name, query: v.query }
    }
}

list_query! {
    /// Which views.
    ViewsQuery {
        /// Of which list; identities when it is not said.
        list: ListWithViews,
    }
}

async fn list(asked: Asked<ViewsQuery>) -> Reply {
    let list = asked.query.list.unwrap_or(ListWithViews::Identities);
    let views = list_views(&asked.ctx, list.word()).await?;
    asked.answer_all(views, |view| view.id.uuid(), View::from)
}

/// A view to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewToBe {
    list: ListWithViews,
    #[schema(example = "Legal, active")]
    name: String,
    /// What stands in the address of the page after the question mark.
    #[schema(example = "state=active&department=legal")]
    query: String,
}

async fn keep(asked: Asked, Sent(sent): Sent<ViewToBe>) -> Reply {
    let id = save_view(&asked.ctx, sent.list.word(), &sent.name, &sent.query).await?;
    Ok(created(&format!("/api/v1/views?list={}", sent.list.word()), &Made { id: id.uuid() }))
}

async fn let_go(asked: Asked, Path(id): Path<String>) -> Reply {
    delete_view(&asked.ctx, key(&id)?).await?;
    Ok(done())
}
