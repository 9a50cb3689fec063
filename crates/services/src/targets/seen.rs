//! An account as a look at its target shows it, and what differs from what is recorded.

use std::collections::BTreeMap;

use tenure_connectors::FoundAccount;
use tenure_domain::id::AccountId;
use tenure_domain::identity::Identity;
use tenure_domain::mapping::Mapping;
use tenure_domain::target::AccountState;
use tenure_store::targets::{Accepted, Drift, Drifted, SeenAccount, apart, same_values};

use crate::text::without_nul;

/// An account as it was just seen; whose it is, and what differs, comes from elsewhere.
pub(crate) fn as_seen(id: AccountId, found: &FoundAccount) -> SeenAccount {
    SeenAccount {
        id,
        identity_id: None,
        key: found.account.key.clone(),
        name: found.account.name.clone(),
        state: if found.enabled { AccountState::Enabled } else { AccountState::Disabled },
        attributes: without_nuls(found.attributes.clone()),
        last_used_at: found.last_used_at,
        drift: None,
        left: Accepted::new(),
    }
}

/// Attributes as they can be kept.
pub(super) fn without_nuls(attributes: BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    let clean = |(name, values): (String, Vec<String>)| (without_nul(name), values.into_iter().map(without_nul).collect());
    attributes.into_iter().map(clean).collect()
}

/// What an account has otherwise than the mapping makes of its identity, and what of that is left so; of who has ended,
/// nothing is to be so. What somebody left as it is counts as long as neither changes.
pub(super) fn differences(
    mapping: &Mapping,
    person: &Identity,
    attributes: &BTreeMap<String, Vec<String>>,
    left: &Accepted,
) -> (Option<Drift>, Accepted) {
    if person.state.has_ended() {
        return (None, Accepted::new());
    }
    let real = |name: &str| {
        let same = |(key, _): &(&String, &Vec<String>)| key.eq_ignore_ascii_case(name);
        attributes.iter().find(same).map(|(_, values)| values.clone()).unwrap_or_default()
    };
    let recorded = mapping.evaluate(person).attributes.into_iter();
    let compared = recorded.map(|(name, recorded)| (real(&name), name, recorded));
    let differs = compared.filter(|(real, _, recorded)| !same_values(recorded, real));
    apart(differs.map(|(real, name, recorded)| (name, Drifted { recorded, real })), left)
}
