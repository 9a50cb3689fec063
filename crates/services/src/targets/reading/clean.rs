//! What a target tells, as it can be kept: PostgreSQL takes no NUL in a text, so nothing is kept with one. One odd value
//! must not end the reading of a whole target.

use tenure_connectors::{AccountRef, Found, FoundAccount, FoundCredential, FoundEntitlement, FoundMembership};

use crate::targets::seen::without_nuls;
use crate::text::without_nul as text;

/// The same without NUL, wherever there was one: what is compared is what is kept.
pub(super) fn clean(found: Found) -> Found {
    match found {
        Found::Account(a) => Found::Account(FoundAccount {
            account: AccountRef { key: text(a.account.key), name: text(a.account.name) },
            attributes: without_nuls(a.attributes),
            ..a
        }),
        Found::Gone(key) => Found::Gone(text(key)),
        Found::Entitlement(e) => {
            Found::Entitlement(FoundEntitlement { key: text(e.key), name: text(e.name), description: text(e.description) })
        }
        Found::Membership(m) => Found::Membership(FoundMembership { entitlement: text(m.entitlement), member: text(m.member), ..m }),
        Found::Credential(c) => {
            Found::Credential(FoundCredential { key: text(c.key), account: text(c.account), label: text(c.label), ..c })
        }
        Found::Watermark(mark) => Found::Watermark(mark),
    }
}
