//! Roles: named bundles of entitlements, with roles inside roles (inducements).

mod change;
mod graph;
mod recompute;

pub use change::{AccessPlan, AffectedIdentity};
pub use graph::{CycleError, RoleGraph, RoleNode};
pub use recompute::{AccessDelta, AccessModel, HeldAccess, HeldAssignment, HeldGrant, ModelRule, recompute};

text_enum! {
    /// What a role is of.
    pub enum RoleKind {
        /// Of a job: may hold roles of several applications.
        Business = "business", "business role";
        /// Of one application.
        Application = "application", "application role";
    }
}
