//! Break-glass: sealed accounts for when nobody else can get in. Their password opens one session, which ends by itself
//! and cannot be made longer; then the password is dead, and somebody else looks at what was done.

use crate::id::IdentityId;

text_enum! {
    /// Where a sealed account stands.
    pub enum SealState {
        /// A link is out by which its password is chosen, or none was asked for yet.
        Unsealed = "unsealed", "has no password yet";
        /// Its password lies in an envelope.
        Sealed = "sealed", "sealed";
        /// It was used: its password is dead until it is sealed anew.
        Used = "used", "used";
    }
}

/// How long a session lasts when nothing else is said.
pub const MINUTES: i64 = 60;
/// How short and how long it may be set.
pub const BOUNDS: std::ops::RangeInclusive<i64> = 5..=240;
/// The fewest characters of a reason and of a note: a word says nothing.
pub const FEWEST: usize = 10;

/// Who was involved in a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Involved {
    /// The sealed account.
    pub account: IdentityId,
    /// Who had its password chosen, and so may know it; none for an operator of the installation.
    pub sealed_by: Option<IdentityId>,
}

/// Why somebody may not close the review of a use, if they may not: whoever could have been it does not judge it. An
/// operator of the installation, whom no identity stands for, may.
pub fn may_not_close(use_: Involved, who: Option<IdentityId>) -> Option<&'static str> {
    let who = who?;
    if who == use_.account {
        return Some("whoever used it does not close its review: sign in as yourself");
    }
    (Some(who) == use_.sealed_by).then_some("you sealed it last, so you may know its password: another administrator closes its review")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id as _;

    #[test]
    fn nobody_closes_a_review_who_may_have_used_the_account() {
        let who = |n: u128| IdentityId::from_uuid(uuid::Uuid::from_u128(n));
        let by = |sealed_by: Option<u128>| Involved { account: who(1), sealed_by: sealed_by.map(who) };
        assert!(may_not_close(by(Some(2)), Some(who(1))).is_some_and(|why| why.contains("as yourself")));
        assert!(may_not_close(by(Some(2)), Some(who(2))).is_some_and(|why| why.contains("another administrator")));
        assert_eq!(may_not_close(by(Some(2)), Some(who(3))), None);
        assert_eq!(may_not_close(by(None), Some(who(3))), None);
        assert_eq!(may_not_close(by(Some(2)), None), None);
    }
}
