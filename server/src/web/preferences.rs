//! `/preferences`: colours and density, in cookies, so that the first paint is right.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::IntoResponse;

use super::see_other;
use super::sign_in::own_path;
use crate::http::{Posted, Reply, Route, SignedIn, Web, cookie_name, page_at, post};

pub(super) fn routes() -> Vec<Route> {
    vec![post("/preferences", set)]
}

async fn set(State(web): State<Arc<Web>>, _: SignedIn, form: Posted) -> Reply {
    let secure = if web.origin.starts_with("https://") { "; Secure" } else { "" };
    let mut response = see_other(page_at(&own_path(&form.text("back")))).into_response();
    for (name, words) in [("theme", ["system", "light", "dark"].as_slice()), ("density", ["comfortable", "compact"].as_slice())] {
        let Some(word) = words.iter().find(|word| **word == form.text(name)) else { continue };
        // No script reads it: the server writes what was chosen into the page.
        let name = cookie_name(&web, name);
        if let Ok(cookie) = format!("{name}={word}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}").parse() {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    Ok(response)
}
