//! How long a session lasts: over all, and without use. Each portal role has its limits; who holds several has the
//! strictest of them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use chrono::{DateTime, TimeDelta, Utc};

use crate::access::PortalRole;

/// The portal roles that have limits: those of people.
pub const GOVERNED: [PortalRole; 4] = [PortalRole::Employee, PortalRole::Manager, PortalRole::Auditor, PortalRole::Admin];

/// The limits of a session, in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// From sign-in, however much it is used.
    pub overall: i64,
    /// From one use to the next.
    pub idle: i64,
}

impl SessionLimits {
    /// NIST SP 800-63B-4, 2.2.3: 24 hours over all, an hour without use.
    pub const AAL2: Self = Self { overall: 24 * 60, idle: 60 };
    /// NIST SP 800-63B-4, 2.3.3: 12 hours over all, 15 minutes without use.
    pub const AAL3: Self = Self { overall: 12 * 60, idle: 15 };
    /// How short and how long a session may last over all: at most the 30 days of AAL1 (NIST SP 800-63B-4, 2.1.3).
    pub const OVERALL: RangeInclusive<i64> = 15..=30 * 24 * 60;
    /// How short and how long it may go without use. A use is noted once a minute, so it is some minutes.
    pub const IDLE: RangeInclusive<i64> = 5..=24 * 60;

    /// The strictest of those that stand for what somebody holds; AAL2 where nothing is said.
    pub fn strictest(all: &[(PortalRole, Self)], held: &BTreeSet<PortalRole>) -> Self {
        let mut of_held = all.iter().filter(|(role, _)| *role == PortalRole::Employee || held.contains(role)).map(|(_, limits)| *limits);
        let first = of_held.next().unwrap_or(Self::AAL2);
        of_held.fold(first, |a, b| Self { overall: a.overall.min(b.overall), idle: a.idle.min(b.idle) })
    }

    /// When a session ends that began and was last used so.
    pub fn ends_at(self, began: DateTime<Utc>, used: DateTime<Utc>) -> DateTime<Utc> {
        (began + TimeDelta::minutes(self.overall)).min(used + TimeDelta::minutes(self.idle))
    }

    /// Whether it is looser than AAL2 asks of a system that guards the keys to others.
    pub fn is_loose(self) -> bool {
        self.overall > Self::AAL2.overall || self.idle > Self::AAL2.idle
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minutes * 60, 0).unwrap_or_default()
    }

    #[test]
    fn who_holds_several_roles_has_the_strictest_of_each_limit() {
        let limits = |overall, idle| SessionLimits { overall, idle };
        let all = [(PortalRole::Employee, limits(1440, 60)), (PortalRole::Auditor, limits(600, 120)), (PortalRole::Admin, limits(720, 15))];
        let of = |held: &[PortalRole]| SessionLimits::strictest(&all, &held.iter().copied().collect());
        assert_eq!(of(&[]), limits(1440, 60), "everybody is an employee");
        assert_eq!(of(&[PortalRole::Employee, PortalRole::Auditor]), limits(600, 60));
        assert_eq!(of(&[PortalRole::Auditor, PortalRole::Admin]), limits(600, 15));
        assert_eq!(SessionLimits::strictest(&[], &BTreeSet::new()), SessionLimits::AAL2);
    }

    #[test]
    fn a_session_ends_by_whichever_limit_comes_first() {
        assert_eq!(SessionLimits::AAL3.ends_at(at(0), at(0)), at(15));
        assert_eq!(SessionLimits::AAL3.ends_at(at(0), at(710)), at(720));
        assert_eq!(SessionLimits::AAL2.ends_at(at(0), at(100)), at(160));
    }

    #[test]
    fn the_presets_are_within_the_bounds() {
        for preset in [SessionLimits::AAL2, SessionLimits::AAL3] {
            assert!(SessionLimits::OVERALL.contains(&preset.overall) && SessionLimits::IDLE.contains(&preset.idle) && !preset.is_loose());
        }
        assert!(SessionLimits { overall: 1441, idle: 60 }.is_loose() && SessionLimits { overall: 60, idle: 61 }.is_loose());
    }
}
