//! `/applications/{id}/missing`: what is recorded and was not seen on the target.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_store::Page;
use tenure_store::access::{ApplicationRow, MissingGrant};

use crate::components::{Button, Column, Empty, Hide, PageHeader, Pager, PostForm, Query, Table, TableLook, Tag, Time};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The target.
    pub application: ApplicationRow,
    /// What is missing.
    pub missing: Page<MissingGrant>,
    /// What was asked for.
    pub query: Query,
    /// Whether the reader may have it repaired.
    pub may_manage: bool,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    frame.page("Recorded, and not there".to_owned(), Some(NavItem::Access), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let at = format!("/applications/{}", model.application.id);
    let path = format!("{at}/missing");
    let crumbs = vec![("Applications".to_owned(), "/applications".to_owned()), (model.application.name.clone(), at.clone())];
    let shown = model.missing.rows.len();
    let list = if shown == 0 {
        view! { <Empty title="Nothing is missing" icon="check" level=2>"What a role gives and the last reading of the target did not show appears here."</Empty> }
            .into_any()
    } else {
        let columns = vec![Column::new("Who"), Column::new("Entitlement"), Column::new("Since").hide(Hide::Small), Column::new("")];
        let rows = model.missing.rows.iter().map(|row| one(&path, row, model.may_manage, &token, now)).collect_view();
        view! { <Table caption=format!("{shown} shown, by entitlement") name="Recorded, and not there" columns look=TableLook::Top>{rows}</Table> }
            .into_any()
    };
    let next = model.missing.next.as_ref().map(|c| model.query.first_page().with("after", c.encode()).to_href(&path));
    let prev = model.missing.previous.as_ref().map(|c| model.query.first_page().with("before", c.encode()).to_href(&path));
    let lead = "Roles give it, and the last reading of the target did not show it. Giving it there makes the target as it is recorded.";
    view! {
        <PageHeader title="Recorded, and not there" crumbs lead/>
        {list}
        <Pager shown=format!("{shown} shown, by entitlement") prev next/>
    }
    .into_any()
}

fn one(path: &str, row: &MissingGrant, may_manage: bool, token: &str, now: DateTime<Utc>) -> AnyView {
    let repair = if row.is_owed {
        view! { <Tag>"Owed"</Tag> }.into_any()
    } else if may_manage {
        let label = format!("Give it there: {} to {}", row.entitlement, row.identity);
        view! { <PostForm action=format!("{path}/{}", row.id) token=token.to_owned() class=""><Button small=true label>"Give it there"</Button></PostForm> }
            .into_any()
    } else {
        ().into_any()
    };
    view! {
        <tr>
            <th scope="row"><a href=format!("/identities/{}", row.identity_id)>{row.identity.clone()}</a></th>
            <td>{row.entitlement.clone()}</td>
            <td class="hide-s nowrap"><Time at=row.since now short=true/></td>
            <td>{repair}</td>
        </tr>
    }
    .into_any()
}
