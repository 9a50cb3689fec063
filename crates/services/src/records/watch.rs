//! A record that somebody watches: whether anything has changed, without reading all of it.

use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tenure_domain::access::{Portal, Principal, actions, authorize};
use tenure_domain::hex::hex;
use tenure_domain::id::{EndingId, IdentityId, RecordId};
use tenure_store::Tx;
use tenure_store::records::RecordCount;

use crate::{App, Ctx, ServiceError};

/// Where a record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// A short word that is another one when anything has changed. All instances have the same.
    pub version: String,
    /// Whether nothing is open.
    pub is_complete: bool,
}

impl Standing {
    fn of(counts: &[RecordCount]) -> Self {
        let mut text = String::new();
        for count in counts {
            // Writing to a text does not fail.
            let _ = write!(text, "{} {} {};", count.state, count.n, count.newest.timestamp_micros());
        }
        Self { version: hex(&Sha256::digest(text)[..8]), is_complete: !counts.iter().any(|count| count.is_open) }
    }

    /// Looks in a transaction that is open already.
    pub(super) async fn read(tx: &mut Tx, ending: EndingId, identity: IdentityId) -> Result<Self, ServiceError> {
        Ok(Self::of(&tx.record_counts(ending, identity).await?))
    }
}

/// A record that somebody may watch. Only [`watch_record`] makes one: it can be looked at again and again
/// without a new check, for all who watch. Whoever shows somebody what was seen asks [`WatchedRecord::may_see`].
#[derive(Debug, Clone)]
pub struct WatchedRecord {
    app: Arc<App>,
    id: RecordId,
    ending: EndingId,
    identity: IdentityId,
}

impl WatchedRecord {
    /// Its key.
    pub fn id(&self) -> RecordId {
        self.id
    }

    /// Where it stands now: one statement.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look(&self) -> Result<Standing, ServiceError> {
        let mut tx = self.app.store.read().await?;
        Standing::read(&mut tx, self.ending, self.identity).await
    }

    /// Whether somebody, as they are now, may see records.
    pub fn may_see(who: &Principal) -> bool {
        authorize::<actions::ViewAccess, _>(who, &Portal).is_ok()
    }
}

/// A record, to be watched.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn watch_record(ctx: &Ctx, id: RecordId) -> Result<WatchedRecord, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let row = ctx.app.store.read().await?.record(id).await?.ok_or(ServiceError::NotFound("record"))?;
    Ok(WatchedRecord { app: Arc::clone(&ctx.app), id, ending: row.ending_id, identity: row.identity_id })
}
