//! `/audit`: what happened, newest first.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::audit::{Outcome, Stream};
use tenure_services::audit::{AUDIT_KEYS, AuditPage, Sealing};
use tenure_store::audit::AuditRow;
use tenure_store::views::SavedView;

use super::verify::integrity;
use super::words::{target_href, told};
use crate::components::{
    Column, Empty, ErrorSummary, FormErrors, Hide, Icon, LinkButton, Look, Menu, PageHeader, Pager, Query, SelectField, Table, TableLook,
    Tag, Tone, absolute, count, options,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::saved_views;
use crate::pages::words::capital;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The events; None when what was asked is not understood.
    pub found: Option<AuditPage>,
    /// How far the log is sealed.
    pub sealing: Sealing,
    /// What is asked in the field, as text.
    pub asked: String,
    /// The address's query.
    pub query: Query,
    /// The views that the person keeps.
    pub views: Vec<SavedView>,
    /// Whether the person may take the log away.
    pub may_export: bool,
    /// What was not understood.
    pub errors: FormErrors,
}

const PATH: &str = "/audit";

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    frame.page(model.errors.title("Audit"), Some(NavItem::Audit), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { found, sealing, asked, query, views, may_export, errors } = model;
    let lead = format!(
        "{} events. Nobody can change or remove one without being found out, not even an administrator.",
        count(sealing.sealed + sealing.unsealed)
    );
    let built_in = [
        ("All", ""),
        ("Identities", "stream=identity"),
        ("Access", "stream=access"),
        ("Credentials", "stream=credential"),
        ("System", "stream=system"),
        ("Refused", "outcome=refused"),
    ];
    let export = may_export.then(|| view! { <LinkButton href="/audit/export.jsonl" icon="download" download=true>"Export"</LinkButton> });
    let keep = found.is_some().then(|| saved_views::keep("audit", &views, &query, token.clone()));
    let events = match &found {
        Some(found) if found.page.rows.is_empty() => nothing(&query),
        Some(found) => view! { {table(found, now)}{pager(found, &query)} }.into_any(),
        None => view! { <Empty level=2 title="This is not understood" icon="search">"What is wrong stands above. The keys are listed below the field."</Empty> }.into_any(),
    };
    view! {
        <ErrorSummary errors=errors.clone()/>
        <PageHeader title="Audit" lead>
            <LinkButton href="#integrity" icon="seal">"Integrity"</LinkButton>
            {export}
        </PageHeader>
        <nav class="row sub" aria-label="Settings">
            <a href="/imports">"Sources and imports"</a>
            <a href="/offboarding">"Offboarding records"</a>
            <a href="/hand-overs">"Hand-overs"</a>
            <a href="/operations">"Owed to targets"</a>
            <a href="/signals">"Signals"</a>
            <a href="/settings/mail">"Mail"</a>
            <a href="/settings/sign-in">"Sign-in"</a>
            <a href="/settings/break-glass">"Break-glass"</a>
            <a href="/settings/sessions">"Sessions"</a>
            <a href="/account">"Sessions and tokens"</a>
            <a href="/healthz">"Health"</a>
        </nav>
        {saved_views::tabs(PATH, &built_in, &views, &query)}
        {filter(&query, asked, &errors)}
        {events}
        {keep}
        {integrity(&sealing, token, now)}
    }
    .into_any()
}

