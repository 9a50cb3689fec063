//! Roles, rules, assignments, grants: what gives access, and to whom.

mod assign;
mod catalogue;
mod import_memberships;
mod known_model;
mod look;
mod owed;
mod picture;
mod plan_change;
mod recompute;
mod roles;
mod rules;
mod show_roles;
mod take_in;

pub use assign::{assign_role, unassign_role};
pub use catalogue::{
    ApplicationDetail, Catalogue, HeldEntitlement, NewApplication, NewEntitlement, create_application, create_entitlement,
    list_applications, list_catalogue, show_application,
};
pub(crate) use import_memberships::import_staged;
pub use import_memberships::{MembershipOptions, MembershipSummary, import_memberships};
pub(crate) use known_model::KnownModel;
pub(crate) use look::{Glance, Look};
pub use owed::{list_out_of_band, list_owed};
pub use plan_change::{NAMED, NamedPlan};
pub use recompute::{Recomputed, recompute_all};
pub(crate) use recompute::{recompute_changed, recompute_identities, recompute_many, recompute_new};
pub use roles::{RoleDraft, apply_role, plan_role};
pub use rules::{ClauseCount, RuleDetail, RuleDraft, RuleMatches, apply_rule, list_rules, match_rule, plan_rule, show_rule};
pub use show_roles::{RoleDetail, RoleList, export_roles, list_roles, role_names, show_role};
pub(crate) use take_in::{Holder, take_in};
