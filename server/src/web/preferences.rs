//! `/preferences`: colours and density, in cookies, so that the first paint is right.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::IntoResponse;

use super::see_other;
use super::sign_in::own_path;
use crate::http::{A_YEAR, DENSITY, Posted, Reply, Route, SignedIn, THEME, Web, page_at, post};

pub(super) fn routes() -> Vec<Route> {
    vec![post("/preferences", set)]
}

async fn set(State(web): State<Arc<Web>>, _: SignedIn, form: Posted) -> Reply {
    let mut response = see_other(page_at(&own_path(&form.text("back")))).into_response();
    for (field, cookie, words) in
        [("theme", THEME, ["system", "light", "dark"].as_slice()), ("density", DENSITY, ["comfortable", "compact"].as_slice())]
    {
        let word = words.iter().find(|word| **word == form.text(field));
        if let Some(value) = word.and_then(|word| cookie.set(&web, word, A_YEAR)) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    Ok(response)
}
