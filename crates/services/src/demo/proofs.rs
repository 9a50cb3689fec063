//! Credentials of the invented company: what its inventory would have listed on any day.

mod looks;
mod maker;
mod of_machines;
mod of_people;
mod owners;

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, SecondsFormat, Utc};
use tenure_domain::credential::CredentialKind as Kind;

use super::history::{History, at, csv_text};
use super::rng::Rng;

use maker::Maker;
use owners::Pools;

/// A machine with the days of its life.
#[derive(Debug, Clone)]
pub(super) struct Life {
    pub(super) user_name: String,
    pub(super) department: usize,
    pub(super) made: NaiveDate,
    pub(super) ended: Option<NaiveDate>,
}

/// How often a credential is used.
#[derive(Debug, Clone, Copy)]
enum Use {
    Within(u64),
    Until(NaiveDate),
    Unknown,
}

/// A credential through its life.
#[derive(Debug)]
struct Proof {
    kind: Kind,
    issuer: &'static str,
    external_id: String,
    label: String,
    purpose: &'static str,
    owner: String,
    application: &'static str,
    created: DateTime<Utc>,
    /// From which day on its owner is on record.
    owner_known: NaiveDate,
    /// When its owner ended, and how many days later it was revoked, if it was.
    owner_end: Option<(NaiveDate, Option<u64>)>,
    rotates: Option<u64>,
    lives: Option<u64>,
    used: Use,
    dependents: String,
    /// What the inventory says of it in the end, instead of what follows from the days.
    says: Option<&'static str>,
    salt: u64,
}

/// All credentials.
#[derive(Debug)]
pub(super) struct Inventory {
    proofs: Vec<Proof>,
    now: DateTime<Utc>,
}

impl Inventory {
    /// Invents everything.
    pub(super) fn invent(seed: u64, history: &History, machines: &[Life], personas: &[Life], now: DateTime<Utc>) -> Self {
        let mut maker = Maker { rng: Rng::new(seed, "credentials"), proofs: Vec::new(), today: now.date_naive() };
        let people = Pools::new(history, machines, personas, maker.today);
        maker.of_people(&people);
        maker.of_machines(&people);
        maker.of_leavers(&people);
        maker.of_nobody();
        maker.sessions(&people, now);
        Self { proofs: maker.proofs, now }
    }

    /// The file of a day, and how many rows it has.
    pub(super) fn file(&self, day: DateTime<Utc>) -> (String, usize) {
        let mut rows = vec![
            [
                "issuer",
                "external_id",
                "kind",
                "label",
                "purpose",
                "owner",
                "application",
                "created",
                "last_used",
                "rotated",
                "expires",
                "dependents",
                "state",
            ]
            .map(str::to_owned),
        ];
        rows.extend(self.proofs.iter().filter_map(|proof| proof.row(day, self.now)));
        (csv_text(&rows), rows.len() - 1)
    }
}

impl Proof {
    fn row(&self, day: DateTime<Utc>, now: DateTime<Utc>) -> Option<[String; 13]> {
        let (today, created) = (day.date_naive(), self.created.date_naive());
        let last = day >= now - Duration::days(1);
        if self.created > day || self.owner_known >= today || (self.says.is_some() || self.kind == Kind::Session) && !last {
            return None;
        }
        let revoked = self.owner_end.and_then(|(end, after)| Some(end + Days::new(after?))).filter(|revoked| *revoked <= today);
        let alive = revoked.unwrap_or(today).min(self.owner_end.map_or(today, |(end, _)| end));
        // Whole periods up to this moment, not up to the end of this day: nothing is rotated tomorrow.
        let until = day.min(at(alive + Days::new(1), 0, 0));
        let rotated = self.rotates.and_then(|period| {
            let times = u64::try_from((until - self.created).num_days()).ok()? / period;
            (times > 0).then(|| self.created + Duration::days(i64::try_from(times * period).unwrap_or_default()))
        });
        let expires = self.lives.map(|days| match self.kind {
            Kind::Session => self.created + Duration::hours(24),
            _ => rotated.unwrap_or(self.created) + Duration::days(i64::try_from(days).unwrap_or_default()),
        });
        // An early inventory lists what it will still know of today: it is not read again every day.
        if !last && expires.is_some_and(|end| end <= now) {
            return None;
        }
        let used = match self.used {
            Use::Within(days) => {
                Some(alive - Days::new((self.salt.wrapping_mul(31) + u64::from(today.num_days_from_ce().unsigned_abs())) % days.max(1)))
            }
            Use::Until(end) => Some(end.min(alive)),
            Use::Unknown => None,
        };
        let used = used.filter(|used| *used > created || self.kind == Kind::Session).map(|used| {
            let moment = at(used, u32::try_from(5 + self.salt % 14).unwrap_or(9), u32::try_from(self.salt % 60).unwrap_or(0));
            let minutes = i64::try_from(3 + self.salt % 400).unwrap_or_default();
            moment.min(day - Duration::minutes(minutes)).max(self.created)
        });
        let state = match self.says {
            Some(said) => said,
            None if revoked.is_some() => "revoked",
            None if expires.is_some_and(|end| end <= day) => "expired",
            None => "active",
        };
        let text = |time: Option<DateTime<Utc>>| time.map(|t| t.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default();
        Some([
            self.issuer.to_owned(),
            self.external_id.clone(),
            self.kind.to_string(),
            self.label.clone(),
            self.purpose.to_owned(),
            self.owner.clone(),
            self.application.to_owned(),
            text(Some(self.created)),
            text(used),
            text(rotated),
            text(expires),
            self.dependents.clone(),
            state.to_owned(),
        ])
    }
}
