//! `/api/v1/sign-in-providers` and below, `/api/v1/identities/{id}/sign-in-links` and below

use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{Id as _, IdentityId, LinkId, ProviderId};
use tenure_domain::sign_in::ProviderState as IsProviderState;
use tenure_services::ServiceError;
use tenure_services::sign_in::{
    Draft, callback_url, create_provider, edit_provider, link_identity, links_of, list_providers, logout_url, remove_provider,
    set_provider_state, show_provider, test_provider, unlink,
};
use tenure_services::targets::Secret;
use tenure_store::sign_in::{LinkView, ProviderView};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{changed, created, done, found, versioned};
use super::ask::{Asked, Sent};
use super::operation::op;
use super::page::list_query;
use super::words::{ClientAuth, LinkBy, LinkHow, ProviderState};
use super::{Reply, key};
use crate::http::routes::{delete, put};
use crate::http::{Failure, Route, get, post};

const OF: &str = "Sign-in";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/sign-in-providers", list).operation(
            op("listSignInProviders", OF, "By which OpenID providers people sign in, by name")
                .query::<ProvidersQuery>()
                .gives_page::<Provider>("A page."),
        ),
        post("/api/v1/sign-in-providers", create).operation(
            op("createSignInProvider", OF, "Let people sign in by a provider")
                .more("It is asked what it is first: a provider that does not answer, or can only do what is not safe, is refused.")
                .sends::<ProviderDraft>()
                .gives::<Provider>(201, "People may sign in by it.")
                .with_location(),
        ),
        get("/api/v1/sign-in-providers/{id}", show).operation(
            op("getSignInProvider", OF, "One provider").gives::<Provider>(200, "The provider. Never its secret.").with_version(),
        ),
        put("/api/v1/sign-in-providers/{id}", edit).operation(
            op("editSignInProvider", OF, "Change a provider")
                .more("All of it is sent. The issuer stays: people are linked by it. A secret that is left out stays.")
                .needs_version()
                .sends::<ProviderDraft>()
                .gives::<Provider>(200, "As it is now.")
                .with_version(),
        ),
        delete("/api/v1/sign-in-providers/{id}", remove).operation(
            op("removeSignInProvider", OF, "Take a provider away")
                .gives_nothing("Its links are gone, and the sessions that it opened are over."),
        ),
        post("/api/v1/sign-in-providers/{id}/test", test)
            .operation(op("testSignInProvider", OF, "Ask a provider now what it is").gives::<Tested>(200, "What it says of itself.")),
        post("/api/v1/sign-in-providers/{id}/enable", enable)
            .operation(op("enableSignInProvider", OF, "Let people sign in by a provider again").gives_nothing("They may.")),
        post("/api/v1/sign-in-providers/{id}/disable", disable).operation(
            op("disableSignInProvider", OF, "Let nobody sign in by a provider")
                .gives_nothing("Nobody may, and the sessions that it opened are over."),
        ),
        get("/api/v1/identities/{id}/sign-in-links", links).operation(
            op("listSignInLinks", OF, "Which subjects of providers stand for an identity")
                .query::<LinksQuery>()
                .gives_page::<Link>("A page."),
        ),
        post("/api/v1/identities/{id}/sign-in-links", link).operation(
            op("linkIdentity", OF, "Let a subject of a provider stand for an identity").sends::<LinkDraft>().gives::<Made>(201, "It does."),
        ),
        delete("/api/v1/identities/{id}/sign-in-links/{link}", remove_link).operation(
            op("removeSignInLink", OF, "Let a subject stand for nobody")
                .gives_nothing("It stands for nobody, and the sessions that were opened by it are over."),
        ),
    ]
}

