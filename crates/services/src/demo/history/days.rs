//! The days of the history.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Utc, Weekday};

use super::MONTHS;

/// The day of the snapshot of a month, the last one being today.
pub(super) fn month_from(today: NaiveDate, month: usize) -> NaiveDate {
    let distance = |from: usize, to: usize| Months::new(u32::try_from(from.abs_diff(to)).unwrap_or_default());
    let shifted =
        if month <= MONTHS { today.checked_sub_months(distance(MONTHS, month)) } else { today.checked_add_months(distance(month, MONTHS)) };
    shifted.unwrap_or(today)
}

/// A moment of a day, in UTC.
pub(in crate::demo) fn at(day: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()).and_utc()
}

/// The day itself, or the next one on which people work.
pub(super) fn working_day(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => day + Days::new(2),
        Weekday::Sun => day + Days::new(1),
        _ => day,
    }
}

/// The day itself, or the next one that is such a day of the week.
pub(super) fn next(day: NaiveDate, weekday: Weekday) -> NaiveDate {
    day + Days::new(u64::from(weekday.days_since(day.weekday())))
}

pub(super) fn last_of_month(day: NaiveDate) -> NaiveDate {
    first_of_next_month(day) - Days::new(1)
}

pub(super) fn first_of_next_month(day: NaiveDate) -> NaiveDate {
    let next = day.checked_add_months(Months::new(1)).unwrap_or(day);
    // The first of a month is in the window that begins on it.
    if day.day() == 1 { day } else { next.with_day(1).unwrap_or(next) }
}
