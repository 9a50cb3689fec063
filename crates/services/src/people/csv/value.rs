//! Days, moments, time zones and mail addresses.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};

use super::cell::quoted;

/// Years outside of these are slips of the pen, not days of anybody's work.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// A day, or None for an empty text.
pub(super) fn day(text: &str) -> Result<Option<NaiveDate>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let date = exact_day(text).ok_or_else(|| format!("{} is not a day of the calendar; write it as 2026-01-31", quoted(text)))?;
    in_range(date, text).map(Some)
}

/// A last day. The year 9999, by which many systems say "open", is none.
pub(super) fn last_day(text: &str) -> Result<Option<NaiveDate>, String> {
    if exact_day(text).is_some_and(|date| date.year() == 9999) { Ok(None) } else { day(text) }
}

/// A moment: RFC 3339, or a day, which stands for its first moment in UTC.
pub(super) fn moment(text: &str) -> Result<Option<DateTime<Utc>>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let moment = match exact_day(text) {
        Some(date) => date.and_time(NaiveTime::MIN).and_utc(),
        None => DateTime::parse_from_rfc3339(text)
            .map_err(|_| {
                format!("{} is not a time; write a day as 2026-01-31, or a time with its zone as 2026-01-31T16:00:00Z", quoted(text))
            })?
            .to_utc(),
    };
    in_range(moment.date_naive(), text)?;
    Ok(Some(moment))
}

/// Four, two and two digits, nothing else: chrono alone also takes `2026-1-3`.
fn exact_day(text: &str) -> Option<NaiveDate> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let number =
        |digits: &[u8]| digits.iter().try_fold(0u32, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')));
    NaiveDate::from_ymd_opt(i32::try_from(number(&[y1, y2, y3, y4])?).ok()?, number(&[m1, m2])?, number(&[d1, d2])?)
}

fn in_range(date: NaiveDate, text: &str) -> Result<NaiveDate, String> {
    if YEARS.contains(&date.year()) {
        return Ok(date);
    }
    Err(format!("{} is not between {} and {}; correct the year, or leave the field empty", quoted(text), YEARS.start(), YEARS.end()))
}

/// Whether a text is the name of a time zone.
pub(super) fn time_zone(text: &str) -> Result<(), String> {
    if text.is_empty() || text.parse::<chrono_tz::Tz>().is_ok() {
        return Ok(());
    }
    Err(format!("{} is not a time zone; write an IANA name such as Europe/Vienna, or leave the field empty", quoted(text)))
}

/// Whether a text has the shape of a mail address. Only mail itself can tell more.
pub(super) fn mail(text: &str) -> Result<(), String> {
    let whole = match text.split_once('@') {
        Some((user, host)) => !user.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(char::is_whitespace),
        None => text.is_empty(),
    };
    if whole {
        Ok(())
    } else {
        Err(format!("{} is not a mail address; write it as name@example.com, or leave the field empty", quoted(text)))
    }
}
