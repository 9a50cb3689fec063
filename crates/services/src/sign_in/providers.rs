//! By whom people sign in, and how they are found: said by administrators.

use serde_json::{Value, json};
use tenure_connectors::Secret;
use tenure_connectors::outward::check_url;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::ProviderId;
use tenure_domain::sign_in::{ClientAuth, LinkBy, ProviderState, is_domain};
use tenure_oidc::{OidcFault, Provider};
use tenure_store::sign_in::{Over, ProviderRow, ProviderView};

use super::logout::ended_events;
use super::reach::{look, sealed_about};
use crate::{Ctx, FieldError, ServiceError};

/// A provider as it is to be.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What people call it.
    pub name: String,
    /// Who it is: `iss`, exactly. It stays: links are of it.
    pub issuer: String,
    /// Who Tenure is there.
    pub client_id: String,
    /// How Tenure proves that.
    pub client_auth: ClientAuth,
    /// The secret; None keeps the one that is there.
    pub secret: Option<Secret>,
    /// What is asked for beside `openid`, separated by blanks.
    pub scopes: String,
    /// By what somebody is found who comes for the first time.
    pub link_by: LinkBy,
    /// The claim that says it.
    pub link_claim: String,
    /// The domains of mail addresses that are believed, separated by blanks or commas.
    pub link_domains: String,
    /// Whether who signs out here is sent on to sign out there.
    pub sign_out_there: bool,
    /// The key that a new one gets, by which the same form sent twice is known again; None for any.
    pub once: Option<ProviderId>,
}

/// All providers.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_providers(ctx: &Ctx) -> Result<Vec<ProviderView>, ServiceError> {
    ctx.authorize::<actions::ViewProviders, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.sign_in_providers().await?)
}

/// Keys and names of all providers: to choose one.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn provider_names(ctx: &Ctx) -> Result<Vec<(ProviderId, String)>, ServiceError> {
    ctx.authorize::<actions::ViewProviders, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.sign_in_provider_names().await?)
}

/// One provider, and what it said of itself last.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn show_provider(ctx: &Ctx, id: ProviderId) -> Result<(ProviderView, Vec<(&'static str, String)>), ServiceError> {
    let all = list_providers(ctx).await?;
    let view = all.into_iter().find(|view| view.provider.id == id).ok_or(ServiceError::NotFound("provider"))?;
    let findings = Provider::read(&view.provider.metadata).map(|provider| provider.findings()).unwrap_or_default();
    Ok((view, findings))
}

/// Lets people sign in by a provider. It is asked what it is first, so that a wrong address shows.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`], [`ServiceError::Conflict`] when the same form was sent before.
pub async fn create_provider(ctx: &Ctx, draft: &Draft) -> Result<ProviderId, ServiceError> {
    let proof = ctx.authorize::<actions::ManageProviders, _>(&Portal).await?;
    let id = draft.once.unwrap_or_else(|| ctx.id());
    let mut faults = faults(draft, false);
    let issuer = draft.issuer.trim();
    if issuer.len() > 1_000 {
        faults.push(FieldError::new("issuer", "an issuer has 1,000 characters at most"));
    } else if let Err(words) = check_url(issuer) {
        faults.push(FieldError::new("issuer", words));
    } else if ctx.app.store.read().await?.sign_in_provider_of(issuer).await?.is_some_and(|there| there != id) {
        faults.push(FieldError::new("issuer", "there is a provider with this issuer already: edit that one"));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let (provider, jwks) = Provider::discover(issuer).await.map_err(|fault| {
        let lead = if matches!(fault, OidcFault::Down(_)) { "it does not answer now" } else { "it cannot be used" };
        ServiceError::field("issuer", format!("{lead}: {fault}"))
    })?;
    let empty = ProviderRow {
        id,
        name: String::new(),
        state: ProviderState::Enabled,
        issuer: issuer.to_owned(),
        client_id: String::new(),
        client_auth: draft.client_auth,
        secret: Vec::new(),
        scopes: String::new(),
        link_by: draft.link_by,
        link_claim: String::new(),
        link_domains: String::new(),
        sign_out_there: false,
        metadata: provider.to_json(),
        looked_at: Some(ctx.now),
        jwks,
        keys_at: None,
        said: String::new(),
        version: 1,
        created_at: ctx.now,
    };
    let row = applied(ctx, empty, draft)?;
    let mut tx = ctx.app.store.write().await?;
    if tx.sign_in_provider(id).await?.is_some() {
        return Err(ServiceError::Conflict("this form was sent before, and the provider was made then".to_owned()));
    }
    if tx.sign_in_provider_of(issuer).await?.is_some() {
        return Err(ServiceError::field("issuer", "there is a provider with this issuer already: edit that one"));
    }
    tx.insert_sign_in_provider(&proof, &row).await?;
    tx.commit(ctx.event(Stream::System, "sign-in-provider.created").target(&id, row.name.as_str()).after(told(&row))).await?;
    Ok(id)
}

/// Changes a provider that is still of that version. Its issuer stays.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`], [`ServiceError::Conflict`].
pub async fn edit_provider(ctx: &Ctx, id: ProviderId, version: i64, draft: &Draft) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageProviders, _>(&Portal).await?;
    let before = ctx.app.store.read().await?.sign_in_provider(id).await?.ok_or(ServiceError::NotFound("provider"))?;
    let faults = faults(draft, !before.secret.is_empty());
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let mut tx = ctx.app.store.write().await?;
    let before = tx.sign_in_provider(id).await?.ok_or(ServiceError::NotFound("provider"))?;
    let after = applied(ctx, ProviderRow { version, ..before.clone() }, draft)?;
    tx.update_sign_in_provider(&proof, &after).await?;
    let event = ctx.event(Stream::System, "sign-in-provider.edited").target(&id, after.name.as_str());
    let mut said = told(&after);
    said["new_secret"] = json!(draft.secret.is_some());
    tx.commit(event.before(told(&before)).after(said)).await?;
    Ok(())
}

