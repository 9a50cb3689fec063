//! Whom the subjects of issuers stand for.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{IdentityId, LinkId, ProviderId};
use tenure_domain::sign_in::LinkHow;

use crate::engine::{StoreError, Tx, WriteTx};

/// A link, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkRow {
    /// Its key.
    pub id: LinkId,
    /// The provider by which it came about.
    pub provider_id: ProviderId,
    /// Whose subject.
    pub issuer: String,
    /// The subject.
    pub subject: String,
    /// Whom it stands for.
    pub identity_id: IdentityId,
    /// How it came about.
    pub how: LinkHow,
    /// By what it was found, or who said so.
    pub reason: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When somebody last signed in by it.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When its identity ended: it signs nobody in any more.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A link with the name of its provider.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkView {
    /// The link.
    #[sqlx(flatten)]
    pub link: LinkRow,
    /// What people call the provider.
    pub provider: String,
}

impl Tx {
    /// The link of a subject.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in_link(&mut self, issuer: &str, subject: &str) -> Result<Option<LinkRow>, StoreError> {
        let sql = "SELECT * FROM sign_in_links WHERE issuer = $1 AND subject = $2";
        Ok(fetch_optional!(self, LinkRow, sql, issuer, subject))
    }

    /// One link.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in_link_by_id(&mut self, id: LinkId) -> Result<Option<LinkRow>, StoreError> {
        Ok(fetch_optional!(self, LinkRow, "SELECT * FROM sign_in_links WHERE id = $1", id))
    }

    /// The links of an identity, those that ended too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in_links_of(&mut self, identity: IdentityId) -> Result<Vec<LinkView>, StoreError> {
        Ok(fetch_all!(
            self,
            LinkView,
            "SELECT l.*, p.name AS provider FROM sign_in_links l JOIN sign_in_providers p ON p.id = l.provider_id
             WHERE l.identity_id = $1 ORDER BY p.name, l.created_at, l.id LIMIT 200",
            identity
        ))
    }

    /// Whether another subject of this issuer stands for somebody, be it that it ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_sign_in_link(&mut self, issuer: &str, identity: IdentityId) -> Result<bool, StoreError> {
        let sql = "SELECT id FROM sign_in_links WHERE issuer = $1 AND identity_id = $2 LIMIT 1";
        Ok(fetch_optional!(self, (LinkId,), sql, issuer, identity).is_some())
    }
}

impl WriteTx {
    /// Puts a link in.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the subject has one.
    pub async fn insert_sign_in_link(&mut self, _proof: &impl May<change::WriteLinks>, l: &LinkRow) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO sign_in_links (id, provider_id, issuer, subject, identity_id, how, reason, created_at, last_used_at, ended_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            l.id,
            l.provider_id,
            l.issuer.as_str(),
            l.subject.as_str(),
            l.identity_id,
            l.how,
            l.reason.as_str(),
            l.created_at,
            l.last_used_at,
            l.ended_at
        );
        Ok(())
    }

    /// Notes that somebody signed in by it. Whether it is there, and has not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_sign_in_link(
        &mut self,
        _proof: &impl May<change::WriteLinks>,
        id: LinkId,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "UPDATE sign_in_links SET last_used_at = $2 WHERE id = $1 AND ended_at IS NULL", id, at) == 1)
    }

    /// Takes a link away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_sign_in_link(&mut self, _proof: &impl May<change::WriteLinks>, id: LinkId) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "DELETE FROM sign_in_links WHERE id = $1", id) == 1)
    }
}
