//! Times as directories write them.

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};

/// Between 1601, where Windows begins to count, and 1970, in seconds.
const FROM_1601: i64 = 11_644_473_600;

/// `20261121100000Z`, also with a fraction (RFC 4517, 3.3.13), also the beginning of an `entryCSN`.
pub(super) fn generalized(text: &str) -> Option<DateTime<Utc>> {
    let digits = text.get(..14)?;
    let rest = &text[14..];
    let ends = rest.find('Z')?;
    let time = NaiveDateTime::parse_from_str(digits, "%Y%m%d%H%M%S").ok()?.and_utc();
    let fraction = rest[..ends].strip_prefix('.').unwrap_or("0");
    if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanoseconds: i64 = format!("{fraction:0<9}").parse().ok()?;
    time.checked_add_signed(chrono::Duration::nanoseconds(nanoseconds))
}

/// A time for a filter, in whole seconds.
pub(super) fn written(time: DateTime<Utc>) -> String {
    time.format("%Y%m%d%H%M%SZ").to_string()
}

/// Windows' count of 100 ns since 1601; 0 and the largest number mean never.
pub(super) fn windows(count: i64) -> Option<DateTime<Utc>> {
    if count <= 0 || count == i64::MAX {
        return None;
    }
    Utc.timestamp_opt(count / 10_000_000 - FROM_1601, u32::try_from(count % 10_000_000).ok()? * 100).single()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_both_flavours_are_read() {
        let time = Utc.with_ymd_and_hms(2026, 11, 21, 10, 0, 1).single().expect("a time");
        assert_eq!(generalized("20261121100001Z"), Some(time));
        assert_eq!(
            generalized("20261121100001.250000Z#000000#000#000000").map(|t| t.timestamp_millis()),
            Some(time.timestamp_millis() + 250)
        );
        assert_eq!(generalized(&written(time)), Some(time));
        assert_eq!(windows(133_000_000_000_000_000).map(|t| t.timestamp()), Some(13_300_000_000 - FROM_1601));
        assert_eq!(windows(0).or(windows(i64::MAX)), None);
    }

    #[test]
    fn what_is_no_time_is_none() {
        for wrong in ["", "2026", "20261321100001Z", "20261121100001", "20261121100001.Z", "00000000000000Z", "２０２６１１２１１"]
        {
            assert_eq!(generalized(wrong), None, "{wrong}");
        }
    }
}
