//! From the audit log to signals.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SignalKind as K;
use crate::audit::{EventBody, Outcome};
use crate::credential::CredentialKind;
use crate::id::{CredentialId, EventId, Id as _, IdentityId};

/// What is kept of a signal until it has arrived: keys and closed words, and nothing of a person beside the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Whom it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub identity_id: Option<IdentityId>,
    /// The credential that it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub credential_id: Option<CredentialId>,
    /// What the credential is, in CAEP's words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub credential_type: Option<String>,
    /// What became of the credential, in CAEP's words: `create`, `update`, `revoke`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub change_type: Option<String>,
    /// Whether one session alone is over, and not all of them.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub one_session: bool,
    /// Where the identity stands now, if that changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state: Option<String>,
    /// What a receiver asked to see again, or who tried it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub echo: Option<String>,
    /// Who caused it, in CAEP's words: `admin`, `user`, `policy`, `system`.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub initiator: String,
    /// The event of the audit log.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub event_id: Option<EventId>,
    /// What belongs together.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub txn: String,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// A signal that an event gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Which.
    pub kind: K,
    /// What is told.
    pub facts: Facts,
}

/// Actions of the streams of identities and credentials that are no signal: each with a reason in
/// docs/signals.md. A test of the services holds that every action is here or is one.
pub const SILENT: &[&str] = &[
    "identities.exported",
    "identity.taken-over",
    "identity.handed-over",
    "ssh-keys.asked",
    "ssh-keys.refused",
    "ssh-host.added",
    "ssh-host.rotated",
    "ssh-host.revoked",
    "credentials.exported",
    "credentials.imported",
    "credential.recorded",
    "credential.changed",
    "credential.owner-changed",
    "target.credentials-seen",
    "factor.named",
    "factor-reset.asked",
    "factor-reset.withdrawn",
    "recovery-codes.made",
];

/// The signals of an event, in the order in which they are told. Those of CAEP and RISC are given where they are true:
/// an end and a suspension end every session, the revocation of one session ends that one.
pub fn signals_of(event: &EventBody) -> Vec<Signal> {
    if event.outcome != Outcome::Done {
        return Vec::new();
    }
    let facts = facts(event);
    let kinds: &[K] = match event.action.as_str() {
        "identity.created" | "identity.joined" => &[K::Joined],
        "identity.activate" => &[K::Started, K::AccountEnabled],
        "identity.edited" | "identity.changed" | "identity.moved" => &[K::Changed],
        "identity.start-leave" | "identity.end-leave" => &[K::Leave],
        "identity.suspend" => &[K::Suspended, K::SessionRevoked, K::AccountDisabled],
        "identity.resume" => &[K::Resumed, K::AccountEnabled],
        "identity.ended" => &[K::Ended, K::SessionRevoked, K::AccountDisabled],
        // Back on a future day, nothing may be used yet: the start says it then.
        "identity.rehired" if facts.state.as_deref() == Some("pre-hire") => &[K::Rehired],
        "identity.rehired" => &[K::Rehired, K::AccountEnabled],
        "identity.archive" => &[K::Archived],
        "token.issued" | "ssh-key.registered" | "password.set" | "password.changed" | "factor.enrolled" => {
            &[K::CredentialIssued, K::CredentialChange]
        }
        "factor.removed" | "factor.copied" => &[K::CredentialEnded, K::CredentialChange],
        // Everything that they could sign in with is gone.
        "factor-reset.confirmed" => &[K::SessionsEnded, K::SessionRevoked],
        "credential.revoked" if facts.one_session => &[K::SessionsEnded, K::SessionRevoked],
        "credential.revoked" => &[K::CredentialEnded, K::CredentialChange],
        "credential.expired" => &[K::CredentialEnded],
        "sessions.ended" => &[K::SessionsEnded],
        // Of a signal that ended something here: one that found nothing to end is not told on.
        "signal.sessions-ended" => &[K::SessionsEnded, K::SessionRevoked],
        _ => &[],
    };
    kinds.iter().map(|kind| Signal { kind: *kind, facts: facts.clone() }).collect()
}

fn facts(event: &EventBody) -> Facts {
    let (credential_type, change_type) = credential(event);
    let kind = event.after.get("kind").and_then(Value::as_str);
    Facts {
        identity_id: event.identity_id,
        credential_id: (event.target_kind == CredentialId::KIND).then(|| event.target_id.parse().ok()).flatten(),
        credential_type: credential_type.map(str::to_owned),
        change_type: change_type.map(str::to_owned),
        one_session: event.action == "credential.revoked" && kind == Some(CredentialKind::Session.as_str()),
        state: event.after.get("state").and_then(Value::as_str).map(str::to_owned),
        echo: None,
        initiator: initiator(event).to_owned(),
        event_id: Some(event.id),
        txn: event.request_id.clone(),
        at: event.at,
    }
}

