//! How people must sign in, by portal role.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Held, Level};
use crate::access::PortalRole;

text_enum! {
    /// What a portal role asks of who holds it. Each asks more than the one before.
    pub enum Need {
        /// A second factor is asked for where there is one.
        Allowed = "allowed", "allowed";
        /// There must be one.
        Required = "required", "required";
        /// It must be a passkey: what cannot be given to a false page.
        Resistant = "phishing-resistant", "phishing-resistant only";
    }
}

/// What one role asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleRule {
    /// What it asks.
    pub need: Need,
    /// From when nobody goes on without it; until then they are told.
    pub from: DateTime<Utc>,
}

/// How people must sign in. Roles that are not named ask for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInPolicy {
    /// By role.
    pub roles: BTreeMap<PortalRole, RoleRule>,
    /// For how many minutes a proof counts, for what asks for a fresh one.
    pub proof_minutes: i64,
}

impl Default for SignInPolicy {
    fn default() -> Self {
        Self { roles: BTreeMap::new(), proof_minutes: 15 }
    }
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// It may go on.
    Fine,
    /// It may go on, but not after this: a factor must be enrolled by then.
    Soon(DateTime<Utc>),
    /// First a factor must be shown that is enrolled; with a passkey alone, or with any.
    Prove {
        /// Nothing but a passkey serves.
        passkey_only: bool,
    },
    /// First a factor must be enrolled; a passkey, or any.
    Enrol {
        /// Nothing but a passkey serves.
        passkey_only: bool,
    },
}

impl SignInPolicy {
    /// What is asked of somebody with these roles, and by the strictest of them: what holds already, and what is to come.
    fn asked(&self, roles: &BTreeSet<PortalRole>, now: DateTime<Utc>) -> (Need, Option<RoleRule>) {
        let rules: Vec<RoleRule> = self.roles.iter().filter(|(role, _)| roles.contains(role)).map(|(_, rule)| *rule).collect();
        let holds = rules.iter().filter(|rule| rule.from <= now).map(|rule| rule.need).max().unwrap_or(Need::Allowed);
        let coming = rules.into_iter().filter(|rule| rule.from > now && rule.need > holds).min_by_key(|rule| rule.from);
        (holds, coming)
    }

    /// What is asked of somebody with these roles now.
    pub fn need(&self, roles: &BTreeSet<PortalRole>, now: DateTime<Utc>) -> Need {
        self.asked(roles, now).0
    }

    /// What is or will be asked, whenever it holds: what one should not fall below.
    pub fn need_at_last(&self, roles: &BTreeSet<PortalRole>) -> Need {
        self.roles.iter().filter(|(role, _)| roles.contains(role)).map(|(_, rule)| rule.need).max().unwrap_or(Need::Allowed)
    }

    /// Where somebody stands who proved `level`, and holds these factors. `by_password`: the first factor was one of the
    /// portal, so what is enrolled here is asked for; a provider asks for its own.
    pub fn stand(&self, roles: &BTreeSet<PortalRole>, held: Held, level: Level, by_password: bool, now: DateTime<Utc>) -> Stand {
        let (need, coming) = self.asked(roles, now);
        let stand = meet(need, held, level, by_password);
        match (stand, coming) {
            (Stand::Fine, Some(rule)) if !meets(rule.need, held) => Stand::Soon(rule.from),
            (stand, _) => stand,
        }
    }
}

/// Whether these factors serve for a need.
const fn meets(need: Need, held: Held) -> bool {
    match need {
        Need::Allowed => true,
        Need::Required => held.any(),
        Need::Resistant => held.passkey,
    }
}

