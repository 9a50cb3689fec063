//! Five years of the company, month by month: who joins, moves, leaves and comes back, and the
//! snapshots that its HR system sent.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Utc, Weekday};

use super::company::{DEPARTMENTS, EXECUTIVE, IT, MAIL, PEOPLE_NOW, PEOPLE_THEN, SITES};
use super::names::Names;
use super::rng::Rng;
use super::seats::{Level, Seats};

/// Months of history.
pub(super) const MONTHS: usize = 60;

/// For how many months ahead it is known who leaves.
const AHEAD: usize = 3;

/// Whether a snapshot was sent in a month: once a quarter at first, once a month in the last year.
const fn is_sent(month: usize) -> bool {
    month.is_multiple_of(3) || month + 12 >= MONTHS
}

/// Somebody who works, worked or will work here.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) employee_id: String,
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    pub(super) user_name: String,
    pub(super) contractor: bool,
    /// First day of this period.
    pub(super) start: NaiveDate,
    /// Last day of this period.
    pub(super) end: Option<NaiveDate>,
    /// Since when HR lists the person, and since when the last day.
    start_known: NaiveDate,
    end_known: NaiveDate,
    /// How often the person was here before.
    pub(super) returns: usize,
    senior: bool,
    seat: Option<usize>,
}

impl Person {
    /// Here from the first day on, as far as anybody knows.
    pub(super) fn stays(&self) -> bool {
        self.end.is_none() && self.returns == 0 && !self.contractor
    }
}

/// Somebody at work on the day of a snapshot.
#[derive(Debug, Clone, Copy)]
pub(super) struct AtWork {
    pub(super) person: usize,
    pub(super) department: usize,
    pub(super) level: Level,
}

/// One snapshot.
#[derive(Debug)]
pub(super) struct Snapshot {
    month: usize,
    pub(super) at: DateTime<Utc>,
    pub(super) csv: String,
    pub(super) rows: usize,
    pub(super) staff: Vec<AtWork>,
}

/// Everything that happened.
#[derive(Debug)]
pub(super) struct History {
    pub(super) people: Vec<Person>,
    /// Those who lead, and those who run IT: a first try of the feed.
    pub(super) pilot: Snapshot,
    /// In order; the last one is of today.
    pub(super) snapshots: Vec<Snapshot>,
    /// The day on which each month of the history begins; the last one is today.
    pub(super) dates: Vec<NaiveDate>,
    /// Days on which somebody starts or is over whom a snapshot announced.
    pub(super) due: BTreeSet<NaiveDate>,
    /// People who are ended by hand, in the evening of their last day.
    pub(super) dismissed: Vec<(NaiveDate, usize)>,
}

impl History {
    /// Those at work in a month, as far as the source said by then, for whom something is true.
    pub(super) fn at_work(&self, month: usize, filter: impl Fn(&AtWork, &Person) -> bool) -> Vec<usize> {
        let newest = self.snapshots.iter().rev().find(|s| s.month <= month).unwrap_or(&self.pilot);
        newest.staff.iter().filter(|w| filter(w, &self.people[w.person])).map(|w| w.person).collect()
    }
}

/// Plays the history that ends at a moment.
pub(super) fn play(seed: u64, now: DateTime<Utc>) -> History {
    let today = now.date_naive();
    let mut play = Play {
        rng: Rng::new(seed, "people"),
        names: Names::new(),
        seats: Seats::new(),
        people: Vec::new(),
        dates: (0..=MONTHS + AHEAD + 1).map(|month| month_from(today, month)).collect(),
        due: BTreeSet::new(),
        dismissed: Vec::new(),
    };
    play.found();
    for month in 0..AHEAD {
        play.leave(month);
    }
    play.join(0);
    let pilot_day = play.dates[0] - Days::new(12);
    let pilot = play.snapshot(0, pilot_day, at(pilot_day, 9, 12), true);
    let mut snapshots = Vec::new();
    for month in 0..=MONTHS {
        let day = play.dates[month];
        play.depart(day);
        play.promote(day);
        if month > 0 {
            play.change(day);
        }
        play.leave(month + AHEAD);
        play.join(month + 1);
        if is_sent(month) {
            let moment = if month == MONTHS { now } else { at(day, 4, 10) };
            snapshots.push(play.snapshot(month, day, moment, false));
        }
    }
    play.dates.truncate(MONTHS + 1);
    History { people: play.people, pilot, snapshots, dates: play.dates, due: play.due, dismissed: play.dismissed }
}

