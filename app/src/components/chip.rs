use super::icon::Icon;
use super::values::{Slot, Words, classes};
use leptos::prelude::*;

/// The kind of an identity. All but a person are non-human identities.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// A person: a circle with initials.
    #[default]
    Person,
    /// A service.
    Service,
    /// A workload.
    Workload,
    /// An agent.
    Agent,
    /// A vendor.
    Vendor,
}

impl Kind {
    /// Reads the vocabulary's word; what it does not know is drawn as a service, never as a person.
    pub fn from_word(word: &str) -> Self {
        match word {
            "person" => Self::Person,
            "workload" => Self::Workload,
            "agent" => Self::Agent,
            "vendor" => Self::Vendor,
            _ => Self::Service,
        }
    }

    /// The vocabulary's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Service => "service",
            Self::Workload => "workload",
            Self::Agent => "agent",
            Self::Vendor => "vendor",
        }
    }

    /// Its icon.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Person => "people",
            Self::Service => "server",
            Self::Workload => "cube",
            Self::Agent => "agent",
            Self::Vendor => "vendor",
        }
    }
}

/// The first letters of the first and the last name.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

/// The shape that says the kind: a circle with initials, or a square with an icon.
#[component]
pub fn Face(
    /// The kind.
    kind: Kind,
    /// The name, for the initials.
    #[prop(into)]
    name: String,
    /// For the header of a page.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let size = if large { "face--l" } else { "" };
    match kind {
        Kind::Person => view! { <span class=classes(&["face", size]) aria-hidden="true">{initials(&name)}</span> }.into_any(),
        kind => view! {
            <span class=classes(&["face face--nhi", size])>
                <Icon name=kind.icon() small=!large/>
                <span class="vh">{format!("{}: ", kind.word())}</span>
            </span>
        }
        .into_any(),
    }
}

/// An identity in a line: shape, name, and a note below. With `href` the name is a link.
#[component]
pub fn Chip(
    /// The kind.
    #[prop(optional)]
    kind: Kind,
    /// The name.
    #[prop(into)]
    name: String,
    /// Its page.
    #[prop(into, optional)]
    href: Words,
    /// Title, owner, end: what tells two of a name apart.
    #[prop(into, optional)]
    note: Slot,
) -> impl IntoView {
    let title = match href.0 {
        Some(href) => view! { <a href=href>{name.clone()}</a> }.into_any(),
        None => view! { <b>{name.clone()}</b> }.into_any(),
    };
    view! {
        <span class="chip">
            <Face kind name/>
            <span>{title}{note.0.map(|note| view! { <small>{note}</small> })}</span>
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_last_name() {
        assert_eq!(initials("Inês Carvalho"), "IC");
        assert_eq!(initials("Bram de Vries"), "BV");
        assert_eq!(initials("édith"), "É");
        assert_eq!(initials("  (x) "), "X");
        assert_eq!(initials(""), "");
    }
}
