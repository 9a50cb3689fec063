//! Five years of the company, month by month: who joins, moves, leaves and comes back, and the
//! snapshots that its HR system sent.

mod days;
mod file;
mod moves;
mod seating;

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::names::Names;
use super::rng::Rng;
use super::seats::{Level, Seats};

pub(super) use days::at;
use days::month_from;
pub(super) use file::csv_text;

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

struct Play {
    rng: Rng,
    names: Names,
    seats: Seats,
    people: Vec<Person>,
    dates: Vec<NaiveDate>,
    due: BTreeSet<NaiveDate>,
    dismissed: Vec<(NaiveDate, usize)>,
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