/// The day of the snapshot of a month, the last one being today.
fn month_from(today: NaiveDate, month: usize) -> NaiveDate {
    let distance = |from: usize, to: usize| Months::new(u32::try_from(from.abs_diff(to)).unwrap_or_default());
    let shifted =
        if month <= MONTHS { today.checked_sub_months(distance(MONTHS, month)) } else { today.checked_add_months(distance(month, MONTHS)) };
    shifted.unwrap_or(today)
}

/// A moment of a day, in UTC.
pub(super) fn at(day: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()).and_utc()
}

/// The day itself, or the next one on which people work.
fn working_day(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => day + Days::new(2),
        Weekday::Sun => day + Days::new(1),
        _ => day,
    }
}

/// The day itself, or the next one that is such a day of the week.
fn next(day: NaiveDate, weekday: Weekday) -> NaiveDate {
    day + Days::new(u64::from(weekday.days_since(day.weekday())))
}

struct Play {
    rng: Rng,
    names: Names,
    seats: Seats,
    people: Vec<Person>,
    dates: Vec<NaiveDate>,
    due: BTreeSet<NaiveDate>,
    dismissed: Vec<(NaiveDate, usize)>,
}

impl Play {
    /// Those who were here before the history begins.
    fn found(&mut self) {
        let first = self.dates[0];
        let leaders: Vec<usize> = self.seats.iter().map(|(index, _)| index).collect();
        for seat in leaders {
            let years = self.rng.between(5, 12);
            self.sit_down(seat, first, years * 365, false);
        }
        for (department, of) in DEPARTMENTS.iter().enumerate() {
            while self.size(department) * PEOPLE_NOW < of.share * PEOPLE_THEN {
                let seat = self.seats.open(department, &mut self.rng);
                let days =
                    if self.seats.get(seat).level < Level::Member { self.rng.between(900, 4200) } else { self.rng.between(20, 3600) };
                let contractor = self.is_contractor(seat);
                self.sit_down(seat, first, if contractor { days % 150 + 10 } else { days }, contractor);
            }
        }
    }

    fn sit_down(&mut self, seat: usize, first: NaiveDate, days: i64, contractor: bool) {
        let start = working_day(first - Days::new(u64::try_from(days).unwrap_or_default() + 3));
        let start = start
            .with_day(if days % 3 == 0 { 15 } else { 1 })
            .filter(|_| days % 7 != 0)
            .map_or(start, working_day)
            .min(first - Days::new(1));
        self.hire(seat, start, start, contractor);
    }

    fn is_contractor(&mut self, seat: usize) -> bool {
        let seat = self.seats.get(seat);
        seat.level == Level::Member && self.rng.chance(2 * DEPARTMENTS[seat.department].contractors)
    }

    fn hire(&mut self, seat: usize, start: NaiveDate, start_known: NaiveDate, contractor: bool) {
        let (given, family, user_name) = self.names.draw(&mut self.rng);
        // A contract has its end from the beginning on.
        let end = contractor.then(|| start + Days::new(u64::try_from(self.rng.between(180, 420)).unwrap_or_default()));
        let person = Person {
            employee_id: format!("{}", 10_001 + self.people.len()),
            given,
            family,
            user_name,
            contractor,
            start,
            end,
            start_known,
            end_known: start_known,
            returns: 0,
            senior: self.rng.chance(if start < self.dates[0] { 350 } else { 120 }),
            seat: Some(seat),
        };
        self.seats.set_holder(seat, Some(self.people.len()));
        self.people.push(person);
    }

    fn size(&self, department: usize) -> usize {
        self.seats.iter().filter(|(_, s)| s.department == department && s.holder.is_some()).count()
    }

    /// Those whose last day is over leave their seats.
    fn depart(&mut self, day: NaiveDate) {
        for index in 0..self.people.len() {
            let person = &mut self.people[index];
            if person.end.is_some_and(|end| end < day)
                && let Some(seat) = person.seat.take()
            {
                self.seats.set_holder(seat, None);
            }
        }
    }

