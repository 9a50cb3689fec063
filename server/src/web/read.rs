//! Reading what addresses and forms say.

use chrono::NaiveDate;
use tenure_domain::access::{Action, Resource, authorize};
use tenure_services::ServiceError;

pub(crate) use crate::http::key;
use crate::http::{Caller, Failure, Posted};

/// Refuses the page of a form to who may not send it, in the words that all refusals have.
pub(crate) fn allowed<A, R>(caller: &Caller, what: &R) -> Result<(), Failure>
where
    A: Action,
    R: Resource<Key = A::Target>,
{
    authorize::<A, R>(&caller.ctx.principal, what).map(|_| ()).map_err(|denied| ServiceError::Denied(denied).into())
}

/// A day as it was typed into a `DateField`: day, month, year.
#[derive(Debug, Clone, Default)]
pub(crate) struct TypedDay {
    /// Day, month and year, as they were typed.
    pub typed: (String, String, String),
    /// The day; None when nothing was typed, or when there is no such day.
    pub day: Option<NaiveDate>,
}

impl TypedDay {
    /// Reads `name-day`, `name-month`, `name-year`.
    pub(crate) fn read(form: &Posted, name: &str) -> Self {
        let part = |part: &str| form.text(&format!("{name}-{part}"));
        let typed = (part("day"), part("month"), part("year"));
        let day = match (typed.0.parse(), typed.1.parse(), typed.2.parse::<i32>()) {
            (Ok(day), Ok(month), Ok(year)) => NaiveDate::from_ymd_opt(year, month, day).filter(|_| (1900..2200).contains(&year)),
            _ => None,
        };
        Self { typed, day }
    }

    /// Whether something was typed that is no day.
    pub(crate) fn is_wrong(&self) -> bool {
        let (day, month, year) = &self.typed;
        self.day.is_none() && !(day.is_empty() && month.is_empty() && year.is_empty())
    }
}
