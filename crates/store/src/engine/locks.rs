//! Locks of subjects that are more than one row. Where there is only one writer they cost a look.
//!
//! Whoever takes several takes them in this order, so that two wait and do not block each other:
//! administrators, the model, a source, identities.

use super::{Language, StoreError, WriteTx};

impl WriteTx {
    /// Makes decisions about who administers happen one after the other: whoever counts
    /// administrators, or looks whether there is an instance, takes this first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_administrators(&mut self) -> Result<(), StoreError> {
        self.lock_subject("administrators", Strength::Alone).await
    }

    /// Keeps roles and rules as they are until the transaction ends: whoever works out access from
    /// them takes this first, so that a change of them either is seen, or comes after and sees what
    /// was written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_model(&mut self) -> Result<(), StoreError> {
        self.lock_subject("model", Strength::Shared).await
    }

    /// Waits for everybody who works out access from roles and rules, and keeps others from it.
    pub(crate) async fn lock_model_alone(&mut self) -> Result<(), StoreError> {
        self.lock_subject("model", Strength::Alone).await
    }

    async fn lock_subject(&mut self, subject: &'static str, strength: Strength) -> Result<(), StoreError> {
        on_both!(self.tx, conn => {
            let mut query = sqlx::QueryBuilder::new("SELECT subject FROM locks WHERE subject = ");
            query.push_bind(subject);
            let lock = words(&query, strength);
            query.push(lock).build().execute(&mut **conn).await?;
        });
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Strength {
    Alone,
    Shared,
}

/// The ending of a query that locks its rows, in the language of that query.
fn words<DB: Language>(_: &sqlx::QueryBuilder<DB>, strength: Strength) -> &'static str {
    match strength {
        Strength::Alone => DB::FOR_UPDATE,
        Strength::Shared => DB::FOR_SHARE,
    }
}
