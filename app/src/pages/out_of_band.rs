//! `/out-of-band`: what is really held and no role explains.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::grant::Risk;
use tenure_store::Page;
use tenure_store::access::FoundGrant;

use crate::components::{
    Chip, Column, Empty, Filter, FilterBar, Hide, Kind, LinkButton, PageHeader, Pager, Query, SelectField, Table, Tag, Time, Tone,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

const PATH: &str = "/out-of-band";

/// The page. `applications` are keys and names, for the filter.
pub fn page(frame: &Frame, found: Page<FoundGrant>, applications: Vec<(String, String)>, query: Query) -> String {
    let now = frame.now;
    frame.page("Access out of band", Some(NavItem::Access), move || body(found, applications, query, now))
}

fn body(found: Page<FoundGrant>, applications: Vec<(String, String)>, query: Query, now: DateTime<Utc>) -> AnyView {
    let shown = found.rows.len();
    let chosen = query.get("application").filter(|v| !v.is_empty()).map(str::to_owned);
    let name = chosen.as_ref().and_then(|id| applications.iter().find(|a| a.0 == *id)).map(|a| a.1.clone());
    let filters = name.into_iter().map(|name| Filter::new("Application", name, PATH)).collect::<Vec<_>>();
    let list = match (found.rows.is_empty(), &chosen) {
        (false, _) => table(&found, now),
        (true, Some(_)) => view! { <Empty title="Nothing out of band there" icon="check" level=2 action=view! { <LinkButton href=PATH>"Show all"</LinkButton> }>"Everything that is held on this application is explained by a role."</Empty> }.into_any(),
        (true, None) => view! { <Empty title="Nothing is held out of band" icon="check" level=2 action=view! { <LinkButton href="/imports/memberships/new">"Take in what is held"</LinkButton> }>"Everything that was seen on targets is explained by a role."</Empty> }.into_any(),
    };
    let next = found.next.as_ref().map(|c| query.first_page().with("after", c.encode()).to_href(PATH));
    let prev = found.previous.as_ref().map(|c| query.first_page().with("before", c.encode()).to_href(PATH));
    let value = chosen.unwrap_or_default();
    view! {
        <PageHeader title="Access out of band" lead="Seen on a target, and no role explains it. Give a role that does, or have it removed there: the next import reads it back."/>
        <FilterBar path=PATH label="Filter what was found" query=query.clone() filters controls=vec!["application"]
            more=view! { <SelectField label="Application" name="application" none="Any" options=applications value/> }/>
        {list}
        <Pager shown=format!("{shown} shown, found last first") prev next/>
    }
    .into_any()
}

fn table(found: &Page<FoundGrant>, now: DateTime<Utc>) -> AnyView {
    let columns = vec![
        Column::new("Who"),
        Column::new("Holds"),
        Column::new("On").hide(Hide::Small),
        Column::new("Known").hide(Hide::Small),
        Column::new("Last seen").hide(Hide::Medium),
    ];
    let rows = found.rows.iter().map(|g| row(g, now)).collect_view();
    view! { <Table caption=format!("Grants that no role explains, {} shown", found.rows.len()) name="Access out of band, list" columns>{rows}</Table> }.into_any()
}

fn row(g: &FoundGrant, now: DateTime<Utc>) -> AnyView {
    let note = g.identity_state.has_ended().then(|| capital(g.identity_state.label()));
    let risk = matches!(g.risk, Risk::High | Risk::Critical).then(|| format!("{} risk", capital(g.risk.label())));
    let risk = risk.map(|words| view! { " "<Tag tone=Tone::Danger icon="warn">{words}</Tag> });
    let seen = g.observed_at.map(|at| view! { <Time at now short=true/> });
    view! {
        <tr>
            <th scope="row"><Chip kind=Kind::from_word(g.identity_kind.as_str()) name=g.identity.clone() href=format!("/identities/{}", g.identity_id) note/></th>
            <td>{g.entitlement.clone()}{risk}</td>
            <td class="hide-s"><a href=format!("/applications/{}", g.application_id)>{g.application.clone()}</a></td>
            <td class="hide-s nowrap"><Time at=g.since now short=true/></td>
            <td class="hide-m nowrap">{seen}</td>
        </tr>
    }
    .into_any()
}