    /// Somebody of the team, or of the department, follows whoever led it.
    fn promote(&mut self, day: NaiveDate) {
        loop {
            let empty = self.seats.iter().find_map(|(index, s)| {
                (s.level < Level::Member && s.holder.is_none()).then(|| Some((index, self.successor(index, day)?))).flatten()
            });
            let Some((seat, (old, person))) = empty else { return };
            self.seats.set_holder(old, None);
            self.sit(person, seat);
        }
    }

    fn successor(&self, empty: usize, day: NaiveDate) -> Option<(usize, usize)> {
        let seat = self.seats.get(empty);
        let candidates = self.seats.iter().filter_map(|(index, s)| {
            let person = s.holder.filter(|p| {
                let p = &self.people[*p];
                p.start <= day && p.end.is_none() && !p.contractor
            })?;
            let near = s.above == Some(empty);
            (s.level > seat.level && (near || (s.department == seat.department && seat.department != EXECUTIVE))).then_some((
                !near,
                s.level,
                self.people[person].start,
                index,
                person,
            ))
        });
        candidates.min().map(|(.., index, person)| (index, person))
    }

    fn sit(&mut self, person: usize, seat: usize) {
        self.seats.set_holder(seat, Some(person));
        self.people[person].seat = Some(seat);
        self.people[person].senior = false;
    }

    /// Moves to other departments, longer contracts, new titles and names.
    fn change(&mut self, day: NaiveDate) {
        for index in 0..self.people.len() {
            let Some(old) = self.people[index].seat else { continue };
            let (level, department) = (self.seats.get(old).level, self.seats.get(old).department);
            let person = &mut self.people[index];
            let days = (day - person.start).num_days();
            if person.contractor
                && days < 800
                && person.end.is_some_and(|end| (0..30).contains(&(end - day).num_days()))
                && self.rng.chance(450)
            {
                person.end = person.end.map(|end| end + Days::new(183));
            }
            if days < 270 || person.end.is_some() {
                continue;
            }
            if level == Level::Member && department != EXECUTIVE && self.rng.chance(4) {
                let to = 1 + self.rng.below(DEPARTMENTS.len() - 1);
                if to != department {
                    let seat = self.seats.open_member(to, &mut self.rng);
                    self.seats.set_holder(old, None);
                    self.sit(index, seat);
                }
            } else if level == Level::Member && days > 600 && !self.people[index].senior && self.rng.chance(8) {
                self.people[index].senior = true;
            } else if self.rng.chance(1) && self.rng.chance(300) {
                self.people[index].family = self.names.family(&mut self.rng);
            }
        }
    }

    /// Who leaves between the snapshot of a month and the next one.
    fn leave(&mut self, month: usize) {
        let (from, to) = (self.dates[month], self.dates[month + 1]);
        for index in 0..self.people.len() {
            let person = &self.people[index];
            let Some(seat) = person.seat.map(|seat| self.seats.get(seat)) else { continue };
            if person.end.is_some() || (from - person.start).num_days() < 30 {
                continue;
            }
            let young = (from - person.start).num_days() < 730;
            let per_mille = match seat.level {
                Level::Chief => 0,
                Level::Officer => 3,
                Level::Head | Level::Manager => 5,
                Level::Lead => 6,
                Level::Member if young => 13,
                Level::Member => 8,
            };
            if !self.rng.chance(per_mille) {
                continue;
            }
            let end = match self.rng.below(20) {
                0..=13 => last_of_month(from),
                14..=17 => from.with_day(15).unwrap_or(from),
                _ => next(from + Days::new(u64::try_from(self.rng.between(0, 20)).unwrap_or_default()), Weekday::Fri),
            };
            let end = if end < from { end.checked_add_months(Months::new(1)).unwrap_or(end) } else { end };
            let end = end.min(to - Days::new(1));
            // Most give notice; of some HR learns when they are gone.
            let notice = if self.rng.chance(800) { u64::try_from(self.rng.between(25, 125)).unwrap_or_default() } else { 0 };
            let dismissed = notice == 0 && self.rng.chance(300);
            let person = &mut self.people[index];
            person.end = Some(end);
            person.end_known = if notice == 0 { end + Days::new(1) } else { end - Days::new(notice) };
            if dismissed {
                self.dismissed.push((end, index));
            }
        }
    }

