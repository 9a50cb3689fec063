//! What a reading remembers of what it saw: some 60 bytes for each account, four for each membership.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use tenure_domain::id::{AccountId, IdentityId};

/// A place in the list of accounts, or of entitlements.
pub(super) type At = u32;

/// An account that was seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct SeenAs {
    pub(super) id: AccountId,
    pub(super) owner: Option<IdentityId>,
    pub(super) enabled: bool,
}

/// Accounts by the target's keys. Of a key only a hash of 128 bits is kept, under a secret of this reading: a target
/// cannot make two that are taken for one another.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    hashes: (RandomState, RandomState),
    at: HashMap<u128, At>,
    rows: Vec<SeenAs>,
}

impl Accounts {
    fn hash(&self, key: &str) -> u128 {
        (u128::from(self.hashes.0.hash_one(key)) << 64) | u128::from(self.hashes.1.hash_one(key))
    }

    pub(super) fn insert(&mut self, key: &str, account: SeenAs) {
        let hash = self.hash(key);
        match self.at.get(&hash) {
            // A page that shifts tells of one twice.
            Some(at) => self.rows[*at as usize] = account,
            None => {
                self.at.insert(hash, place(self.rows.len()));
                self.rows.push(account);
            }
        }
    }

    pub(super) fn at(&self, key: &str) -> Option<At> {
        self.at.get(&self.hash(key)).copied()
    }

    pub(super) fn get(&self, at: At) -> SeenAs {
        self.rows[at as usize]
    }

    /// In the order of their rows, to be brought up to date.
    pub(super) fn in_order(&mut self) -> Vec<&mut SeenAs> {
        let mut rows: Vec<&mut SeenAs> = self.rows.iter_mut().collect();
        rows.sort_unstable_by_key(|row| row.id);
        rows
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &SeenAs> {
        self.rows.iter()
    }
}

/// Entitlements by the target's keys, and who is in them.
#[derive(Debug, Default)]
pub(super) struct Memberships {
    at: HashMap<String, At>,
    names: Vec<String>,
    accounts: Vec<(At, At)>,
    nested: HashMap<At, Vec<At>>,
}

impl Memberships {
    /// The place of an entitlement.
    pub(super) fn entitlement(&mut self, key: &str) -> At {
        if let Some(at) = self.at.get(key) {
            return *at;
        }
        let at = place(self.names.len());
        self.at.insert(key.to_owned(), at);
        self.names.push(key.to_owned());
        at
    }

    pub(super) fn add_account(&mut self, entitlement: At, account: At) {
        self.accounts.push((entitlement, account));
    }

    pub(super) fn add_nested(&mut self, entitlement: At, member: At) {
        self.nested.entry(entitlement).or_default().push(member);
    }

    /// Each account with each entitlement that it holds, directly or through others, sorted by `owner` of the account,
    /// where it has one. Circles, which directories allow, end where they began.
    pub(super) fn effective<O: Ord + Copy>(mut self, owner: impl Fn(At) -> Option<O>) -> (Vec<(O, At)>, Vec<String>) {
        self.accounts.sort_unstable();
        self.accounts.dedup();
        let range = |entitlement: At| {
            let from = self.accounts.partition_point(|(e, _)| *e < entitlement);
            let to = self.accounts.partition_point(|(e, _)| *e <= entitlement);
            &self.accounts[from..to]
        };
        let mut held: Vec<(O, At)> = Vec::with_capacity(self.accounts.len());
        for entitlement in 0..place(self.names.len()) {
            let inner = within(&self.nested, entitlement);
            held.extend(inner.iter().flat_map(|inner| range(*inner)).filter_map(|(_, account)| Some((owner(*account)?, entitlement))));
        }
        held.sort_unstable();
        held.dedup();
        (held, self.names)
    }
}

/// An entitlement and all that are members of it, at any depth.
fn within(nested: &HashMap<At, Vec<At>>, entitlement: At) -> Vec<At> {
    let mut seen = vec![entitlement];
    if !nested.contains_key(&entitlement) {
        return seen;
    }
    let mut known = std::collections::HashSet::from([entitlement]);
    let mut next = 0;
    while let Some(outer) = seen.get(next).copied() {
        next += 1;
        for inner in nested.get(&outer).into_iter().flatten() {
            if known.insert(*inner) {
                seen.push(*inner);
            }
        }
    }
    seen
}

/// More than four thousand million of anything are not read.
fn place(n: usize) -> At {
    At::try_from(n).unwrap_or(At::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_of_an_inner_group_holds_the_outer_ones_too_and_circles_end() {
        let mut memberships = Memberships::default();
        let [inner, outer, outermost] = ["inner", "outer", "outermost"].map(|key| memberships.entitlement(key));
        let (ada, bob, nobodys) = (0, 1, 2);
        for (entitlement, account) in [(inner, ada), (inner, bob), (outer, bob), (outer, nobodys), (inner, ada)] {
            memberships.add_account(entitlement, account);
        }
        for (entitlement, member) in [(outer, inner), (outermost, outer), (inner, outermost)] {
            memberships.add_nested(entitlement, member);
        }
        let (held, names) = memberships.effective(|account| ["ada", "bob"].get(account as usize).copied());
        let held: Vec<_> = held.into_iter().map(|(who, at)| (who, names[at as usize].as_str())).collect();
        assert_eq!(
            held,
            [("ada", "inner"), ("ada", "outer"), ("ada", "outermost"), ("bob", "inner"), ("bob", "outer"), ("bob", "outermost")]
        );
    }
}
