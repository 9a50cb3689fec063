//! How long sessions last, by portal role, and which ones are over by that.

use chrono::{DateTime, TimeDelta, Utc};
use tenure_domain::access::{May, PortalRole, change};
use tenure_domain::session::SessionLimits;

use crate::engine::{StoreError, Tx, WriteTx};

/// Which live sessions are over by the limits of each role: `$1` is now, then two moments for each of employee, manager,
/// auditor and administrator: begun by then, or last used by then.
macro_rules! over {
    ($first:literal, $last:literal) => {
        concat!(
            $first,
            " s.identity_id IS NOT NULL AND s.expires_at > $1 AND (s.created_at <= $2 OR s.last_seen_at <= $3
             OR ((s.created_at <= $4 OR s.last_seen_at <= $5) AND EXISTS
                 (SELECT 1 FROM identities d WHERE d.manager_id = s.identity_id AND d.state NOT IN ('terminated', 'archived')))
             OR ((s.created_at <= $6 OR s.last_seen_at <= $7) AND EXISTS
                 (SELECT 1 FROM portal_roles r WHERE r.identity_id = s.identity_id AND r.role = 'auditor'))
             OR ((s.created_at <= $8 OR s.last_seen_at <= $9) AND EXISTS
                 (SELECT 1 FROM portal_roles r WHERE r.identity_id = s.identity_id AND r.role = 'admin')))",
            $last
        )
    };
}

/// The two moments of each role, in the order of the query.
type Moments = [DateTime<Utc>; 8];

fn moments(limits: &[(PortalRole, SessionLimits)], now: DateTime<Utc>) -> Moments {
    let of = |role: PortalRole| {
        let found = limits.iter().find(|(of, _)| *of == role).map_or(SessionLimits::AAL2, |(_, limits)| *limits);
        [now - TimeDelta::minutes(found.overall), now - TimeDelta::minutes(found.idle)]
    };
    let ([a, b], [c, d]) = (of(PortalRole::Employee), of(PortalRole::Manager));
    let ([e, f], [g, h]) = (of(PortalRole::Auditor), of(PortalRole::Admin));
    [a, b, c, d, e, f, g, h]
}

#[derive(sqlx::FromRow)]
struct Row {
    role: PortalRole,
    overall_minutes: i64,
    idle_minutes: i64,
}

impl Tx {
    /// The limits of each portal role that has some.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_limits(&mut self) -> Result<Vec<(PortalRole, SessionLimits)>, StoreError> {
        let rows = fetch_all!(self, Row, "SELECT role, overall_minutes, idle_minutes FROM session_limits ORDER BY role");
        Ok(rows.into_iter().map(|r| (r.role, SessionLimits { overall: r.overall_minutes, idle: r.idle_minutes })).collect())
    }

    /// How many live sessions would be over by these limits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_over(&mut self, limits: &[(PortalRole, SessionLimits)], now: DateTime<Utc>) -> Result<i64, StoreError> {
        let [a, b, c, d, e, f, g, h] = moments(limits, now);
        let sql = over!("SELECT COUNT(*) FROM portal_sessions s WHERE", "");
        Ok(fetch_one!(self, (i64,), sql, now, a, b, c, d, e, f, g, h).0)
    }
}

impl WriteTx {
    /// Keeps the limits of a role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_session_limits(
        &mut self,
        _proof: &impl May<change::WriteSessionLimits>,
        role: PortalRole,
        limits: SessionLimits,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO session_limits (role, overall_minutes, idle_minutes) VALUES ($1, $2, $3)
             ON CONFLICT (role) DO UPDATE SET overall_minutes = excluded.overall_minutes, idle_minutes = excluded.idle_minutes",
            role,
            limits.overall,
            limits.idle
        );
        Ok(())
    }

    /// Ends the sessions that are over by these limits; how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sessions_over(
        &mut self,
        _proof: &impl May<change::WriteSessionLimits>,
        limits: &[(PortalRole, SessionLimits)],
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let [a, b, c, d, e, f, g, h] = moments(limits, now);
        let revoke = over!(
            "UPDATE credentials SET state = 'revoked', ended_at = $1, version = version + 1
             WHERE state NOT IN ('revoked', 'expired') AND id IN (SELECT s.credential_id FROM portal_sessions s WHERE",
            ")"
        );
        execute!(self.tx, revoke, now, a, b, c, d, e, f, g, h);
        let delete = over!("DELETE FROM portal_sessions WHERE id_hash IN (SELECT s.id_hash FROM portal_sessions s WHERE", ")");
        Ok(execute!(self.tx, delete, now, a, b, c, d, e, f, g, h))
    }
}
