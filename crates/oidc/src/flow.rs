//! The authorization code flow with PKCE (OpenID Connect Core 1.0, RFC 6749, RFC 7636).

use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, StandardErrorResponse,
    SubjectIdentifier, http,
};
use serde_json::Value;
use tenure_connectors::Fault;

use crate::client::Wire;
use crate::fault::word;
use crate::{ClientSettings, OidcFault, Provider, SecretBy};

/// What one sign-in goes out with. Not shown by `Debug`.
pub struct Authorization<'a> {
    /// What comes back with the answer.
    pub state: &'a str,
    /// What comes back in the ID token.
    pub nonce: &'a str,
    /// What the code is redeemed with.
    pub verifier: &'a str,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// Whether the provider must look anew who it is, whatever it remembers.
    pub anew: bool,
}

/// What a code was redeemed for. Not shown by `Debug`.
pub struct Tokens {
    /// The ID token, as it came.
    pub id_token: String,
    /// What userinfo is asked with.
    pub access_token: String,
}

type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet, EndpointNotSet>;

fn client(provider: &Provider, settings: &ClientSettings) -> Result<Client, OidcFault> {
    let m = &provider.0;
    let token = m.token_endpoint().cloned().ok_or_else(|| OidcFault::untrusted("it names no token_endpoint"))?;
    let redirect = RedirectUrl::new(settings.redirect_uri.clone()).map_err(|_| OidcFault::untrusted("the own address is none"))?;
    let (secret, by) = match &settings.secret {
        SecretBy::Basic(secret) => (Some(secret), AuthType::BasicAuth),
        SecretBy::Post(secret) => (Some(secret), AuthType::RequestBody),
        SecretBy::Nothing => (None, AuthType::RequestBody),
    };
    let mut client =
        CoreClient::new(ClientId::new(settings.client_id.clone()), m.issuer().clone(), openidconnect::JsonWebKeySet::new(Vec::new()));
    if let Some(secret) = secret {
        client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
    }
    Ok(client
        .set_auth_type(by)
        .set_auth_uri(AuthUrl::from_url(m.authorization_endpoint().url().clone()))
        .set_token_uri(token)
        .set_redirect_uri(redirect))
}

/// Where a browser is sent to sign in.
///
/// # Errors
/// [`OidcFault::Untrusted`] when the provider cannot be used.
pub fn authorization_url(provider: &Provider, settings: &ClientSettings, with: &Authorization<'_>) -> Result<String, OidcFault> {
    let verifier = PkceCodeVerifier::new(with.verifier.to_owned());
    let (state, nonce) = (CsrfToken::new(with.state.to_owned()), Nonce::new(with.nonce.to_owned()));
    let client = client(provider, settings)?;
    let mut request = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
        .add_scopes(with.scopes.iter().filter(|scope| *scope != "openid").map(|scope| Scope::new(scope.clone())))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    if with.anew {
        // Both: some know only one of them. `auth_time` then says when (Core 1.0, 3.1.2.1).
        request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(std::time::Duration::ZERO);
    }
    let (url, _, _) = request.url();
    Ok(url.into())
}

/// Redeems a code.
///
/// # Errors
/// [`OidcFault`]: the provider does not answer, does not take the code, or gives no ID token.
pub async fn redeem(provider: &Provider, settings: &ClientSettings, code: &str, verifier: &str) -> Result<Tokens, OidcFault> {
    let client = client(provider, settings)?;
    let request =
        client.exchange_code(AuthorizationCode::new(code.to_owned())).set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()));
    // As text first: an ID token that cannot be read at all is refused with its reason, and not as no answer.
    let wire = Wire::without("id_token");
    let answer: CoreTokenResponse = request.request_async(&wire).await.map_err(|error| explained(&error))?;
    let id_token = wire.kept();
    let id_token = id_token.as_str().ok_or_else(|| OidcFault::untrusted("it gave no ID token for the code"))?;
    Ok(Tokens { id_token: id_token.to_owned(), access_token: answer.access_token().secret().clone() })
}

/// Asks for what the ID token does not say, of that very subject.
///
/// # Errors
/// [`OidcFault`].
pub async fn user_info(
    provider: &Provider,
    settings: &ClientSettings,
    access_token: &str,
    subject: &str,
) -> Result<Option<Value>, OidcFault> {
    let Some(at) = provider.0.userinfo_endpoint().cloned() else { return Ok(None) };
    // Looked through by the library (subject, form); the claims are read from the text, which has all of them.
    let wire = Wire::default();
    let client = client(provider, settings)?.set_user_info_url(at);
    let request = client.user_info(AccessToken::new(access_token.to_owned()), Some(SubjectIdentifier::new(subject.to_owned())));
    let checked: Result<CoreUserInfoClaims, _> = request.request_async(&wire).await;
    checked.map_err(|error| match error {
        openidconnect::UserInfoError::Request(fault) => OidcFault::from(&fault),
        openidconnect::UserInfoError::Response(status, _, _) => {
            OidcFault::Refused(format!("its userinfo_endpoint answered {}", http::StatusCode::as_u16(&status)))
        }
        openidconnect::UserInfoError::ClaimsVerification(_) => OidcFault::untrusted("its userinfo is of another subject"),
        _ => OidcFault::untrusted("its userinfo cannot be read (signed and encrypted userinfo is not taken)"),
    })?;
    Ok(Some(wire.kept()))
}

fn explained(error: &RequestTokenError<Fault, StandardErrorResponse<CoreErrorResponseType>>) -> OidcFault {
    match error {
        RequestTokenError::Request(fault) => OidcFault::from(fault),
        RequestTokenError::ServerResponse(said) => OidcFault::Refused(format!("it did not take the code: {}", word(said.error().as_ref()))),
        RequestTokenError::Parse(_, _) => OidcFault::Down("its answer to the code cannot be read".to_owned()),
        RequestTokenError::Other(_) => OidcFault::Down("it did not answer to the code as OAuth says".to_owned()),
    }
}
