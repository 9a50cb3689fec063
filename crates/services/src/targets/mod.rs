//! Targets: how they are reached, what is there, and whose it is.

mod accept;
mod configure;
mod connect;
mod correlate;
mod follow;
mod list;
mod mapping;
mod orphans;
mod owners;
mod probe;
mod reading;
mod repair;
mod seen;
mod try_all;

pub(crate) use accept::accept_in;
pub use accept::{accept_drift, reject_drift};
pub use configure::{TargetDraft, configure_target, hold_target};
pub(crate) use connect::connect;
pub use connect::{Connect, Connectors};
pub use correlate::{correlate_account, correlate_orphan};
pub(crate) use follow::{accounts_follow, attributes_follow};
pub use list::{TargetPage, list_accounts, show_account, show_target};
pub(crate) use mapping::mapping_of;
pub use mapping::{TriedMapping, set_mapping, try_mapping};
pub use orphans::{SuggestedOwner, give_to_service, owe_removal_of_account, suggest_owners};
pub use probe::probe_target;
pub use reading::{
    ClaimedReading, Reconciled, ask_reading, cancel_reading, claim_reading, let_go, list_readings, read_claimed, reading_is_alive,
    reconcile_target,
};
pub(crate) use repair::repair_in;
pub use repair::{list_missing, repair_account, repair_grant};
pub(crate) use seen::as_seen;
pub use tenure_connectors::Secret;
pub use try_all::{TriedTarget, try_targets};
