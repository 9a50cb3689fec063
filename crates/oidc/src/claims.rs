//! What an ID token must hold (OpenID Connect Core 1.0, 3.1.3.7) before it signs anybody in.

use std::str::FromStr as _;

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier};
use openidconnect::{ClaimsVerificationError, ClientId, IssuerUrl, Nonce};
use serde_json::Value;
use tenure_vault::{JwsError, KeySet, VerifiedJws};

use crate::discover::ALGORITHMS;
use crate::time::{SKEW_SECONDS, check_times, seconds};
use crate::{OidcFault, Provider};

/// An ID token is redeemed at once: one that is older was kept by somebody.
const OLDEST_SECONDS: i64 = 600;
/// The longest subject (OpenID Connect Core 1.0, 2).
const LONGEST_SUBJECT: usize = 255;

/// Moments that are kept, in seconds of 1970 to 2099: others are no moments of somebody who proved themselves.
const KEPT: std::ops::Range<i64> = 0..4_102_444_800;

/// What a provider says of somebody, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    /// Who it is there, for ever.
    pub subject: String,
    /// Its session there, for logout.
    pub sid: Option<String>,
    /// How well it proved itself, in the provider's words.
    pub acr: Option<String>,
    /// By what it proved itself, in the provider's words.
    pub amr: Vec<String>,
    /// When.
    pub auth_time: Option<DateTime<Utc>>,
    /// All that was said.
    pub all: Value,
}

/// Looks that an answer is of the provider that was asked (RFC 9207): a code of another one would be sent to this one.
///
/// # Errors
/// [`OidcFault::Untrusted`].
pub fn check_answer_issuer(provider: &Provider, said: Option<&str>) -> Result<(), OidcFault> {
    match said {
        Some(issuer) if issuer == provider.issuer() => Ok(()),
        Some(_) => Err(OidcFault::untrusted("the answer says that it is of another provider (iss, RFC 9207): providers were mixed up")),
        None if provider.names_itself() => {
            Err(OidcFault::untrusted("the answer does not say of whom it is (iss, RFC 9207), which this provider always does"))
        }
        None => Ok(()),
    }
}

/// The signature by the keys that are known. The key says how it signs, and not the token.
pub(crate) fn verified(what: &str, keys: &str, token: &str) -> Result<VerifiedJws, OidcFault> {
    let keys = KeySet::read(keys).map_err(|error| OidcFault::Key(format!("the keys that are known cannot be used: {error}")))?;
    keys.verify(token).map_err(|error| {
        let words = format!("{what}: {error}");
        match error {
            JwsError::UnknownKey | JwsError::Signature => OidcFault::Key(words),
            JwsError::Algorithm => OidcFault::Untrusted(format!("{words} (it says {})", algorithm(token))),
            _ => OidcFault::Untrusted(words),
        }
    })
}

/// What a token says of how it is signed, for the words of a refusal.
fn algorithm(token: &str) -> String {
    let header = CoreIdToken::from_str(token).ok().and_then(|token| token.signing_alg().ok().cloned());
    match header {
        Some(alg) => serde_json::to_value(alg).ok().and_then(|alg| alg.as_str().map(str::to_owned)).unwrap_or_default(),
        None => "none, or an unknown one".to_owned(),
    }
}

impl Claims {
    /// Checks an ID token: its signature, of whom, for whom, when, and that it answers this very sign-in.
    ///
    /// # Errors
    /// [`OidcFault::Key`] when other keys may fit, [`OidcFault::Untrusted`] with what is wrong.
    pub fn read(provider: &Provider, keys: &str, client_id: &str, token: &str, nonce: &str, now: DateTime<Utc>) -> Result<Self, OidcFault> {
        const WHAT: &str = "the ID token";
        let all = verified(WHAT, keys, token)?.claims;
        let read = CoreIdToken::from_str(token)
            .map_err(|_| OidcFault::untrusted("the ID token cannot be read: a claim is missing or of another form"))?;
        // Said before the library looks at the same, since it does not say how far clocks differ.
        check_times(WHAT, &all, OLDEST_SECONDS, now)?;
        let issuer: IssuerUrl = provider.0.issuer().clone();
        let verifier = CoreIdTokenVerifier::new_public_client(ClientId::new(client_id.to_owned()), issuer, Provider::key_set(keys))
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || now - TimeDelta::seconds(SKEW_SECONDS));
        read.claims(&verifier, &Nonce::new(nonce.to_owned())).map_err(|error| explained(&error))?;
        let text = |name: &str| all.get(name).and_then(Value::as_str);
        // The library reads it and does not compare it.
        if all.get("azp").is_some_and(|azp| azp.as_str() != Some(client_id)) {
            return Err(OidcFault::untrusted("the ID token was made for another client (azp)"));
        }
        let subject = text("sub").filter(|sub| (1..=LONGEST_SUBJECT).contains(&sub.len()) && !sub.chars().any(char::is_control));
        let subject = subject.ok_or_else(|| OidcFault::untrusted("the ID token names no subject of 1 to 255 visible characters (sub)"))?;
        let word = |name: &str| text(name).filter(|word| word.len() <= 255 && !word.chars().any(char::is_control)).map(str::to_owned);
        let amr = all.get("amr").and_then(Value::as_array).map(|all| all.iter().filter_map(Value::as_str).take(20));
        Ok(Self {
            subject: subject.to_owned(),
            sid: word("sid").filter(|sid| !sid.is_empty()),
            acr: word("acr"),
            amr: amr
                .into_iter()
                .flatten()
                .filter(|word| word.len() <= 40 && word.chars().all(|c| c.is_ascii_graphic()))
                .map(str::to_owned)
                .collect(),
            auth_time: seconds(&all, "auth_time").filter(|at| KEPT.contains(at)).and_then(|at| DateTime::from_timestamp(at, 0)),
            all,
        })
    }
}

fn explained(error: &ClaimsVerificationError) -> OidcFault {
    OidcFault::Untrusted(match error {
        ClaimsVerificationError::InvalidIssuer(_) => "the ID token is of another issuer (iss)".to_owned(),
        ClaimsVerificationError::InvalidAudience(_) => "the ID token is not for this client, or for others too (aud)".to_owned(),
        ClaimsVerificationError::InvalidNonce(words) if words.contains("missing") => {
            "the ID token does not say which sign-in it answers (nonce)".to_owned()
        }
        ClaimsVerificationError::InvalidNonce(_) => "the ID token answers another sign-in (nonce)".to_owned(),
        ClaimsVerificationError::Expired(_) => "the ID token is over (exp)".to_owned(),
        ClaimsVerificationError::SignatureVerification(_) => "the signature of the ID token does not hold".to_owned(),
        ClaimsVerificationError::Unsupported(_) => {
            "the ID token is of a form that is not taken: encrypted, nested, or of another type".to_owned()
        }
        _ => "the ID token does not hold".to_owned(),
    })
}
