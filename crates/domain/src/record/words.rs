//! The words of the record, and which state may follow which.

text_enum! {
    /// What an item of the record is.
    pub enum ItemClass {
        /// A sign-in that is still good.
        Session = "session", "session";
        /// An API token.
        Token = "token", "token";
        /// Any other credential: a key, a certificate, a password.
        Credential = "credential", "credential";
        /// A time-bound issue of a credential.
        Lease = "lease", "lease";
        /// A role that the identity was assigned to.
        Assignment = "assignment", "assignment";
        /// An access request or an approval that waited for the identity.
        Request = "request", "request";
        /// A right to act for somebody else, or somebody else's for it.
        Delegation = "delegation", "delegation";
        /// A right on a target.
        Entitlement = "entitlement", "entitlement";
        /// A record of the identity on a target.
        Account = "account", "account";
        /// A non-human identity that must have another owner.
        Ownership = "ownership", "ownership";
    }
}

text_enum! {
    /// Where an item of the record stands. *Attested* is a person's word and never counts as
    /// *verified*.
    pub enum ItemState {
        /// Owed.
        Pending = "pending", "pending";
        /// The target said yes; not read back yet.
        Acknowledged = "acknowledged", "acknowledged";
        /// Read back as true.
        Verified = "verified", "verified";
        /// A person states that it is done.
        Attested = "attested", "attested";
        /// A person has to look.
        NeedsHuman = "needs-human", "needs a human";
        /// No longer owed: the desired state changed back before it was done.
        Superseded = "superseded", "superseded";
    }
}

impl ItemState {
    /// Whether something is still owed.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Acknowledged | Self::NeedsHuman)
    }

    /// Whether an item may begin in this state: owed, dead in the same transaction, or known from
    /// the start to need a person.
    #[must_use]
    pub const fn may_begin(self) -> bool {
        matches!(self, Self::Pending | Self::Verified | Self::NeedsHuman)
    }

    /// Whether this state may follow that one. What was verified or superseded stays so; what was
    /// attested can still be proven.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use ItemState::{Acknowledged, Attested, NeedsHuman, Pending, Superseded, Verified};
        match self {
            Pending => matches!(next, Acknowledged | Verified | Attested | NeedsHuman | Superseded),
            Acknowledged => matches!(next, Pending | Verified | Attested | NeedsHuman | Superseded),
            NeedsHuman => matches!(next, Pending | Acknowledged | Verified | Attested | Superseded),
            Attested => matches!(next, Verified),
            Verified | Superseded => false,
        }
    }
}
