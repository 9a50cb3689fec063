//! The snapshots as the files that the HR system sent.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::{AtWork, Play, Snapshot};
use crate::demo::company::{DEPARTMENTS, IT, MAIL, SITES};
use crate::demo::seats::Level;

impl Play {
    /// The file of a day.
    pub(super) fn snapshot(&mut self, month: usize, day: NaiveDate, moment: DateTime<Utc>, pilot: bool) -> Snapshot {
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
pub(in crate::demo) fn csv_text<const N: usize>(rows: &[[String; N]]) -> String {
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
