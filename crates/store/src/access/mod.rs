//! Roles, rules, assignments, grants.

mod catalogue;
mod found;
mod held;
mod missing;
mod model;
mod on_target;
mod roles;
mod why;
mod write;

pub use catalogue::{ApplicationRow, EntitlementRow};
pub use found::FoundGrant;
pub use held::{AssignmentRow, NewAssignment, NewGrant};
pub use missing::MissingGrant;
pub use on_target::GrantOnTarget;
pub(crate) use roles::like_escape;
pub use roles::{RoleFilter, RoleRow, RoleSummary, RuleRow};
pub use why::{AssignmentView, GrantView, HolderRow};
