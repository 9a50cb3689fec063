//! Roles and rules worked out once, and used for as long as nobody changes them.

use std::sync::{Arc, PoisonError};

use tenure_domain::role::AccessModel;
use tenure_store::WriteTx;
use uuid::Uuid;

use crate::{Ctx, ServiceError};

/// Roles and rules, and the key of the state that they were read in.
#[derive(Debug, Clone)]
pub(crate) struct KnownModel {
    version: Uuid,
    model: Arc<AccessModel>,
}

/// Roles and rules as they are, held until the transaction ends. What decides is the key in the database: what this
/// process remembers only spares it the reading.
pub(crate) async fn known_model(ctx: &Ctx, tx: &mut WriteTx) -> Result<Arc<AccessModel>, ServiceError> {
    let version = tx.access_model_version().await?;
    let place = &ctx.app.transient.model;
    let known = place.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(known) = known.filter(|known| known.version == version) {
        return Ok(known.model);
    }
    let model = Arc::new(tx.access_model().await?);
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(KnownModel { version, model: Arc::clone(&model) });
    Ok(model)
}
