//! `/views`: views that a person keeps of a list.

use std::sync::Arc;

use axum::extract::{Path, State};
use tenure_app::components::Query;
use tenure_app::pages::saved_views::{Keep, page};
use tenure_services::views::{delete_view, save_view};

use super::read::key;
use super::{again, errors, frame, see_other};
use crate::http::{Failure, Posted, Reply, Route, SignedIn, Web, post};

pub(super) fn routes() -> Vec<Route> {
    vec![post("/views", keep), post("/views/{id}/delete", let_go)]
}

/// The lists that have views: word and address.
const LISTS: [(&str, &str); 3] = [("identities", "/identities"), ("credentials", "/credentials"), ("audit", "/audit")];

fn list(word: &str) -> Result<(&'static str, &'static str), Failure> {
    LISTS.into_iter().find(|(known, _)| *known == word).ok_or_else(Failure::not_found)
}

async fn keep(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let (page_word, path) = list(&form.text("page"))?;
    let (name, query) = (form.text("name"), form.text("query"));
    match save_view(&caller.ctx, page_word, &name, &query).await {
        Ok(_) => Ok(see_other(Query::parse(&query).to_href(path))),
        Err(error) => {
            let model = Keep { list: (page_word, path), query, name, errors: errors(error)?.renamed("query", "name") };
            Ok(again(page(&frame(&web, &caller, ""), model)))
        }
    }
}

async fn let_go(SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let (_, path) = list(&form.text("page"))?;
    delete_view(&caller.ctx, key(&id)?).await?;
    Ok(see_other(path))
}
