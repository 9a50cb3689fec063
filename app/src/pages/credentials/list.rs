//! `/credentials`: the inventory.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::credential::{CredentialKind, CredentialState};
use tenure_services::credentials::{COUNT_LIMIT, CredentialCards, CredentialList, DORMANT_DAYS, DUE_DAYS, Finding};
use tenure_store::credentials::CredentialView;
use tenure_store::views::SavedView;

use super::charts;
use super::words::{ends, finding_tag, name, state_tag};
use crate::components::{
    Chip, Column, ColumnMenu, Date, Empty, Filter, FilterBar, Hide, Kind, LinkButton, Look, PageHeader, Pager, Panel, Query, SelectField,
    Sorting, Table, Time, count, date, options, relative,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::saved_views;
use crate::pages::words::{capital, up_to};

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The page of the list.
    pub list: CredentialList,
    /// The address's query.
    pub query: Query,
    /// The views that the person keeps.
    pub views: Vec<SavedView>,
    /// Whether the person may record one.
    pub may_record: bool,
}

const PATH: &str = "/credentials";
const EXTRA: [(&str, &str); 5] =
    [("target", "Target"), ("rotated", "Rotated"), ("created", "Created"), ("issuer", "Issuer"), ("dependents", "Dependents")];

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    frame.page("Credentials", Some(NavItem::Credentials), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { list, query, views, may_record } = model;
    // All rows are one identity's when the address asks for one's.
    let of = list.page.rows.first().and_then(|v| v.owner.clone());
    let total = up_to(list.total, COUNT_LIMIT);
    let shown = list.page.rows.len();
    let lead = format!("{} live. Secrets are never kept here, only what is known about them.", up_to(list.cards.live, COUNT_LIMIT));
    let action = may_record.then(|| {
        view! {
            <LinkButton href="/imports/credentials/new" icon="upload">"Import an inventory"</LinkButton>
            <LinkButton href="/credentials/new" icon="plus" look=Look::Main>"Record a credential"</LinkButton>
        }
    });
    let caption = format!("Credentials. {total} match, {shown} shown.");
    let whole = query.first_page().to_href(PATH) == PATH;
    let charts = match (&list.heat, &list.kinds) {
        (Some(heat), Some(kinds)) if whole && !kinds.is_empty() => {
            Some(view! { <div class="cols cols--2">{charts::kinds_panel(kinds, 2)}{charts::heat_panel(heat, 2)}</div> })
        }
        _ => None,
    };
    let title = if whole { "All credentials".to_owned() } else { format!("{total} match") };
    let built_in = [
        ("All", ""),
        ("Live", "live=yes"),
        ("Keys and tokens", "live=yes&kind=api-key"),
        ("Certificates", "live=yes&kind=certificate"),
        ("Revocation owed", "state=revoking"),
    ];
    view! {
        <PageHeader title="Credentials" lead>{action}</PageHeader>
        {cards(&list.cards, list.heat.is_some())}
        {charts}
        <Panel title id="list">
            <div class="stack">
                {saved_views::tabs(PATH, &built_in, &views, &query)}
                {filters(&query, of)}
                {if shown == 0 { nothing(whole, may_record) } else { table(&list, &query, caption, now) }}
                {pager(&list, &query, &total)}
                {saved_views::keep("credentials", &views, &query, token)}
            </div>
        </Panel>
    }
    .into_any()
}

