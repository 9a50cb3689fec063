//! `/drift-reviews` and below: what somebody is asked to decide.

pub mod ask;
pub mod list;
pub mod show;

use chrono::NaiveDate;
use leptos::prelude::*;
use tenure_domain::review::ReviewState;
use tenure_store::reviews::ReviewRow;

use crate::components::{Date, Tag, Tone};

/// Values, as one reads them.
fn said(values: &[String]) -> String {
    if values.is_empty() { "nothing".to_owned() } else { values.join(", ") }
}

/// Until when it is to be decided; marked once that is past.
fn due(review: &ReviewRow, today: NaiveDate) -> AnyView {
    let late = (review.state.is_open() && review.due_on < today).then(|| view! { " "<Tag tone=Tone::Danger>"Overdue"</Tag> });
    view! { <Date day=review.due_on/>{late} }.into_any()
}

/// Where it stands.
fn state(state: ReviewState) -> AnyView {
    let (tone, words) = match state {
        ReviewState::Open => (Tone::Info, "Open"),
        ReviewState::Accepted => (Tone::Success, "Left as it is"),
        ReviewState::Repaired => (Tone::Success, "To be made as recorded"),
        ReviewState::Withdrawn => (Tone::Plain, "Withdrawn"),
        ReviewState::Moot => (Tone::Plain, "No longer a question"),
    };
    view! { <Tag tone>{words}</Tag> }.into_any()
}