/// What a credential is and what became of it. CAEP has words of its own for some; others are those of Tenure, which it
/// allows among those who know them.
fn credential(event: &EventBody) -> (Option<&str>, Option<&'static str>) {
    match event.action.as_str() {
        "token.issued" => (Some("token"), Some("create")),
        "ssh-key.registered" => (Some("ssh-key"), Some("create")),
        "password.set" | "password.changed" => (Some("password"), Some("update")),
        // CAEP has words for passkeys; an app is one of its `app`s.
        "factor.enrolled" | "factor.removed" | "factor.copied" => {
            let kind = if event.after.get("factor").and_then(Value::as_str) == Some("passkey") { "fido2-roaming" } else { "app" };
            (Some(kind), Some(if event.action == "factor.enrolled" { "create" } else { "revoke" }))
        }
        "credential.revoked" | "credential.expired" => {
            let kind = event.after.get("kind").and_then(Value::as_str);
            (kind.map(|kind| if kind == CredentialKind::Certificate.as_str() { "x509" } else { kind }), Some("revoke"))
        }
        _ => (None, None),
    }
}

fn initiator(event: &EventBody) -> &'static str {
    match event.actor.kind.as_str() {
        "system" => "policy",
        _ if event.actor.identity_id.is_some() && event.actor.identity_id == event.identity_id => "user",
        "anonymous" => "user",
        _ => "admin",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::access::{Channel, Principal};
    use crate::audit::{Actor, Stream};

    fn event(action: &str, after: Value) -> EventBody {
        EventBody {
            id: EventId::from_uuid(uuid::Uuid::nil()),
            at: DateTime::UNIX_EPOCH,
            stream: Stream::Identity,
            action: action.to_owned(),
            actor: Actor::from(&Principal::local_operator("test")),
            channel: Channel::Cli,
            request_id: "r".to_owned(),
            target_kind: "identity".to_owned(),
            target_id: String::new(),
            target_label: "Ada Lovelace".to_owned(),
            identity_id: Some(IdentityId::from_uuid(uuid::Uuid::nil())),
            outcome: Outcome::Done,
            reason: "she left us for a better place".to_owned(),
            before: Value::Null,
            after,
        }
    }

    fn kinds(event: &EventBody) -> Vec<&'static str> {
        signals_of(event).iter().map(|signal| signal.kind.as_str()).collect()
    }

    #[test]
    fn an_end_and_a_suspension_end_sessions_and_disable_and_what_brings_back_enables() {
        for (action, told) in [
            ("identity.ended", &["identity.ended", "session-revoked", "account-disabled"][..]),
            ("identity.suspend", &["identity.suspended", "session-revoked", "account-disabled"]),
            ("identity.resume", &["identity.resumed", "account-enabled"]),
            ("identity.rehired", &["identity.rehired", "account-enabled"]),
            ("identity.activate", &["identity.started", "account-enabled"]),
            ("identity.start-leave", &["identity.leave"]),
            ("role.created", &[]),
        ] {
            assert_eq!(kinds(&event(action, Value::Null)), told, "{action}");
        }
        assert_eq!(kinds(&event("identity.rehired", json!({ "state": "pre-hire" }))), ["identity.rehired"]);
    }

    #[test]
    fn one_session_that_is_revoked_is_no_change_of_a_credential() {
        assert_eq!(kinds(&event("credential.revoked", json!({ "kind": "session" }))), ["sessions.ended", "session-revoked"]);
        let revoked = &signals_of(&event("credential.revoked", json!({ "kind": "certificate" })))[1];
        assert_eq!(revoked.kind.as_str(), "credential-change");
        assert_eq!((revoked.facts.credential_type.as_deref(), revoked.facts.change_type.as_deref()), (Some("x509"), Some("revoke")));
    }

    #[test]
    fn what_was_refused_is_told_to_nobody_and_no_name_or_reason_leaves() {
        let refused = EventBody { outcome: Outcome::Refused, ..event("identity.ended", Value::Null) };
        assert_eq!(signals_of(&refused), []);
        let told = serde_json::to_string(&signals_of(&event("identity.ended", json!({ "state": "terminated" })))[0].facts).unwrap();
        assert!(!told.contains("Ada") && !told.contains("better") && told.contains("terminated"), "{told}");
    }
}
