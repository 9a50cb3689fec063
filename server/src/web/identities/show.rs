//! `/identities/{id}`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::identities::links::Links;
use tenure_app::pages::identities::rights::Rights;
use tenure_app::pages::identities::show::{Model, page};
use tenure_domain::id::IdentityId;
use tenure_services::accounts::portal_access;
use tenure_services::audit::audit_of_identity;
use tenure_services::identities::show_identity;
use tenure_services::sign_in::{links_of, provider_names};
use tenure_store::PageRequest;

use crate::http::{Caller, Failure, Reply, Route, SignedIn, Web, get};
use crate::web::read::key;
use crate::web::{again, frame, html};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/identities/{id}", show)]
}

/// How many events the timeline begins with.
const EVENTS: usize = 40;

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let model = model(&caller, key(&id)?, FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, said(query.get("said").unwrap_or_default())), model)))
}

/// The page again, with the reason why a command was not carried out.
pub(super) async fn show_again(web: &Web, caller: &Caller, id: IdentityId, errors: FormErrors) -> Result<Response, Failure> {
    let model = model(caller, id, errors).await?;
    Ok(again(page(&frame(web, caller, ""), model)))
}

async fn model(caller: &Caller, id: IdentityId, errors: FormErrors) -> Result<Model, Failure> {
    let detail = show_identity(&caller.ctx, id).await?;
    let rights = Rights::of(&caller.ctx.principal, &detail.identity);
    let mut happened = audit_of_identity(&caller.ctx, id, &PageRequest { limit: EVENTS + 1, ..PageRequest::default() }).await?.rows;
    let more_happened = happened.len() > EVENTS;
    happened.truncate(EVENTS);
    let portal = if rights.portal { Some(portal_access(&caller.ctx, id).await?) } else { None };
    let links = match rights.portal {
        true => {
            let providers = provider_names(&caller.ctx).await?;
            Some(Links { links: links_of(&caller.ctx, id).await?, providers })
        }
        false => None,
    };
    Ok(Model { detail, rights, happened, more_happened, portal, links, errors })
}

/// What was just done, from the word in the address.
fn said(word: &str) -> &'static str {
    match word {
        "created" => "It is recorded.",
        "edited" => "The changes are saved.",
        "activate" => "It has started. Rules give access from now on.",
        "start-leave" => "It is on leave.",
        "end-leave" => "It is back from leave.",
        "suspend" => "It is suspended: nothing may act in its name.",
        "resume" => "It is active again.",
        "archive" => "It is archived. Its record stays.",
        "rehired" => "It is rehired. Rules give access anew; nothing else came back.",
        "rehired-later" => "It is rehired for a later day, and starts by itself then.",
        "given" => "The role is given.",
        "taken" => "The role is taken away. What only it gave is owed to the targets.",
        "granted" => "The portal role is given. It counts from the next request.",
        "linked" => "The subject stands for them from now on.",
        "unlinked" => "The link is removed, and the sessions that were opened by it are over.",
        "revoked" => "The portal role is taken away. It counts from the next request.",
        _ => "",
    }
}
