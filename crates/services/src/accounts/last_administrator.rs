//! The guard of the last administrator. A portal that nobody can administer any more is mended only
//! by a restart, so no single command leaves it so.

use tenure_domain::id::IdentityId;
use tenure_store::WriteTx;

use crate::ServiceError;

/// What is said when one would leave the portal without anybody who administers it.
pub(crate) const LAST: &str = "this is the last administrator; make another one first, and let them set a password";

/// Whether nobody who can administer would be left without these. Who has no password yet does not
/// count, unless nobody has one: then whoever holds the role does, or there could never be one.
///
/// # Errors
/// When the database fails.
pub(crate) async fn leaves_no_administrator(tx: &mut WriteTx, leaving: &[IdentityId]) -> Result<bool, ServiceError> {
    // Two who leave at the same moment must not each count on the other.
    tx.lock_administrators().await?;
    let mut able = tx.administrators().await?;
    if able.iter().any(|a| a.has_password) {
        able.retain(|a| a.has_password);
    }
    Ok(!able.is_empty() && able.iter().all(|a| leaving.contains(&a.id)))
}