/// The cards; who sees only some identities sees nothing that is nobody's.
fn cards(cards: &CredentialCards, sees_all: bool) -> AnyView {
    let tiles = [
        ("Owner ended", cards.ended_owner, "They may still work".to_owned(), "finding=ended-owner", "tile--danger"),
        ("Without owner", cards.without_owner, "Nobody answers for them".to_owned(), "finding=without-owner", "tile--danger"),
        ("Overdue", cards.overdue, "Secret over a year old".to_owned(), "finding=overdue", "tile--danger"),
        ("Due", cards.due, format!("End within {DUE_DAYS} days"), "finding=due", "tile--warning"),
        ("Dormant", cards.dormant, format!("Not used for {DORMANT_DAYS} days"), "finding=dormant", "tile--warning"),
        ("Live", cards.live, "May still prove something".to_owned(), "live=yes", ""),
    ];
    let tiles = tiles
        .into_iter()
        .filter(|tile| sees_all || tile.3 != "finding=without-owner")
        .map(|(name, n, note, query, tone)| {
            // A colour means something: none of a thing means nothing.
            let class = if n > 0 && !tone.is_empty() { format!("tile {tone}") } else { "tile".to_owned() };
            let number = if n >= COUNT_LIMIT { format!("{}+", count(COUNT_LIMIT)) } else { count(n) };
            view! { <li><a class=class href=format!("{PATH}?{query}")><span>{name}</span><b>{number}</b><span class="faint">{note}</span></a></li> }
        })
        .collect_view();
    view! { <section aria-labelledby="attention"><h2 id="attention" class="vh">"Needs attention"</h2><ul class="tiles">{tiles}</ul></section> }.into_any()
}

fn filters(query: &Query, of: Option<String>) -> AnyView {
    let set = ["state", "kind", "finding", "live", "heat", "of"]
        .into_iter()
        .filter_map(|key| query.get(key).filter(|v| !v.is_empty()).map(|v| (key, v)))
        .map(|(key, value)| {
            let (label, value) = match key {
                "state" => ("State", value.parse::<CredentialState>().map_or(value.to_owned(), |s| capital(s.label()))),
                "kind" => ("Kind", value.parse::<CredentialKind>().map_or(value.to_owned(), |k| capital(k.label()))),
                "finding" => ("Finding", Finding::from_word(value).map_or(value.to_owned(), |f| f.label().to_owned())),
                "live" => ("Live", "yes".to_owned()),
                "heat" => ("Age and use", charts::cell_words(value)),
                _ => ("Owner", of.clone().unwrap_or_else(|| "one identity".to_owned())),
            };
            Filter::new(label, value, query.without(key).first_page().to_href(PATH))
        })
        .collect::<Vec<_>>();
    let states = options(CredentialState::ALL.iter().map(|s| (s.as_str(), capital(s.label()))));
    let kinds = options(CredentialKind::ALL.iter().map(|k| (k.as_str(), capital(k.label()))));
    let findings = options(Finding::ALL.iter().map(|f| (f.as_str(), f.label())));
    let value = |key: &str| query.get(key).unwrap_or_default().to_owned();
    let (state, kind, finding) = (value("state"), value("kind"), value("finding"));
    let columns = EXTRA.iter().map(|(key, words)| (*key, *words, shows(query, key))).collect::<Vec<_>>();
    let csv = query.first_page().to_href("/credentials.csv");
    view! {
        <FilterBar path=PATH label="Filter credentials" query=query.clone() search="Beginning of the name" filters=set controls=vec!["state", "kind", "finding", "col"]
            more=view! {
                <SelectField label="Finding" name="finding" none="Any" options=findings value=finding/>
                <SelectField label="Kind" name="kind" none="Any" options=kinds value=kind/>
                <SelectField label="State" name="state" none="Any" options=states value=state/>
            }>
            <ColumnMenu columns/>
            <LinkButton href=csv small=true icon="download" download=true>"CSV"</LinkButton>
        </FilterBar>
    }
    .into_any()
}

fn shows(query: &Query, column: &str) -> bool {
    query.all("col").any(|c| c == column)
}

fn table(list: &CredentialList, query: &Query, caption: String, now: DateTime<Utc>) -> AnyView {
    let sorting = Sorting::new(PATH, query, "label");
    let mut columns = vec![
        Column::new("Credential").sorts("label", &sorting),
        Column::new("Owner").hide(Hide::Small),
        Column::new("State").sorts("state", &sorting),
        Column::new("Age").hide(Hide::Small),
        Column::new("Last used").hide(Hide::Medium),
        Column::new("Ends").hide(Hide::Medium),
    ];
    let extra: Vec<&'static str> = EXTRA.iter().map(|e| e.0).filter(|key| shows(query, key)).collect();
    columns.extend(EXTRA.iter().filter(|e| extra.contains(&e.0)).map(|e| Column::new(e.1).hide(Hide::Medium)));
    let rows = list.page.rows.iter().map(|view| row(view, &extra, now)).collect_view();
    view! { <Table caption name="Credentials" columns>{rows}</Table> }.into_any()
}

