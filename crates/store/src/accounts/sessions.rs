//! Browser sessions. One look-up a request tells whether the session lives, whose it is, whether
//! that identity may still act, and what it may be.

use chrono::{DateTime, Utc};
use serde_json::Value;
use tenure_domain::access::{May, PortalRole, change};
use tenure_domain::credential::CredentialKind;
use tenure_domain::id::{CredentialId, IdentityId};
use tenure_domain::session::SessionLimits;

use super::tokens::parse_roles;
use crate::engine::{Store, StoreError, Tx, WriteTx};

/// A session as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRecord {
    /// Keyed hash of the cookie's value.
    pub id_hash: Vec<u8>,
    /// Whose; None before sign-in.
    pub identity_id: Option<IdentityId>,
    /// The session's credential; None before sign-in.
    pub credential_id: Option<CredentialId>,
    /// The identity's epoch at sign-in.
    pub epoch: Option<i64>,
    /// What the session layer keeps.
    pub data: Value,
    /// Until when it lives.
    pub expires_at: DateTime<Utc>,
    /// From where it began.
    pub address: String,
}

/// A live session, with its identity as it is now.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct StoredSession {
    /// What the session layer keeps.
    #[sqlx(json)]
    pub data: Value,
    /// Until when it lives.
    pub expires_at: DateTime<Utc>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last seen.
    pub last_seen_at: DateTime<Utc>,
    /// Whose.
    pub identity_id: Option<IdentityId>,
    /// The session's credential.
    pub credential_id: Option<CredentialId>,
    /// The limits of each portal role, as `role:overall:idle`, separated by commas.
    limits: Option<String>,
    /// The name that people read.
    pub display_name: Option<String>,
    /// Granted portal roles, separated by commas.
    pub roles: Option<String>,
    /// Whether anybody reports to it.
    pub has_reports: bool,
    /// Whether nothing goes out to targets, because the database was restored.
    pub held: bool,
    /// Whether a sealed account is in use.
    pub alarm: bool,
    /// The kinds of factor that somebody has, separated by commas.
    pub factors: Option<String>,
    /// How people must sign in, as it is written; none where nobody ever said.
    pub policy: Option<String>,
}

/// A session for its owner's eyes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionView {
    /// The session's credential.
    pub credential_id: CredentialId,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last seen.
    pub last_seen_at: DateTime<Utc>,
    /// Until when it lives.
    pub expires_at: DateTime<Utc>,
    /// The browser, as it calls itself.
    pub label: String,
    /// From where it was last used; empty when nobody knows.
    pub address: String,
}

impl StoredSession {
    /// How long it lasts, by the portal roles that are held now.
    pub fn limits(&self) -> SessionLimits {
        let mut held = parse_roles(self.roles.as_deref());
        if self.has_reports {
            held.insert(PortalRole::Manager);
        }
        let one = |text: &str| {
            let mut parts = text.split(':');
            let (role, overall, idle) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            Some((role, SessionLimits { overall, idle }))
        };
        let all: Vec<_> = self.limits.as_deref().unwrap_or_default().split(',').filter_map(one).collect();
        SessionLimits::strictest(&all, &held)
    }

    /// When it ends if nobody uses it from now on.
    pub fn ends_at(&self) -> DateTime<Utc> {
        self.limits().ends_at(self.created_at, self.last_seen_at).min(self.expires_at)
    }
}

impl Tx {
    /// A session, if it lives by the limits of the roles that are held now, its identity may act, the epochs agree and
    /// its credential was not revoked: a row that is written after the revocation is dead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_session(&mut self, id_hash: &[u8], now: DateTime<Utc>) -> Result<Option<StoredSession>, StoreError> {
        let found = fetch_optional!(
            self,
            StoredSession,
            "SELECT s.data, s.expires_at, s.created_at, s.last_seen_at, s.identity_id, s.credential_id, i.display_name,
                    (SELECT string_agg(r.role, ',') FROM portal_roles r WHERE r.identity_id = s.identity_id) AS roles,
                    (SELECT string_agg(l.role || ':' || l.overall_minutes || ':' || l.idle_minutes, ',') FROM session_limits l) AS limits,
                    EXISTS (SELECT 1 FROM identities d WHERE d.manager_id = s.identity_id AND d.state NOT IN ('terminated', 'archived')) AS has_reports,
                    EXISTS (SELECT 1 FROM restores h WHERE h.released_at IS NULL) AS held,
                    EXISTS (SELECT 1 FROM break_glass_uses u JOIN credentials g ON g.id = u.credential_id WHERE u.ends_at > $2 AND g.state = 'active') AS alarm,
                    (SELECT string_agg(f.kind, ',') FROM factors f WHERE f.identity_id = s.identity_id) AS factors,
                    (SELECT p.policy FROM sign_in_policy p WHERE p.id = 1) AS policy
             FROM portal_sessions s LEFT JOIN identities i ON i.id = s.identity_id LEFT JOIN credentials c ON c.id = s.credential_id
             WHERE s.id_hash = $1 AND s.expires_at > $2 AND (s.identity_id IS NULL OR (i.epoch = s.epoch AND i.state IN ('active', 'on-leave') AND c.state = 'active'))",
            id_hash,
            now
        );
        Ok(found.filter(|session| session.identity_id.is_none() || session.ends_at() > now))
    }

    /// The live sessions of somebody, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_of(&mut self, id: IdentityId, now: DateTime<Utc>) -> Result<Vec<SessionView>, StoreError> {
        Ok(fetch_all!(
            self,
            SessionView,
            "SELECT s.credential_id, c.created_at, s.last_seen_at, s.expires_at, c.label, s.address FROM portal_sessions s JOIN credentials c ON c.id = s.credential_id
             WHERE s.identity_id = $1 AND s.expires_at > $2 AND c.state = 'active' ORDER BY c.created_at DESC, s.created_at DESC LIMIT 100",
            id,
            now
        ))
    }
}

