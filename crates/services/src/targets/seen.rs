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

/// What an account has otherwise than the mapping makes it of its identity. Of who has ended, nothing is to be so.
/// What somebody left as it is counts as long as neither changes.
pub(super) fn drift_of(mapping: &Mapping, person: &Identity, found: &FoundAccount, accepted: Option<&Accepted>) -> Option<Drift> {
    if person.state.has_ended() {
        return None;
    }
    let real = |name: &str| {
        let same = |(key, _): &(&String, &Vec<String>)| key.eq_ignore_ascii_case(name);
        found.attributes.iter().find(same).map(|(_, values)| values.clone()).unwrap_or_default()
    };
    let mapped = mapping.evaluate(person).attributes.into_iter();
    let differing = mapped.filter_map(|(name, recorded)| {
        let real = real(&name);
        let is_left = |left: &AcceptedDrift| same_values(&left.drifted.recorded, &recorded) && same_values(&left.drifted.real, &real);
        let is_left = accepted.and_then(|accepted| accepted.get(&name)).is_some_and(is_left);
        (!is_left && !same_values(&recorded, &real)).then_some((name, Drifted { recorded, real }))
    });
    Some(differing.collect::<Drift>()).filter(|drift| !drift.is_empty())
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
