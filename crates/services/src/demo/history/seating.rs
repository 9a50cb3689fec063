//! Who sits where: those who were there first, those who are hired, and those who follow others.

use chrono::{Datelike, Days, NaiveDate};

use super::days::working_day;
use super::{Person, Play};
use crate::demo::company::{DEPARTMENTS, EXECUTIVE, PEOPLE_NOW, PEOPLE_THEN};
use crate::demo::seats::Level;

impl Play {
    /// Those who were here before the history begins.
    pub(super) fn found(&mut self) {
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

    pub(super) fn is_contractor(&mut self, seat: usize) -> bool {
        let seat = self.seats.get(seat);
        seat.level == Level::Member && self.rng.chance(2 * DEPARTMENTS[seat.department].contractors)
    }

    pub(super) fn hire(&mut self, seat: usize, start: NaiveDate, start_known: NaiveDate, contractor: bool) {
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

    pub(super) fn size(&self, department: usize) -> usize {
        self.seats.iter().filter(|(_, s)| s.department == department && s.holder.is_some()).count()
    }

    /// Those whose last day is over leave their seats.
    pub(super) fn depart(&mut self, day: NaiveDate) {
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
    pub(super) fn promote(&mut self, day: NaiveDate) {
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

    pub(super) fn sit(&mut self, person: usize, seat: usize) {
        self.seats.set_holder(seat, Some(person));
        self.people[person].seat = Some(seat);
        self.people[person].senior = false;
    }
}
