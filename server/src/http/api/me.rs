//! `/api/v1/me` and below: who asks, and their own tokens.

use axum::extract::Path;
use serde::Serialize;
use tenure_domain::access::PrincipalKind;
use tenure_domain::credential::CredentialKind;
use tenure_domain::id::{Id as _, IdentityId};
use tenure_services::credentials::{list_credentials, notes_of_own_tokens, revoke_own_token};
use tenure_store::credentials::CredentialFilter;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{done, found};
use super::ask::Asked;
use super::credentials::Credential;
use super::operation::op;
use super::page::list_query;
use super::words::PortalRole;
use super::{Reply, key};
use crate::http::routes::delete;
use crate::http::{Failure, Route, get};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/me", me).operation(op("getMe", "Me", "Who the token stands for").gives::<Me>(200, "Who it is.")),
        get("/api/v1/me/tokens", tokens).operation(
            op("listOwnTokens", "Me", "Your API tokens")
                .more("As credentials: a token itself is shown once, when a person issues it on the page of their account. A token never issues another one.")
                .query::<TokensQuery>()
                .gives_page::<Credential>("A page."),
        ),
        delete("/api/v1/me/tokens/{id}", revoke).operation(
            op("revokeOwnToken", "Me", "Revoke a token of yours").gives_nothing("Its next request is refused.").more("`id` is the key of its credential."),
        ),
    ]
}

/// Who asks.
#[derive(Serialize, ToSchema)]
struct Me {
    /// The identity, where one asks.
    id: Option<Uuid>,
    /// Name for people.
    #[schema(example = "Ada Lovelace by token tnr_1a2b")]
    name: String,
    /// What it is in the portal.
    roles: Vec<PortalRole>,
    /// Whether it may change anything.
    may_write: bool,
    /// What the token is for; null when no token asks.
    #[schema(example = json!(["identities:read", "credentials:write"]))]
    scopes: Option<Vec<String>>,
}

async fn me(asked: Asked) -> Reply {
    let who = &asked.ctx.principal;
    Ok(found(&Me {
        id: who.identity_id().map(IdentityId::uuid),
        name: who.label.clone(),
        roles: who.roles.iter().map(|role| (*role).into()).collect(),
        may_write: who.may_write(),
        scopes: match &who.kind {
            PrincipalKind::Token { scopes, .. } => Some(scopes.iter().map(|scope| scope.to_string()).collect()),
            _ => None,
        },
    }))
}

list_query! {
    /// Which tokens.
    TokensQuery {
        /// Only those that still work.
        live: bool,
    }
}

async fn tokens(asked: Asked<TokensQuery>) -> Reply {
    let page = asked.page()?;
    let me = asked.ctx.principal.identity_id().ok_or_else(Failure::not_found)?;
    let kind = Some(CredentialKind::Token);
    let filter = CredentialFilter { identity_id: Some(me), kind, live: asked.query.live == Some(true), ..CredentialFilter::default() };
    let list = list_credentials(&asked.ctx, &filter, &page).await?;
    let notes = notes_of_own_tokens(&asked.ctx).await?;
    let now = asked.ctx.now;
    Ok(asked.answer(list.page, |view| {
        let note = notes.iter().find(|note| note.credential_id == view.credential.id);
        Credential::new(view, now).with(note)
    }))
}

async fn revoke(asked: Asked, Path(id): Path<String>) -> Reply {
    revoke_own_token(&asked.ctx, key(&id)?).await?;
    Ok(done())
}
