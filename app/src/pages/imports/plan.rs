//! The lists of a plan of people: the beginning of each, with what is the matter.

use leptos::prelude::*;
use tenure_domain::people::{Change, FieldChange, Planned, RejectedRow};
use tenure_services::people::StagedImport;

use crate::components::{Chip, Column, Count, Hide, Panel, Table, TableLook, Tag, Tone, count, date};
use crate::pages::words::capital;

/// How many of a kind are shown; the whole list is in the CSV.
const SHOWN: usize = 100;

/// The title and id of the list of a kind.
pub(super) fn name(change: Change) -> (&'static str, &'static str) {
    match change {
        Change::Leaver => ("Leavers", "leavers"),
        Change::Joiner => ("Joiners", "joiners"),
        Change::Rehire => ("Rehires", "rehires"),
        Change::Mover => ("Movers", "movers"),
        Change::Changed => ("Changed otherwise", "changed"),
    }
}

/// The list of one kind; nothing when there is nobody. `limit` is set when there are too many.
pub(super) fn people(staged: &StagedImport, planned: &[Planned], change: Change, limit: Option<&str>) -> AnyView {
    let of: Vec<&Planned> = planned.iter().filter(|p| p.change == change).collect();
    if of.is_empty() {
        return ().into_any();
    }
    let (title, id) = name(change);
    let third = match change {
        Change::Leaver => "Why they would end",
        Change::Joiner | Change::Rehire => "Starts",
        _ => "Changes",
    };
    let all = of.len();
    let rows = of.into_iter().take(SHOWN).map(|p| row(staged, p)).collect_view();
    let aside = match limit {
        Some(limit) => {
            view! { <Tag tone=Tone::Danger icon="m-human">{format!("{} is more than {limit}", count(all as i128))}</Tag> }.into_any()
        }
        None => view! { <Count n=all as i128/> }.into_any(),
    };
    let columns =
        vec![Column::new("Line").numeric(), Column::new("Person"), Column::new(third), Column::new("Department").hide(Hide::Small)];
    let note = match change {
        Change::Rehire => "They were here before: they keep their history, and get what the rules give. Old access does not come back.",
        Change::Changed => "Recorded, and no event of its own.",
        Change::Leaver => "Their sessions and credentials end at once, their access becomes removals that are owed.",
        _ => "",
    };
    view! {
        <Panel title id aside note>
            <Table caption=format!("{title}, {all}") name=format!("List of {id}") columns look=TableLook::Top>{rows}</Table>
            {more(all)}
        </Panel>
    }
    .into_any()
}

fn more(all: usize) -> Option<AnyView> {
    (all > SHOWN).then(|| view! { <p class="pager"><span>{format!("{SHOWN} of {} shown. All of them are in the CSV of this preview.", count(all as i128))}</span></p> }.into_any())
}

fn row(staged: &StagedImport, p: &Planned) -> AnyView {
    let row = p.row.and_then(|at| staged.rows.get(at));
    let line = row.map_or_else(|| "none".to_owned(), |r| count(r.line));
    let href = p.identity_id.map(|id| format!("/identities/{id}"));
    let note = row.map(|r| r.title.clone()).filter(|t| !t.is_empty()).unwrap_or_else(|| p.employee_id.clone());
    let department = row.map(|r| r.department.clone()).unwrap_or_default();
    let what = match p.change {
        Change::Leaver if row.is_none() => view! { <span class="t-danger">"Not in the file"</span> }.into_any(),
        Change::Joiner | Change::Rehire => row.and_then(|r| r.start_on).map(date).into_any(),
        _ => changes(&p.fields),
    };
    view! { <tr><td class="num faint">{line}</td><th scope="row"><Chip name=p.display_name.clone() href note/></th><td>{what}</td><td class="hide-s">{department}</td></tr> }.into_any()
}

fn changes(fields: &[FieldChange]) -> AnyView {
    if fields.is_empty() {
        return "The first day has come".into_any();
    }
    let value = |text: &str, class: &'static str| {
        if text.is_empty() {
            view! { <span class="faint">"empty"</span> }.into_any()
        } else {
            view! { <span class=class>{text.to_owned()}</span> }.into_any()
        }
    };
    fields
        .iter()
        .map(|f| view! { <div><code>{f.field.clone()}</code>" "<span class="vh">"from "</span>{value(&f.before, "from")}<span aria-hidden="true">" → "</span><span class="vh">" to "</span>{value(&f.after, "to")}</div> })
        .collect_view()
        .into_any()
}

/// Rows with their line, field and reason; nothing when there are none.
pub(super) fn rows(title: &'static str, id: &'static str, note: &'static str, rows: &[RejectedRow]) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let all = rows.len();
    let lines = rows
        .iter()
        .take(SHOWN)
        .map(|r| {
            let key = r.employee_id.clone().map(|key| view! { {key}<br/> });
            let field = r.field.clone().map_or_else(
                || view! { <span class="faint">"the whole row"</span> }.into_any(),
                |field| view! { <code>{field}</code> }.into_any(),
            );
            view! { <tr><td class="num faint">{count(r.line)}</td><th scope="row">{key}{field}</th><td>{capital(&r.reason)}</td></tr> }
        })
        .collect_view();
    let columns = vec![Column::new("Line").numeric(), Column::new("Row"), Column::new("Why, and what to do")];
    view! {
        <Panel title id aside=view! { <Count n=all as i128/> } note>
            <Table caption=format!("{title} with line, field and reason") name=format!("List of {id}") columns look=TableLook::Top>{lines}</Table>
            {more(all)}
        </Panel>
    }
    .into_any()
}
