//! Recovery codes.

use tenure_domain::access::{May, change};
use tenure_domain::id::IdentityId;

use crate::engine::{StoreError, Tx, WriteTx};

impl Tx {
    /// How many recovery codes somebody has left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recovery_codes_left(&mut self, id: IdentityId) -> Result<i64, StoreError> {
        Ok(fetch_one!(self, (i64,), "SELECT COUNT(*) FROM recovery_codes WHERE identity_id = $1", id).0)
    }
}

impl WriteTx {
    /// Keeps new recovery codes in place of those before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_recovery_codes(
        &mut self,
        _proof: &impl May<change::WriteFactors>,
        id: IdentityId,
        hashes: &[Vec<u8>],
    ) -> Result<(), StoreError> {
        execute!(self.tx, "DELETE FROM recovery_codes WHERE identity_id = $1", id);
        insert_rows!(self.tx, columns: 2, "INSERT INTO recovery_codes (identity_id, code_hash) ", hashes, |b, hash| {
            b.push_bind(id);
            b.push_bind(hash.clone());
        }, "");
        Ok(())
    }

    /// Uses a recovery code up: whether it was there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_recovery_code(
        &mut self,
        _proof: &impl May<change::WriteFactors>,
        id: IdentityId,
        hash: &[u8],
    ) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "DELETE FROM recovery_codes WHERE identity_id = $1 AND code_hash = $2", id, hash) == 1)
    }
}
