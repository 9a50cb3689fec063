//! What a provider says of itself (OpenID Connect Discovery 1.0, RFC 8414), and its keys.

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey, CoreJsonWebKeySet,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, DiscoveryError, IssuerUrl, ProviderMetadata};
use serde::{Deserialize, Serialize};
use tenure_connectors::Fault;
use tenure_connectors::outward::{check_url, fetch};
use tenure_vault::KeySet;

use crate::OidcFault;
use crate::client::Wire;

/// What the library does not know of.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct More {
    /// RFC 7636; many providers do not say it and can do it all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code_challenge_methods_supported: Option<Vec<String>>,
    /// RFC 9207.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    /// RP-Initiated Logout 1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_session_endpoint: Option<String>,
    /// Back-Channel Logout 1.0.
    #[serde(default)]
    backchannel_logout_supported: bool,
    /// Front-Channel Logout 1.0.
    #[serde(default)]
    frontchannel_logout_supported: bool,
}

impl AdditionalProviderMetadata for More {}

pub(crate) type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// A provider as it says that it is, looked through.
#[derive(Debug, Clone)]
pub struct Provider(pub(crate) Metadata);

/// The algorithms that are taken, by the library's names.
pub(crate) const ALGORITHMS: [CoreJwsSigningAlgorithm; 3] =
    [CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, CoreJwsSigningAlgorithm::EcdsaP256Sha256, CoreJwsSigningAlgorithm::EdDsa];

impl Provider {
    /// Asks a provider what it is, and for its keys. Yields them as JSON, to be kept.
    ///
    /// # Errors
    /// [`OidcFault`]: nobody answers, it says that it is another one, or it can only do what is not safe.
    pub async fn discover(issuer: &str) -> Result<(Self, String), OidcFault> {
        let url = IssuerUrl::new(issuer.to_owned()).map_err(|_| OidcFault::untrusted("the issuer is no address"))?;
        check_url(issuer).map_err(OidcFault::Untrusted)?;
        let metadata = Metadata::discover_async(url, &Wire::default()).await.map_err(|error| explained(&error))?;
        let provider = Self(metadata).checked()?;
        // As text, by the reader that also checks with them: the library keeps less of them.
        let keys = fetch_keys(&provider).await?;
        Ok((provider, keys))
    }

    /// What was kept of an earlier look.
    ///
    /// # Errors
    /// [`OidcFault::Untrusted`] when it cannot be read any more.
    pub fn read(json: &str) -> Result<Self, OidcFault> {
        let unread = |_| OidcFault::untrusted("what was kept of the provider cannot be read; test it again");
        serde_json::from_str::<Metadata>(json).map_err(unread).map(Self)?.checked()
    }

