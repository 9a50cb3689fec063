//! An account as a look at its target shows it, and what differs from what is recorded.

use tenure_connectors::FoundAccount;
use tenure_domain::id::AccountId;
use tenure_domain::identity::Identity;
use tenure_domain::mapping::Mapping;
use tenure_domain::target::AccountState;
use tenure_store::targets::{Accepted, AcceptedDrift, Drift, Drifted, SeenAccount};

/// An account as it was just seen; whose it is, and what differs, comes from elsewhere.
pub(crate) fn as_seen(id: AccountId, found: &FoundAccount) -> SeenAccount {
    SeenAccount {
        id,
        identity_id: None,
        key: found.account.key.clone(),
        name: found.account.name.clone(),
        state: if found.enabled { AccountState::Enabled } else { AccountState::Disabled },
        attributes: found.attributes.clone(),
        last_used_at: found.last_used_at,
        drift: None,
    }
}

/// What an account has otherwise than the mapping makes of its identity, and what of that is left so; of who has ended,
/// nothing is to be so. What somebody left as it is counts as long as neither changes.
pub(super) fn differences(mapping: &Mapping, person: &Identity, found: &FoundAccount, left: &Accepted) -> (Option<Drift>, Accepted) {
    if person.state.has_ended() {
        return (None, Accepted::new());
    }
    let real = |name: &str| {
        let same = |(key, _): &(&String, &Vec<String>)| key.eq_ignore_ascii_case(name);
        found.attributes.iter().find(same).map(|(_, values)| values.clone()).unwrap_or_default()
    };
    let (mut drift, mut accepted) = (Drift::new(), Accepted::new());
    for (name, recorded) in mapping.evaluate(person).attributes {
        let real = real(&name);
        if same_values(&recorded, &real) {
            continue;
        }
        let still = |left: &&AcceptedDrift| same_values(&left.drifted.recorded, &recorded) && same_values(&left.drifted.real, &real);
        match left.get(&name).filter(still) {
            Some(left) => {
                accepted.insert(name, left.clone());
            }
            None => {
                drift.insert(name, Drifted { recorded, real });
            }
        }
    }
    (Some(drift).filter(|drift| !drift.is_empty()), accepted)
}

/// Whether two attributes hold the same values: a target keeps them in an order of its own.
pub(crate) fn same_values(one: &[String], other: &[String]) -> bool {
    let sorted = |values: &[String]| {
        let mut values = values.to_vec();
        values.sort_unstable();
        values
    };
    sorted(one) == sorted(other)
}
