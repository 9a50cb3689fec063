//! Counts for the home page and the metrics: each set-based, each with an index behind it.

use chrono::{DateTime, NaiveDate, Utc};
use tenure_domain::credential::CredentialKind;
use tenure_domain::identity::{IdentityKind, LifecycleState};

use sqlx::Row as _;

use crate::engine::{StoreError, Tx};

/// The cells of the heat grid: four ages, five times since the last use.
const fn cells() -> [(i32, i32); 20] {
    let mut cells = [(0, 0); 20];
    let mut n = 0;
    while n < 20 {
        cells[n as usize] = (n / 5, n % 5);
        n += 1;
    }
    cells
}

/// Joiners and leavers of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MonthFlow {
    /// Periods of employment that began.
    pub started: i64,
    /// Periods of employment that ended.
    pub ended: i64,
}

/// Findings, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FindingCounts {
    /// Live credentials without an owner.
    pub credentials_without_owner: i64,
    /// Live credentials whose owner has ended.
    pub credentials_of_ended: i64,
    /// Grants that no role explains.
    pub out_of_band: i64,
    /// Live non-human identities without a live owner.
    pub without_owner: i64,
    /// Hand-over tasks that are open.
    pub hand_overs: i64,
    /// Live credentials past their end.
    pub expired_live: i64,
}

impl Tx {
    /// Identities by kind and state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities_by_state(&mut self) -> Result<Vec<(IdentityKind, LifecycleState, i64)>, StoreError> {
        Ok(fetch_all!(
            self,
            (IdentityKind, LifecycleState, i64),
            "SELECT kind, state, COUNT(*) FROM identities GROUP BY kind, state ORDER BY kind, state"
        ))
    }

    /// Joiners and leavers between two days, the second not included.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn flow_between(&mut self, from: NaiveDate, to: NaiveDate) -> Result<MonthFlow, StoreError> {
        let started = fetch_one!(self, (i64,), "SELECT COUNT(*) FROM employments WHERE started_on >= $1 AND started_on < $2", from, to).0;
        let ended = fetch_one!(self, (i64,), "SELECT COUNT(*) FROM employments WHERE ended_on >= $1 AND ended_on < $2", from, to).0;
        Ok(MonthFlow { started, ended })
    }

    /// Live credentials by kind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials_by_kind(&mut self) -> Result<Vec<(CredentialKind, i64)>, StoreError> {
        Ok(fetch_all!(
            self,
            (CredentialKind, i64),
            "SELECT kind, COUNT(*) FROM credentials WHERE state NOT IN ('revoked', 'expired') GROUP BY kind ORDER BY kind"
        ))
    }

    /// Live credentials by age of the secret × time since the last use, in days: boundaries are
    /// given as times, youngest first; a row for each pair that occurs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credential_heat(
        &mut self,
        ages: [DateTime<Utc>; 3],
        uses: [DateTime<Utc>; 3],
    ) -> Result<Vec<(i32, i32, i64)>, StoreError> {
        const CELLS: [(i32, i32); 20] = cells();
        Ok(on_both!(self, conn => {
            // Each cell is a sum: grouping would sort all credentials first, in memory.
            let mut query = sqlx::QueryBuilder::new("SELECT ");
            let mut sums = query.separated(", ");
            for (age, idle) in CELLS {
                sums.push(format!("COALESCE(SUM(CASE WHEN cell = {} THEN 1 ELSE 0 END), 0)", age * 5 + idle));
            }
            query.push(" FROM (SELECT 5 * CASE");
            for (n, age) in ages.iter().enumerate() {
                query.push(" WHEN COALESCE(rotated_at, created_at) >= ").push_bind(*age).push(format!(" THEN {n}"));
            }
            query.push(" ELSE 3 END + CASE WHEN last_used_at IS NULL THEN 4");
            for (n, used) in uses.iter().enumerate() {
                query.push(" WHEN last_used_at >= ").push_bind(*used).push(format!(" THEN {n}"));
            }
            query.push(" ELSE 3 END AS cell FROM credentials WHERE kind <> 'session' AND state NOT IN ('revoked', 'expired')) h");
            let row = query.build().fetch_one(&mut **conn).await?;
            let mut counted = Vec::new();
            for (n, (age, idle)) in CELLS.into_iter().enumerate() {
                let count: i64 = row.try_get(n)?;
                if count > 0 {
                    counted.push((age, idle, count));
                }
            }
            counted
        }))
    }

    /// Findings, counted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finding_counts(&mut self, now: DateTime<Utc>) -> Result<FindingCounts, StoreError> {
        Ok(FindingCounts {
            credentials_without_owner: fetch_one!(self, (i64,), "SELECT COUNT(*) FROM credentials WHERE identity_id IS NULL AND state NOT IN ('revoked', 'expired')").0,
            credentials_of_ended: fetch_one!(
                self, (i64,),
                "SELECT COUNT(*) FROM credentials c JOIN identities i ON i.id = c.identity_id WHERE i.state IN ('terminated', 'archived') AND c.state NOT IN ('revoked', 'expired')"
            ).0,
            out_of_band: fetch_one!(self, (i64,), "SELECT COUNT(*) FROM grants WHERE state = 'out-of-band'").0,
            without_owner: fetch_one!(
                self, (i64,),
                "SELECT COUNT(*) FROM identities n LEFT JOIN identities o ON o.id = n.owner_id
                 WHERE n.kind IN ('service', 'workload', 'agent', 'vendor') AND n.state NOT IN ('terminated', 'archived') AND (o.id IS NULL OR o.state IN ('terminated', 'archived'))"
            ).0,
            hand_overs: fetch_one!(self, (i64,), "SELECT COUNT(*) FROM hand_overs h JOIN identities n ON n.id = h.identity_id WHERE h.state = 'open' AND n.state NOT IN ('terminated', 'archived')").0,
            expired_live: fetch_one!(self, (i64,), "SELECT COUNT(*) FROM credentials WHERE expires_at < $1 AND state NOT IN ('revoked', 'expired')", now).0,
        })
    }
}

impl Tx {
    /// Whether anything was ever seen on a target.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn anything_observed(&mut self) -> Result<bool, StoreError> {
        Ok(fetch_optional!(self, (i32,), "SELECT 1 FROM grants WHERE observed_at IS NOT NULL LIMIT 1").is_some())
    }
}
