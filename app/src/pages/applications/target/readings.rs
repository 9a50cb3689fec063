//! The readings of a target: the one under way with how far it is, and the last ones.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::target::ReadingState;
use tenure_services::targets::Reconciled;
use tenure_store::readings::ReadingRow;

use crate::components::{Button, Column, Empty, Hide, LinkButton, Panel, PostForm, Table, TableLook, Tag, Time, Tone, count};
use crate::pages::words::{capital, many};

/// Whether the last one that ended asks for a person's word.
pub(super) fn is_doubtful(readings: &[ReadingRow]) -> bool {
    readings.iter().find(|r| !r.state.is_open()).is_some_and(|r| r.state == ReadingState::Doubtful)
}

pub(super) fn panel(readings: &[ReadingRow], at: &str, may_manage: bool, token: &str, now: DateTime<Utc>) -> AnyView {
    if readings.is_empty() {
        return view! {
            <Panel title="Readings"><Empty title="It was not read yet" icon="server" level=3>"Each reading stands here: how far it is, what it showed, and why it stopped."</Empty></Panel>
        }
        .into_any();
    }
    let open = readings.iter().find(|r| r.state.is_open()).map(|r| under_way(r, at, may_manage, token, now));
    let columns =
        vec![Column::new("Asked for"), Column::new("What").hide(Hide::Small), Column::new("State"), Column::new("What it showed")];
    let rows = readings.iter().map(|r| row(r, now)).collect_view();
    view! {
        <Panel title="Readings" note="What Tenure has seen there. Only a reading of everything that came to its end says what is gone.">
            {open}
            <Table caption="The last readings, the newest first" name="Readings" columns look=TableLook::Top>{rows}</Table>
        </Panel>
    }
    .into_any()
}

fn under_way(r: &ReadingRow, at: &str, may_manage: bool, token: &str, now: DateTime<Utc>) -> AnyView {
    let so_far = match r.state {
        ReadingState::Queued => view! { "It waits for somebody to begin." }.into_any(),
        _ => view! { {progress(r)}" so far. Last sign of life: "{r.alive_at.map(|at| view! { <Time at now/> })}"." }.into_any(),
    };
    let action = format!("{at}/target/readings/{}/cancel", r.id);
    let stop =
        may_manage.then(|| view! { <PostForm action token=token.to_owned() class=""><Button small=true>"Stop it"</Button></PostForm> });
    view! {
        <div class="row row--between">
            <p role="status">{so_far}</p>
            <div class="row"><LinkButton href=format!("{at}/target#readings") small=true>"Refresh"</LinkButton>{stop}</div>
        </div>
    }
    .into_any()
}

fn row(r: &ReadingRow, now: DateTime<Utc>) -> AnyView {
    let who = if r.asker.is_empty() { "by the schedule".to_owned() } else { format!("by {}", r.asker) };
    let word = capital(r.state.label());
    let state = match r.state {
        ReadingState::Done => word.into_any(),
        ReadingState::Queued | ReadingState::Running => view! { <Tag tone=Tone::Info>{word}</Tag> }.into_any(),
        ReadingState::Failed | ReadingState::Doubtful => view! { <Tag tone=Tone::Danger>{word}</Tag> }.into_any(),
        ReadingState::Cancelled => view! { <Tag>{word}</Tag> }.into_any(),
    };
    let again = (r.attempts > 1).then(|| view! { <br/><span class="faint">{format!("begun {} times", r.attempts)}</span> });
    let result = r.result.clone().and_then(|result| serde_json::from_value::<Reconciled>(result).ok());
    let showed = result.map_or_else(|| if r.said.is_empty() { progress(r) } else { r.said.clone() }, |result| words(&result));
    view! {
        <tr data-reading=r.state.as_str()>
            <th scope="row"><Time at=r.asked_at now short=true/><br/><span class="faint">{who}</span></th>
            <td class="hide-s">{capital(r.kind.label())}</td>
            <td>{state}{again}</td>
            <td>{showed}</td>
        </tr>
    }
    .into_any()
}

fn progress(r: &ReadingRow) -> String {
    let p = &r.progress;
    format!(
        "{} accounts, {} entitlements, {} memberships, {} credentials",
        count(p.accounts),
        count(p.entitlements),
        count(p.memberships),
        count(p.credentials)
    )
}

/// What it showed: how much there is, and what is new.
fn words(seen: &Reconciled) -> String {
    let n = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let gone = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let mut parts = vec![many(n(seen.accounts), "account", "accounts")];
    let mut part = |count: i64, words: String| {
        if count > 0 {
            parts.push(words);
        }
    };
    part(n(seen.changed), format!("{} new or changed", count(n(seen.changed))));
    part(n(seen.orphans), format!("{} of nobody", count(n(seen.orphans))));
    part(gone(seen.gone), format!("{} gone", count(gone(seen.gone))));
    part(n(seen.of_ended), format!("{} of people who have ended", count(n(seen.of_ended))));
    part(n(seen.moot_reviews), many(n(seen.moot_reviews), "question to a reviewer closed", "questions to reviewers closed"));
    part(n(seen.memberships.newly_out_of_band), format!("{} grants out of band", count(n(seen.memberships.newly_out_of_band))));
    part(n(seen.credentials), many(n(seen.credentials), "credential", "credentials"));
    let news = seen.new_credentials + seen.changed_credentials;
    part(n(news), format!("{} of them new or changed", count(n(news))));
    part(gone(seen.gone_credentials), format!("{} credentials gone", count(gone(seen.gone_credentials))));
    part(
        gone(seen.unseen_credentials),
        format!("{} credentials not seen: may Tenure still read them? Nothing follows from it", count(gone(seen.unseen_credentials))),
    );
    parts.join(", ")
}