    /// Who joins between the snapshot of a month and the next one.
    fn join(&mut self, month: usize) {
        let (from, to) = (self.dates[month], self.dates[month + 1]);
        let staying = self.people.iter().filter(|p| p.seat.is_some() && p.end.is_none_or(|end| end >= to)).count();
        let wanted = wanted_at(month + 1).saturating_sub(staying).max(3);
        for nth in 0..wanted {
            let start = match self.rng.below(20) {
                _ if nth == 0 => first_of_next_month(from),
                0..=12 => first_of_next_month(from),
                13..=18 => {
                    let day = from.with_day(15).unwrap_or(from);
                    if day < from { day.checked_add_months(Months::new(1)).unwrap_or(day) } else { day }
                }
                _ => next(from + Days::new(u64::try_from(self.rng.between(0, 20)).unwrap_or_default()), Weekday::Mon),
            };
            let start = working_day(start);
            // HR mostly lists people before they come, and sometimes a few days late.
            let known = start - Days::new(u64::try_from(self.rng.between(6, 60)).unwrap_or_default());
            let known =
                if self.rng.chance(120) { start + Days::new(u64::try_from(self.rng.between(1, 9)).unwrap_or_default()) } else { known };
            let department = self.neediest();
            let seat = self.seats.open(department, &mut self.rng);
            if nth > 0
                && self.rng.chance(35)
                && let Some(person) = self.somebody_back(start, seat)
            {
                self.bring_back(person, seat, start, known);
                continue;
            }
            let contractor = self.is_contractor(seat);
            self.hire(seat, start, known, contractor);
        }
    }

    /// The department that lacks most people, give or take.
    fn neediest(&mut self) -> usize {
        let lacking: Vec<usize> = {
            let total: usize = DEPARTMENTS.iter().map(|d| d.share).sum();
            let sizes: Vec<usize> = (0..DEPARTMENTS.len()).map(|d| self.size(d)).collect();
            let all: usize = sizes.iter().sum::<usize>() + 15;
            DEPARTMENTS.iter().zip(&sizes).map(|(d, size)| (d.share * all / total).saturating_sub(*size)).collect()
        };
        let weights = lacking.iter().zip(&DEPARTMENTS).map(|(lack, d)| if *lack == 0 { d.share / 60 } else { lack * 40 });
        self.rng.weighted(weights)
    }

    /// Somebody who left some time ago on good terms.
    fn somebody_back(&mut self, start: NaiveDate, seat: usize) -> Option<usize> {
        if self.seats.get(seat).level != Level::Member {
            return None;
        }
        let gone: Vec<usize> = (0..self.people.len())
            .filter(|index| {
                let p = &self.people[*index];
                p.seat.is_none()
                    && p.returns == 0
                    && !p.contractor
                    && p.end.is_some_and(|end| (start - end).num_days() > 200)
                    && !self.dismissed.iter().any(|(_, d)| d == index)
            })
            .collect();
        self.rng.choose(&gone)
    }

    fn bring_back(&mut self, index: usize, seat: usize, start: NaiveDate, known: NaiveDate) {
        let person = &mut self.people[index];
        person.returns += 1;
        person.start = start;
        // Nobody is listed twice: the old period is over by far.
        person.start_known = known;
        person.end = None;
        self.sit(index, seat);
    }

    /// The file of a day.
    fn snapshot(&mut self, month: usize, day: NaiveDate, moment: DateTime<Utc>, pilot: bool) -> Snapshot {
        let listed: Vec<bool> =
            self.people.iter().map(|p| p.start_known <= day && p.seat.is_some_and(|seat| !pilot || self.is_of_pilot(seat))).collect();
        let at_work =
            |person: usize| listed[person] && self.people[person].start <= day && self.people[person].end.is_none_or(|end| end >= day);
        let mut rows = vec![
            [
                "employee_id",
                "user_name",
                "given_name",
                "family_name",
                "email",
                "department",
                "title",
                "manager_id",
                "start_date",
                "end_date",
                "time_zone",
                "site",
                "contract",
            ]
            .map(str::to_owned),
        ];
        let mut staff = Vec::new();
        let mut due = BTreeSet::new();
        for (index, person) in self.people.iter().enumerate().filter(|(index, _)| listed[*index]) {
            let Some(seat) = person.seat.map(|seat| self.seats.get(seat)) else { continue };
            let mut above = seat.above;
            let mut manager = String::new();
            while let Some(next) = above.map(|above| self.seats.get(above)) {
                if let Some(holder) = next.holder.filter(|holder| at_work(*holder)) {
                    manager.clone_from(&self.people[holder].employee_id);
                    break;
                }
                above = next.above;
            }
            if at_work(index) {
                staff.push(AtWork { person: index, department: seat.department, level: seat.level });
            } else {
                due.insert(person.start);
            }
            let end = person.end.filter(|_| person.end_known <= day);
            due.extend(end.map(|end| end + Days::new(1)));
            rows.push([
                person.employee_id.clone(),
                person.user_name.clone(),
                person.given.to_owned(),
                person.family.to_owned(),
                format!("{}@{MAIL}", person.user_name),
                DEPARTMENTS[seat.department].name.to_owned(),
                if person.senior && seat.level == Level::Member { format!("Senior {}", seat.title) } else { seat.title.to_owned() },
                manager,
                person.start.to_string(),
                end.map(|end| end.to_string()).unwrap_or_default(),
                SITES[seat.site].time_zone.to_owned(),
                SITES[seat.site].name.to_owned(),
                if person.contractor { "contractor" } else { "employee" }.to_owned(),
            ]);
        }
        self.due.extend(due);
        Snapshot { month, at: moment, rows: rows.len() - 1, csv: csv_text(&rows), staff }
    }

