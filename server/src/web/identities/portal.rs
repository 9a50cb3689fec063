//! `/identities/{id}/portal/…`

use std::sync::Arc;

use axum::extract::{Path, State};
use tenure_app::pages::identities::portal::link_page;
use tenure_domain::access::PortalRole;
use tenure_domain::id::{IdentityId, LinkId};
use tenure_services::ServiceError;
use tenure_services::accounts::{LINK_HOURS, invite, set_portal_role};
use tenure_services::identities::show_identity;
use tenure_services::sign_in::{link_identity, links_of, unlink};

use super::show::show_again;
use crate::http::{Failure, Posted, Reply, Route, SignedIn, Web, post};
use crate::web::read::key;
use crate::web::{errors, frame, html, see_other};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/identities/{id}/portal/roles", set_role),
        post("/identities/{id}/portal/link", make_link),
        post("/identities/{id}/sign-in-links", link),
        post("/identities/{id}/sign-in-links/{link}/remove", remove_link),
    ]
}

async fn set_role(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id: IdentityId = key(&id)?;
    let role: PortalRole = form.parse("role").ok_or_else(Failure::not_found)?;
    let held = form.text("held") == "yes";
    match set_portal_role(&caller.ctx, id, role, held).await {
        Ok(()) => Ok(see_other(format!("/identities/{id}?said={}", if held { "granted" } else { "revoked" }))),
        Err(error) => show_again(&web, &caller, id, errors(error)?).await,
    }
}

/// The link stands in this one answer and nowhere else: not in an address, not in a log.
async fn make_link(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, _form: Posted) -> Reply {
    let id: IdentityId = key(&id)?;
    match invite(&caller.ctx, id).await {
        Ok(token) => {
            let identity = show_identity(&caller.ctx, id).await?.identity;
            let link = format!("{}/set-up?token={}", web.origin, token.expose());
            Ok(html(link_page(&frame(&web, &caller, ""), &identity, link, LINK_HOURS)))
        }
        Err(error) => show_again(&web, &caller, id, errors(error)?).await,
    }
}

async fn link(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id: IdentityId = key(&id)?;
    let done = match form.parse("provider") {
        Some(provider) => link_identity(&caller.ctx, id, provider, &form.text("subject")).await,
        None => Err(ServiceError::field("provider", "choose a provider")),
    };
    match done {
        Ok(_) => Ok(see_other(format!("/identities/{id}?said=linked"))),
        Err(error) => show_again(&web, &caller, id, errors(error)?).await,
    }
}

async fn remove_link(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path((id, link)): Path<(String, String)>,
    _form: Posted,
) -> Reply {
    let (id, link): (IdentityId, LinkId) = (key(&id)?, key(&link)?);
    // One of somebody else is not at this address.
    if !links_of(&caller.ctx, id).await?.iter().any(|view| view.link.id == link) {
        return Err(Failure::not_found());
    }
    match unlink(&caller.ctx, link).await {
        Ok(_) => Ok(see_other(format!("/identities/{id}?said=unlinked"))),
        Err(error) => show_again(&web, &caller, id, errors(error)?).await,
    }
}
