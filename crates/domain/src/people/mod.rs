//! Joiners, movers and leavers from a source: a full snapshot is compared with what is recorded,
//! and one plan comes out. Level-triggered: the same snapshot twice changes nothing, a late one is
//! caught up.

mod limits;
mod plan;
mod row;

pub use limits::{Allowed, Impact, LimitExceeded, Limits, by_date};
pub use plan::{Change, FieldChange, PeoplePlan, Planned, Policy, Recorded, plan_people};
pub use row::{PersonRow, RejectedRow, Snapshot};
