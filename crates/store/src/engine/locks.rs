//! Locks of subjects that are more than one row. Where there is only one writer, there is nothing to lock.
//!
//! Whoever takes several takes them in this order, so that two wait and do not block each other:
//! administrators, the model, a source, a provider of sign-in, identities.

use tenure_domain::id::CredentialId;

use super::{Dialect as _, LockRows, RowLock, StoreError, WriteTx};

impl WriteTx {
    /// Makes decisions about who administers happen one after the other: whoever counts
    /// administrators, or looks whether there is an instance, takes this first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_administrators(&mut self) -> Result<(), StoreError> {
        self.lock_subject("administrators", RowLock::Alone).await
    }

    /// Keeps roles and rules as they are until the transaction ends: whoever works out access from
    /// them takes this first, so that a change of them either is seen, or comes after and sees what
    /// was written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_model(&mut self) -> Result<(), StoreError> {
        if !self.holds_model {
            self.lock_subject("model", RowLock::Shared).await?;
            self.holds_model = true;
        }
        Ok(())
    }

    /// Waits for everybody who works out access from roles and rules, and keeps others from it.
    pub(crate) async fn lock_model_alone(&mut self) -> Result<(), StoreError> {
        self.lock_subject("model", RowLock::Alone).await?;
        self.holds_model = true;
        Ok(())
    }

    /// Whether a session or token still stands.
    pub(super) async fn is_live(&mut self, credential: CredentialId) -> Result<bool, StoreError> {
        let row = fetch_optional!(self.tx, (CredentialId,), "SELECT id FROM credentials WHERE id = $1 AND state = 'active'", credential);
        Ok(row.is_some())
    }

    /// Whether this transaction is the only one that writes.
    pub(crate) fn has_one_writer(&self) -> bool {
        match &self.tx.conn {
            super::Conn::Sqlite(conn) => conn.has_one_writer(),
            super::Conn::Postgres(conn) => conn.has_one_writer(),
        }
    }

    async fn lock_subject(&mut self, subject: &'static str, lock: RowLock) -> Result<(), StoreError> {
        if self.has_one_writer() {
            return Ok(());
        }
        on_both!(self.tx, conn => {
            let mut query = sqlx::QueryBuilder::new("SELECT subject FROM locks WHERE subject = ");
            query.push_bind(subject);
            query.lock_rows(lock).build().execute(&mut **conn).await?;
        });
        Ok(())
    }
}
