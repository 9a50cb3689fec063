//! Idempotency keys: a program that sends a change twice makes it once
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! A request first claims its key. The change marks the claim as carried out in its own transaction, so that after
//! a crash it is known whether it happened; the answer is kept afterwards.

use chrono::{DateTime, Duration, Utc};
use tenure_domain::id::{Id as _, IdentityId};
use uuid::Uuid;

use crate::engine::{Store, StoreError, WriteTx};

/// How long a key is kept.
const KEPT: Duration = Duration::hours(24);
/// After so long a request that did nothing counts as given up.
const GIVEN_UP: Duration = Duration::minutes(5);

/// A key that a request has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Whose key it is.
    pub principal: IdentityId,
    /// The key.
    pub key: String,
    /// This request, among all that send the key.
    pub claim: Uuid,
}

/// An answer that is given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The status of HTTP.
    pub status: i32,
    /// The body; None when it showed a secret.
    pub body: Option<String>,
    /// Names and values of headers, as JSON.
    pub headers: String,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It is this request's to carry out.
    Claimed,
    /// It came with another request.
    OtherRequest,
    /// The same request is being carried out.
    Running,
    /// It was carried out, and its answer was lost.
    CarriedOut,
    /// It was answered.
    Answered(KeptAnswer),
}

#[derive(sqlx::FromRow)]
struct Row {
    request_hash: Vec<u8>,
    carried_out: bool,
    claimed_until: DateTime<Utc>,
    status: Option<i32>,
    answer: Option<String>,
    headers: String,
}

impl Row {
    fn known(self, request_hash: &[u8], now: DateTime<Utc>) -> Known {
        match self.status {
            _ if self.request_hash != request_hash => Known::OtherRequest,
            Some(status) => Known::Answered(KeptAnswer { status, body: self.answer, headers: self.headers }),
            // Whoever carries it out says so again and again, until the answer is kept.
            None if self.carried_out && self.claimed_until <= now => Known::CarriedOut,
            None => Known::Running,
        }
    }
}

impl WriteTx {
    /// Marks the claim as carried out by this transaction.
    pub(crate) async fn fulfil(&mut self, claim: &Claim) -> Result<(), StoreError> {
        let marked = execute!(
            self.tx,
            "UPDATE idempotency_keys SET carried_out = TRUE WHERE principal_id = $1 AND key = $2 AND claim = $3",
            claim.principal.uuid(),
            claim.key.as_str(),
            claim.claim
        );
        if marked == 1 { Ok(()) } else { Err(StoreError::Conflict("what this idempotency key stands for")) }
    }
}

impl Store {
    /// Claims a key for a request, or says what is known of it. No person's change is behind it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_key(&self, claim: &Claim, request_hash: &[u8], now: DateTime<Utc>) -> Result<Known, StoreError> {
        let mut tx = self.write().await?;
        let claimed = execute!(
            tx.tx,
            "INSERT INTO idempotency_keys (principal_id, key, request_hash, claim, claimed_until, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (principal_id, key) DO UPDATE SET request_hash = excluded.request_hash, claim = excluded.claim,
                 claimed_until = excluded.claimed_until, carried_out = FALSE, status = NULL, answer = NULL, headers = '[]',
                 created_at = excluded.created_at, expires_at = excluded.expires_at
             WHERE idempotency_keys.expires_at <= excluded.created_at
                OR (NOT idempotency_keys.carried_out AND idempotency_keys.status IS NULL
                    AND idempotency_keys.claimed_until <= excluded.created_at AND idempotency_keys.request_hash = excluded.request_hash)",
            claim.principal.uuid(),
            claim.key.as_str(),
            request_hash,
            claim.claim,
            now + GIVEN_UP,
            now,
            now + KEPT
        );
        let known = if claimed == 1 {
            Known::Claimed
        } else {
            let row = fetch_optional!(
                tx.tx,
                Row,
                "SELECT request_hash, carried_out, claimed_until, status, answer, headers FROM idempotency_keys WHERE principal_id = $1 AND key = $2",
                claim.principal.uuid(),
                claim.key.as_str()
            );
            // Given free this very moment: whoever sends it again gets it.
            row.map_or(Known::Running, |row| row.known(request_hash, now))
        };
        tx.unscoped_commit().await?;
        Ok(known)
    }

    /// Says that a claim is still being carried out, so that nobody takes it over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_claim(&self, claim: &Claim, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(
            tx.tx,
            "UPDATE idempotency_keys SET claimed_until = $4 WHERE principal_id = $1 AND key = $2 AND claim = $3",
            claim.principal.uuid(),
            claim.key.as_str(),
            claim.claim,
            now + GIVEN_UP
        );
        tx.unscoped_commit().await
    }

    /// Keeps the answer to a claim.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_answer(&self, claim: &Claim, answer: &KeptAnswer) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(
            tx.tx,
            "UPDATE idempotency_keys SET status = $4, answer = $5, headers = $6 WHERE principal_id = $1 AND key = $2 AND claim = $3",
            claim.principal.uuid(),
            claim.key.as_str(),
            claim.claim,
            answer.status,
            answer.body.as_deref(),
            answer.headers.as_str()
        );
        tx.unscoped_commit().await
    }

    /// Gives a key free whose request failed before it did anything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_key(&self, claim: &Claim) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(
            tx.tx,
            "DELETE FROM idempotency_keys WHERE principal_id = $1 AND key = $2 AND claim = $3 AND NOT carried_out",
            claim.principal.uuid(),
            claim.key.as_str(),
            claim.claim
        );
        tx.unscoped_commit().await
    }

    /// Lets keys go whose time is over; yields how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_keys(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let gone = execute!(tx.tx, "DELETE FROM idempotency_keys WHERE expires_at <= $1", now);
        tx.unscoped_commit().await?;
        Ok(gone)
    }
}
