//! Two who change the same at the same moment: one of them is tried once more. And what is refused leaves its row in
//! the audit log.

use tenure_domain::access::{ActionKind, Portal};
use tenure_domain::audit::{AuditEvent, Events, Stream};
use tenure_store::WriteTx;

use super::fault::Fault;
use crate::{Ctx, ServiceError};

/// `once_more!(ctx, { … })`: runs a change, once more when it met another, and writes a refusal down.
macro_rules! once_more {
    ($ctx:expr, $change:block) => {{
        let mut done: Result<_, $crate::scim::Fault> = async $change.await;
        if $crate::scim::once_more::met_another(&done) {
            done = async $change.await;
        }
        $crate::scim::once_more::noted($ctx, done).await
    }};
}
pub(super) use once_more;

/// `once_more_together!(ctx, |tx| { … })`: as [`once_more`], for a change of one user, which reaches the disk together
/// with others; when it met another it is tried alone. It yields what to answer, and the events: none when nothing changes.
macro_rules! once_more_together {
    ($ctx:expr, |$tx:ident| $change:block) => {{
        let mut alone = false;
        let done = loop {
            let done = match $crate::scim::once_more::begin($ctx, alone).await {
                Ok(mut begun) => {
                    let $tx = &mut begun;
                    let made: Result<(_, Vec<tenure_domain::audit::AuditEvent>), $crate::scim::Fault> = async $change.await;
                    $crate::scim::once_more::end(begun, made).await
                }
                Err(fault) => Err(fault),
            };
            if alone || !$crate::scim::once_more::met_another(&done) {
                break done;
            }
            alone = true;
        };
        $crate::scim::once_more::noted($ctx, done).await
    }};
}
pub(super) use once_more_together;

/// Begins a change of one user.
pub(super) async fn begin(ctx: &Ctx, alone: bool) -> Result<WriteTx, Fault> {
    let store = &ctx.app.store;
    Ok(if alone { store.write().await? } else { store.write_together().await? })
}

/// Ends it. Whatever is answered is on the disk then: also where nothing changes, and where it is an error, because of
/// rows that others wrote.
pub(super) async fn end<T>(tx: WriteTx, made: Result<(T, Vec<AuditEvent>), Fault>) -> Result<T, Fault> {
    let (answer, events) = match made {
        Ok(made) => made,
        Err(fault) => {
            tx.give_up().await?;
            return Err(fault);
        }
    };
    let mut events = events.into_iter();
    match events.next() {
        Some(first) => {
            let mut all = Events::one(first);
            all.extend(events);
            tx.commit(all).await?;
        }
        None => tx.give_up().await?,
    }
    Ok(answer)
}

/// Whether a change met another, so that nothing of it happened.
pub(super) const fn met_another<T>(done: &Result<T, Fault>) -> bool {
    matches!(done, Err(Fault::Service(ServiceError::Conflict(_))))
}

/// Writes a refusal down. It needs its own transaction, so this is done after that of the change is gone.
pub(super) async fn noted<T>(ctx: &Ctx, done: Result<T, Fault>) -> Result<T, Fault> {
    if let Err(Fault::NotYours { about, words }) = &done {
        let mut event = ctx.event(Stream::System, ActionKind::ProvisionIdentities.as_str()).because(words.as_str()).refused();
        event = match about {
            Some(id) => event.target(id, "").about(*id),
            None => event.target(&Portal, ""),
        };
        ctx.app.store.write().await?.commit(event).await?;
    }
    done
}