/// A provider by which people sign in.
#[derive(Serialize, ToSchema)]
struct Provider {
    id: Uuid,
    name: String,
    state: ProviderState,
    issuer: String,
    client_id: String,
    client_auth: ClientAuth,
    /// What is asked for beside `openid`, separated by blanks.
    scopes: String,
    link_by: LinkBy,
    /// The claim by which people are found; empty where none is read, or `email`.
    link_claim: String,
    /// The domains of mail addresses that are believed.
    link_domains: Vec<String>,
    sign_out_there: bool,
    /// What is registered there as redirect URI.
    redirect_uri: String,
    /// What is registered there for back-channel and front-channel logout.
    logout_uri: String,
    /// How many are linked.
    links: i64,
    looked_at: Option<DateTime<Utc>>,
    /// Why it could not be used last; empty where it could.
    said: String,
    version: i64,
    created_at: DateTime<Utc>,
}

fn provider(origin: &str, view: ProviderView) -> Provider {
    let p = view.provider;
    Provider {
        id: p.id.uuid(),
        state: p.state.into(),
        client_auth: p.client_auth.into(),
        link_by: p.link_by.into(),
        link_domains: p.link_domains.split_whitespace().map(str::to_owned).collect(),
        redirect_uri: callback_url(origin, p.id),
        logout_uri: logout_url(origin, p.id),
        name: p.name,
        issuer: p.issuer,
        client_id: p.client_id,
        scopes: p.scopes,
        link_claim: p.link_claim,
        sign_out_there: p.sign_out_there,
        links: view.links,
        looked_at: p.looked_at,
        said: p.said,
        version: p.version,
        created_at: p.created_at,
    }
}

list_query! {
    /// Which providers.
    ProvidersQuery {}
}

async fn list(asked: Asked<ProvidersQuery>) -> Reply {
    let all = list_providers(&asked.ctx).await?;
    let origin = asked.web.origin.clone();
    asked.answer_all(all, |view| view.provider.id.uuid(), |view| provider(&origin, view))
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    let (view, _) = show_provider(&asked.ctx, key(&id)?).await?;
    let version = view.provider.version;
    Ok(versioned(&asked, version, &provider(&asked.web.origin, view)))
}

/// A provider as it is to be. Not shown by `Debug`: it may hold a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProviderDraft {
    #[schema(example = "Example ID", min_length = 1, max_length = 60)]
    name: String,
    /// Exactly as its own configuration has it.
    #[schema(example = "https://login.example.com/tenant")]
    issuer: String,
    #[schema(min_length = 1, max_length = 255)]
    client_id: String,
    client_auth: ClientAuth,
    /// Kept sealed.
    client_secret: Option<String>,
    /// Beside `openid`, separated by blanks.
    #[serde(default)]
    scopes: String,
    link_by: LinkBy,
    /// For `employee-id` and `user-name`.
    #[serde(default)]
    link_claim: String,
    /// For `email`.
    #[serde(default)]
    link_domains: Vec<String>,
    /// Whether who signs out here is sent on to sign out there.
    sign_out_there: bool,
}

impl ProviderDraft {
    fn read(self) -> Draft {
        Draft {
            name: self.name,
            issuer: self.issuer,
            client_id: self.client_id,
            client_auth: self.client_auth.0,
            secret: self.client_secret.map(Secret::new),
            scopes: self.scopes,
            link_by: self.link_by.0,
            link_claim: self.link_claim,
            link_domains: self.link_domains.join(" "),
            sign_out_there: self.sign_out_there,
            once: None,
        }
    }
}

/// The secret has another name in a form.
fn named(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Invalid(mut faults) => {
            faults.iter_mut().filter(|fault| fault.field == "secret").for_each(|fault| fault.field = "client_secret");
            ServiceError::Invalid(faults)
        }
        other => other,
    }
}

async fn create(asked: Asked, Sent(sent): Sent<ProviderDraft>) -> Reply {
    let id = create_provider(&asked.ctx, &sent.read()).await.map_err(named)?;
    let (view, _) = show_provider(&asked.ctx, id).await?;
    Ok(created(&format!("/api/v1/sign-in-providers/{id}"), &provider(&asked.web.origin, view)))
}

async fn edit(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<ProviderDraft>) -> Reply {
    let id: ProviderId = key(&id)?;
    let (before, _) = show_provider(&asked.ctx, id).await?;
    let version = asked.expected(before.provider.version)?;
    if sent.issuer.trim() != before.provider.issuer {
        return Err(ServiceError::field("issuer", "it stays: people are linked by it. Make another provider").into());
    }
    edit_provider(&asked.ctx, id, version, &sent.read()).await.map_err(named)?;
    let (view, _) = show_provider(&asked.ctx, id).await?;
    Ok(changed(view.provider.version, &provider(&asked.web.origin, view)))
}

