use crate::components::{Count, Icon};
use leptos::prelude::*;

/// An entry of the rail: the pages that exist, eight at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NavItem {
    /// My work, and the charts.
    Home,
    /// What I hold, and why.
    MyAccess,
    /// The identities.
    Identities,
    /// Roles and rules.
    Access,
    /// The credentials.
    Credentials,
    /// The audit log, sources, tokens, settings.
    Audit,
}

impl NavItem {
    /// All entries, in their order.
    pub const ALL: [Self; 6] = [Self::Home, Self::MyAccess, Self::Identities, Self::Access, Self::Credentials, Self::Audit];

    fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Home => ("Home", "/", "home"),
            Self::MyAccess => ("My access", "/my-access", "badge"),
            Self::Identities => ("Identities", "/identities", "people"),
            Self::Access => ("Access", "/roles", "layers"),
            Self::Credentials => ("Credentials", "/credentials", "key"),
            Self::Audit => ("Audit and settings", "/audit", "book"),
        }
    }
}

/// The rail's list; `current` is marked, and a number may stand beside an entry.
pub(super) fn nav(items: &[NavItem], current: Option<NavItem>, counts: &[(NavItem, u64)]) -> impl IntoView + use<> {
    let entries = items.iter().map(|item| {
        let (words, href, icon) = item.parts();
        let here = (Some(*item) == current).then_some("page");
        let n = counts.iter().find(|(of, n)| of == item && *n > 0).map(|(_, n)| *n);
        view! {
            <li>
                <a href=href aria-current=here>
                    <Icon name=icon/>
                    {words}
                    {n.map(|n| view! { <Count n of="open"/> })}
                </a>
            </li>
        }
    });
    view! { <nav aria-label="Main"><ul class="nav">{entries.collect_view()}</ul></nav> }
}
