//! Sign-ins that are unlike those before: told to whoever it is, who knows best whether it was them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::Place;
use crate::access::PortalRole;

/// So many sign-ins are remembered of a person.
pub const REMEMBERED: usize = 50;
/// Before so many, nobody can say which hours are usual.
const HOURS_KNOWN_FROM: usize = 20;
/// Hours so near to one before are usual.
const NEAR: u32 = 2;
/// So many wrong passwords before the right one are no slip.
const BURST: i64 = 5;

text_enum! {
    /// In what a sign-in is unlike those before.
    pub enum Unusual {
        /// A browser that this person never signed in with.
        NewDevice = "new-device", "a browser in which you did not sign in before";
        /// At an hour at which this person is never there.
        Hour = "unusual-hour", "an hour of the day at which you did not sign in before";
        /// Too far from the place of the sign-in before to be reached meanwhile.
        Travel = "impossible-travel", "a place that is too far from the one before to be reached in that time";
        /// Many wrong passwords came before the right one.
        Burst = "burst-of-failures", "several wrong passwords shortly before";
        /// A role of the portal that was not there at the sign-in before.
        NewPower = "new-power", "you may do more in the portal than at your sign-in before";
    }
}

/// A sign-in, as it is remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct SignIn {
    /// When.
    pub at: DateTime<Utc>,
    /// The hour of the day where the person is.
    pub hour: u32,
    /// Which browser: a keyed hash.
    pub device: Vec<u8>,
    /// What could be done in the portal.
    pub roles: BTreeSet<PortalRole>,
    /// Where on Earth, as far as it is known.
    pub place: Option<Place>,
}

/// In what a sign-in is unlike those before, newest first. `failures` are wrong passwords shortly before.
///
/// Of somebody who never signed in nothing is known, so only the failures speak.
pub fn unusual(before: &[SignIn], now: &SignIn, failures: i64) -> Vec<Unusual> {
    let mut found = Vec::new();
    let mut say = |so: bool, what: Unusual| {
        if so {
            found.push(what);
        }
    };
    say(!before.is_empty() && before.iter().all(|past| past.device != now.device), Unusual::NewDevice);
    let known = before.len() >= HOURS_KNOWN_FROM;
    say(known && before.iter().all(|past| apart(past.hour, now.hour) > NEAR), Unusual::Hour);
    let last = before.iter().find_map(|past| past.place.map(|place| (past.at, place)));
    let flew = |(at, place): (DateTime<Utc>, Place)| now.place.is_some_and(|here| place.is_out_of_reach(here, now.at - at));
    say(last.is_some_and(flew), Unusual::Travel);
    say(failures >= BURST, Unusual::Burst);
    let gains = |last: &SignIn| now.roles.iter().any(|role| is_power(*role) && !last.roles.contains(role));
    say(before.first().is_some_and(gains), Unusual::NewPower);
    found
}

/// Hours between two hours of the day, by the shorter way round.
fn apart(one: u32, other: u32) -> u32 {
    let apart = one.abs_diff(other) % 24;
    apart.min(24 - apart)
}

/// Roles that reach beyond what is one's own.
const fn is_power(role: PortalRole) -> bool {
    !matches!(role, PortalRole::Employee | PortalRole::Manager)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_in(hour: u32, device: u8, roles: &[PortalRole]) -> SignIn {
        SignIn { at: DateTime::default(), hour, device: vec![device], roles: roles.iter().copied().collect(), place: None }
    }

    fn usual(n: usize) -> Vec<SignIn> {
        vec![sign_in(9, 1, &[PortalRole::Employee]); n]
    }

    #[test]
    fn a_sign_in_as_always_is_not_unusual_nor_is_the_first() {
        assert_eq!(unusual(&usual(30), &sign_in(10, 1, &[PortalRole::Employee]), 0), []);
        assert_eq!(unusual(&[], &sign_in(3, 7, &[PortalRole::Admin]), 0), []);
    }

    #[test]
    fn another_browser_is_unusual_until_it_was_used_once() {
        assert_eq!(unusual(&usual(1), &sign_in(9, 2, &[]), 0), [Unusual::NewDevice]);
        let mut before = usual(3);
        before.push(sign_in(9, 2, &[]));
        assert_eq!(unusual(&before, &sign_in(9, 2, &[]), 0), []);
    }

    #[test]
    fn an_hour_is_unusual_only_where_the_usual_ones_are_known_and_midnight_is_no_border() {
        assert_eq!(unusual(&usual(19), &sign_in(3, 1, &[]), 0), []);
        assert_eq!(unusual(&usual(20), &sign_in(3, 1, &[]), 0), [Unusual::Hour]);
        for near in [7, 11] {
            assert_eq!(unusual(&usual(20), &sign_in(near, 1, &[]), 0), [], "{near}");
        }
        let nights = vec![sign_in(23, 1, &[]); 20];
        assert_eq!(unusual(&nights, &sign_in(1, 1, &[]), 0), []);
        assert_eq!(unusual(&nights, &sign_in(2, 1, &[]), 0), [Unusual::Hour]);
    }

    #[test]
    fn nobody_is_at_both_ends_of_the_world_within_an_hour() {
        let at = |place: Place, minutes: i64| SignIn {
            at: DateTime::default() + chrono::TimeDelta::minutes(minutes),
            place: Some(place),
            ..sign_in(9, 1, &[])
        };
        let [here, there] = [(47.4, 8.5), (-33.9, 151.2)].map(|(latitude, longitude)| Place { latitude, longitude, within: 20.0 });
        assert_eq!(unusual(&[at(here, 0)], &at(there, 60), 0), [Unusual::Travel]);
        assert_eq!(unusual(&[at(here, 0)], &at(there, 60 * 24), 0), []);
        // The last of which a place is known, and not an older one.
        let before = [sign_in(9, 1, &[]), at(there, 30), at(here, 0)];
        assert_eq!(unusual(&before, &at(there, 60), 0), []);
        assert_eq!(unusual(&before, &sign_in(9, 1, &[]), 0), []);
    }

    #[test]
    fn wrong_passwords_before_the_right_one_are_unusual_from_five_on_also_at_the_first_sign_in() {
        assert_eq!(unusual(&usual(1), &sign_in(9, 1, &[]), 4), []);
        assert_eq!(unusual(&[], &sign_in(9, 1, &[]), 5), [Unusual::Burst]);
    }

    #[test]
    fn a_role_that_was_gained_is_unusual_and_one_that_follows_from_the_records_is_not() {
        let now = sign_in(9, 1, &[PortalRole::Employee, PortalRole::Manager, PortalRole::Admin]);
        assert_eq!(unusual(&usual(1), &now, 0), [Unusual::NewPower]);
        assert_eq!(unusual(std::slice::from_ref(&now), &now, 0), []);
        assert_eq!(unusual(&usual(1), &sign_in(9, 1, &[PortalRole::Employee, PortalRole::Manager]), 0), []);
    }
}
