//! Times: relative and absolute with zone, in `<time>`.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use leptos::prelude::*;

/// `11 min ago`, `in 3 days`, `just now`.
pub fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let gap = now - at;
    let (gap, ago) = if gap < TimeDelta::zero() { (-gap, false) } else { (gap, true) };
    let minutes = gap.num_minutes();
    let span = match (gap.num_seconds(), minutes, gap.num_hours(), gap.num_days()) {
        (..45, ..) => return if ago { "just now" } else { "in a moment" }.to_owned(),
        (_, ..2, ..) => "1 min".to_owned(),
        (_, ..60, ..) => format!("{minutes} min"),
        (_, _, hours @ ..24, _) => format!("{hours} h"),
        (.., 1) => "1 day".to_owned(),
        (.., days @ ..60) => format!("{days} days"),
        (.., days @ ..730) => format!("{} months", days / 30),
        (.., days) => format!("{} years", days / 365),
    };
    if ago { format!("{span} ago") } else { format!("in {span}") }
}

/// `19 Nov 2026, 09:14 UTC`, in the zone given.
pub fn absolute(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%-d %b %Y, %H:%M %Z").to_string()
}

/// `19 Nov 2026`.
pub fn date(day: NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}

fn machine(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A time: how long ago, and the moment itself with its zone.
#[component]
pub fn Time(
    /// The moment.
    at: DateTime<Utc>,
    /// The present.
    now: DateTime<Utc>,
    /// The reader's zone.
    #[prop(default = Tz::UTC)]
    zone: Tz,
    /// In tables: only how long ago is seen; the moment is in the title and on paper.
    #[prop(optional)]
    short: bool,
) -> impl IntoView {
    let moment = absolute(at, zone);
    let ago = relative(at, now);
    if short {
        return view! { <time datetime=machine(at) title=moment>{ago}</time> }.into_any();
    }
    let ago = format!("{ago},");
    view! { <time class="when" datetime=machine(at)><span>{ago}</span>" "<span class="faint">{moment}</span></time> }.into_any()
}

/// A day.
#[component]
pub fn Date(
    /// The day.
    day: NaiveDate,
) -> impl IntoView {
    view! { <time datetime=day.format("%Y-%m-%d").to_string()>{date(day)}</time> }.into_any()
}

/// As little of a moment as tells it apart: the hour today, else the day, and the year when it is another.
pub(crate) fn moment(at: DateTime<Utc>, now: DateTime<Utc>) -> impl IntoView {
    let words = if at.date_naive() == now.date_naive() {
        at.format("%H:%M UTC").to_string()
    } else if at.year() == now.year() {
        at.format("%-d %b").to_string()
    } else {
        date(at.date_naive())
    };
    view! { <time datetime=machine(at) title=absolute(at, Tz::UTC)>{words}</time> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 19, 12, 0, 0).single().unwrap_or_default()
    }

    #[test]
    fn a_time_is_said_as_a_person_would() {
        let ago = |delta| relative(noon() - delta, noon());
        assert_eq!(ago(TimeDelta::seconds(5)), "just now");
        assert_eq!(ago(TimeDelta::seconds(50)), "1 min ago");
        assert_eq!(ago(TimeDelta::minutes(11)), "11 min ago");
        assert_eq!(ago(TimeDelta::minutes(130)), "2 h ago");
        assert_eq!(ago(TimeDelta::hours(30)), "1 day ago");
        assert_eq!(ago(TimeDelta::days(23)), "23 days ago");
        assert_eq!(ago(TimeDelta::days(90)), "3 months ago");
        assert_eq!(ago(TimeDelta::days(800)), "2 years ago");
        assert_eq!(ago(TimeDelta::days(-3)), "in 3 days");
        assert_eq!(ago(TimeDelta::seconds(-9)), "in a moment");
    }

    #[test]
    fn a_time_has_its_zone() {
        assert_eq!(absolute(noon(), Tz::UTC), "19 Nov 2026, 12:00 UTC");
        assert_eq!(absolute(noon(), Tz::Europe__Amsterdam), "19 Nov 2026, 13:00 CET");
    }

    #[test]
    fn markup_holds_both() {
        let html = view! { <Time at=noon() now=noon() + TimeDelta::minutes(11)/> }.to_html();
        assert!(html.contains(r#"datetime="2026-11-19T12:00:00Z""#) && html.contains("11 min ago,"), "{html}");
        assert!(html.contains("19 Nov 2026, 12:00 UTC"), "{html}");
    }
}