fn meet(need: Need, held: Held, level: Level, by_password: bool) -> Stand {
    match (need, level) {
        (_, Level::Resistant) | (Need::Allowed | Need::Required, Level::Two) => Stand::Fine,
        (Need::Allowed, Level::One) if held.any() && by_password => Stand::Prove { passkey_only: false },
        (Need::Allowed, Level::One) => Stand::Fine,
        (Need::Required, Level::One) if held.any() => Stand::Prove { passkey_only: false },
        (Need::Required, Level::One) => Stand::Enrol { passkey_only: false },
        (Need::Resistant, _) if held.passkey => Stand::Prove { passkey_only: true },
        // What is there is shown before anything is added to it.
        (Need::Resistant, Level::One) if held.code => Stand::Prove { passkey_only: false },
        (Need::Resistant, _) => Stand::Enrol { passkey_only: true },
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const NONE: Held = Held { code: false, passkey: false };
    const CODE: Held = Held { code: true, passkey: false };
    const KEY: Held = Held { code: false, passkey: true };
    const BOTH: Held = Held { code: true, passkey: true };

    #[test]
    fn each_need_meets_each_factor_and_level_as_the_table_says() {
        let prove = |passkey_only| Stand::Prove { passkey_only };
        let enrol = |passkey_only| Stand::Enrol { passkey_only };
        for (need, held, level, stand) in [
            (Need::Allowed, NONE, Level::One, Stand::Fine),
            (Need::Allowed, CODE, Level::One, prove(false)),
            (Need::Allowed, KEY, Level::One, prove(false)),
            (Need::Allowed, CODE, Level::Two, Stand::Fine),
            (Need::Required, NONE, Level::One, enrol(false)),
            (Need::Required, NONE, Level::Two, Stand::Fine),
            (Need::Required, CODE, Level::One, prove(false)),
            (Need::Required, CODE, Level::Two, Stand::Fine),
            (Need::Required, KEY, Level::Resistant, Stand::Fine),
            (Need::Resistant, NONE, Level::One, enrol(true)),
            (Need::Resistant, NONE, Level::Two, enrol(true)),
            (Need::Resistant, CODE, Level::One, prove(false)),
            (Need::Resistant, CODE, Level::Two, enrol(true)),
            (Need::Resistant, KEY, Level::One, prove(true)),
            (Need::Resistant, BOTH, Level::One, prove(true)),
            (Need::Resistant, BOTH, Level::Two, prove(true)),
            (Need::Resistant, BOTH, Level::Resistant, Stand::Fine),
        ] {
            assert_eq!(meet(need, held, level, true), stand, "{need} {held:?} {level}");
        }
        assert_eq!(meet(Need::Allowed, CODE, Level::One, false), Stand::Fine, "a provider asks for its own");
        assert_eq!(meet(Need::Required, CODE, Level::One, false), prove(false));
    }

    #[test]
    fn the_strictest_role_counts_and_a_rule_to_come_is_told_before() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default();
        let later = now + TimeDelta::days(7);
        let roles = BTreeMap::from([
            (PortalRole::Employee, RoleRule { need: Need::Required, from: now }),
            (PortalRole::Admin, RoleRule { need: Need::Resistant, from: later }),
        ]);
        let policy = SignInPolicy { roles, ..SignInPolicy::default() };
        let (employee, admin) = (BTreeSet::from([PortalRole::Employee]), BTreeSet::from([PortalRole::Employee, PortalRole::Admin]));
        assert_eq!(policy.stand(&employee, CODE, Level::Two, true, now), Stand::Fine);
        assert_eq!(policy.stand(&admin, CODE, Level::Two, true, now), Stand::Soon(later));
        assert_eq!(policy.stand(&admin, CODE, Level::Two, true, later), Stand::Enrol { passkey_only: true });
        assert_eq!(policy.stand(&admin, NONE, Level::One, true, now), Stand::Enrol { passkey_only: false });
        assert_eq!(policy.need(&admin, now), Need::Required);
        assert_eq!(policy.need_at_last(&admin), Need::Resistant);
        assert_eq!(SignInPolicy::default().stand(&admin, NONE, Level::One, true, now), Stand::Fine);
    }
}
