//! `/operations`: what is owed to targets.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::operation::OperationKind;
use tenure_store::Page;
use tenure_store::operations::OwedView;

use crate::components::{Chip, Column, Empty, Hide, Kind, PageHeader, Pager, Proof, ProofMark, Query, Tab, Table, Tag, Time, Tone, Views};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

const PATH: &str = "/operations";

/// The page.
pub fn page(frame: &Frame, owed: Page<OwedView>, query: Query) -> String {
    let now = frame.now;
    frame.page("Owed to targets", Some(NavItem::Access), move || body(owed, query, now))
}

fn body(owed: Page<OwedView>, query: Query, now: DateTime<Utc>) -> AnyView {
    let kind = query.get("kind").unwrap_or_default().to_owned();
    let mut views = vec![Tab::new("All", PATH).current(kind.is_empty())];
    views.extend(
        OperationKind::ALL.iter().map(|k| Tab::new(capital(k.label()), format!("{PATH}?kind={}", k.as_str())).current(kind == k.as_str())),
    );
    let shown = owed.rows.len();
    let list = if owed.rows.is_empty() {
        view! { <Empty title="Nothing is owed" icon="check" level=2>"When access goes that Tenure cannot take away itself, or a credential is revoked that another system issued, it stands here until it is read back."</Empty> }.into_any()
    } else {
        let columns = vec![
            Column::new("What"),
            Column::new("Target"),
            Column::new("For").hide(Hide::Small),
            Column::new("State"),
            Column::new("Owed").hide(Hide::Small),
        ];
        let rows = owed.rows.iter().map(|o| row(o, now)).collect_view();
        view! { <Table caption=format!("Changes owed to targets, oldest first, {shown} shown") name="Owed to targets, list" columns>{rows}</Table> }.into_any()
    };
    let next = owed.next.as_ref().map(|c| query.first_page().with("after", c.encode()).to_href(PATH));
    let prev = owed.previous.as_ref().map(|c| query.first_page().with("before", c.encode()).to_href(PATH));
    view! {
        <PageHeader title="Owed to targets" lead="Changes owed to targets. Where Tenure reaches the target, it makes them and reads them back; elsewhere a person does, and the next import of what is really held proves it."/>
        <Views label="Kinds of change" views/>
        {list}
        <Pager shown=format!("{shown} shown, oldest first") prev next/>
    }
    .into_any()
}

fn row(o: &OwedView, now: DateTime<Utc>) -> AnyView {
    let subject = o.subject.clone().unwrap_or_else(|| "Something that is gone".to_owned());
    let subject = match o.credential_id {
        Some(id) => view! { <a href=format!("/credentials/{id}")>{subject}</a> }.into_any(),
        None => subject.into_any(),
    };
    let own = format!("/operations/{}", o.id);
    let by_hand = o.due_at.map(|at| {
        let who = o.doer.clone().unwrap_or_else(|| "administrators".to_owned());
        let late = (at < now).then(|| view! { " "<Tag tone=Tone::Danger>"Overdue"</Tag> });
        view! { <br/><span class="sub">"By hand: "{who}", due "<Time at now short=true/></span>{late} }
    });
    let who = match (o.identity_id, o.identity.clone(), o.identity_kind) {
        (Some(id), Some(name), Some(kind)) => {
            view! { <Chip kind=Kind::from_word(kind.as_str()) name href=format!("/identities/{id}")/> }.into_any()
        }
        _ => view! { <span class="faint">"Nobody"</span> }.into_any(),
    };
    let target = match o.application.clone() {
        Some(name) => name.into_any(),
        None => view! { <span class="faint">"None named"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{subject}<br/><a class="sub" href=own>{capital(o.kind.label())}</a></th>
            <td>{target}</td>
            <td class="hide-s">{who}</td>
            <td><ProofMark state=Proof::from_word(o.state.as_str())/>{by_hand}</td>
            <td class="hide-s nowrap"><Time at=o.created_at now short=true/></td>
        </tr>
    }
    .into_any()
}
