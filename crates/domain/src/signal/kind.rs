//! The kinds of signal, by name.

/// Where CAEP 1.0 names its events.
pub const CAEP: &str = "https://schemas.openid.net/secevent/caep/event-type/";
/// Where RISC 1.0 names its events.
pub const RISC: &str = "https://schemas.openid.net/secevent/risc/event-type/";

text_enum! {
    /// What a receiver may ask to be told. Those with a dot are life-cycle events for webhooks; those without are
    /// events of CAEP and RISC.
    pub enum SignalKind {
        /// Somebody is recorded.
        Joined = "identity.joined", "somebody is recorded";
        /// Their first day has come.
        Started = "identity.started", "somebody starts";
        /// Attributes, manager or owner changed.
        Changed = "identity.changed", "somebody is changed or moves";
        /// Away for a time, or back.
        Leave = "identity.leave", "somebody goes on leave, or comes back";
        /// Stopped for a time.
        Suspended = "identity.suspended", "somebody is suspended";
        /// Let go on.
        Resumed = "identity.resumed", "somebody is resumed";
        /// Ended.
        Ended = "identity.ended", "somebody is ended";
        /// Back after an end.
        Rehired = "identity.rehired", "somebody is rehired";
        /// Put away.
        Archived = "identity.archived", "somebody is archived";
        /// A token, key or password was made.
        CredentialIssued = "credential.issued", "a token, a key or a password is made";
        /// A credential was ended, or ran out.
        CredentialEnded = "credential.ended", "a credential is revoked or runs out";
        /// Sessions ended.
        SessionsEnded = "sessions.ended", "sessions are ended";
        /// CAEP: sessions of the subject are over.
        SessionRevoked = "session-revoked", "sessions of a subject are over (CAEP)";
        /// CAEP: a credential was made, changed or revoked.
        CredentialChange = "credential-change", "a credential was made, changed or revoked (CAEP)";
        /// RISC: the account may not be used any more.
        AccountDisabled = "account-disabled", "an account is disabled (RISC)";
        /// RISC: the account may be used again.
        AccountEnabled = "account-enabled", "an account is enabled again (RISC)";
        /// Nothing happened: somebody tries whether it arrives.
        Test = "test", "a test";
    }
}

impl SignalKind {
    /// The name that CAEP or RISC gives the event; None for a life-cycle event.
    pub fn event_uri(self) -> Option<String> {
        Some(match self {
            Self::SessionRevoked | Self::CredentialChange => format!("{CAEP}{self}"),
            Self::AccountDisabled | Self::AccountEnabled => format!("{RISC}{self}"),
            Self::Test => "https://schemas.openid.net/secevent/ssf/event-type/verification".to_owned(),
            _ => return None,
        })
    }

    /// The event with this name.
    pub fn of_uri(uri: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.event_uri().as_deref() == Some(uri))
    }

    /// Whether it is an event of CAEP or RISC that one can ask for.
    pub fn is_security_event(self) -> bool {
        self != Self::Test && self.event_uri().is_some()
    }

    /// Whether it is a life-cycle event that one can ask for.
    pub fn is_life_cycle(self) -> bool {
        self != Self::Test && self.event_uri().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_found_by_its_name_and_no_life_cycle_event_has_one() {
        for kind in SignalKind::ALL.iter().copied() {
            assert_eq!(kind.event_uri().and_then(|uri| SignalKind::of_uri(&uri)), kind.event_uri().map(|_| kind));
            assert!(kind == SignalKind::Test || kind.is_life_cycle() != kind.is_security_event());
            assert_eq!(kind.is_life_cycle(), kind.as_str().contains('.'), "{kind}");
        }
        assert_eq!(SignalKind::of_uri("https://schemas.openid.net/secevent/risc/event-type/account-purged"), None);
    }
}
