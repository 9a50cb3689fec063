//! What an API token may be for. Each action names its scope in the registry of actions, so there is none without one.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::UnknownWord;

text_enum! {
    /// A part of what can be done: what it is about, and whether it changes that. (RFC 6749, 3.3, calls such words
    /// scopes; which rows a list shows is another thing, see [`super::Scope`].)
    pub enum TokenScope {
        /// See identities.
        IdentitiesRead = "identities:read", "See identities and what belongs to them";
        /// Record identities, change them, suspend, rehire.
        IdentitiesWrite = "identities:write", "Record and change identities";
        /// End identities, and hand over what they own.
        OffboardingWrite = "offboarding:write", "End identities and hand over what they own";
        /// See sources and imports.
        ImportsRead = "imports:read", "See sources and imports";
        /// Take in people, memberships and credentials.
        ImportsWrite = "imports:write", "Take in people, memberships and credentials";
        /// See roles, rules, applications, entitlements and reviews.
        AccessRead = "access:read", "See roles, rules, applications and reviews";
        /// Change roles, rules, applications and who has which role; decide reviews.
        AccessWrite = "access:write", "Change roles, rules, applications and assignments, decide reviews";
        /// See operations.
        OperationsRead = "operations:read", "See what is owed to applications";
        /// Settle operations.
        OperationsWrite = "operations:write", "Settle what is owed to applications";
        /// Say how applications are reached, and have them read.
        TargetsWrite = "targets:write", "Say how applications are reached, and have them read";
        /// See credentials.
        CredentialsRead = "credentials:read", "See credentials";
        /// Record, change and revoke credentials.
        CredentialsWrite = "credentials:write", "Record, change and revoke credentials";
        /// See the audit log, and take it away as a file.
        AuditRead = "audit:read", "See and export the audit log";
        /// Read people and roles over SCIM.
        ScimRead = "scim:read", "Read people and roles over SCIM";
        /// Tell over SCIM who there is.
        ScimWrite = "scim:write", "Tell over SCIM who there is";
        /// Fetch the signals of a receiver.
        SignalsWrite = "signals:write", "Fetch signals, and say that they arrived";
        /// See settings.
        SettingsRead = "settings:read", "See settings of signals, mail and sign-in";
        /// Change settings.
        SettingsWrite = "settings:write", "Change settings of signals, mail and sign-in";
        /// Give portal roles.
        PortalWrite = "portal:write", "Give portal roles, and make set-up links";
        /// See what is one's own alone.
        AccountRead = "account:read", "See your own mail";
        /// Change one's own account and views.
        AccountWrite = "account:write", "Use your own account, and keep views";
    }
}

impl TokenScope {
    /// Whether it is for changing something.
    pub fn changes(self) -> bool {
        self.as_str().ends_with(":write")
    }

    /// What it is about.
    fn about(self) -> &'static str {
        self.as_str().split_once(':').map_or(self.as_str(), |(about, _)| about)
    }

    /// Whether who has this one has the other: who may change a thing may see it.
    pub fn covers(self, other: Self) -> bool {
        self == other || (self.changes() && self.about() == other.about())
    }
}

/// The scopes of a token: words between blanks, as RFC 6749, 3.3, writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenScopes(BTreeSet<TokenScope>);

impl TokenScopes {
    /// All that only look.
    pub fn reading() -> Self {
        TokenScope::ALL.iter().copied().filter(|scope| !scope.changes()).collect()
    }

    /// All there are.
    pub fn all() -> Self {
        TokenScope::ALL.iter().copied().collect()
    }

    /// What a token has that was issued before there were scopes: all that it could do then.
    pub fn before_scopes(may_write: bool) -> Self {
        if may_write { Self::all() } else { Self::reading() }
    }

    /// Whether one of them is enough.
    pub fn cover(&self, wanted: TokenScope) -> bool {
        self.0.iter().any(|scope| scope.covers(wanted))
    }

    /// Whether one of them changes anything.
    pub fn change(&self) -> bool {
        self.0.iter().any(|scope| scope.changes())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each.
    pub fn iter(&self) -> impl Iterator<Item = TokenScope> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<TokenScope> for TokenScopes {
    fn from_iter<I: IntoIterator<Item = TokenScope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for TokenScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, scope) in self.0.iter().enumerate() {
            write!(f, "{}{scope}", if at == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl FromStr for TokenScopes {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        text.split_whitespace().map(str::parse).collect::<Result<BTreeSet<_>, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ActionKind;
    use super::*;

    #[test]
    fn a_scope_changes_exactly_where_its_actions_do() {
        for action in ActionKind::ALL {
            assert_eq!(action.scope().changes(), action.changes(), "{action}");
        }
    }

    #[test]
    fn a_token_of_before_can_do_what_it_could() {
        for action in ActionKind::ALL {
            assert!(TokenScopes::before_scopes(true).cover(action.scope()), "{action}");
            assert_eq!(TokenScopes::before_scopes(false).cover(action.scope()), !action.changes(), "{action}");
        }
    }

    #[test]
    fn every_scope_is_that_of_an_action() {
        for scope in TokenScope::ALL {
            assert!(ActionKind::ALL.iter().any(|action| action.scope() == *scope), "{scope}");
        }
    }

    #[test]
    fn who_may_change_a_thing_may_see_it_and_nothing_else() {
        use TokenScope as S;
        assert!(S::IdentitiesWrite.covers(S::IdentitiesRead) && S::IdentitiesRead.covers(S::IdentitiesRead));
        assert!(!S::IdentitiesRead.covers(S::IdentitiesWrite) && !S::IdentitiesWrite.covers(S::CredentialsRead));
        assert!(!S::OffboardingWrite.covers(S::IdentitiesRead));
    }

    #[test]
    fn scopes_are_written_as_they_are_read() {
        let all = TokenScopes::all();
        assert_eq!(all.to_string().parse::<TokenScopes>().unwrap(), all);
        assert_eq!(TokenScopes::default().to_string(), "");
        assert!("identities:read everything".parse::<TokenScopes>().is_err());
        assert!(!TokenScopes::reading().change() && all.change());
    }
}
