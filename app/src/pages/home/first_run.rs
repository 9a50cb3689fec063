//! The checklist of the first run. It stays until it is done.

use leptos::prelude::*;
use tenure_services::home::FirstRun;

use crate::components::{Card, Checklist, Done, Progress};

/// The checklist; None when all of it is done.
pub(super) fn view(run: FirstRun) -> Option<AnyView> {
    let steps = [
        (run.source, "Import people", "A snapshot from your HR system: upload, read the preview, apply", "/imports/new"),
        (run.application, "Name an application", "A target, and the entitlements on it", "/applications/new"),
        (run.role, "Make a role", "Entitlements that belong together", "/roles/new"),
        (run.rule, "Turn a birthright rule on", "Access from attributes, with the people shown first", "/rules/new"),
        (run.memberships, "Take in what is really held", "Each membership is explained by a role, or found", "/imports/memberships/new"),
    ];
    let done = steps.iter().filter(|s| s.0).count();
    if done == steps.len() {
        return None;
    }
    let next = steps.iter().position(|s| !s.0);
    let of = steps.len();
    let list = steps
        .iter()
        .enumerate()
        .map(|(at, (is_done, title, note, href))| {
            let how_far = if *is_done {
                Done::Yes
            } else if next == Some(at) {
                Done::Now
            } else {
                Done::Later
            };
            (how_far, (*title).to_owned(), Some((*note).to_owned()), (!is_done).then(|| (*href).to_owned()))
        })
        .collect::<Vec<_>>();
    let aside = view! { <span class="faint">{format!("{done} of {of} done")}</span> };
    let view = view! {
        <aside aria-label="First run">
            <Card title="First run" paper=true aside>
                <Progress value=done as u64 max=of as u64 label=format!("First run: {done} of {of} steps done")/>
                <Checklist steps=list/>
                <p class="faint">"This list stays until it is done."</p>
            </Card>
        </aside>
    };
    Some(view.into_any())
}
