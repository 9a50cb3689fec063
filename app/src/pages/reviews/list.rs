//! `/drift-reviews`: what waits for a decision, and what was decided.

use chrono::NaiveDate;
use leptos::prelude::*;
use tenure_store::Page;
use tenure_store::reviews::ReviewRow;

use super::{due, state};
use crate::components::{Column, Empty, Hide, PageHeader, Pager, Query, Tab, Table, Views};
use crate::layout::NavItem;
use crate::page::Frame;

const PATH: &str = "/drift-reviews";

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The questions.
    pub reviews: Page<ReviewRow>,
    /// What was asked for.
    pub query: Query,
    /// Whether the reader sees everybody's.
    pub sees_all: bool,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let today = frame.now.date_naive();
    frame.page("Drift reviews", Some(NavItem::Home), move || body(model, today))
}

fn body(model: Model, today: NaiveDate) -> AnyView {
    let [settled, mine] = ["settled", "mine"].map(|which| model.query.get(which).is_some());
    let mut views = vec![Tab::new("Open", PATH).current(!settled && !mine)];
    if model.sees_all {
        views.push(Tab::new("Open, for me", format!("{PATH}?mine=yes")).current(mine));
    }
    views.push(Tab::new("Decided", format!("{PATH}?settled=yes")).current(settled));
    let shown = model.reviews.rows.len();
    let list = if shown == 0 && settled {
        view! { <Empty title="Nothing was decided yet" icon="check" level=2>"What came of a question stands here, with the reason."</Empty> }
            .into_any()
    } else if shown == 0 {
        view! { <Empty title="No question is open" icon="check" level=2>"Where a target has something otherwise than it is recorded, an administrator may ask somebody who knows whether it may stay so. The question stands here until it is decided."</Empty> }.into_any()
    } else {
        let last = if settled { Column::new("What came of it") } else { Column::new("Due") };
        let columns = vec![Column::new("Account"), Column::new("Whose"), Column::new("Decided by").hide(Hide::Small), last];
        let rows = model.reviews.rows.iter().map(|row| one(row, settled, today)).collect_view();
        let caption = if settled { "Questions that are decided, the newest first" } else { "Open questions, what is due first first" };
        view! { <Table caption name="Questions" columns>{rows}</Table> }.into_any()
    };
    let link = |cursor: &Option<tenure_store::Cursor>, key: &str| {
        cursor.as_ref().map(|c| model.query.first_page().with(key, c.encode()).to_href(PATH))
    };
    let (prev, next) = (link(&model.reviews.previous, "before"), link(&model.reviews.next, "after"));
    view! {
        <PageHeader title="Drift reviews" lead="Accounts that are otherwise on their target than recorded, and who is asked whether they may stay so."/>
        <Views label="Which questions" views/>
        {list}
        <Pager shown=format!("{shown} shown") prev next/>
    }
    .into_any()
}

fn one(row: &ReviewRow, settled: bool, today: NaiveDate) -> AnyView {
    let last = if settled { state(row.state) } else { due(row, today) };
    let who = match (settled, row.decided_by.as_str()) {
        (true, "") => "Tenure".to_owned(),
        (true, by) => by.to_owned(),
        (false, _) => row.reviewer.clone().unwrap_or_else(|| "An administrator".to_owned()),
    };
    let names: Vec<&str> = row.question.keys().map(String::as_str).collect();
    view! {
        <tr>
            <th scope="row"><a href=format!("{PATH}/{}", row.id)>{format!("{} on {}", row.account, row.application)}</a><br/><span class="sub">{names.join(", ")}</span></th>
            <td>{row.identity.clone()}</td>
            <td class="hide-s">{who}</td>
            <td>{last}</td>
        </tr>
    }
    .into_any()
}