async fn remove(asked: Asked, Path(id): Path<String>) -> Reply {
    remove_provider(&asked.ctx, key(&id)?).await?;
    Ok(done())
}

/// What a provider says of itself.
#[derive(Serialize, ToSchema)]
struct Tested {
    findings: Vec<Finding>,
}

/// One thing that it says.
#[derive(Serialize, ToSchema)]
#[schema(as = ProviderFinding)]
struct Finding {
    name: String,
    found: String,
}

async fn test(asked: Asked, Path(id): Path<String>) -> Reply {
    let findings = test_provider(&asked.ctx, key(&id)?).await?;
    let findings = findings.into_iter().map(|(name, found)| Finding { name: name.to_owned(), found }).collect();
    Ok(found(&Tested { findings }))
}

async fn enable(asked: Asked, Path(id): Path<String>) -> Reply {
    set_provider_state(&asked.ctx, key(&id)?, IsProviderState::Enabled).await?;
    Ok(done())
}

async fn disable(asked: Asked, Path(id): Path<String>) -> Reply {
    set_provider_state(&asked.ctx, key(&id)?, IsProviderState::Disabled).await?;
    Ok(done())
}

/// A subject of a provider that stands for an identity.
#[derive(Serialize, ToSchema)]
#[schema(as = SignInLink)]
struct Link {
    id: Uuid,
    provider_id: Uuid,
    provider: String,
    issuer: String,
    subject: String,
    how: LinkHow,
    /// By what it was found, or who said so.
    reason: String,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    /// When the identity ended: nobody signs in by it any more.
    ended_at: Option<DateTime<Utc>>,
}

impl From<LinkView> for Link {
    fn from(view: LinkView) -> Self {
        let l = view.link;
        Self {
            id: l.id.uuid(),
            provider_id: l.provider_id.uuid(),
            provider: view.provider,
            issuer: l.issuer,
            subject: l.subject,
            how: l.how.into(),
            reason: l.reason,
            created_at: l.created_at,
            last_used_at: l.last_used_at,
            ended_at: l.ended_at,
        }
    }
}

list_query! {
    /// Which links.
    LinksQuery {}
}

async fn links(asked: Asked<LinksQuery>, Path(id): Path<String>) -> Reply {
    let mut all = links_of(&asked.ctx, key(&id)?).await?;
    all.sort_by_key(|view| view.link.id);
    asked.answer_all(all, |view| view.link.id.uuid(), Link::from)
}

/// A subject that is to stand for somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SignInLinkDraft)]
#[serde(deny_unknown_fields)]
struct LinkDraft {
    provider_id: Uuid,
    /// As the provider has it in `sub`.
    #[schema(min_length = 1, max_length = 255)]
    subject: String,
}

/// The key of a link that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = SignInLinkMade)]
struct Made {
    id: Uuid,
}

async fn link(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<LinkDraft>) -> Reply {
    let made = link_identity(&asked.ctx, key(&id)?, ProviderId::from_uuid(sent.provider_id), &sent.subject).await;
    let renamed = |error| match error {
        ServiceError::Invalid(mut faults) => {
            faults.iter_mut().filter(|fault| fault.field == "provider").for_each(|fault| fault.field = "provider_id");
            ServiceError::Invalid(faults)
        }
        other => other,
    };
    let made = made.map_err(renamed)?;
    Ok(super::answer::json(axum::http::StatusCode::CREATED, &Made { id: made.id.uuid() }))
}

async fn remove_link(asked: Asked, Path((id, link)): Path<(String, String)>) -> Reply {
    let (id, link): (IdentityId, LinkId) = (key(&id)?, key(&link)?);
    if !links_of(&asked.ctx, id).await?.iter().any(|view| view.link.id == link) {
        return Err(Failure::not_found());
    }
    unlink(&asked.ctx, link).await?;
    Ok(done())
}
