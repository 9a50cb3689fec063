//! Things that one makes for oneself or for a non-human identity: `/account/…/new`, `/identities/{id}/…/new`.

use tenure_app::components::ForWhom;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;

use crate::http::{Caller, Failure};

/// Oneself; who is no identity has nothing of the kind.
pub(super) fn myself(caller: &Caller) -> Result<IdentityId, Failure> {
    caller.ctx.principal.identity_id().ok_or_else(Failure::not_found)
}

/// For whom a form makes `things`; `above` is the page that one comes from for oneself.
pub(super) fn for_whom(caller: &Caller, holder: &Identity, things: &str, above: (&str, &str)) -> ForWhom {
    if caller.ctx.principal.identity_id() == Some(holder.id) {
        ForWhom::oneself(things, above)
    } else {
        ForWhom::other(things, holder.id, &holder.display_name)
    }
}
