//! Who a live session stands for.

use std::collections::BTreeSet;

use tenure_domain::access::{PortalRole, Principal, PrincipalKind};
use tenure_domain::id::{CredentialId, IdentityId};

/// The principal of a signed-in person. Manager follows from having reports, employee from being.
pub fn person(identity_id: IdentityId, session: CredentialId, label: &str, granted: BTreeSet<PortalRole>, has_reports: bool) -> Principal {
    Principal { kind: PrincipalKind::Person { identity_id, session }, label: label.to_owned(), roles: all_roles(granted, has_reports) }
}

pub(crate) fn all_roles(mut granted: BTreeSet<PortalRole>, has_reports: bool) -> BTreeSet<PortalRole> {
    // A machine that tells who there is, or fetches signals, does nothing else: not even what is its own.
    if !granted.is_empty() && granted.iter().all(|role| matches!(role, PortalRole::Provisioner | PortalRole::Receiver)) {
        return granted;
    }
    granted.insert(PortalRole::Employee);
    if has_reports {
        granted.insert(PortalRole::Manager);
    }
    granted
}
