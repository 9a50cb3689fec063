//! By what people prove who they are, and how much each says.

text_enum! {
    /// A second factor that somebody enrolled.
    pub enum FactorKind {
        /// Codes of an authenticator app (TOTP, RFC 6238).
        Code = "code", "authenticator app";
        /// A passkey or security key (WebAuthn).
        Passkey = "passkey", "passkey";
    }
}

text_enum! {
    /// By what somebody proved who they are.
    pub enum ProvedBy {
        /// A password of the portal.
        Password = "password", "password";
        /// A provider's word.
        Provider = "provider", "provider";
        /// A code of an authenticator app.
        Code = "code", "code";
        /// A recovery code.
        RecoveryCode = "recovery-code", "recovery code";
        /// A passkey, with the person verified by it.
        Passkey = "passkey", "passkey";
    }
}

text_enum! {
    /// How much was proved; each level says more than the one before.
    pub enum Level {
        /// One factor.
        One = "one", "one factor";
        /// Two factors (NIST SP 800-63B-4, AAL2).
        Two = "two", "two factors";
        /// Two factors, of which one cannot be given to a false page (the same, 3.2.5).
        Resistant = "resistant", "two factors, phishing-resistant";
    }
}

impl Level {
    /// What a provider's words say: `acr` of OpenID's Extended Authentication Profile, and `amr` of RFC 8176.
    pub fn of_provider<'a>(acr: Option<&str>, amr: impl IntoIterator<Item = &'a str>) -> Self {
        if matches!(acr, Some("phr" | "phrh")) {
            return Self::Resistant;
        }
        // One word is one method; `mfa` says that there were several. A fingerprint alone is not more than a password.
        let words: Vec<&str> = amr.into_iter().collect();
        let holds = words.iter().any(|word| matches!(*word, "otp" | "hwk" | "swk" | "sc" | "sms" | "tel"));
        let knows = words.iter().any(|word| matches!(*word, "pwd" | "pin" | "kba" | "fpt" | "face" | "iris" | "retina" | "vbm"));
        if words.contains(&"mfa") || (holds && knows) { Self::Two } else { Self::One }
    }
}

/// Which factors somebody has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// An authenticator app.
    pub code: bool,
    /// A passkey.
    pub passkey: bool,
}

impl Held {
    /// Of the kinds that somebody has.
    pub fn of(kinds: impl IntoIterator<Item = FactorKind>) -> Self {
        kinds.into_iter().fold(Self::default(), |held, kind| match kind {
            FactorKind::Code => Self { code: true, ..held },
            FactorKind::Passkey => Self { passkey: true, ..held },
        })
    }

    /// Whether there is any.
    pub const fn any(self) -> bool {
        self.code || self.passkey
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_says_as_much_as_its_words() {
        for (acr, amr, level) in [
            (None, "", Level::One),
            (None, "pwd", Level::One),
            (None, "fpt", Level::One),
            (None, "otp", Level::One),
            (None, "pwd otp", Level::Two),
            (None, "mfa", Level::Two),
            (None, "hwk pin", Level::Two),
            (Some("urn:mace:incommon:iap:silver"), "pwd", Level::One),
            (Some("phr"), "", Level::Resistant),
            (Some("phrh"), "pwd", Level::Resistant),
        ] {
            assert_eq!(Level::of_provider(acr, amr.split_whitespace()), level, "{acr:?} {amr}");
        }
    }
}
