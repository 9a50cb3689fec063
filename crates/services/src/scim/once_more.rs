//! Two who change the same at the same moment: one of them is tried once more. And what is refused leaves its row in
//! the audit log.

use tenure_domain::access::{ActionKind, Portal};
use tenure_domain::audit::Stream;

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