fn filter(query: &Query, asked: String, errors: &FormErrors) -> AnyView {
    let error = errors.all_at("q");
    let invalid = error.is_some().then_some("true");
    let described = if error.is_some() { "q-error q-hint" } else { "q-hint" };
    let error = error.map(|words| view! { <p class="error filters" id="q-error"><span class="vh">"Error: "</span>{words}</p> });
    let keys = AUDIT_KEYS.map(|(_, example)| view! { <li><code>{example}</code></li> }).into_iter().collect_view();
    let value = |key: &str| query.get(key).unwrap_or_default().to_owned();
    let streams = options(Stream::ALL.iter().map(|s| (s.as_str(), capital(s.label()))));
    let outcomes = options(Outcome::ALL.iter().map(|o| (o.as_str(), capital(o.label()))));
    let (stream, outcome) = (value("stream"), value("outcome"));
    let chosen = [("stream", "Stream"), ("outcome", "Outcome")]
        .into_iter()
        .filter_map(|(key, label)| query.get(key).filter(|v| !v.is_empty()).map(|v| (key, label, capital(v))))
        .map(|(key, label, value)| {
            let remove = format!("Remove filter: {} is {value}", label.to_lowercase());
            view! { <span class="filter"><span>{label}</span><b>{value}</b><a href=query.without(key).first_page().to_href(PATH) aria-label=remove><Icon name="x" small=true/></a></span> }
        })
        .collect_view();
    let rest = (!asked.is_empty()).then(|| view! { <LinkButton href=PATH look=Look::Quiet small=true>"Show all"</LinkButton> });
    view! {
        <form class="toolbar" role="search" aria-label="Filter events" method="get" action=PATH>
            <div class="search query">
                <Icon name="search" small=true/>
                <label class="vh" for="q">"Filter by key:value"</label>
                <input class="input" id="q" type="search" name="q" value=asked placeholder="actor:ada action:identity.ended from:2026-01-01" autocomplete="off" spellcheck="false" aria-invalid=invalid aria-describedby=described/>
            </div>
            <button class="btn btn--s">"Filter"</button>
            {rest}
            <Menu label="Choose" icon="filter" small=true>
                <div class="stack stack--s">
                    <SelectField label="Stream" name="stream" none="Any" options=streams value=stream/>
                    <SelectField label="Outcome" name="outcome" none="Any" options=outcomes value=outcome/>
                    <button class="btn btn--s btn--main">"Show"</button>
                </div>
            </Menu>
            <div class="row filters">{chosen}</div>
            {error}
            <details class="disclose filters"><summary id="q-hint">"Keys: actor, about, action, stream, outcome, request, target, from, to"</summary><ul class="key">{keys}</ul></details>
        </form>
    }
    .into_any()
}

fn table(found: &AuditPage, now: DateTime<Utc>) -> AnyView {
    let shown = found.page.rows.len();
    let columns = vec![
        Column::new("Time (UTC)"),
        Column::new("Who").hide(Hide::Small),
        Column::new("What"),
        Column::new("About").hide(Hide::Medium),
        Column::new("By way of").hide(Hide::Medium),
    ];
    let rows = found.page.rows.iter().map(|row| line(row, found, now)).collect_view();
    view! { <Table caption=format!("Events, newest first, {shown} shown. Times are UTC.") name="Events" columns look=TableLook::Top>{rows}</Table> }.into_any()
}

fn line(row: &AuditRow, found: &AuditPage, now: DateTime<Utc>) -> AnyView {
    let told = told(row);
    let at = row.at;
    let words =
        if at.date_naive() == now.date_naive() { at.format("%H:%M:%S").to_string() } else { at.format("%-d %b %Y, %H:%M:%S").to_string() };
    let about = row
        .identity_id
        .and_then(|id| found.names.get(&id))
        .map(|n| view! { <a href=format!("/identities/{}", n.id)>{n.display_name.clone()}</a> });
    let target = (!told.target.is_empty()).then(|| match target_href(&row.target_kind, &row.target_id) {
        Some(href) => view! { <a href=href>{told.target.clone()}</a> }.into_any(),
        None => told.target.clone().into_any(),
    });
    let tone = match told.tone {
        Tone::Danger => "t-danger",
        Tone::Warning => "t-warning",
        _ => "",
    };
    let refused = (row.outcome == Outcome::Refused).then(|| view! { " "<Tag tone=Tone::Warning icon="lock">"Refused"</Tag> });
    let more = (!told.more.is_empty()).then(|| format!(" · {}", capital(&told.more)));
    let machine = at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    view! {
        <tr>
            <th scope="row" class="nowrap"><a href=format!("{PATH}/{}", row.id)><time datetime=machine title=absolute(at, chrono_tz::UTC)>{words}</time></a></th>
            <td class="hide-s">{row.actor_label.clone()}</td>
            <td><b class=tone>{told.before}{target}{told.rest}</b>{refused}<p class="faint"><code>{row.action.clone()}</code>{more}</p></td>
            <td class="hide-m">{about}</td>
            <td class="hide-m">{capital(told.channel)}</td>
        </tr>
    }
    .into_any()
}

fn nothing(query: &Query) -> AnyView {
    if query.first_page().to_href(PATH) == PATH {
        return view! { <Empty level=2 title="Nothing happened yet" icon="book">"Every change leaves an event here, and so does every refusal."</Empty> }.into_any();
    }
    view! { <Empty level=2 title="No event matches" icon="search" action=view! { <LinkButton href=PATH>"Show all"</LinkButton> }>"Take a key away, or look at other days."</Empty> }.into_any()
}

fn pager(found: &AuditPage, query: &Query) -> AnyView {
    let next = found.page.next.as_ref().map(|c| query.first_page().with("after", c.encode()).to_href(PATH));
    let prev = found.page.previous.as_ref().map(|c| query.first_page().with("before", c.encode()).to_href(PATH));
    view! { <Pager shown=format!("{} shown, newest first", found.page.rows.len()) prev next/> }.into_any()
}