fn row(view: &CredentialView, extra: &[&str], now: DateTime<Utc>) -> AnyView {
    let c = &view.credential;
    let about = [Some(capital(c.kind.label())), view.application.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let owner = owner(view);
    let tags = tenure_services::credentials::findings_of(view, now)
        .into_iter()
        .filter(|f| *f != Finding::NoUseData)
        .map(finding_tag)
        .collect_view();
    let used = match c.last_used_at {
        Some(at) => view! { <Time at now short=true/> }.into_any(),
        None => view! { <span class="faint">"No data"</span> }.into_any(),
    };
    let day = |at: DateTime<Utc>| view! { <Date day=at.date_naive()/> }.into_any();
    let more = extra
        .iter()
        .map(|column| match *column {
            "target" => view.application.clone().into_any(),
            "rotated" => c.rotated_at.map_or_else(|| view! { <span class="faint">"Never"</span> }.into_any(), day),
            "created" => day(c.created_at),
            "issuer" => c.issuer.clone().into_any(),
            _ => count(c.dependents.len() as i64).into_any(),
        })
        .map(|cell| view! { <td class="hide-m">{cell}</td> })
        .collect_view();
    view! {
        <tr>
            <th scope="row"><a href=format!("{PATH}/{}", c.id)><b>{name(c)}</b></a><br/><span class="faint">{about}</span></th>
            <td class="hide-s">{owner}</td>
            <td><span class="row row--tight">{state_tag(c.state)}{tags}</span></td>
            <td class="hide-s nowrap">{age(c.rotated_at.unwrap_or(c.created_at), now)}</td>
            <td class="hide-m nowrap">{used}</td>
            <td class="hide-m nowrap">{ends(c)}</td>
            {more}
        </tr>
    }
    .into_any()
}

/// How old a secret is; the day stands in the title.
fn age(made: DateTime<Utc>, now: DateTime<Utc>) -> AnyView {
    let words = relative(made.min(now), now);
    let words = words.strip_suffix(" ago").unwrap_or("new").to_owned();
    view! { <time datetime=made.format("%Y-%m-%d").to_string() title=date(made.date_naive())>{words}</time> }.into_any()
}

/// The owner as a chip; nobody is a finding.
pub(super) fn owner(view: &CredentialView) -> AnyView {
    let (Some(id), Some(name), Some(kind)) = (view.credential.identity_id, view.owner.clone(), view.owner_kind) else {
        return view! { <span class="t-danger">"Nobody"</span> }.into_any();
    };
    let note = view.owner_state.filter(|s| s.has_ended()).map(|s| capital(s.label()));
    view! { <Chip kind=Kind::from_word(kind.as_str()) name href=format!("/identities/{id}") note/> }.into_any()
}

fn nothing(whole: bool, may_record: bool) -> AnyView {
    if !whole {
        return view! { <Empty title="No credential matches" icon="search" action=view! { <LinkButton href=PATH>"Show all"</LinkButton> }>"Take a filter away, or search for the beginning of a name."</Empty> }.into_any();
    }
    let action =
        may_record.then(|| view! { <LinkButton href="/credentials/new" look=Look::Main>"Record a credential"</LinkButton> }.into_any());
    view! { <Empty title="No credentials yet" icon="key" action=crate::components::Slot(action)>"Keys, tokens, certificates and sessions appear here: what Tenure issues by itself, the rest by hand or from an inventory."</Empty> }.into_any()
}

fn pager(list: &CredentialList, query: &Query, total: &str) -> AnyView {
    let next = list.page.next.as_ref().map(|c| query.first_page().with("after", c.encode()).to_href(PATH));
    let prev = list.page.previous.as_ref().map(|c| query.first_page().with("before", c.encode()).to_href(PATH));
    view! { <Pager shown=format!("{} of {total}", list.page.rows.len()) prev next/> }.into_any()
}
