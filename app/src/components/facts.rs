use super::values::{Slot, Tone, Words, classes};
use leptos::prelude::*;

/// A name and its value.
pub struct Fact {
    name: Slot,
    value: Slot,
}

impl Fact {
    /// A fact.
    pub fn new(name: impl Into<Slot>, value: impl Into<Slot>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// How facts are set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FactsLook {
    /// Names at the left.
    #[default]
    Plain,
    /// Name above value, in as many columns as there is room for.
    Wide,
    /// Names at the left, each ruled off.
    Lines,
}

/// Facts about a thing. A fact without a value says `None` in so many words; hand it over so.
#[component]
pub fn Facts(
    /// The facts.
    facts: Vec<Fact>,
    /// How they are set.
    #[prop(optional)]
    look: FactsLook,
) -> impl IntoView {
    let class = match look {
        FactsLook::Plain => "facts",
        FactsLook::Wide => "facts facts--wide",
        FactsLook::Lines => "facts facts--lines",
    };
    let facts = facts.into_iter().map(|fact| match look {
        FactsLook::Wide => view! { <div><dt>{fact.name.0}</dt><dd>{fact.value.0}</dd></div> }.into_any(),
        _ => view! { <dt>{fact.name.0}</dt><dd>{fact.value.0}</dd> }.into_any(),
    });
    view! { <dl class=class>{facts.collect_view()}</dl> }.into_any()
}

/// Numbers side by side; the children are `Stat`s.
#[component]
pub fn Stats(
    /// The numbers.
    children: Children,
) -> impl IntoView {
    view! { <dl class="stats">{children()}</dl> }.into_any()
}

/// A number that opens its list.
#[component]
pub fn Stat(
    /// What is counted.
    #[prop(into)]
    label: String,
    /// The number, as it is read.
    #[prop(into)]
    value: String,
    /// Its list.
    #[prop(into, optional)]
    href: Words,
    /// `people`, `min`, `of 31`.
    #[prop(into, optional)]
    unit: Words,
    /// Only when the number means something.
    #[prop(optional)]
    tone: Tone,
    /// A line below.
    #[prop(into, optional)]
    note: Slot,
) -> impl IntoView {
    let tone = if tone == Tone::Plain { String::new() } else { format!("t-{}", tone.word()) };
    let number = match href.0 {
        Some(href) => view! { <a href=href>{value}</a> }.into_any(),
        None => value.into_any(),
    };
    view! {
        <div class="stat">
            <dt>{label}</dt>
            <dd class=classes(&["stat__n", &tone])>{number}{unit.0.map(|unit| view! { " "<small>{unit}</small> })}</dd>
            {note.0.map(|note| view! { <dd class="stat__note">{note}</dd> })}
        </div>
    }
    .into_any()
}

/// How far something is.
#[component]
pub fn Progress(
    /// How much is done.
    value: u64,
    /// How much there is.
    max: u64,
    /// What is counted: `First run: 3 of 5 steps done`.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <progress max=max.max(1).to_string() value=value.min(max).to_string() aria-label=label>
            {format!("{value} of {max}")}
        </progress>
    }
    .into_any()
}
