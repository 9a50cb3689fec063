//! What happens to people from one month to the next: they join, change, leave and come back.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::Play;
use super::days::{first_of_next_month, last_of_month, next, working_day};
use crate::demo::company::{DEPARTMENTS, EXECUTIVE, PEOPLE_NOW, PEOPLE_THEN};
use crate::demo::seats::Level;

impl Play {
    /// Moves to other departments, longer contracts, new titles and names.
    pub(super) fn change(&mut self, day: NaiveDate) {
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
    pub(super) fn leave(&mut self, month: usize) {
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
    pub(super) fn join(&mut self, month: usize) {
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