/// Asks a provider now what it is, keeps that, and says it.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] with why it cannot be used.
pub async fn test_provider(ctx: &Ctx, id: ProviderId) -> Result<Vec<(&'static str, String)>, ServiceError> {
    ctx.authorize::<actions::ManageProviders, _>(&Portal).await?;
    let row = ctx.app.store.read().await?.sign_in_provider(id).await?.ok_or(ServiceError::NotFound("provider"))?;
    match look(ctx, &row).await? {
        Ok(provider) => {
            let event = ctx.event(Stream::System, "sign-in-provider.tested").target(&id, row.name.as_str());
            ctx.app.store.write().await?.commit(event).await?;
            Ok(provider.findings())
        }
        Err(OidcFault::Down(words)) => Err(ServiceError::Refused(format!("it does not answer: {words}"))),
        Err(fault) => Err(ServiceError::Refused(fault.to_string())),
    }
}

/// Lets people sign in by it, or nobody any more; then the sessions that it opened are over at once.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] when it is so already.
pub async fn set_provider_state(ctx: &Ctx, id: ProviderId, state: ProviderState) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageProviders, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    let row = tx.lock_sign_in_provider(id).await?.ok_or(ServiceError::NotFound("provider"))?;
    if !tx.set_sign_in_provider_state(&proof, id, state).await? {
        return Err(ServiceError::Refused(format!("it is {} already", state.label())));
    }
    let (action, ended) = match state {
        ProviderState::Enabled => ("sign-in-provider.enabled", Vec::new()),
        ProviderState::Disabled => ("sign-in-provider.disabled", tx.end_provider_sessions(&proof, id, Over::All, ctx.now).await?),
    };
    let event = ctx.event(Stream::System, action).target(&id, row.name.as_str()).after(json!({ "sessions": ended.len() }));
    let mut events = Events::one(event);
    events.extend(ended_events(ctx, &ended, "the provider was disabled"));
    tx.commit(events).await?;
    Ok(())
}

/// Takes a provider away: its links go, and the sessions that it opened are over at once.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn remove_provider(ctx: &Ctx, id: ProviderId) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageProviders, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    let row = tx.lock_sign_in_provider(id).await?.ok_or(ServiceError::NotFound("provider"))?;
    let links = tx.sign_in_providers().await?.into_iter().find(|view| view.provider.id == id).map_or(0, |view| view.links);
    let ended = tx.end_provider_sessions(&proof, id, Over::All, ctx.now).await?;
    tx.delete_sign_in_provider(&proof, id).await?;
    let event = ctx.event(Stream::System, "sign-in-provider.removed").target(&id, row.name.as_str());
    let mut events = Events::one(event.before(told(&row)).after(json!({ "sessions": ended.len(), "links": links })));
    events.extend(ended_events(ctx, &ended, "the provider was removed"));
    tx.commit(events).await?;
    Ok(())
}

