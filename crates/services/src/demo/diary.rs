//! What is done in the course of the five years, moment by moment.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use tenure_domain::access::PortalRole;
use tenure_domain::identity::Transition;

use super::catalogue::{APPS, BY_HAND, CHANGES};
use super::company::{ENGINEERING, IT, LEGAL};
use super::history::{History, MONTHS, Person, at};
use super::machines::MACHINES;
use super::proofs::Life;
use super::rng::Rng;
use super::seats::Level;

/// One thing that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// The catalogue, the roles and the rules are made.
    Model,
    /// A snapshot; None for the first try.
    People(Option<usize>),
    /// The worker does what is due.
    Due,
    /// A person is ended by hand.
    Dismiss(usize),
    /// A later change of the model.
    Change(usize),
    /// A machine is recorded with its owner.
    Machine(usize, usize),
    /// A machine is no longer needed.
    Retire(usize),
    /// What ended people owned gets new owners.
    HandOvers(usize),
    /// A person gets a second identity for administration, with a role.
    Persona(usize, &'static str),
    /// A person gets a role by hand: role, days (0 for no end), why.
    Assign(usize, &'static str, i64, &'static str),
    /// A role that was given by hand is taken away.
    Unassign(usize, &'static str),
    /// A person goes on leave and the like.
    Lifecycle(usize, Transition, &'static str),
    /// What is really held in an application; whether it is the last look.
    Memberships(usize, bool),
    /// The inventory of credentials.
    Credentials,
    /// A machine gets a token of Tenure: days, whether it may write.
    Token(usize, i64, bool),
    /// It uses the token.
    UseToken(usize),
    /// Its token is revoked.
    RevokeToken(usize),
    /// A person, or its persona, gets a role in the portal.
    Portal(usize, bool, PortalRole),
}

/// Everything, in order, and the lives of machines and personas.
#[derive(Debug)]
pub(super) struct Diary {
    pub(super) entries: Vec<(DateTime<Utc>, Entry)>,
    pub(super) machines: Vec<Life>,
    pub(super) personas: Vec<Life>,
}

struct Writer<'a> {
    history: &'a History,
    rng: Rng,
    now: DateTime<Utc>,
    entries: Vec<(DateTime<Utc>, Entry)>,
    machines: Vec<Life>,
    personas: Vec<Life>,
    /// People who are needed, and so are not sent on leave.
    needed: BTreeSet<usize>,
}

/// Why a machine went.
pub(super) const RETIRED: &str = "No longer needed: the system it worked for is gone";

/// Writes it.
pub(super) fn write(seed: u64, history: &History, now: DateTime<Utc>) -> Diary {
    let mut writer = Writer {
        history,
        rng: Rng::new(seed, "diary"),
        now,
        entries: Vec::new(),
        machines: Vec::new(),
        personas: Vec::new(),
        needed: BTreeSet::new(),
    };
    writer.sources();
    writer.machines();
    writer.tokens();
    writer.personas();
    writer.assignments();
    writer.leaves();
    writer.observations();
    let Writer { mut entries, machines, personas, .. } = writer;
    entries.retain(|(at, _)| *at <= now);
    entries.sort_by_key(|(at, _)| *at);
    Diary { entries, machines, personas }
}

impl Writer<'_> {
    fn add(&mut self, at: DateTime<Utc>, entry: Entry) {
        self.entries.push((at, entry));
    }

    fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    /// A moment in a month, at work.
    fn moment(&mut self, month: usize) -> DateTime<Utc> {
        let day = self.history.dates[month] + Days::new(u64::try_from(self.rng.between(1, 26)).unwrap_or(1));
        let (hour, minute) = (self.rng.between(8, 16), self.rng.between(0, 59));
        at(day, u32::try_from(hour).unwrap_or(9), u32::try_from(minute).unwrap_or(0))
    }

    /// People, what the worker does for them, the model and its changes.
    fn sources(&mut self) {
        let history = self.history;
        self.add(history.pilot.at, Entry::People(None));
        self.add(history.pilot.at + Duration::days(1), Entry::Model);
        for (index, snapshot) in history.snapshots.iter().enumerate() {
            self.add(snapshot.at, Entry::People(Some(index)));
        }
        for month in 3..MONTHS {
            let moment = self.moment(month);
            self.add(moment, Entry::HandOvers(month));
        }
        // At noon in UTC it is the new day in all offices.
        for day in &history.due {
            self.add(at(*day, 12, 0), Entry::Due);
        }
        for (last, person) in &history.dismissed {
            self.add(at(*last, 16, 40), Entry::Dismiss(*person));
        }
        for (index, (month, _)) in CHANGES.iter().enumerate() {
            let moment = self.moment(*month);
            self.add(moment, Entry::Change(index));
        }
    }

    fn machines(&mut self) {
        for (index, machine) in MACHINES.iter().enumerate() {
            let month = (index * 66 / MACHINES.len()).saturating_sub(7);
            let moment = self.moment(month).min(self.now - Duration::days(6));
            let owner = self.owner(machine.department, month, moment.date_naive(), (index % 4 == 1).then_some(index % 8 == 1));
            let Some(owner) = owner else { continue };
            let ended = (index % 15 == 9)
                .then(|| moment.date_naive() + Days::new(u64::try_from(self.rng.between(200, 500)).unwrap_or(300)))
                .filter(|end| *end < self.today());
            self.add(moment, Entry::Machine(index, owner));
            if let Some(end) = ended {
                self.add(at(end, 10, 5), Entry::Retire(index));
            }
            self.machines.push(Life {
                user_name: machine.user_name.to_owned(),
                department: machine.department,
                made: moment.date_naive(),
                ended,
            });
        }
    }

    /// Somebody of a department who leads; or somebody who is going to leave, perhaps not long ago.
    fn owner(&mut self, department: usize, month: usize, day: NaiveDate, leaves: Option<bool>) -> Option<usize> {
        let today = self.today();
        if let Some(lately) = leaves {
            let recent = |p: &Person| {
                p.end.is_some_and(|end| end > day + Days::new(30) && end < today - Days::new(2)) && !p.contractor && p.returns == 0
            };
            let mut leavers =
                self.history.at_work(month, |w, p| (w.department == department || matches!(w.department, ENGINEERING | IT)) && recent(p));
            leavers.sort_by_key(|p| std::cmp::Reverse(self.history.people[*p].end));
            if lately {
                leavers.truncate(6);
            }
            if let Some(found) = self.rng.choose(&leavers) {
                return Some(found);
            }
        }
        successor(self.history, &mut self.rng, department, month)
    }

    /// Tokens of Tenure itself, for machines that look things up in it.
    fn tokens(&mut self) {
        for (nth, index) in [1, 2, 6, 13, 17, 21, 26, 33, 42, 45, 52, 58, 59].into_iter().enumerate() {
            let Some(life) = self.machines.iter().find(|l| l.user_name == MACHINES[index].user_name).cloned() else { continue };
            let age = if nth == 4 { 120 } else { self.rng.between(5, 300) };
            let made = (self.now - Duration::days(age)).max(at(life.made, 18, 0));
            if life.ended.is_some() {
                continue;
            }
            let days = if nth == 4 { 90 } else { *self.rng.pick(&[365, 365, 340]) };
            self.add(made, Entry::Token(index, days, nth % 4 == 0));
            let used = self.now - Duration::minutes(self.rng.between(200, if nth % 4 == 3 { 140_000 } else { 2000 }));
            if nth % 5 != 3 && used > made && nth != 4 {
                self.add(used, Entry::UseToken(index));
            }
            if nth == 7 {
                self.add((made + Duration::days(3)).min(self.now - Duration::hours(30)), Entry::RevokeToken(index));
            }
        }
    }

    fn personas(&mut self) {
        let mut taken = BTreeSet::new();
        for nth in 0..10 {
            let month = 2 + nth * 5;
            let (department, role) = if nth % 5 == 3 {
                (ENGINEERING, "Release manager")
            } else if nth % 2 == 0 {
                (IT, "Directory administrator")
            } else {
                (IT, "Cloud administrator")
            };
            let last = nth == 8;
            let staff = self.history.at_work(month, |w, p| {
                w.department == department
                    && (w.level <= Level::Lead || nth > 2)
                    && if last { p.end.is_some_and(|end| end < self.today()) && p.returns == 0 && !p.contractor } else { p.stays() }
            });
            let staff: Vec<usize> = staff.into_iter().filter(|p| !taken.contains(p)).collect();
            let Some(person) = self.rng.choose(&staff) else { continue };
            let moment = self.moment(month);
            let main = &self.history.people[person];
            // Somebody may have given notice in the month itself.
            if main.end.is_some_and(|end| end <= moment.date_naive()) {
                continue;
            }
            taken.insert(person);
            self.needed.insert(person);
            self.add(moment, Entry::Persona(person, role));
            self.personas.push(Life {
                user_name: persona_name(main),
                department,
                made: moment.date_naive(),
                ended: main.end.filter(|end| *end < self.now.date_naive()),
            });
            if nth == 0 {
                self.add(moment + Duration::minutes(12), Entry::Portal(person, true, PortalRole::Admin));
            }
        }
        let legal_now = self.history.at_work(MONTHS, |w, _| w.department == LEGAL);
        for month in [14, 37] {
            let auditors = self.history.at_work(month, |w, p| w.department == LEGAL && p.stays());
            let auditors: Vec<usize> = auditors.into_iter().filter(|p| legal_now.contains(p) && !self.needed.contains(p)).collect();
            if let Some(person) = self.rng.choose(&auditors) {
                self.needed.insert(person);
                let moment = self.moment(month);
                self.add(moment, Entry::Portal(person, false, PortalRole::Auditor));
            }
        }
    }

    fn assignments(&mut self) {
        let mut given = BTreeSet::new();
        for (role, department, count, days, reasons) in BY_HAND {
            for _ in 0..count {
                let month = 1 + self.rng.below(MONTHS - 2);
                let moment = self.moment(month);
                let day = moment.date_naive();
                let staff = self.history.at_work(month, |w, p| {
                    w.department == department
                        && !p.contractor
                        && p.end.is_none_or(|end| end > day + Days::new(20))
                        && p.start < day
                        && p.returns == 0
                });
                let Some(person) = self.rng.choose(&staff) else { continue };
                if !given.insert((role, person)) {
                    continue;
                }
                let reason = *self.rng.pick(reasons);
                self.add(moment, Entry::Assign(person, role, days, reason));
                if days == 0 && self.rng.chance(150) && self.history.people[person].stays() {
                    let later = moment + Duration::days(self.rng.between(100, 600));
                    self.add(later, Entry::Unassign(person, role));
                }
            }
        }
    }

    fn leaves(&mut self) {
        let mut taken = self.needed.clone();
        for nth in 0..46 {
            let suspended = nth >= 40;
            let running = !(14..43).contains(&nth);
            let month = if running { MONTHS - 1 - self.rng.below(if suspended { 1 } else { 4 }) } else { 2 + self.rng.below(MONTHS - 16) };
            let moment = self.moment(month);
            let staff =
                self.history.at_work(month, |w, p| w.level >= Level::Lead && p.stays() && (moment.date_naive() - p.start).num_days() > 200);
            let Some(person) = self.rng.choose(&staff).filter(|p| taken.insert(*p)) else { continue };
            let (start, end, why, back) = if suspended {
                (Transition::Suspend, Transition::Resume, "Until it is clear what happened to a lost laptop", "The laptop was found")
            } else {
                (
                    Transition::StartLeave,
                    Transition::EndLeave,
                    *self.rng.pick(&["Parental leave", "Parental leave", "Sabbatical", "Care of a relative"]),
                    "Back at work",
                )
            };
            self.add(moment, Entry::Lifecycle(person, start, why));
            if !running {
                let days = if suspended { self.rng.between(3, 20) } else { self.rng.between(50, 360) };
                self.add(moment + Duration::days(days), Entry::Lifecycle(person, end, back));
            }
        }
    }

    /// What is really there: memberships application by application, credentials all at once.
    fn observations(&mut self) {
        for app in 0..APPS.len() {
            let day = self.history.dates[18 + app * 4] + Days::new(20);
            self.add(at(day, 21, 30), Entry::Memberships(app, false));
            let minutes = i64::try_from(app * 9).unwrap_or_default();
            self.add(self.now - Duration::days(2) + Duration::minutes(minutes), Entry::Memberships(app, true));
        }
        for days in [540, 185] {
            self.add(self.now - Duration::days(days), Entry::Credentials);
        }
        self.add(self.now - Duration::minutes(60), Entry::Credentials);
    }
}

/// Who takes over in a department: somebody who leads there and stays, else anybody who stays.
pub(super) fn successor(history: &History, rng: &mut Rng, department: usize, month: usize) -> Option<usize> {
    let mut leads = history.at_work(month, |w, p| w.department == department && w.level <= Level::Lead && p.stays());
    if leads.is_empty() {
        leads = history.at_work(month, |w, p| w.department == department && p.stays());
    }
    rng.choose(&leads)
}

/// The user name of somebody's second identity.
pub(super) fn persona_name(person: &Person) -> String {
    format!("adm.{}", person.user_name)
}
