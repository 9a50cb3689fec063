//! Trying whether a target can be reached.

use serde_json::json;
use tenure_connectors::{Fault, Probe};
use tenure_domain::access::{Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::ApplicationId;
use tenure_store::targets::Reach;

use super::connect;
use crate::{Ctx, ServiceError};

/// Signs in at a target and looks what it is. Nothing is changed there; that somebody tried is in the log.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`] when nobody said how it is reached. That the target
/// does not answer is a result, not an error.
pub async fn probe_target(ctx: &Ctx, id: ApplicationId) -> Result<Result<Probe, Fault>, ServiceError> {
    ctx.authorize::<actions::ManageTarget, _>(&(id, Relation::None)).await?;
    let mut tx = ctx.app.store.read().await?;
    let reach = tx.target(id).await?.ok_or(ServiceError::NotFound("target"))?.reach;
    let name = tx.application(id).await?.map(|a| a.name).unwrap_or_default();
    drop(tx);
    let probed = probe(ctx, &reach).await;
    let said = match &probed {
        Ok(probe) => json!({ "product": probe.product, "signed_in_as": probe.signed_in_as, "remarks": probe.remarks }),
        Err(fault) => json!({ "fault": fault.words }),
    };
    // That a target does not answer is told, and nothing was carried out.
    let store = if probed.is_ok() { ctx.app.store.clone() } else { ctx.app.store.fulfilling_nothing() };
    store.write().await?.commit(ctx.event(Stream::System, "target.probed").target(&id, name.as_str()).after(said)).await?;
    Ok(probed)
}

/// The look itself, which leaves no trace here.
pub(super) async fn probe(ctx: &Ctx, reach: &Reach) -> Result<Probe, Fault> {
    connect(ctx, reach)?.probe().await
}
