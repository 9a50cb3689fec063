//! An identity provider is a source: one for each identity whose token it holds.

use tenure_domain::access::{Authorized, actions};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::id::SourceId;
use tenure_store::imports::Source;
use tenure_store::{Tx, WriteTx};

use super::fault::Fault;
use crate::Ctx;

const NO_TOKEN: &str = "who writes here is a source, and a source is known by the identity of its API token: use the token of a service";

/// The source of who asks, if it has written anything yet.
pub(super) async fn known_source(ctx: &Ctx, tx: &mut Tx) -> Result<Option<SourceId>, Fault> {
    match ctx.principal.identity_id() {
        None => Ok(None),
        Some(me) => Ok(tx.source_of_provisioner(me).await?.map(|source| source.id)),
    }
}

/// The source of who asks, made now if this is the first that it writes; with the event of that.
pub(super) async fn own_source(
    ctx: &Ctx,
    proof: &Authorized<actions::ProvisionIdentities>,
    tx: &mut WriteTx,
) -> Result<(Source, Option<AuditEvent>), Fault> {
    let Some(me) = ctx.principal.identity_id() else { return Err(Fault::not_yours(None, NO_TOKEN)) };
    if let Some(source) = tx.source_that_tells(me).await? {
        return Ok((source, None));
    }
    let user_name = tx.identity(me).await?.map(|i| i.user_name).unwrap_or_default();
    let mut name: String = format!("SCIM: {user_name}").chars().take(60).collect();
    if tx.source_by_name(&name).await?.is_some() {
        name = format!("{name} ({me})");
    }
    let source = Source { provisioner_id: Some(me), ..Source::new(ctx.id(), name, ctx.now) };
    tx.insert_source(proof, &source).await?;
    let event = ctx.event(Stream::System, "source.created").target(&source.id, source.name.as_str());
    Ok((source, Some(event)))
}
