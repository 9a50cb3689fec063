//! Credentials of the invented company: what its inventory would have listed on any day.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, SecondsFormat, Utc};
use tenure_domain::credential::CredentialKind as Kind;

use super::company::{ENGINEERING, IT};
use super::history::{History, MONTHS, at, csv_text};
use super::rng::Rng;
use super::seats::Level;

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

/// Whose credential it is to be.
#[derive(Debug, Clone)]
struct Owner {
    user_name: String,
    department: usize,
    known: NaiveDate,
    since: NaiveDate,
    end: Option<NaiveDate>,
}

/// All credentials.
#[derive(Debug)]
pub(super) struct Inventory {
    proofs: Vec<Proof>,
    now: DateTime<Utc>,
}

const THINGS: [&str; 16] = [
    "Customer portal",
    "Calibration certificates",
    "Month-end close",
    "Nightly backup",
    "Wall dashboards",
    "Telemetry intake",
    "Door badges",
    "Firmware releases",
    "Payment run",
    "Service desk mail",
    "Shopfloor terminals",
    "Measurement archive",
    "Supplier invoices",
    "Field service planning",
    "Training portal",
    "Partner exchange",
];

/// How a kind of credential looks: issuer, application, what names it, what it is for.
type Look = (&'static str, &'static str, &'static str, &'static str);

const API_KEYS: [Look; 5] = [
    ("Skyline", "Skyline", "key", "Calls services in the cloud."),
    ("Atlas", "Atlas", "interface key", "Reads and writes customers."),
    ("Ledger", "Ledger", "interface key", "Hands bookings over."),
    ("Helpdesk", "Helpdesk", "interface key", "Reads and writes tickets."),
    ("Shopfloor", "Shopfloor", "interface key", "Reads production orders."),
];
const TOKENS: [Look; 2] = [
    ("Forge", "Forge", "access token", "Reads and pushes source code."),
    ("Forge", "Forge", "package token", "Fetches packages during builds."),
];
const CERTIFICATES: [Look; 3] = [
    ("Internal CA", "", "server certificate", "Proves who answers inside the company."),
    ("Public CA", "", "web certificate", "Proves to customers who answers."),
    ("Instrument CA", "Shopfloor", "device certificate", "Proves which gateway talks to instruments."),
];
const MACHINE_PASSWORDS: [Look; 3] = [
    ("Database", "Skyline", "database password", "Signs in at its database."),
    ("Directory", "Directory", "service password", "Signs in at the directory."),
    ("Ledger", "Ledger", "batch password", "Signs in for batch work."),
];

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

/// Who may own what.
struct Pools {
    everybody: Vec<Owner>,
    technical: Vec<Owner>,
    machines: Vec<Owner>,
    cloud: Vec<Owner>,
    leavers: Vec<Owner>,
}

impl Pools {
    fn new(history: &History, machines: &[Life], personas: &[Life], today: NaiveDate) -> Self {
        // A snapshot comes once a month, so somebody may be on record only weeks after the start.
        let of = |index: usize| {
            let person = &history.people[index];
            Owner {
                user_name: person.user_name.clone(),
                department: IT,
                known: person.start + Days::new(45),
                since: person.start,
                end: person.end.filter(|end| *end < today),
            }
        };
        let now = |filter: &dyn Fn(usize, Level) -> bool| -> Vec<Owner> {
            history
                .at_work(MONTHS, |w, p| filter(w.department, w.level) && p.returns == 0 && (today - p.start).num_days() > 50)
                .into_iter()
                .map(of)
                .collect()
        };
        let life = |life: &Life| Owner {
            user_name: life.user_name.clone(),
            department: life.department,
            known: life.made,
            since: life.made,
            end: life.ended,
        };
        let mut leavers: Vec<(NaiveDate, usize)> = history
            .people
            .iter()
            .enumerate()
            .filter_map(|(index, p)| {
                Some((p.end.filter(|end| *end < today && p.returns == 0 && (*end - p.start).num_days() > 120)?, index))
            })
            .collect();
        leavers.sort_unstable_by(|a, b| b.cmp(a));
        leavers.truncate(140);
        Self {
            everybody: now(&|_, _| true),
            technical: now(&|department, _| matches!(department, ENGINEERING | IT | 8)),
            machines: machines.iter().map(life).collect(),
            cloud: machines.iter().filter(|m| m.user_name.starts_with("wl-")).chain(personas).map(life).collect(),
            leavers: leavers.into_iter().map(|(_, index)| of(index)).collect(),
        }
    }
}

struct Maker {
    rng: Rng,
    proofs: Vec<Proof>,
    today: NaiveDate,
}

impl Maker {
    fn day(&mut self, from: NaiveDate, to: NaiveDate) -> NaiveDate {
        let span = (to - from).num_days().max(1);
        // Younger ones are more frequent: old ones were replaced.
        let back = self.rng.between(0, span).min(self.rng.between(0, span));
        to - Days::new(u64::try_from(back).unwrap_or_default())
    }

