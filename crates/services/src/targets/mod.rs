//! Targets: how they are reached, what is there, and whose it is.

mod accept;
mod configure;
mod connect;
mod correlate;
mod follow;
mod list;
mod mapping;
mod membership;
mod owners;
mod probe;
mod reconcile;
mod repair;
mod seen;
mod try_all;

pub use accept::{accept_drift, reject_drift};
pub use configure::{TargetDraft, configure_target, hold_target};
pub(crate) use connect::connect;
pub use connect::{Connect, Connectors};
pub use correlate::correlate_account;
pub(crate) use follow::{accounts_follow, attributes_follow};
pub use list::{TargetPage, list_accounts, show_account, show_target};
pub(crate) use mapping::mapping_of;
pub use mapping::{TriedMapping, set_mapping, try_mapping};
pub use probe::probe_target;
pub use reconcile::{Reconciled, reconcile_target};
pub use repair::{list_missing, repair_account, repair_grant};
pub(crate) use seen::{as_seen, same_values};
pub use tenure_connectors::Secret;
pub use try_all::{TriedTarget, try_targets};