    fn is_of_pilot(&self, seat: usize) -> bool {
        let seat = self.seats.get(seat);
        seat.level <= Level::Head || (seat.department == IT && seat.level == Level::Manager)
    }
}

/// Rows as a CSV file. Names have no commas, quotes or line breaks; texts may have.
pub(super) fn csv_text<const N: usize>(rows: &[[String; N]]) -> String {
    let mut text = String::new();
    for row in rows {
        for (index, field) in row.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            if field.contains([',', '"', '\n']) {
                text.push('"');
                text.push_str(&field.replace('"', "\"\""));
                text.push('"');
            } else {
                text.push_str(field);
            }
        }
        text.push('\n');
    }
    text
}

/// How many people there should be in a month: growth comes in waves.
fn wanted_at(month: usize) -> usize {
    // People at the end of each year, in a thousandth of the growth of five years.
    const WAVES: [usize; 6] = [0, 290, 410, 660, 770, 1000];
    let (year, rest) = (month / 12, month % 12);
    let from = WAVES[year.min(5)];
    let to = WAVES[(year + 1).min(5)];
    PEOPLE_THEN + (PEOPLE_NOW - PEOPLE_THEN) * (from * (12 - rest) + to * rest) / 12_000
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    first_of_next_month(day) - Days::new(1)
}

fn first_of_next_month(day: NaiveDate) -> NaiveDate {
    let next = day.checked_add_months(Months::new(1)).unwrap_or(day);
    // The first of a month is in the window that begins on it.
    if day.day() == 1 { day } else { next.with_day(1).unwrap_or(next) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_company_grows_without_circles_and_within_limits() {
        let now = at(NaiveDate::from_ymd_opt(2026, 3, 11).unwrap(), 10, 0);
        let history = play(1, now);
        assert_eq!((history.dates[0].to_string(), history.dates[MONTHS]), ("2021-03-11".to_owned(), now.date_naive()));
        let staff: Vec<usize> = history.snapshots.iter().map(|m| m.staff.len()).collect();
        assert!((680..=720).contains(&staff[0]), "{staff:?}");
        assert!((1175..=1225).contains(&staff[staff.len() - 1]), "{staff:?}");
        for snapshot in history.snapshots.iter().chain([&history.pilot]) {
            let rows: Vec<Vec<&str>> = snapshot.csv.lines().skip(1).map(|line| line.split(',').collect()).collect();
            let keys: std::collections::HashMap<&str, &str> = rows.iter().map(|r| (r[0], r[7])).collect();
            assert_eq!(keys.len(), snapshot.rows);
            for row in &rows {
                let (mut who, mut depth) = (row[0], 0);
                while !keys[who].is_empty() {
                    who = keys[who];
                    depth += 1;
                    assert!(depth < 8, "{row:?}");
                }
            }
            assert_eq!(rows.iter().filter(|r| r[7].is_empty()).count(), 1, "one person reports to nobody");
        }
        let gone = history.people.iter().filter(|p| p.end.is_some_and(|end| end < now.date_naive())).count();
        assert!((350..=700).contains(&gone), "{gone} left");
        assert!(history.people.iter().filter(|p| p.returns > 0).count() >= 5);
        assert!(history.dismissed.len() >= 5);
    }
}