impl WriteTx {
    /// Ends the sessions that stand for a credential.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session_of(
        &mut self,
        _proof: &impl May<change::WriteCredentials>,
        credential: CredentialId,
    ) -> Result<u64, StoreError> {
        Ok(execute!(self.tx, "DELETE FROM portal_sessions WHERE credential_id = $1", credential))
    }

    /// Ends all sessions of somebody but one, and revokes their credentials.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_other_sessions(
        &mut self,
        _proof: &impl May<change::WriteAccounts>,
        id: IdentityId,
        keep: Option<CredentialId>,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        use tenure_domain::id::Id as _;
        let keep = keep.unwrap_or_else(|| CredentialId::from_uuid(uuid::Uuid::nil()));
        execute!(
            self.tx,
            "UPDATE credentials SET state = 'revoked', ended_at = $3, version = version + 1 WHERE identity_id = $1 AND kind = 'session' AND origin = 'issued' AND id <> $2 AND state NOT IN ('revoked', 'expired')",
            id,
            keep,
            at
        );
        Ok(execute!(
            self.tx,
            "DELETE FROM portal_sessions WHERE identity_id = $1 AND (credential_id IS NULL OR credential_id <> $2)",
            id,
            keep
        ))
    }
}

/// What a suspension ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct EndedSignIns {
    /// Sessions that died.
    pub sessions: usize,
    /// API tokens that died.
    pub api_tokens: usize,
}

impl WriteTx {
    /// Ends all sessions and API tokens of an identity, and raises its epoch, so that none of them
    /// comes back when the identity may act again. Its password stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sign_ins(
        &mut self,
        _proof: &impl May<change::EndSignIns>,
        id: IdentityId,
        at: DateTime<Utc>,
    ) -> Result<EndedSignIns, StoreError> {
        execute!(self.tx, "UPDATE identities SET epoch = epoch + 1 WHERE id = $1", id);
        let ended = fetch_all!(
            self.tx,
            (CredentialKind,),
            "UPDATE credentials SET state = 'revoked', ended_at = $2, version = version + 1
             WHERE identity_id = $1 AND kind IN ('session', 'token') AND origin = 'issued' AND state NOT IN ('revoked', 'expired') RETURNING kind",
            id,
            at
        );
        execute!(self.tx, "DELETE FROM portal_sessions WHERE identity_id = $1", id);
        execute!(self.tx, "DELETE FROM api_tokens WHERE identity_id = $1", id);
        let sessions = ended.iter().filter(|(kind,)| *kind == CredentialKind::Session).count();
        Ok(EndedSignIns { sessions, api_tokens: ended.len() - sessions })
    }
}

/// What the session layer itself writes: no person's change is behind it, so it leaves no events.
impl Store {
    /// Keeps a session, new or changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_session(&self, s: &SessionRecord, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(
            tx.tx,
            "INSERT INTO portal_sessions (id_hash, credential_id, identity_id, epoch, data, created_at, last_seen_at, expires_at, address) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)
             ON CONFLICT (id_hash) DO UPDATE SET credential_id = excluded.credential_id, identity_id = excluded.identity_id, epoch = excluded.epoch, data = excluded.data, last_seen_at = excluded.last_seen_at, expires_at = excluded.expires_at",
            s.id_hash.as_slice(), s.credential_id, s.identity_id, s.epoch, sqlx::types::Json(&s.data), now, s.expires_at, s.address.as_str()
        );
        tx.unscoped_commit().await
    }

    /// Notes that a session was used, and from where. Nothing happens when it is gone: it must not come back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(
        &self,
        id_hash: &[u8],
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
        address: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(
            tx.tx,
            "UPDATE portal_sessions SET last_seen_at = $2, expires_at = $3, address = $4 WHERE id_hash = $1",
            id_hash,
            now,
            expires_at,
            address
        );
        execute!(
            tx.tx,
            "UPDATE credentials SET last_used_at = $2 WHERE id = (SELECT credential_id FROM portal_sessions WHERE id_hash = $1)",
            id_hash,
            now
        );
        tx.unscoped_commit().await
    }

    /// Forgets a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session(&self, id_hash: &[u8]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(tx.tx, "DELETE FROM portal_sessions WHERE id_hash = $1", id_hash);
        tx.unscoped_commit().await
    }

    /// Forgets sessions whose time is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_sessions(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let n = execute!(tx.tx, "DELETE FROM portal_sessions WHERE expires_at <= $1", now);
        tx.unscoped_commit().await?;
        Ok(n)
    }
}

/// The states in which an identity may act, as the query above spells them.
#[cfg(test)]
mod tests {
    use tenure_domain::identity::LifecycleState;

    #[test]
    fn the_query_and_the_domain_agree_on_who_may_act() {
        let may: Vec<_> = LifecycleState::ALL.iter().filter(|s| s.may_act()).map(|s| s.as_str()).collect();
        assert_eq!(may, ["active", "on-leave"]);
    }
}
