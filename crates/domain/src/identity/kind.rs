//! The kinds of identity.

text_enum! {
    /// What an identity is. All but a person are *non-human identities* and have an owner.
    pub enum IdentityKind {
        /// A human being employed or engaged.
        Person = "person", "person";
        /// A long-running service's own identity.
        Service = "service", "service";
        /// A workload: a job, a pod, a function.
        Workload = "workload", "workload";
        /// An AI agent that acts with some autonomy.
        Agent = "agent", "AI agent";
        /// An outside party that acts as one.
        Vendor = "vendor", "vendor";
    }
}

impl IdentityKind {
    /// Whether it is a non-human identity, which needs an owner.
    pub const fn is_non_human(self) -> bool {
        !matches!(self, Self::Person)
    }
}
