//! What targets are still owed, how fast it goes, and when it will be done.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use tenure_domain::operation::Forecast;
use tenure_services::operations::TargetProgress;

use crate::components::{Column, Fact, Hide, LinkButton, Panel, Table, Time, count};

/// All targets that are owed something; nothing if none is. `at` is the page itself.
pub(super) fn panel(owed: &[TargetProgress], at: &str, now: DateTime<Utc>) -> Option<AnyView> {
    if owed.is_empty() {
        return None;
    }
    let rows = owed.iter().map(|p| row(p, now)).collect_view();
    let open: u64 = owed.iter().map(|p| p.open).sum();
    let columns = vec![
        Column::new("Target"),
        Column::new("Open").numeric(),
        Column::new("Needs a human").numeric().hide(Hide::Small),
        Column::new("Done a minute").numeric().hide(Hide::Small),
        Column::new("Done"),
    ];
    let caption = format!("What targets are owed, {} open", count(i128::from(open)));
    let again = view! { <LinkButton href=at.to_owned() icon="refresh" small=true>"Refresh"</LinkButton> };
    Some(
        view! {
            <Panel title="Under way" note="When it will be done is how fast it went in the last two minutes, and no faster than each target's limit." aside=again>
                <Table caption name="What targets are owed" columns>{rows}</Table>
            </Panel>
        }
        .into_any(),
    )
}

fn row(p: &TargetProgress, now: DateTime<Utc>) -> AnyView {
    view! {
        <tr>
            <th scope="row"><a href=format!("/applications/{}/target", p.application_id)>{p.application.clone()}</a></th>
            <td class="num">{count(i128::from(p.open))}</td>
            <td class="num hide-s">{count(i128::from(p.needs_human))}</td>
            <td class="num hide-s">{pace(p)}</td>
            <td>{forecast(p, now)}</td>
        </tr>
    }
    .into_any()
}

/// The same of one target, for its own page.
pub(super) fn facts(p: &TargetProgress, now: DateTime<Utc>) -> Vec<Fact> {
    let open = match p.needs_human {
        0 => count(i128::from(p.open)),
        n => format!("{}, of which {} need a human", count(i128::from(p.open)), count(i128::from(n))),
    };
    let pace = format!("{} of at most {}", pace(p), count(i128::from(p.per_minute)));
    vec![Fact::new("Owed there", open), Fact::new("Done a minute", pace), Fact::new("Done", forecast(p, now))]
}

fn pace(p: &TargetProgress) -> String {
    p.pace.map_or_else(|| "not known yet".to_owned(), |pace| count(pace.round() as i128))
}

fn forecast(p: &TargetProgress, now: DateTime<Utc>) -> AnyView {
    match p.forecast {
        Forecast::Nothing => "When a human has looked".into_any(),
        Forecast::Waits => "Not known: nothing goes out there now".into_any(),
        Forecast::NotYet(least) => format!("Not known yet; {} at least", span(least)).into_any(),
        Forecast::By(at) => view! { <Time at now short=true/> }.into_any(),
    }
}

/// `40 seconds`, `3 minutes`, `2 hours`.
fn span(time: TimeDelta) -> String {
    let (n, unit) = match time.num_seconds() {
        s @ ..120 => (s.max(1), "second"),
        s @ ..7_200 => (s / 60, "minute"),
        s => (s / 3_600, "hour"),
    };
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_its_own_unit() {
        let told = |seconds| span(TimeDelta::seconds(seconds));
        assert_eq!(
            [told(0), told(1), told(90), told(120), told(7_199), told(7_200)],
            ["1 second", "1 second", "90 seconds", "2 minutes", "119 minutes", "2 hours"]
        );
    }
}