    fn add(&mut self, kind: Kind, look: Look, owner: &Owner, label: String) -> &mut Proof {
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

    fn things(&mut self) -> String {
        let count = self.rng.below(4);
        let mut things: Vec<&str> = (0..count).map(|_| *self.rng.pick(&THINGS)).collect();
        things.sort_unstable();
        things.dedup();
        things.join(";")
    }

    fn owner(&mut self, pool: &[Owner]) -> Option<Owner> {
        let index = self.rng.below(pool.len());
        pool.get(index).cloned()
    }

    fn of_people(&mut self, pools: &Pools) {
        let directory = ("Directory", "Directory", "", "Signs in on computers and in applications.");
        let mut everybody = pools.everybody.clone();
        for _ in 0..130 {
            if everybody.is_empty() {
                break;
            }
            let owner = everybody.swap_remove(self.rng.below(everybody.len()));
            let rotates = u64::try_from(self.rng.between(250, 900)).ok();
            let password = self.add(Kind::Password, directory, &owner, format!("Directory password of {}", owner.user_name));
            password.rotates = rotates;
            password.used = Use::Within(4);
            let (name, purpose) = *self.rng.pick(&[
                ("Security key", "Second factor: a key that is touched."),
                ("Authenticator app", "Second factor: numbers on the phone."),
                ("Passkey", "Signs in without a password."),
            ]);
            let unused = self.rng.chance(40);
            let factor =
                self.add(Kind::MfaFactor, ("Directory", "Directory", "", purpose), &owner, format!("{name} of {}", owner.user_name));
            if unused {
                factor.says = Some("issued");
                factor.used = Use::Unknown;
            } else {
                factor.used = Use::Within(8);
            }
        }
        for _ in 0..85 {
            let Some(owner) = self.owner(&pools.technical) else { break };
            let rotates = self.rng.chance(300).then_some(540);
            let machine = *self.rng.pick(&["laptop", "workstation", "jump host", "test bench"]);
            self.add(
                Kind::SshKey,
                ("Forge", "Skyline", "", "Signs in on servers and pushes code."),
                &owner,
                format!("{} {machine}", owner.user_name),
            )
            .rotates = rotates;
        }
        for _ in 0..52 {
            let Some(owner) = self.owner(&pools.technical) else { break };
            let lives = *self.rng.pick(&[Some(90), Some(180), Some(365), None]);
            let token = self.add(Kind::Token, TOKENS[0], &owner, format!("Access token of {}", owner.user_name));
            token.lives = lives;
            token.rotates = lives.map(|days| days - 12);
        }
        for _ in 0..24 {
            let Some(owner) = self.owner(&pools.technical) else { break };
            let look = API_KEYS[0];
            self.add(Kind::ApiKey, look, &owner, format!("{} {} of {}", look.0, look.2, owner.user_name));
        }
    }

    /// Mostly what the department works with.
    fn look(&mut self, kind: Kind, looks: &[Look], department: usize) -> Look {
        let (own, general) = match (kind, department) {
            (Kind::ApiKey, 3 | 11) => (1, 1),
            (Kind::ApiKey | Kind::Password, 10 | 12) => (2, if kind == Kind::ApiKey { 1 } else { 2 }),
            (Kind::ApiKey, 4 | 5) => (3, 1),
            (Kind::ApiKey, 1 | 6 | 7) => (4, 1),
            (Kind::Certificate, 1 | 5 | 6) => (2, 2),
            (Kind::ApiKey | Kind::Token, _) => (0, 1),
            _ => (0, 2),
        };
        if self.rng.chance(700) { looks[own.min(looks.len() - 1)] } else { looks[self.rng.below(general)] }
    }

    fn of_machines(&mut self, pools: &Pools) {
        for (kind, count, looks) in [
            (Kind::ApiKey, 112, &API_KEYS[..]),
            (Kind::Token, 20, &TOKENS[1..]),
            (Kind::Certificate, 128, &CERTIFICATES[..]),
            (Kind::Password, 36, &MACHINE_PASSWORDS[..]),
        ] {
            for nth in 0..count {
                let Some(owner) = self.owner(&pools.machines) else { break };
                let look = self.look(kind, looks, owner.department);
                let (rotates, lives) = match kind {
                    Kind::Certificate => *self.rng.pick(&[
                        (Some(75), Some(90)),
                        (Some(60), Some(90)),
                        (Some(340), Some(365)),
                        (None, Some(365)),
                        (None, Some(825)),
                        (None, Some(1825)),
                    ]),
                    Kind::Token => *self.rng.pick(&[(Some(80), Some(90)), (Some(350), Some(365))]),
                    _ => *self.rng.pick(&[
                        (Some(30), None),
                        (Some(90), None),
                        (Some(180), None),
                        (Some(180), Some(200)),
                        (Some(365), None),
                        (None, None),
                        (None, None),
                    ]),
                };
                let dependents = self.things();
                let past_end = kind == Kind::Certificate && nth % 16 == 3;
                let days_past = u64::try_from(self.rng.between(1, 20)).unwrap_or(1);
                let today = self.today;
                let label =
                    format!("{} {}{}", owner.user_name, look.2, if nth % 3 == 0 { String::new() } else { format!(" {}", nth % 9 + 1) });
                let proof = self.add(kind, look, &owner, label);
                (proof.rotates, proof.lives, proof.dependents) = (rotates, lives, dependents);
                if past_end && owner.since + Days::new(370) < today && owner.end.is_none() {
                    // Served on past its end: the inventory says active, the calendar says over.
                    proof.created = at(today - Days::new(365 + days_past), 9, 30);
                    (proof.rotates, proof.lives, proof.says, proof.used) =
                        (None, Some(365), Some(if nth % 32 == 3 { "compromised" } else { "active" }), Use::Within(2));
                } else if kind == Kind::ApiKey && nth % 40 == 7 && owner.end.is_none() {
                    proof.says = Some("compromised");
                } else if kind == Kind::ApiKey && nth % 40 == 23 && owner.end.is_none() {
                    proof.says = Some("suspended");
                }
            }
        }
        for _ in 0..34 {
            let Some(owner) = self.owner(&pools.machines) else { break };
            let dependents = self.things();
            let proof = self.add(
                Kind::SshKey,
                ("Skyline", "Skyline", "", "Copies files between servers."),
                &owner,
                format!("{} transfer key", owner.user_name),
            );
            proof.dependents = dependents;
        }
        for nth in 0..60 {
            let Some(owner) = self.owner(&pools.cloud) else { break };
            let name = *self.rng.pick(&["reader", "writer", "deployer", "operator"]);
            let dependents = self.things();
            let proof = self.add(
                Kind::CloudRole,
                ("Skyline", "Skyline", "", "May be taken on in the cloud."),
                &owner,
                format!("{} {name} {}", owner.user_name, nth % 4 + 1),
            );
            proof.dependents = dependents;
        }
    }

    /// Of those who left: the newest ones all, of the others some.
    fn of_leavers(&mut self, pools: &Pools) {
        let recent = self.today - Days::new(45);
        for owner in &pools.leavers {
            if owner.end.is_none_or(|end| end < recent) && !self.rng.chance(230) {
                continue;
            }
            let password = self.add(
                Kind::Password,
                ("Directory", "Directory", "", "Signs in on computers and in applications."),
                owner,
                format!("Directory password of {}", owner.user_name),
            );
            password.used = Use::Within(4);
            if self.rng.chance(500) {
                self.add(
                    Kind::MfaFactor,
                    ("Directory", "Directory", "", "Second factor: numbers on the phone."),
                    owner,
                    format!("Authenticator app of {}", owner.user_name),
                )
                .used = Use::Within(8);
            }
            if self.rng.chance(250) {
                self.add(
                    Kind::SshKey,
                    ("Forge", "Skyline", "", "Signs in on servers and pushes code."),
                    owner,
                    format!("{} laptop", owner.user_name),
                );
            }
        }
    }

    /// Found by scans; nobody knows whose they are.
    fn of_nobody(&mut self) {
        let nobody = Owner {
            user_name: String::new(),
            department: IT,
            known: self.today - Days::new(900),
            since: self.today - Days::new(1900),
            end: None,
        };
        for nth in 0..20_u64 {
            let dependents = if nth % 3 == 0 { self.things() } else { String::new() };
            let (kind, look, label) = match nth % 4 {
                0 => (Kind::ApiKey, API_KEYS[0], format!("old-integration-{}", nth + 1)),
                1 => (
                    Kind::SshKey,
                    ("Skyline", "Skyline", "", "Found on a server; nobody remembers why."),
                    format!("root@bench-{}", nth + 1),
                ),
                2 => (Kind::Certificate, CERTIFICATES[0], format!("test-{}.internal", nth + 1)),
                _ => (Kind::Password, MACHINE_PASSWORDS[0], format!("db_user_{}", nth + 1)),
            };
            let stopped = self.today - Days::new(60 + nth * 17);
            let proof = self.add(kind, look, &nobody, label);
            proof.dependents = dependents;
            if kind == Kind::Certificate {
                proof.lives = Some(3650);
            }
            proof.used = if nth % 2 == 0 { Use::Until(stopped) } else { Use::Unknown };
        }
    }

    /// Sessions of this very day, at the company's sign-in.
    fn sessions(&mut self, pools: &Pools, now: DateTime<Utc>) {
        let mut everybody = pools.everybody.clone();
        for _ in 0..40 {
            if everybody.is_empty() {
                break;
            }
            let owner = everybody.swap_remove(self.rng.below(everybody.len()));
            let minutes = self.rng.between(80, 1150);
            let session = self.add(
                Kind::Session,
                ("Beacon sign-in", "Directory", "", "Signed in through the company's sign-in page."),
                &owner,
                format!("Session of {}", owner.user_name),
            );
            session.created = now - Duration::minutes(minutes);
            session.lives = Some(1);
            session.used = Use::Within(1);
        }
    }
}
