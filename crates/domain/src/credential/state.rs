//! The life of a credential as one state machine.

text_enum! {
    /// Where a credential stands in its life.
    pub enum CredentialState {
        /// Asked for, not made.
        Requested = "requested", "requested";
        /// Made, not used yet.
        Issued = "issued", "issued";
        /// In use.
        Active = "active", "active";
        /// Its secret is being replaced.
        Rotating = "rotating", "rotating";
        /// Stopped for a time.
        Suspended = "suspended", "suspended";
        /// Its end is owed to the target.
        Revoking = "revoking", "revocation owed";
        /// Dead, read back as such or killed by Tenure itself.
        Revoked = "revoked", "revoked";
        /// Ran out.
        Expired = "expired", "expired";
        /// Known to somebody it should not be; its end is owed.
        Compromised = "compromised", "compromised";
    }
}

text_enum! {
    /// A command that changes a credential's state.
    pub enum CredentialCommand {
        /// It is made.
        Issue = "issue", "be issued";
        /// It is used or confirmed.
        Activate = "activate", "become active";
        /// Replacement starts.
        StartRotation = "start-rotation", "start rotation";
        /// Replacement is done.
        FinishRotation = "finish-rotation", "finish rotation";
        /// It is stopped.
        Suspend = "suspend", "be suspended";
        /// It is let go on.
        Resume = "resume", "resume";
        /// Its end is wanted.
        StartRevocation = "start-revocation", "start revocation";
        /// Its end was read back.
        FinishRevocation = "finish-revocation", "finish revocation";
        /// Its time is over.
        Expire = "expire", "expire";
        /// Somebody else knows it.
        Compromise = "compromise", "be marked compromised";
    }
}

/// A command that is not allowed in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a credential that is {} cannot {}", .from.label(), .command.label())]
pub struct CredentialNotAllowed {
    /// The state it is in.
    pub from: CredentialState,
    /// What was asked.
    pub command: CredentialCommand,
}

impl CredentialState {
    /// The state after a command.
    ///
    /// # Errors
    /// [`CredentialNotAllowed`] when the table below does not hold the pair.
    pub const fn after(self, command: CredentialCommand) -> Result<Self, CredentialNotAllowed> {
        use CredentialCommand as C;
        use CredentialState as S;
        Ok(match (self, command) {
            (S::Requested, C::Issue) => S::Issued,
            (S::Issued, C::Activate) | (S::Rotating, C::FinishRotation) | (S::Suspended, C::Resume) => S::Active,
            (S::Active, C::StartRotation) => S::Rotating,
            (S::Active | S::Issued, C::Suspend) => S::Suspended,
            (S::Requested | S::Issued | S::Active | S::Rotating | S::Suspended | S::Compromised, C::StartRevocation) => S::Revoking,
            (S::Revoking, C::FinishRevocation) => S::Revoked,
            (S::Issued | S::Active | S::Rotating | S::Suspended, C::Expire) => S::Expired,
            (S::Issued | S::Active | S::Rotating | S::Suspended | S::Expired, C::Compromise) => S::Compromised,
            (from, command) => return Err(CredentialNotAllowed { from, command }),
        })
    }

    /// Whether it may still prove anything: everything but what is dead.
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Revoked | Self::Expired)
    }

    /// The states that count as live, for queries.
    pub const LIVE: &'static [Self] =
        &[Self::Requested, Self::Issued, Self::Active, Self::Rotating, Self::Suspended, Self::Revoking, Self::Compromised];
}

#[cfg(test)]
mod tests {
    use super::{CredentialCommand as C, CredentialState as S};

    #[test]
    fn nothing_leaves_revoked() {
        for command in C::ALL {
            assert!(S::Revoked.after(*command).is_err());
        }
    }

    #[test]
    fn every_live_credential_but_one_already_dying_can_be_revoked() {
        for state in S::LIVE.iter().filter(|s| **s != S::Revoking) {
            let revoking = state.after(C::StartRevocation).unwrap();
            assert_eq!(revoking.after(C::FinishRevocation).unwrap(), S::Revoked, "{state}");
        }
    }

    #[test]
    fn live_states_are_those_that_may_prove_something() {
        for state in S::ALL {
            assert_eq!(S::LIVE.contains(state), state.is_live());
        }
    }
}
