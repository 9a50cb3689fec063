//! Which sessions a provider opened, and which of them it says are over.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{CredentialId, IdentityId, ProviderId};

use crate::engine::{StoreError, Tx, WriteTx};

/// By which provider a session was opened, and what that said of how.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize, serde::Deserialize)]
pub struct SessionOrigin {
    /// The session's credential.
    pub credential_id: CredentialId,
    /// By whom.
    pub provider_id: ProviderId,
    /// Who it is there.
    pub subject: String,
    /// Its session there.
    pub sid: Option<String>,
    /// How well somebody proved themselves, in the provider's words.
    pub acr: Option<String>,
    /// By what, in the provider's words, separated by blanks.
    pub amr: String,
    /// When.
    pub auth_time: Option<DateTime<Utc>>,
}

/// Which sessions of a provider are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over<'a> {
    /// All.
    All,
    /// Those of a subject.
    Subject(&'a str),
    /// Those of one session there.
    Sid(&'a str),
    /// Those of one session there, if it is of that subject.
    SidOf(&'a str, &'a str),
}

/// A session that ended.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EndedSession {
    /// Its credential.
    pub id: CredentialId,
    /// Whose it was.
    pub identity_id: Option<IdentityId>,
    /// The browser, as it calls itself.
    pub label: String,
}

impl Tx {
    /// By which provider a session was opened, if by one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_origin(&mut self, session: CredentialId) -> Result<Option<SessionOrigin>, StoreError> {
        Ok(fetch_optional!(self, SessionOrigin, "SELECT * FROM sign_in_sessions WHERE credential_id = $1", session))
    }

    /// Whether a session lives that a provider opened by that session of its own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_provider_session(&mut self, provider: ProviderId, sid: &str) -> Result<bool, StoreError> {
        let sql = "SELECT c.id FROM sign_in_sessions s JOIN credentials c ON c.id = s.credential_id
             WHERE s.provider_id = $1 AND s.sid = $2 AND c.state = 'active' LIMIT 1";
        Ok(fetch_optional!(self, (CredentialId,), sql, provider, sid).is_some())
    }

    /// Whether a provider said, since somebody set out to sign in, that what they would open is over: by the session there
    /// at any time, or by the subject after that moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_signed_out_there(
        &mut self,
        provider: ProviderId,
        subject: &str,
        sid: Option<&str>,
        since: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let sql =
            "SELECT jti FROM sign_in_logouts WHERE provider_id = $1 AND (sid = $3 OR (sid IS NULL AND subject = $2 AND at >= $4)) LIMIT 1";
        Ok(fetch_optional!(self, (String,), sql, provider, subject, sid, since).is_some())
    }
}

impl WriteTx {
    /// Notes by which provider a session was opened.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_session_origin(&mut self, _proof: &impl May<change::WriteCredentials>, s: &SessionOrigin) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO sign_in_sessions (credential_id, provider_id, subject, sid, acr, amr, auth_time) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            s.credential_id,
            s.provider_id,
            s.subject.as_str(),
            s.sid.as_deref(),
            s.acr.as_deref(),
            s.amr.as_str(),
            s.auth_time
        );
        Ok(())
    }

    /// Takes a logout token. Whether nobody had taken it before.
    ///
    /// # Errors
    /// When the database fails.
    #[allow(clippy::too_many_arguments)]
    pub async fn take_sign_in_logout(
        &mut self,
        _proof: &impl May<change::WriteCredentials>,
        provider: ProviderId,
        jti: &str,
        subject: Option<&str>,
        sid: Option<&str>,
        at: DateTime<Utc>,
        known_until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO sign_in_logouts (provider_id, jti, subject, sid, at, known_until) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (provider_id, jti) DO NOTHING";
        Ok(execute!(self.tx, sql, provider, jti, subject, sid, at, known_until) == 1)
    }

    /// Ends sessions that a provider opened, and says which they were. A session is over by its credential: one whose row
    /// is only written afterwards is dead too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_provider_sessions(
        &mut self,
        _proof: &impl May<change::WriteCredentials>,
        provider: ProviderId,
        over: Over<'_>,
        at: DateTime<Utc>,
    ) -> Result<Vec<EndedSession>, StoreError> {
        let (sid, subject) = match over {
            Over::All => (None, None),
            Over::Subject(subject) => (None, Some(subject)),
            Over::Sid(sid) => (Some(sid), None),
            Over::SidOf(sid, subject) => (Some(sid), Some(subject)),
        };
        let ended = fetch_all!(
            self.tx,
            EndedSession,
            "UPDATE credentials SET state = 'revoked', ended_at = $4, version = version + 1
             WHERE kind = 'session' AND origin = 'issued' AND state NOT IN ('revoked', 'expired')
               AND id IN (SELECT credential_id FROM sign_in_sessions WHERE provider_id = $1 AND sid = COALESCE($2, sid) AND subject = COALESCE($3, subject)
                          UNION ALL
                          SELECT credential_id FROM sign_in_sessions WHERE provider_id = $1 AND sid IS NULL AND CAST($2 AS TEXT) IS NULL AND subject = COALESCE($3, subject))
             RETURNING id, identity_id, label",
            provider,
            sid,
            subject,
            at
        );
        if !ended.is_empty() {
            execute!(
                self.tx,
                "DELETE FROM portal_sessions WHERE credential_id IN (
                     SELECT s.credential_id FROM sign_in_sessions s JOIN credentials c ON c.id = s.credential_id
                     WHERE s.provider_id = $1 AND c.state = 'revoked' AND c.ended_at = $2)",
                provider,
                at
            );
        }
        Ok(ended)
    }
}
