//! `/tasks` and below: what a person does by hand.

pub mod list;
pub mod show;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use leptos::prelude::*;
use tenure_store::tasks::TaskRow;

use crate::components::{Tag, Time, Tone};

/// The reader's zone; UTC where none is recorded.
fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

/// Until when a task is to be done, in the reader's zone; marked once that is past.
fn due(task: &TaskRow, now: DateTime<Utc>, zone: Tz) -> AnyView {
    let Some(at) = task.due_at else { return view! { <span class="faint">"No time"</span> }.into_any() };
    let late = (task.state.is_open() && at < now).then(|| view! { " "<Tag tone=Tone::Danger>"Overdue"</Tag> });
    view! { <Time at now zone/>{late} }.into_any()
}

/// What it is about, in a few words.
fn about(task: &TaskRow) -> String {
    let subject = task.subject.clone().or_else(|| task.account.clone());
    subject.map_or_else(|| task.application.clone(), |subject| format!("{subject} on {}", task.application))
}
