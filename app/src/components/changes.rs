use super::icon::Icon;
use super::mark::Proof;
use super::values::{Slot, Words};
use leptos::prelude::*;

/// One value before and after.
#[derive(Debug, Clone)]
pub struct Change {
    /// Whose value.
    pub field: String,
    /// What it was; none when it is new.
    pub before: Option<String>,
    /// What it is; none when it is gone.
    pub after: Option<String>,
}

/// Values before and after: of an audit event, of a row of an import.
#[component]
pub fn Changes(
    /// The changes.
    changes: Vec<Change>,
) -> impl IntoView {
    let rows = changes.into_iter().map(|change| {
        view! {
            <div>
                <dt>{change.field}</dt>
                {change.before.map(|was| view! { <dd><del><span><span class="vh">"Before: "</span>{was}</span></del></dd> })}
                {change.after.map(|is| view! { <dd><ins><span><span class="vh">"After: "</span>{is}</span></ins></dd> })}
            </div>
        }
    });
    view! { <dl class="ba">{rows.collect_view()}</dl> }.into_any()
}

/// A line of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffKind {
    /// It comes.
    Plus,
    /// It goes.
    Minus,
    /// It stays.
    Same,
}

/// What a plan changes in a role.
#[component]
pub fn Diff(
    /// Whether it comes, goes or stays; its words; a note below.
    lines: Vec<(DiffKind, String, Option<String>)>,
) -> impl IntoView {
    let rows = lines.into_iter().map(|(kind, words, note)| {
        let (class, sign, said) = match kind {
            DiffKind::Plus => (Some("plus"), "+", "Added: "),
            DiffKind::Minus => (Some("minus"), "−", "Removed: "),
            DiffKind::Same => (None, "", ""),
        };
        view! {
            <li class=class>
                <span aria-hidden="true">{sign}</span>
                <span><span class="vh">{said}</span>{words}{note.map(|note| view! { <small>{note}</small> })}</span>
            </li>
        }
    });
    view! { <ul class="diff">{rows.collect_view()}</ul> }.into_any()
}

/// How far a step of a checklist is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It is done.
    Yes,
    /// It is the next one.
    Now,
    /// It comes later.
    Later,
}

/// A checklist: each step with its title, note, address and how far it is.
#[component]
pub fn Checklist(
    /// The steps.
    steps: Vec<(Done, String, Option<String>, Option<String>)>,
) -> impl IntoView {
    let rows = steps.into_iter().map(|(done, title, note, href)| {
        let (class, icon, tone) = match done {
            Done::Yes => (Some("is-done"), "m-verified", "t-success"),
            Done::Now => (None, "m-running", "t-info"),
            Done::Later => (None, "m-queued", "mark--queued"),
        };
        let said = (done == Done::Yes).then(|| view! { <span class="vh">"Done: "</span> });
        let title = match (href, done) {
            (Some(href), Done::Now) => view! { <a href=href><b>{title}</b></a> }.into_any(),
            (Some(href), _) => view! { <a href=href>{title}</a> }.into_any(),
            (None, _) => title.into_any(),
        };
        view! {
            <li class=class aria-current=(done == Done::Now).then_some("step")>
                <Icon name=icon class=tone/>
                <div>{said}{title}{note.map(|note| view! { <p class="faint">{note}</p> })}</div>
            </li>
        }
    });
    view! { <ol class="steps">{rows.collect_view()}</ol> }.into_any()
}

/// The offboarding record: open while one item is neither verified nor attested, sealed after.
#[component]
pub fn Record(
    /// Its title.
    #[prop(into)]
    title: String,
    /// The level of its title.
    #[prop(default = 2)]
    level: u8,
    /// Whether every item is proven and it is signed.
    sealed: bool,
    /// How many items are in each state; a state without any is left out.
    #[prop(optional)]
    tally: Vec<(Proof, u64)>,
    /// The hash that is signed.
    #[prop(into, optional)]
    hash: Words,
    /// A line about it.
    #[prop(into, optional)]
    note: Slot,
) -> impl IntoView {
    let tally = tally.into_iter().filter(|(_, n)| *n > 0).map(|(state, n)| {
        let word = match state {
            Proof::NeedsHuman if n != 1 => "need a human".to_owned(),
            state => state.word().to_lowercase(),
        };
        let words = format!("{} {word}", super::values::count(n));
        view! { <li><super::mark::ProofMark state words/></li> }
    });
    view! {
        <div class=if sealed { "record" } else { "record record--open" }>
            <div class="row row--between">
                {super::heading::heading(level, None, title)}
                <Icon name=if sealed { "seal" } else { "seal-open" } class="seal"/>
            </div>
            {note.0.map(|note| view! { <p class="sub">{note}</p> })}
            <ul class="tally">{tally.collect_view()}</ul>
            {hash.0.map(|hash| view! { <p class="hash">{hash}</p> })}
        </div>
    }
    .into_any()
}
