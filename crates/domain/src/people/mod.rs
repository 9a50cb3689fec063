//! Joiners, movers and leavers from a source: a full snapshot is compared with what is recorded,
//! and one plan comes out. Level-triggered: the same snapshot twice changes nothing, a late one is
//! caught up.

mod limits;
mod plan;
mod row;

pub use limits::{Allowed, LimitExceeded, Limits};
pub use plan::{Change, FieldChange, PeoplePlan, Planned, Policy, plan_people};
pub use row::{PersonRow, RejectedRow, Snapshot};