fn told(row: &ProviderRow) -> Value {
    json!({
        "name": row.name, "issuer": row.issuer, "client_id": row.client_id, "client_auth": row.client_auth, "scopes": row.scopes,
        "link_by": row.link_by, "link_claim": row.link_claim, "link_domains": row.link_domains, "sign_out_there": row.sign_out_there,
        "has_secret": !row.secret.is_empty(),
    })
}

fn applied(ctx: &Ctx, row: ProviderRow, draft: &Draft) -> Result<ProviderRow, ServiceError> {
    let vault = |error: tenure_vault::SealError| ServiceError::Vault(error.to_string());
    let secret = match (&draft.secret, draft.client_auth) {
        (_, ClientAuth::None) => Vec::new(),
        (Some(secret), _) => ctx.app.keys.target_secrets().seal(secret.expose().as_bytes(), &sealed_about(row.id)).map_err(vault)?,
        (None, _) => row.secret.clone(),
    };
    let claim = matches!(draft.link_by, LinkBy::EmployeeId | LinkBy::UserName).then(|| draft.link_claim.trim().to_owned());
    let domains = if draft.link_by == LinkBy::Email { domains(&draft.link_domains).join(" ") } else { String::new() };
    Ok(ProviderRow {
        name: draft.name.trim().to_owned(),
        client_id: draft.client_id.trim().to_owned(),
        client_auth: draft.client_auth,
        secret,
        scopes: draft.scopes.split_whitespace().filter(|scope| *scope != "openid").collect::<Vec<_>>().join(" "),
        link_by: draft.link_by,
        link_claim: claim.unwrap_or_default(),
        link_domains: domains,
        sign_out_there: draft.sign_out_there,
        ..row
    })
}

fn domains(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect()
}

fn faults(draft: &Draft, has_secret: bool) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut wrong = |field: &'static str, so: bool, words: &str| {
        if so {
            faults.push(FieldError::new(field, words));
        }
    };
    let name = draft.name.trim();
    wrong(
        "name",
        !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control),
        "say what people call it, in 1 to 60 characters: it stands on the button",
    );
    let client = draft.client_id.trim();
    let visible = |text: &str| text.chars().all(|c| !c.is_control() && !c.is_whitespace());
    wrong(
        "client_id",
        !(1..=255).contains(&client.len()) || !visible(client),
        "say the client ID as the provider gave it: 1 to 255 characters without blanks",
    );
    let unfit =
        |secret: &Secret| secret.expose().len() > 1_000 || secret.expose().is_empty() || secret.expose().chars().any(char::is_control);
    match draft.client_auth {
        ClientAuth::None => {}
        _ if draft.secret.as_ref().is_some_and(unfit) => wrong("secret", true, "a client secret has 1 to 1,000 visible characters"),
        _ => wrong("secret", draft.secret.is_none() && !has_secret, "give the client secret, or choose that there is none"),
    }
    let scope = |word: &str| word.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    wrong(
        "scopes",
        draft.scopes.len() > 500 || !draft.scopes.split_whitespace().all(scope),
        "scopes are words such as profile and email, separated by blanks",
    );
    let claim = draft.link_claim.trim();
    if matches!(draft.link_by, LinkBy::EmployeeId | LinkBy::UserName) {
        wrong(
            "link_claim",
            !(1..=100).contains(&claim.len()) || !claim.chars().all(|c| c.is_ascii_graphic()),
            "say which claim holds it, such as employee_id",
        );
        wrong("link_claim", claim == "email", "an address alone proves nothing: choose the verified mail address, with its domains");
    }
    if draft.link_by == LinkBy::Email {
        let named = domains(&draft.link_domains);
        wrong(
            "link_domains",
            named.is_empty() || named.len() > 50 || !named.iter().all(|domain| is_domain(domain)),
            "name the domains that are believed, such as example.com: 1 to 50, separated by blanks",
        );
    }
    faults
}