    /// As JSON, to be kept.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    fn checked(self) -> Result<Self, OidcFault> {
        let m = &self.0;
        let more = m.additional_metadata();
        let token = m.token_endpoint().ok_or_else(|| OidcFault::untrusted("it names no token_endpoint: the code flow is not offered"))?;
        let places = [
            ("authorization_endpoint", Some(m.authorization_endpoint().url().as_str())),
            ("token_endpoint", Some(token.url().as_str())),
            ("jwks_uri", Some(m.jwks_uri().url().as_str())),
            ("userinfo_endpoint", m.userinfo_endpoint().map(|url| url.url().as_str())),
            ("end_session_endpoint", more.end_session_endpoint.as_deref()),
        ];
        for (name, url) in places.into_iter().filter_map(|(name, url)| Some((name, url?))) {
            check_url(url).map_err(|words| OidcFault::Untrusted(format!("its {name} cannot be used: {words}")))?;
        }
        let code = |types: &openidconnect::ResponseTypes<CoreResponseType>| types.len() == 1 && types[0] == CoreResponseType::Code;
        if !m.response_types_supported().iter().any(code) {
            return Err(OidcFault::untrusted("it does not offer the authorization code flow (response_types_supported has no `code`)"));
        }
        if more.code_challenge_methods_supported.as_ref().is_some_and(|all| !all.iter().any(|method| method == "S256")) {
            return Err(OidcFault::untrusted("it offers PKCE, but not S256 (code_challenge_methods_supported): plain is not safe"));
        }
        if !m.id_token_signing_alg_values_supported().iter().any(|alg| ALGORITHMS.contains(alg)) {
            return Err(OidcFault::untrusted(
                "it signs ID tokens by none of RS256, ES256 and EdDSA (id_token_signing_alg_values_supported): others are not taken",
            ));
        }
        Ok(self)
    }

    /// Who it says that it is.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.0.issuer().as_str()
    }

    /// Where browsers are sent.
    #[must_use]
    pub fn authorization_endpoint(&self) -> String {
        self.0.authorization_endpoint().url().to_string()
    }

    /// Where its keys are.
    #[must_use]
    pub fn jwks_uri(&self) -> String {
        self.0.jwks_uri().url().to_string()
    }

    /// Whether its answers say who answers (RFC 9207).
    #[must_use]
    pub fn names_itself(&self) -> bool {
        self.0.additional_metadata().authorization_response_iss_parameter_supported
    }

    /// Where somebody can sign out there, if it says so.
    #[must_use]
    pub fn end_session_endpoint(&self) -> Option<&str> {
        self.0.additional_metadata().end_session_endpoint.as_deref()
    }

    /// What an administrator sees of it: a name and what was found.
    #[must_use]
    pub fn findings(&self) -> Vec<(&'static str, String)> {
        let more = self.0.additional_metadata();
        let yes = |so: bool| if so { "yes" } else { "not offered" }.to_owned();
        let pkce = match &more.code_challenge_methods_supported {
            Some(_) => "S256".to_owned(),
            None => "not said; S256 is sent with each sign-in".to_owned(),
        };
        let algorithms: Vec<String> = self
            .0
            .id_token_signing_alg_values_supported()
            .iter()
            .filter(|alg| ALGORITHMS.contains(alg))
            .filter_map(|alg| serde_json::to_value(alg).ok()?.as_str().map(str::to_owned))
            .collect();
        vec![
            ("Issuer", self.issuer().to_owned()),
            ("Where people are sent", self.authorization_endpoint()),
            ("Signatures that are taken", algorithms.join(", ")),
            ("PKCE", pkce),
            ("It names itself in its answers (RFC 9207)", yes(self.names_itself())),
            ("Signing out there too", yes(more.end_session_endpoint.is_some())),
            ("Back-channel logout", yes(more.backchannel_logout_supported)),
            ("Front-channel logout", yes(more.frontchannel_logout_supported)),
        ]
    }

    pub(crate) fn key_set(keys: &str) -> CoreJsonWebKeySet {
        serde_json::from_str(keys).unwrap_or_else(|_| CoreJsonWebKeySet::new(Vec::new()))
    }
}

/// Fetches the keys of a provider, and looks that some of them can be used.
///
/// # Errors
/// [`OidcFault`].
pub async fn fetch_keys(provider: &Provider) -> Result<String, OidcFault> {
    let text =
        fetch(&provider.jwks_uri()).await.map_err(|fault| OidcFault::Down(format!("its keys cannot be fetched: {}", fault.words)))?;
    KeySet::read(&text).map_err(|error| OidcFault::Untrusted(format!("its keys cannot be used: {error}")))?;
    Ok(text)
}

fn explained(error: &DiscoveryError<Fault>) -> OidcFault {
    match error {
        DiscoveryError::Request(fault) => OidcFault::from(fault),
        DiscoveryError::Response(status, _, _) => {
            OidcFault::Down(format!("it answered {} and not what it is (/.well-known/openid-configuration)", status.as_u16()))
        }
        DiscoveryError::Validation(_) => {
            OidcFault::untrusted("it says that it is another issuer: write the issuer exactly as its own configuration has it")
        }
        DiscoveryError::Parse(_) => OidcFault::untrusted("what it says of itself is no configuration of an OpenID provider"),
        _ => OidcFault::untrusted("what it says of itself cannot be used"),
    }
}
