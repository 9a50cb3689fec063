use super::time::moment;
use super::values::{Slot, Tone};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// Something that happened.
pub struct Happening {
    at: DateTime<Utc>,
    tone: Tone,
    title: Slot,
    note: Slot,
}

impl Happening {
    /// When, and what.
    pub fn new(at: DateTime<Utc>, title: impl Into<Slot>) -> Self {
        Self { at, tone: Tone::Plain, title: title.into(), note: Slot::default() }
    }

    /// What it means.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// By whom, through what.
    #[must_use]
    pub fn note(mut self, note: impl Into<Slot>) -> Self {
        self.note = note.into();
        self
    }
}

/// What happened, the latest first.
#[component]
pub fn Timeline(
    /// What happened.
    happenings: Vec<Happening>,
    /// The present, so that today shows hours and another year its year.
    now: DateTime<Utc>,
) -> impl IntoView {
    let rows = happenings.into_iter().map(|one| {
        let class = (one.tone != Tone::Plain).then(|| format!("is-{}", one.tone.word()));
        view! {
            <li class=class>
                {moment(one.at, now)}
                <div><b>{one.title.0}</b>{one.note.0.map(|note| view! { <p class="faint">{note}</p> })}</div>
            </li>
        }
    });
    view! { <ol class="timeline">{rows.collect_view()}</ol> }.into_any()
}
