//! What a receiver reads: a webhook's body, or a security event token (RFC 8417). Both are made of the same facts each
//! time, so that a retry says what the first attempt said.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;
use tenure_domain::signal::{Facts, SignalKind, SubjectForm};
use tenure_store::Tx;
use tenure_store::signals::{ReceiverRow, SignalRow};
use tenure_vault::{Keys, sign_jws};

use crate::ServiceError;

/// What a security event token says that it is (RFC 8417, 2.3).
pub const SET_TYPE: &str = "secevent+jwt";

/// The public keys by which tokens are checked, as a JWK set (RFC 7517).
pub fn jwks(keys: &Keys) -> Value {
    json!({ "keys": [tenure_vault::jwk(&keys.signals().public_key())] })
}

/// Whom signals are about, as far as their receiver names them by more than a key.
pub(super) struct Subjects(HashMap<IdentityId, Identity>);

impl Subjects {
    /// Reads those of signals to a receiver.
    pub(super) async fn read(tx: &mut Tx, receiver: &ReceiverRow, signals: &[SignalRow]) -> Result<Self, ServiceError> {
        if receiver.subject_form == SubjectForm::IssSub {
            return Ok(Self(HashMap::new()));
        }
        let mut ids: Vec<IdentityId> = signals.iter().filter_map(|s| read_facts(s)?.identity_id).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(Self(tx.identities(&ids).await?.into_iter().map(|i| (i.id, i)).collect()))
    }

    /// How a subject is named (RFC 9493).
    fn named(&self, form: SubjectForm, issuer: &str, id: IdentityId) -> Value {
        match (form, self.0.get(&id)) {
            (SubjectForm::Email, Some(i)) if !i.email.is_empty() => json!({ "format": "email", "email": i.email }),
            (SubjectForm::Opaque, Some(i)) => json!({ "format": "opaque", "id": i.user_name }),
            _ => json!({ "format": "iss_sub", "iss": issuer, "sub": id }),
        }
    }
}

/// What a row tells; None where it cannot be read.
pub(super) fn read_facts(signal: &SignalRow) -> Option<Facts> {
    serde_json::from_str(&signal.facts).ok()
}

/// The body of a webhook: what happened, and keys and addresses to look at.
pub(super) fn webhook(origin: &str, signal: &SignalRow) -> Option<String> {
    let facts = read_facts(signal)?;
    let mut data = Map::new();
    let mut tell = |name: &str, value: Value| drop(data.insert(name.to_owned(), value));
    if let Some(id) = facts.identity_id {
        tell("identity_id", json!(id));
        tell("identity", json!(format!("{origin}/api/v1/identities/{id}")));
    }
    if let Some(id) = facts.credential_id {
        tell("credential_id", json!(id));
        tell("credential", json!(format!("{origin}/api/v1/credentials/{id}")));
    }
    for (name, value) in [("credential_type", &facts.credential_type), ("state", &facts.state), ("echo", &facts.echo)] {
        if let Some(value) = value {
            tell(name, json!(value));
        }
    }
    if let Some(id) = facts.event_id {
        tell("event_id", json!(id));
        tell("request_id", json!(facts.txn));
    }
    Some(json!({ "type": signal.kind, "timestamp": facts.at, "data": data }).to_string())
}

/// The claims of a security event token.
pub(super) fn claims(issuer: &str, receiver: &ReceiverRow, subjects: &Subjects, signal: &SignalRow) -> Option<Value> {
    let facts = read_facts(signal)?;
    let uri = signal.kind.event_uri()?;
    let seconds = facts.at.timestamp();
    let mut event = Map::new();
    let mut tell = |name: &str, value: Value| drop(event.insert(name.to_owned(), value));
    match signal.kind {
        SignalKind::Test => {
            if let Some(state) = &facts.echo {
                tell("state", json!(state));
            }
        }
        SignalKind::SessionRevoked | SignalKind::CredentialChange => {
            tell("event_timestamp", json!(seconds));
            tell("initiating_entity", json!(facts.initiator));
            if signal.kind == SignalKind::CredentialChange {
                tell("credential_type", json!(facts.credential_type));
                tell("change_type", json!(facts.change_type));
            }
        }
        // RISC has two reasons for a disabled account, `hijacking` and `bulk-account`: neither is what happened.
        _ => {}
    }
    let subject = match facts.identity_id {
        // A test is about the stream itself (SSF 1.0, 8.1.4.1).
        _ if signal.kind == SignalKind::Test => json!({ "format": "opaque", "id": receiver.id }),
        Some(id) => subjects.named(receiver.subject_form, issuer, id),
        None => json!({ "format": "opaque", "id": facts.credential_id }),
    };
    let subject = match facts.credential_id {
        Some(session) if facts.one_session => {
            json!({ "format": "complex", "user": subject, "session": { "format": "opaque", "id": session } })
        }
        _ => subject,
    };
    let mut claims = json!({
        "iss": issuer,
        "aud": receiver.audience,
        "iat": seconds,
        "jti": signal.id,
        "sub_id": subject,
        "events": { uri: event },
    });
    if !facts.txn.is_empty() {
        claims["txn"] = json!(facts.txn);
    }
    Some(claims)
}

/// A signed security event token.
pub(super) fn set(keys: &Keys, issuer: &str, receiver: &ReceiverRow, subjects: &Subjects, signal: &SignalRow) -> Option<String> {
    claims(issuer, receiver, subjects, signal).map(|claims| sign_jws(keys.signals(), SET_TYPE, &claims))
}
