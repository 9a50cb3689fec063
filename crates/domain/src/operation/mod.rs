//! Operations: durable changes owed to targets.

text_enum! {
    /// Where an operation stands. *Attested* is a person's word and never counts as *verified*.
    pub enum OperationState {
        /// Owed; nobody has started on it.
        Queued = "queued", "queued";
        /// Somebody works on it.
        Running = "running", "running";
        /// The target said yes; not read back yet.
        Acknowledged = "acknowledged", "acknowledged";
        /// Read back as true.
        Verified = "verified", "verified";
        /// A person states that it is done.
        Attested = "attested", "attested";
        /// Tried often enough that a person has to look.
        NeedsHuman = "needs-human", "needs a human";
        /// No longer wanted: the desired state changed back before it was done.
        Superseded = "superseded", "superseded";
    }
}

text_enum! {
    /// What is to be done on the target.
    pub enum OperationKind {
        /// Take an entitlement away.
        RemoveEntitlement = "remove-entitlement", "remove entitlement";
        /// Make a credential useless.
        RevokeCredential = "revoke-credential", "revoke credential";
    }
}

impl OperationState {
    /// Whether something is still owed.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running | Self::Acknowledged | Self::NeedsHuman)
    }
}
