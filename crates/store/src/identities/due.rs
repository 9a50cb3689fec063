//! Whose first day has come, and whose last day is over: in everybody's own time zone.
//!
//! The day differs from zone to zone, and only the caller knows the zones. So it first asks which
//! there are among those whose day may have come somewhere, and then names the day of each: who is
//! not due yet never takes the place of somebody who is.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sqlx::{Database, Encode, QueryBuilder, Type};
use tenure_domain::identity::Identity;

use crate::engine::{StoreError, Tx};

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The first day of a pre-hire has come.
    Start,
    /// The last day of somebody live is over.
    End,
}

impl Due {
    /// Who waits for it. The indexes have the same words.
    const fn waits(self) -> &'static str {
        match self {
            Self::Start => "state = 'pre-hire' AND start_on IS NOT NULL",
            Self::End => "end_on IS NOT NULL AND state <> 'terminated' AND state <> 'archived'",
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::Start => "start_on",
            Self::End => "end_on",
        }
    }

    /// The column beside the day it is.
    const fn against_today(self) -> &'static str {
        match self {
            Self::Start => "start_on <= ",
            Self::End => "end_on < ",
        }
    }
}

impl Tx {
    /// The time zones of those for whom something is due where it is already the latest day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn zones_with_due(&mut self, due: Due, latest: NaiveDate) -> Result<Vec<String>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = QueryBuilder::new("SELECT DISTINCT time_zone FROM identities WHERE ");
            query.push(due.waits()).push(" AND ").push(due.against_today()).push_bind(latest);
            query.build_query_scalar::<String>().fetch_all(&mut **conn).await?
        }))
    }

    /// Identities for whom something is due, the longest due first; `days` has the day it is in each
    /// time zone. In a zone that is not named nobody is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities_due(&mut self, due: Due, days: &[(String, NaiveDate)], limit: i64) -> Result<Vec<Identity>, StoreError> {
        let mut zones: BTreeMap<NaiveDate, Vec<&str>> = BTreeMap::new();
        for (zone, day) in days {
            zones.entry(*day).or_default().push(zone);
        }
        let Some(latest) = zones.keys().next_back().copied() else { return Ok(Vec::new()) };
        Ok(on_both!(self, conn => {
            let mut query = QueryBuilder::new("SELECT * FROM identities WHERE ");
            query.push(due.waits()).push(" AND ").push(due.against_today()).push_bind(latest);
            local_days(&mut query, due, &zones);
            query.push(" ORDER BY ").push(due.column()).push(", id LIMIT ").push_bind(limit);
            query.build_query_as::<Identity>().persistent(false).fetch_all(&mut **conn).await?
        }))
    }
}

/// Appends that each one's day has come in its zone. It is never more than two or three days at once.
fn local_days<DB>(query: &mut QueryBuilder<DB>, due: Due, zones: &BTreeMap<NaiveDate, Vec<&str>>)
where
    DB: Database,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
{
    for (n, (day, zones)) in zones.iter().enumerate() {
        query.push(if n == 0 { " AND ((" } else { " OR (" });
        query.push(due.against_today()).push_bind(*day).push(" AND time_zone IN (");
        let mut list = query.separated(", ");
        for zone in zones {
            list.push_bind((*zone).to_owned());
        }
        query.push("))");
    }
    query.push(")");
}
