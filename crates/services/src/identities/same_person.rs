//! Whether two identities are one person's.

use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;
use tenure_store::Tx;

use crate::ServiceError;

/// Whether two identities are one person's: the same, or personas of the same.
pub(crate) async fn is_same_person(tx: &mut Tx, one: IdentityId, other: IdentityId) -> Result<bool, ServiceError> {
    let main = |found: Option<Identity>, id| found.and_then(|i| i.persona_of).unwrap_or(id);
    Ok(main(tx.identity(one).await?, one) == main(tx.identity(other).await?, other))
}
