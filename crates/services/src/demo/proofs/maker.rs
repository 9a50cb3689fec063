//! What all credentials have in common when they are made.

use chrono::{Days, NaiveDate};
use tenure_domain::credential::CredentialKind as Kind;

use super::looks::{Look, THINGS};
use super::owners::Owner;
use super::{Proof, Use};
use crate::demo::history::at;
use crate::demo::rng::Rng;

/// Makes credentials, one after the other.
pub(super) struct Maker {
    pub(super) rng: Rng,
    pub(super) proofs: Vec<Proof>,
    pub(super) today: NaiveDate,
}

impl Maker {
    fn day(&mut self, from: NaiveDate, to: NaiveDate) -> NaiveDate {
        let span = (to - from).num_days().max(1);
        // Younger ones are more frequent: old ones were replaced.
        let back = self.rng.between(0, span).min(self.rng.between(0, span));
        to - Days::new(u64::try_from(back).unwrap_or_default())
    }

    pub(super) fn add(&mut self, kind: Kind, look: Look, owner: &Owner, label: String) -> &mut Proof {
        let (issuer, application, _, purpose) = look;
        let from = owner.since.max(self.today - Days::new(2400));
        let until = owner.end.map_or(self.today - Days::new(3), |end| end - Days::new(60)).max(from);
        let created = self.day(from, until);
        let salt = u64::try_from(self.rng.below(100_000)).unwrap_or_default();
        let revoked_after = if self.rng.chance(880) { Some(u64::try_from(self.rng.between(2, 40)).unwrap_or_default()) } else { None };
        let used = match self.rng.below(100) {
            0..=54 => Use::Within(3),
            55..=72 => Use::Within(12),
            73..=76 => Use::Within(40),
            77..=93 => Use::Until(self.today - Days::new(u64::try_from(self.rng.between(46, 500)).unwrap_or_default())),
            _ => Use::Unknown,
        };
        let number = self.proofs.len();
        self.proofs.push(Proof {
            kind,
            issuer,
            external_id: format!("{}-{:05}-{salt:05}", kind.as_str(), 1000 + number),
            label,
            purpose,
            owner: owner.user_name.clone(),
            application,
            created: at(created, u32::try_from(7 + salt % 10).unwrap_or(9), u32::try_from(salt % 60).unwrap_or(0)),
            owner_known: owner.known,
            owner_end: owner.end.map(|end| (end, revoked_after)),
            rotates: None,
            lives: None,
            used,
            dependents: String::new(),
            says: None,
            salt,
        });
        &mut self.proofs[number]
    }

    pub(super) fn things(&mut self) -> String {
        let count = self.rng.below(4);
        let mut things: Vec<&str> = (0..count).map(|_| *self.rng.pick(&THINGS)).collect();
        things.sort_unstable();
        things.dedup();
        things.join(";")
    }

    pub(super) fn owner(&mut self, pool: &[Owner]) -> Option<Owner> {
        let index = self.rng.below(pool.len());
        pool.get(index).cloned()
    }
}
