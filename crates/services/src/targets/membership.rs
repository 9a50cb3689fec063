//! Who holds what on a target, through as many entitlements as it takes.

use std::collections::{HashMap, HashSet};

use tenure_connectors::FoundMembership;

/// Memberships by the target's own keys.
#[derive(Debug, Default)]
pub(super) struct Memberships {
    /// By entitlement: the accounts that are members.
    accounts: HashMap<String, Vec<String>>,
    /// By entitlement: the entitlements that are members.
    nested: HashMap<String, Vec<String>>,
}

impl Memberships {
    pub(super) fn add(&mut self, membership: FoundMembership) {
        let of = if membership.nested { &mut self.nested } else { &mut self.accounts };
        of.entry(membership.entitlement).or_default().push(membership.member);
    }

    /// Each entitlement with each account that holds it, directly or through others. Circles, which
    /// directories allow, end where they began.
    pub(super) fn effective(&self) -> impl Iterator<Item = (&str, &str)> {
        let all: HashSet<&str> = self.accounts.keys().chain(self.nested.keys()).map(String::as_str).collect();
        all.into_iter().flat_map(|entitlement| {
            self.within(entitlement)
                .into_iter()
                .filter_map(|inner| self.accounts.get(inner))
                .flatten()
                .map(move |account| (entitlement, account.as_str()))
        })
    }

    /// An entitlement and all that are members of it, at any depth.
    fn within<'m>(&'m self, entitlement: &'m str) -> HashSet<&'m str> {
        let mut seen = HashSet::from([entitlement]);
        let mut next = vec![entitlement];
        while let Some(outer) = next.pop() {
            for inner in self.nested.get(outer).into_iter().flatten() {
                if seen.insert(inner) {
                    next.push(inner);
                }
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn membership(entitlement: &str, member: &str, nested: bool) -> FoundMembership {
        FoundMembership { entitlement: entitlement.to_owned(), member: member.to_owned(), nested }
    }

    #[test]
    fn a_member_of_an_inner_group_holds_the_outer_ones_too_and_circles_end() {
        let mut memberships = Memberships::default();
        for (entitlement, member, nested) in [
            ("inner", "ada", false),
            ("outer", "inner", true),
            ("outermost", "outer", true),
            ("inner", "outermost", true),
            ("outer", "bob", false),
        ] {
            memberships.add(membership(entitlement, member, nested));
        }
        let mut held: Vec<_> = memberships.effective().collect();
        held.sort_unstable();
        held.dedup();
        assert_eq!(
            held,
            [("inner", "ada"), ("inner", "bob"), ("outer", "ada"), ("outer", "bob"), ("outermost", "ada"), ("outermost", "bob")]
        );
    }
}
