use super::heading::heading;
use super::values::{Slot, Words, slug};
use leptos::prelude::*;

/// A section with a title, ruled like a ledger; not boxed.
#[component]
pub fn Panel(
    /// Its title.
    #[prop(into)]
    title: String,
    /// The id of the section, for links to it. Of its title unless given.
    #[prop(into, optional)]
    id: Words,
    /// The level of its title.
    #[prop(default = 2)]
    level: u8,
    /// A thin rule, for a section of less weight.
    #[prop(optional)]
    light: bool,
    /// At the end of the title's line: a link to the whole list, a note.
    #[prop(into, optional)]
    aside: Slot,
    /// A line below the title.
    #[prop(into, optional)]
    note: Slot,
    /// The content.
    children: Children,
) -> impl IntoView {
    let id = id.0.unwrap_or_else(|| slug(&title));
    let title_id = format!("{id}-title");
    let named_by = title_id.clone();
    view! {
        <section class=if light { "panel panel--light" } else { "panel" } id=id aria-labelledby=named_by>
            <header>
                {heading(level, Some(title_id), title)}
                {aside.0}
                {note.0.map(|note| view! { <p>{note}</p> })}
            </header>
            {children()}
        </section>
    }
    .into_any()
}

/// A box: act here, a message, or a record. Nothing else is boxed.
#[component]
pub fn Card(
    /// Its title.
    #[prop(into, optional)]
    title: Words,
    /// The level of its title.
    #[prop(default = 2)]
    level: u8,
    /// At the end of the title's line.
    #[prop(into, optional)]
    aside: Slot,
    /// On the colour of the rail: beside the work, not in it.
    #[prop(optional)]
    paper: bool,
    /// The content; its parts stand below each other.
    children: Children,
) -> impl IntoView {
    let title = title.0.map(|title| {
        view! { <div class="row row--between">{heading(level, None, title)}{aside.0}</div> }
    });
    view! { <div class=if paper { "card card--paper stack" } else { "card stack" }>{title}{children()}</div> }.into_any()
}

/// A part that opens where it stands.
#[component]
pub fn Disclosure(
    /// What opens it.
    #[prop(into)]
    summary: String,
    /// Open from the start.
    #[prop(optional)]
    open: bool,
    /// What it hides.
    children: Children,
) -> impl IntoView {
    view! { <details class="disclose" open=open><summary>{summary}</summary>{children()}</details> }.into_any()
}
