//! `/offboarding`: the records, newest first.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_services::operations::TargetProgress;
use tenure_store::Page;
use tenure_store::records::RecordSummary;

use crate::components::{Column, Empty, Hide, LinkButton, PageHeader, Pager, Proof, ProofMark, Query, Table, Time, count};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::progress;

const PATH: &str = "/offboarding";

/// The page.
pub fn page(frame: &Frame, records: Page<RecordSummary>, owed: Vec<TargetProgress>, query: Query) -> String {
    let now = frame.now;
    frame.page("Offboarding", Some(NavItem::Identities), move || body(records, &owed, query, now))
}

fn body(records: Page<RecordSummary>, owed: &[TargetProgress], query: Query, now: DateTime<Utc>) -> AnyView {
    let shown = records.rows.len();
    let list = if shown == 0 {
        let action = view! { <LinkButton href="/identities">"Identities"</LinkButton> };
        view! { <Empty title="Nobody has ended yet" icon="check" level=2 action>"When an identity ends, its record stands here: everything that could act in its name, and the proof of each end."</Empty> }.into_any()
    } else {
        let columns = vec![
            Column::new("Who"),
            Column::new("State"),
            Column::new("Open").numeric(),
            Column::new("Why").hide(Hide::Medium),
            Column::new("Ended").hide(Hide::Small),
        ];
        let rows = records.rows.iter().map(|r| row(r, now)).collect_view();
        view! { <Table caption=format!("Offboarding records, newest first, {shown} shown") name="Offboarding records" columns>{rows}</Table> }.into_any()
    };
    let next = records.next.as_ref().map(|c| query.first_page().with("after", c.encode()).to_href(PATH));
    let prev = records.previous.as_ref().map(|c| query.first_page().with("before", c.encode()).to_href(PATH));
    view! {
        <PageHeader title="Offboarding" crumbs=vec![("Identities".to_owned(), "/identities".to_owned())] lead="A record is complete when each item was read back as dead, or a person vouches for it. Until then it says what stands in the way."/>
        {progress::panel(owed, PATH, now)}
        {list}
        <Pager shown=format!("{shown} shown, newest first") prev next/>
    }
    .into_any()
}

fn row(r: &RecordSummary, now: DateTime<Utc>) -> AnyView {
    let (state, words) = match (r.open, r.needs_human) {
        (0, _) => (Proof::Verified, "Complete"),
        (_, 0) => (Proof::from_word("queued"), "Open"),
        _ => (Proof::from_word("needs-human"), "Needs a human"),
    };
    view! {
        <tr>
            <th scope="row"><a href=format!("{PATH}/{}", r.id)>{r.identity.clone()}</a></th>
            <td><ProofMark state words/></td>
            <td class="num">{count(r.open)}</td>
            <td class="hide-m">{r.reason.clone()}</td>
            <td class="hide-s nowrap"><Time at=r.created_at now short=true/></td>
        </tr>
    }
    .into_any()
}
