//! Sealed accounts, and their uses.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::break_glass::SealState;
use tenure_domain::id::{BreakGlassUseId, CredentialId, IdentityId};
use tenure_domain::identity::LifecycleState;

use crate::engine::{StoreError, Tx, WriteTx};

/// The longest list of them: there are a handful.
const MOST: i64 = 100;

/// A sealed account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BreakGlassRow {
    /// The identity that it is.
    pub identity_id: IdentityId,
    /// Where it stands.
    pub state: SealState,
    /// How long a session lasts.
    pub minutes: i64,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Who asked for the link by which its password was last chosen.
    pub sealed_by: Option<IdentityId>,
    /// When it was last chosen.
    pub sealed_at: Option<DateTime<Utc>>,
}

/// A sealed account, for people.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BreakGlassView {
    /// The identity that it is.
    pub identity_id: IdentityId,
    /// By which it signs in.
    pub user_name: String,
    /// What it is called.
    pub display_name: String,
    /// Whether it may act at all.
    pub life: LifecycleState,
    /// Where it stands.
    pub state: SealState,
    /// How long a session lasts.
    pub minutes: i64,
    /// Who had its password chosen.
    pub sealed_by: Option<String>,
    /// When.
    pub sealed_at: Option<DateTime<Utc>>,
}

/// A use, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakGlassUse {
    /// Its key.
    pub id: BreakGlassUseId,
    /// The account.
    pub identity_id: IdentityId,
    /// The session.
    pub credential_id: CredentialId,
    /// Who had its password chosen.
    pub sealed_by: Option<IdentityId>,
    /// Why it was used.
    pub reason: String,
    /// From where.
    pub address: String,
    /// Since when.
    pub began_at: DateTime<Utc>,
    /// Until when at the latest.
    pub ends_at: DateTime<Utc>,
}

/// A use, for people.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BreakGlassUseView {
    /// Its key.
    pub id: BreakGlassUseId,
    /// The account.
    pub identity_id: IdentityId,
    /// By which it signs in.
    pub user_name: String,
    /// What the account is called.
    pub display_name: String,
    /// The session.
    pub credential_id: CredentialId,
    /// Who had its password chosen.
    pub sealed_by: Option<IdentityId>,
    /// Why it was used.
    pub reason: String,
    /// From where.
    pub address: String,
    /// Since when.
    pub began_at: DateTime<Utc>,
    /// Until when at the latest.
    pub ends_at: DateTime<Utc>,
    /// When its session ended before that.
    pub ended_at: Option<DateTime<Utc>>,
    /// When somebody had looked at it.
    pub closed_at: Option<DateTime<Utc>>,
    /// Who had.
    pub closed_by: String,
    /// What they found.
    pub note: String,
}

impl Tx {
    /// The sealed account that an identity is; None when it is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn break_glass_of(&mut self, id: IdentityId) -> Result<Option<BreakGlassRow>, StoreError> {
        Ok(fetch_optional!(
            self,
            BreakGlassRow,
            "SELECT identity_id, state, minutes, made_at, sealed_by, sealed_at FROM break_glass WHERE identity_id = $1",
            id
        ))
    }

    /// All sealed accounts whose identity has not ended, by name; 100 at most.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn break_glass_accounts(&mut self) -> Result<Vec<BreakGlassView>, StoreError> {
        Ok(fetch_all!(
            self,
            BreakGlassView,
            "SELECT b.identity_id, i.user_name, i.display_name, i.state AS life, b.state, b.minutes, s.display_name AS sealed_by, b.sealed_at
             FROM break_glass b JOIN identities i ON i.id = b.identity_id LEFT JOIN identities s ON s.id = b.sealed_by
             WHERE i.state NOT IN ('terminated', 'archived') ORDER BY i.user_name LIMIT $1",
            MOST
        ))
    }

    /// The uses, those that nobody has looked at first, then the newest; 100 at most.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn break_glass_uses(&mut self) -> Result<Vec<BreakGlassUseView>, StoreError> {
        Ok(fetch_all!(
            self,
            BreakGlassUseView,
            "SELECT u.id, u.identity_id, i.user_name, i.display_name, u.credential_id, u.sealed_by, u.reason, u.address, u.began_at, u.ends_at,
                    c.ended_at, u.closed_at, u.closed_by, u.note
             FROM break_glass_uses u JOIN identities i ON i.id = u.identity_id JOIN credentials c ON c.id = u.credential_id
             ORDER BY CASE WHEN u.closed_at IS NULL THEN 0 ELSE 1 END, u.id DESC LIMIT $1",
            MOST
        ))
    }

    /// One use.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn break_glass_use(&mut self, id: BreakGlassUseId) -> Result<Option<BreakGlassUseView>, StoreError> {
        Ok(fetch_optional!(
            self,
            BreakGlassUseView,
            "SELECT u.id, u.identity_id, i.user_name, i.display_name, u.credential_id, u.sealed_by, u.reason, u.address, u.began_at, u.ends_at,
                    c.ended_at, u.closed_at, u.closed_by, u.note
             FROM break_glass_uses u JOIN identities i ON i.id = u.identity_id JOIN credentials c ON c.id = u.credential_id
             WHERE u.id = $1",
            id
        ))
    }

    /// How many uses nobody has looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_break_glass_reviews(&mut self) -> Result<i64, StoreError> {
        Ok(fetch_one!(self, (i64,), "SELECT COUNT(*) FROM break_glass_uses WHERE closed_at IS NULL").0)
    }
}

impl WriteTx {
    /// Makes an identity a sealed account, or keeps where it stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_break_glass(&mut self, _proof: &impl May<change::WriteAccounts>, row: &BreakGlassRow) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO break_glass (identity_id, state, minutes, made_at, sealed_by, sealed_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (identity_id) DO UPDATE SET state = excluded.state, minutes = excluded.minutes, sealed_by = excluded.sealed_by, sealed_at = excluded.sealed_at",
            row.identity_id, row.state, row.minutes, row.made_at, row.sealed_by, row.sealed_at
        );
        Ok(())
    }

    /// Keeps a use.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_break_glass_use(
        &mut self,
        _proof: &impl May<change::WriteAccounts>,
        row: &BreakGlassUse,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO break_glass_uses (id, identity_id, credential_id, sealed_by, reason, address, began_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            row.id,
            row.identity_id,
            row.credential_id,
            row.sealed_by,
            row.reason.as_str(),
            row.address.as_str(),
            row.began_at,
            row.ends_at
        );
        Ok(())
    }

    /// Keeps that somebody has looked at a use.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else had before.
    pub async fn close_break_glass_use(
        &mut self,
        _proof: &impl May<change::WriteAccounts>,
        id: BreakGlassUseId,
        by: &str,
        note: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let n = execute!(
            self.tx,
            "UPDATE break_glass_uses SET closed_at = $2, closed_by = $3, note = $4 WHERE id = $1 AND closed_at IS NULL",
            id,
            at,
            by,
            note
        );
        if n == 1 { Ok(()) } else { Err(StoreError::Conflict("the review of the use")) }
    }
}
