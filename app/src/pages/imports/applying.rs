//! `/imports/{id}` while it is being applied: which step it is at.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_services::transient::{Applying, ImportStep};

use super::crumbs;
use crate::components::{Checklist, Done, LinkButton, PageHeader, Panel, Time};
use crate::layout::NavItem;
use crate::page::Frame;

/// The page. The browser asks for it again every few seconds, by its answer's header.
/// Only an import of people goes by these steps.
pub fn page(frame: &Frame, applying: Applying, people: bool, href: String) -> String {
    let now = frame.now;
    frame.page("An import is being applied", Some(NavItem::Identities), move || body(&applying, people, href, now))
}

fn body(applying: &Applying, people: bool, href: String, now: DateTime<Utc>) -> AnyView {
    let (by, since) = (applying.by.clone(), applying.since);
    let lead = view! { "Begun by "{by}" "<Time at=since now/>". You may leave this page: it goes on, and takes effect all at once or not at all." };
    let steps = ImportStep::ALL
        .into_iter()
        .map(|step| {
            let done = match step.cmp(&applying.step) {
                std::cmp::Ordering::Less => Done::Yes,
                std::cmp::Ordering::Equal => Done::Now,
                std::cmp::Ordering::Greater => Done::Later,
            };
            let (title, note) = words(step);
            (done, title.to_owned(), Some(note.to_owned()), None)
        })
        .collect::<Vec<_>>();
    view! {
        <PageHeader title="An import is being applied" crumbs=crumbs() lead><LinkButton href>"Look again"</LinkButton></PageHeader>
        {people.then(|| view! { <Panel title="Steps" id="steps"><Checklist steps/></Panel> })}
    }
    .into_any()
}

const fn words(step: ImportStep) -> (&'static str, &'static str) {
    match step {
        ImportStep::Reading => ("Read the file", "As it was previewed"),
        ImportStep::Comparing => ("Compare it with what is recorded", "If that has changed since the preview, nothing is done"),
        ImportStep::Writing => ("Write joiners, movers and changes", "Nobody else sees them yet"),
        ImportStep::Ending => ("End who left", "Sessions, tokens, credentials and access"),
        ImportStep::Access => ("Work out what rules give and take", "For everybody the file changes"),
        ImportStep::Closing => ("Let it take effect", "All of it at one moment"),
    }
}
