//! `/tasks`: what waits for the reader.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_store::tasks::TaskRow;

use super::{about, due, zone};
use crate::components::{Column, Empty, Hide, PageHeader, Proof, ProofMark, Table};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::{capital, many};

/// The page. `zone_name` is the reader's time zone.
pub fn page(frame: &Frame, tasks: Vec<TaskRow>, zone_name: &str) -> String {
    let (now, zone) = (frame.now, zone(zone_name));
    frame.page("My tasks", Some(NavItem::Home), move || {
        let late = tasks.iter().filter(|task| task.due_at.is_some_and(|at| at < now)).count();
        let lead = match (tasks.len(), late) {
            (0, _) => "Nothing waits for you.".to_owned(),
            (n, 0) => format!("{} for you, what is due first first.", many(n as i64, "task waits", "tasks wait")),
            (n, late) => format!("{} for you, {late} overdue.", many(n as i64, "task waits", "tasks wait")),
        };
        let list = if tasks.is_empty() {
            view! { <Empty title="No task" icon="check" level=2>"Where Tenure does not reach a target, a person does what is owed there. If that is you, it stands here until you say that it is done."</Empty> }.into_any()
        } else {
            let columns = vec![Column::new("Task"), Column::new("For").hide(Hide::Small), Column::new("Due"), Column::new("State").hide(Hide::Small)];
            let rows = tasks.iter().map(|task| row(task, now, zone)).collect_view();
            view! { <Table caption="Tasks, what is due first first" name="List of tasks" columns>{rows}</Table> }.into_any()
        };
        view! {
            <PageHeader title="My tasks" lead/>
            {list}
        }
    })
}

fn row(task: &TaskRow, now: DateTime<Utc>, zone: chrono_tz::Tz) -> AnyView {
    view! {
        <tr>
            <th scope="row"><a href=format!("/tasks/{}", task.id)>{capital(task.kind.label())}</a><br/><span class="sub">{about(task)}</span></th>
            <td class="hide-s">{task.identity.clone().unwrap_or_else(|| "Nobody".to_owned())}</td>
            <td>{due(task, now, zone)}</td>
            <td class="hide-s"><ProofMark state=Proof::from_word(task.state.as_str())/></td>
        </tr>
    }
    .into_any()
}
