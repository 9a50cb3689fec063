//! `/`: my work first, then the state of the estate.

mod estate;
mod findings;
mod first_run;
mod own;
mod work;

use leptos::prelude::*;
use tenure_services::home::{Overview, Own};

use crate::components::PageHeader;
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::many;

/// What the page shows: the whole to who sees all, their own to everybody else.
#[derive(Debug)]
pub struct Model {
    /// For who sees all.
    pub overview: Option<Overview>,
    /// For everybody else.
    pub own: Option<Own>,
    /// Whether the person may set Tenure up: only they see the checklist.
    pub may_set_up: bool,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let now = frame.now;
    let Model { overview, own, may_set_up } = model;
    frame.page("Home", Some(NavItem::Home), move || {
        let tasks = match (&overview, &own) {
            (Some(overview), _) => work::of_all(overview, now),
            (None, Some(own)) => {
                work::of_hands(own.tasks).into_iter().chain(work::of_reviews(own.reviews)).chain(work::of_own(&own.cards)).collect()
            }
            (None, None) => Vec::new(),
        };
        let waiting = match tasks.len() {
            0 => "nothing waits for you.".to_owned(),
            1 => "one thing waits for you.".to_owned(),
            n => format!("{} wait for you.", many(n as i64, "thing", "things")),
        };
        let day = now.format("%A %-d %B %Y").to_string();
        let lead = view! { <time datetime=now.format("%Y-%m-%d").to_string()>{day}</time>" · "{waiting} };
        let body = match (overview, own) {
            (Some(overview), _) => all(overview, tasks, may_set_up, now),
            (None, Some(own)) => own::view(own, tasks),
            (None, None) => work::view(tasks, "Sign in as a person to see what waits for you.").into_any(),
        };
        view! {
            <PageHeader title="Home" lead/>
            {body}
        }
    })
}

fn all(overview: Overview, tasks: Vec<work::Task>, may_set_up: bool, now: chrono::DateTime<chrono::Utc>) -> AnyView {
    let steps = may_set_up.then(|| first_run::view(overview.first_run)).flatten();
    let work = work::view(tasks, "What needs somebody appears here: staged imports, hand-overs, findings, changes owed to targets.");
    let top = match steps {
        Some(steps) => view! { <div class="cols cols--main-side home-top">{work}{steps}</div> }.into_any(),
        None => work.into_any(),
    };
    view! {
        {top}
        {estate::view(&overview, now)}
    }
    .into_any()
}
