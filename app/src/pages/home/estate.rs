//! The state of the estate: what there is, what comes and goes, what is wrong.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::identity::{IdentityKind, LifecycleState};
use tenure_services::home::Overview;

use super::findings;
use crate::components::{
    Bar, Column, Date, Disclosure, Empty, Fill, Hide, LineChart, LinkButton, Panel, Series, Table, TableLook, Time, count,
};
use crate::pages::credentials::charts;
use crate::pages::words::{capital, many, size};

pub(super) fn view(overview: &Overview, now: DateTime<Utc>) -> AnyView {
    view! {
        <h2 class="vh">"State of the estate"</h2>
        <div class="cols cols--2">
            {flow(overview)}
            {charts::heat_panel(&overview.counts.heat, 3)}
        </div>
        <div class="cols cols--2">
            {identities(overview)}
            {charts::kinds_panel(&overview.counts.credentials, 3)}
        </div>
        <div class="cols cols--2">
            {found(overview)}
            {sources(overview, now)}
        </div>
    }
    .into_any()
}

fn flow(overview: &Overview) -> AnyView {
    let joined: i64 = overview.flow.iter().map(|m| m.1.started).sum();
    let left: i64 = overview.flow.iter().map(|m| m.1.ended).sum();
    let (Some(first), Some(last)) = (overview.flow.first(), overview.flow.last()) else { return ().into_any() };
    let whole = |key: &str| format!("/identities?{key}={}..{}", first.0.format("%Y-%m"), last.0.format("%Y-%m"));
    let body = if joined + left == 0 {
        view! { <Empty title="Nobody joined or left in these months" icon="people" level=4 action=view! { <LinkButton href="/imports">"Imports"</LinkButton> }>"Joiners and leavers come from the dates in your HR snapshots."</Empty> }.into_any()
    } else {
        let labels: Vec<String> = overview.flow.iter().map(|m| m.0.format("%b %Y").to_string()).collect();
        let hrefs =
            |key: &'static str| overview.flow.iter().map(move |m| format!("/identities?{key}={}", m.0.format("%Y-%m"))).collect::<Vec<_>>();
        let series = vec![
            Series::new("Joiners", Fill::Accent, overview.flow.iter().map(|m| Some(m.1.started as f64))).hrefs(hrefs("joined")),
            Series::new("Leavers", Fill::Soft, overview.flow.iter().map(|m| Some(m.1.ended as f64))).hrefs(hrefs("left")),
        ];
        let said = format!(
            "From {} to {} {} and {}; in {} so far {} and {}",
            first.0.format("%B %Y"),
            last.0.format("%B %Y"),
            many(joined, "person joined", "people joined"),
            many(left, "left", "left"),
            last.0.format("%B"),
            many(last.1.started, "joined", "joined"),
            many(last.1.ended, "left", "left")
        );
        view! {
            <div class="chart__fig">
                <a class="big" href=whole("joined")>{count(joined)}</a>
                <ul class="key">
                    <li><span class="swatch f-accent"></span>{format!("joined, {} in {}", count(last.1.started), last.0.format("%B"))}</li>
                    <li><span class="swatch f-soft"></span><a href=whole("left")>{format!("{} left", count(left))}</a></li>
                </ul>
            </div>
            <LineChart said title="Joiners and leavers" labels series area=true/>
        }
        .into_any()
    };
    view! { <Panel title="Joiners and leavers" level=3 aside=view! { <span class="faint">"12 months"</span> }>{body}</Panel> }.into_any()
}

