//! The palette's server function, with the caller's own sight.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use leptos::prelude::provide_context;
use tenure_domain::access::PrincipalKind;
use tenure_frontend::{PaletteAnswer, PaletteHit, PaletteSource};
use tenure_services::{Ctx, search};

use super::{Caller, Failure, Route, post};

struct Source(Ctx);

impl PaletteSource for Source {
    fn search(&self, query: String) -> PaletteAnswer {
        let ctx = self.0.clone();
        Box::pin(async move {
            let hits = search::search(&ctx, &query, 6).await.map_err(|error| Failure::from(error).words().to_owned())?;
            Ok(hits.into_iter().map(|h| PaletteHit { kind: word(&h), label: h.label, detail: h.detail, href: h.href }).collect())
        })
    }
}

/// What a hit is, for people: `Person`, `Role`.
fn word(hit: &search::Hit) -> String {
    let word = hit.face.map_or(hit.kind, |kind| kind.label());
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub(super) fn routes() -> Vec<Route> {
    vec![post("/api/fn/{*name}", answer)]
}

async fn answer(caller: Caller, request: Request) -> Response {
    if caller.ctx.principal.kind == PrincipalKind::Anonymous {
        return Failure::unauthenticated().into_response();
    }
    let source: Arc<dyn PaletteSource> = Arc::new(Source(caller.ctx));
    leptos_axum::handle_server_fns_with_context(move || provide_context(Arc::clone(&source)), request).await.into_response()
}
