//! The part of an identity that says from when to when, where and for whom somebody works.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::{Value, json};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{Identity, LifecycleState};
use tenure_store::WriteTx;

use crate::schedule::local_day;
use crate::{Ctx, FieldError, ServiceError};

/// Where there is no other.
pub(super) const DEFAULT_ZONE: &str = "UTC";

/// Manager, time zone, first and last day, as typed by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// Whom they report to.
    pub manager_id: Option<IdentityId>,
    /// A name of the IANA data base, such as `Europe/Vienna`; empty for UTC.
    pub time_zone: String,
    /// The first day; today if not given. In the future it makes a pre-hire.
    pub start_on: Option<NaiveDate>,
    /// The last day: the schedule ends the identity when it is over, where the identity is.
    pub end_on: Option<NaiveDate>,
}

/// The same, checked.
pub(super) struct Checked {
    pub(super) manager_id: Option<IdentityId>,
    pub(super) time_zone: String,
    pub(super) start_on: NaiveDate,
    pub(super) end_on: Option<NaiveDate>,
    /// Whether the first day is still to come.
    pub(super) later: bool,
}

/// Checks it; `before` is the identity as recorded, if it is.
pub(super) async fn check_work(
    ctx: &Ctx,
    tx: &mut WriteTx,
    work: &Work,
    before: Option<&Identity>,
    faults: &mut Vec<FieldError>,
) -> Result<Checked, ServiceError> {
    let zone = work.time_zone.trim();
    let time_zone = match zone.parse::<Tz>() {
        _ if zone.is_empty() => DEFAULT_ZONE.to_owned(),
        Ok(zone) => zone.name().to_owned(),
        Err(_) => {
            faults.push(FieldError::new("time_zone", "use a name of the IANA time zones, such as Europe/Vienna or UTC"));
            DEFAULT_ZONE.to_owned()
        }
    };
    if let Some(manager) = work.manager_id {
        if before.is_some_and(|b| b.id == manager) {
            faults.push(FieldError::new("manager_id", "nobody is their own manager: choose another, or leave it empty"));
        } else if before.and_then(|b| b.manager_id) != Some(manager) && tx.identity(manager).await?.is_none_or(|m| m.state.has_ended()) {
            faults.push(FieldError::new("manager_id", "the manager does not exist or has ended: choose another"));
        }
    }
    let today = local_day(&time_zone, ctx.now);
    let recorded = before.and_then(|b| b.start_on);
    let start_on = work.start_on.or(recorded).unwrap_or(today);
    let began = before.is_some_and(|b| b.state != LifecycleState::PreHire);
    if began && recorded.is_some_and(|first| first != start_on) {
        faults.push(FieldError::new("start_on", "they have begun: the first day stays as it is"));
    }
    if let Some(last) = work.end_on {
        if last < start_on {
            faults.push(FieldError::new("end_on", "the last day is before the first"));
        } else if last < today && before.is_none_or(|b| b.end_on != Some(last)) {
            faults.push(FieldError::new("end_on", "that day is over: choose today or later, or end the identity at once"));
        }
    }
    Ok(Checked { manager_id: work.manager_id, time_zone, start_on, end_on: work.end_on, later: start_on > today })
}

/// What an event says of it.
pub(super) fn picture(identity: &Identity) -> Value {
    json!({ "manager_id": identity.manager_id, "time_zone": identity.time_zone, "start_on": identity.start_on, "end_on": identity.end_on })
}