fn identities(overview: &Overview) -> AnyView {
    let all = &overview.counts.identities;
    let n = |kind: IdentityKind, states: &[LifecycleState]| {
        all.iter().filter(|(k, s, _)| *k == kind && states.contains(s)).map(|r| r.2).sum::<i64>()
    };
    let total: i64 = all.iter().map(|r| r.2).sum();
    let kinds: Vec<IdentityKind> = IdentityKind::ALL.iter().copied().filter(|k| n(*k, LifecycleState::ALL) > 0).collect();
    let most = kinds.iter().map(|k| n(*k, LifecycleState::ALL)).max().unwrap_or_default();
    if kinds.is_empty() {
        return view! {
            <Panel title="Identities" level=3>
                <Empty title="No identities yet" icon="people" level=4 action=view! { <LinkButton href="/imports/new">"Import people"</LinkButton> }>"They come from a snapshot of your HR system, or by hand."</Empty>
            </Panel>
        }
        .into_any();
    }
    let bars = kinds
        .iter()
        .map(|kind| {
            let active = n(*kind, &[LifecycleState::Active]);
            let away = n(*kind, &[LifecycleState::PreHire, LifecycleState::OnLeave, LifecycleState::Suspended]);
            let ended = n(*kind, &[LifecycleState::Terminated, LifecycleState::Archived]);
            let name = capital(kind.label());
            let said = format!("{name}: {} active, {} not at work, {} ended", count(active), count(away), count(ended));
            let href = format!("/identities?kind={}", kind.as_str());
            view! {
                <li>
                    <div class="row row--between"><a href=href.clone()>{name}</a><a href=href>{count(active + away + ended)}</a></div>
                    <Bar said parts=vec![(Fill::Accent, size(active)), (Fill::Warning, size(away)), (Fill::Soft, size(ended))] of=size(most)/>
                </li>
            }
        })
        .collect_view();
    let states: Vec<LifecycleState> = LifecycleState::ALL.iter().copied().filter(|s| all.iter().any(|r| r.1 == *s && r.2 > 0)).collect();
    let mut columns = vec![Column::new("Kind")];
    columns.extend(states.iter().map(|s| Column::new(capital(s.label())).numeric()));
    let rows = kinds
        .iter()
        .map(|kind| {
            let cells = states
                .iter()
                .map(|state| match n(*kind, &[*state]) {
                    0 => view! { <td class="num"><span class="faint">"0"</span></td> }.into_any(),
                    some => view! { <td class="num"><a href=format!("/identities?kind={}&state={}", kind.as_str(), state.as_str())>{count(some)}</a></td> }.into_any(),
                })
                .collect_view();
            view! { <tr><th scope="row">{capital(kind.label())}</th>{cells}</tr> }
        })
        .collect_view();
    view! {
        <Panel title="Identities" level=3 aside=view! { <a class="sub" href="/identities">{format!("All {}", count(total))}</a> }>
            <ul class="key">
                <li><span class="swatch f-accent"></span>"Active"</li>
                <li><span class="swatch f-warning"></span>"Not at work"</li>
                <li><span class="swatch f-soft"></span>"Ended"</li>
            </ul>
            <ul class="list camp">{bars}</ul>
            <Disclosure summary="Numbers">
                <Table caption="Identities by kind and state" name="Identities, numbers" columns look=TableLook::Last>{rows}</Table>
            </Disclosure>
        </Panel>
    }
    .into_any()
}

fn found(overview: &Overview) -> AnyView {
    let all = findings::all(overview);
    let most = all.iter().map(|f| size(f.n)).max().unwrap_or_default();
    let open: i64 = all.iter().map(|f| f.n).sum();
    let rows = all
        .into_iter()
        .map(|f| {
            let number = if f.n == 0 {
                view! { <span class="faint">"0"</span> }.into_any()
            } else {
                view! { <a href=f.href>{count(f.n)}</a> }.into_any()
            };
            let fill = if f.grave { Fill::Danger } else { Fill::Warning };
            let said = format!("{}: {}", f.name, count(f.n));
            view! {
                <tr>
                    <th scope="row">{f.name}</th>
                    <td class="num">{number}</td>
                    <td class="hide-s"><Bar said parts=vec![(fill, size(f.n))] of=most/></td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![Column::new("Finding"), Column::new("Open").numeric(), Column::new("Share").hide(Hide::Small)];
    view! {
        <Panel title="Findings" level=3 aside=view! { <span class="faint">{format!("{} open", count(open))}</span> }>
            <Table caption="Findings, counted" name="Findings, numbers" columns look=TableLook::Last>{rows}</Table>
        </Panel>
    }
    .into_any()
}

fn sources(overview: &Overview, now: DateTime<Utc>) -> AnyView {
    let aside = view! { <a class="sub" href="/imports">"All imports"</a> };
    if overview.sources.is_empty() {
        return view! {
            <Panel title="Sources and the age of their data" id="sources" level=3 aside>
                <Empty title="No source yet" icon="upload" level=4 action=view! { <LinkButton href="/imports/new">"Import people"</LinkButton> }>"A source is where identities come from: an HR system, a directory."</Empty>
            </Panel>
        }
        .into_any();
    }
    let rows = overview
        .sources
        .iter()
        .map(|source| {
            let last = overview.imports.iter().find(|i| i.source_name == source.name);
            let name = match last {
                Some(import) => view! { <a href=format!("/imports/{}", import.id)>{source.name.clone()}</a> }.into_any(),
                None => source.name.clone().into_any(),
            };
            let age = match source.last_as_of {
                Some(day) => view! { <Date day/>" "<span class="faint">{said_age((now.date_naive() - day).num_days())}</span> }.into_any(),
                None => view! { <span class="faint">"Nothing yet"</span> }.into_any(),
            };
            let taken = source.last_import_at.map(|at| view! { <Time at now short=true/> });
            view! { <tr><th scope="row">{name}</th><td>{age}</td><td class="hide-s">{taken}</td></tr> }
        })
        .collect_view();
    let columns = vec![Column::new("Source"), Column::new("Data as of"), Column::new("Taken in").hide(Hide::Small)];
    view! {
        <Panel title="Sources and the age of their data" id="sources" level=3 aside>
            <Table caption="Sources with the day of their data" name="Sources, list" columns look=TableLook::Last>{rows}</Table>
        </Panel>
    }
    .into_any()
}

fn said_age(days: i64) -> String {
    match days {
        ..=0 => "today’s".to_owned(),
        days => format!("{} old", many(days, "day", "days")),
    }
}
