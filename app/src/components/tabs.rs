use super::tag::Count;
use super::values::Slot;
use leptos::prelude::*;

/// A tab or a saved view: a link, because each has its own address.
#[derive(Debug, Clone)]
pub struct Tab {
    title: String,
    href: String,
    count: Option<u64>,
    current: bool,
}

impl Tab {
    /// A tab and its address.
    pub fn new(title: impl Into<String>, href: impl Into<String>) -> Self {
        Self { title: title.into(), href: href.into(), count: None, current: false }
    }

    /// How many it holds.
    #[must_use]
    pub fn count(mut self, n: u64) -> Self {
        self.count = Some(n);
        self
    }

    /// Whether it is the one that is shown.
    #[must_use]
    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }

    fn draw(self) -> impl IntoView {
        view! {
            <a href=self.href aria-current=self.current.then_some("page")>
                {self.title}
                {self.count.map(|n| view! { <Count n/> })}
            </a>
        }
    }
}

/// The parts of one thing: access, accounts, timeline.
#[component]
pub fn Tabs(
    /// Whose parts.
    #[prop(into)]
    label: String,
    /// The tabs.
    tabs: Vec<Tab>,
) -> impl IntoView {
    // It scrolls sideways on a phone, hence it takes focus.
    view! { <nav class="tabs" aria-label=label tabindex="0">{tabs.into_iter().map(Tab::draw).collect_view()}</nav> }.into_any()
}

/// The saved views of a list.
#[component]
pub fn Views(
    /// What is viewed.
    #[prop(into, default = "Saved views".to_owned())]
    label: String,
    /// The views.
    views: Vec<Tab>,
    /// At the end: a link to save this one.
    #[prop(into, optional)]
    aside: Slot,
) -> impl IntoView {
    view! {
        <nav class="views" aria-label=label>{views.into_iter().map(Tab::draw).collect_view()}{aside.0}</nav>
    }
    .into_any()
}
