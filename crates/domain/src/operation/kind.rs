//! What operations do, and in which order.

text_enum! {
    /// What is to be done on the target.
    pub enum OperationKind {
        /// End what is signed in now.
        EndSessions = "end-sessions", "end sessions";
        /// Make a credential useless.
        RevokeCredential = "revoke-credential", "revoke credential";
        /// Make an account.
        CreateAccount = "create-account", "create account";
        /// Make sure that nobody can sign in as the account.
        DisableAccount = "disable-account", "disable account";
        /// Take an entitlement away.
        RemoveEntitlement = "remove-entitlement", "remove entitlement";
        /// Delete the account; what it owns is handed over.
        DeleteAccount = "delete-account", "delete account";
        /// Let the account be used again.
        EnableAccount = "enable-account", "enable account";
        /// Make the account's attributes those of its identity.
        ChangeAccount = "change-account", "change account";
        /// Give an entitlement.
        AddEntitlement = "add-entitlement", "add entitlement";
    }
}

impl OperationKind {
    /// Whether it takes something away from an account.
    pub const fn takes_away(self) -> bool {
        matches!(self, Self::DisableAccount | Self::DeleteAccount | Self::EndSessions | Self::RemoveEntitlement)
    }

    /// When its turn is among those of the same identity on the same target: first the door is shut, then who is
    /// inside is sent out, or they would come back at once; then credentials, what is held, and at last the
    /// account with what it owns. One that needs a human holds nothing up.
    pub const fn stage(self) -> i32 {
        match self {
            Self::CreateAccount | Self::DisableAccount | Self::EnableAccount => 0,
            Self::EndSessions => 1,
            Self::RevokeCredential => 2,
            Self::ChangeAccount | Self::RemoveEntitlement | Self::AddEntitlement => 3,
            Self::DeleteAccount => 4,
        }
    }
}
