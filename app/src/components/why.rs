use leptos::prelude::*;

/// One step of the why.
#[derive(Debug, Clone)]
pub struct Step {
    kind: String,
    name: String,
    href: Option<String>,
}

impl Step {
    /// What it is (`identity`, `rule`, `role`, `entitlement`, `request`), and its name.
    pub fn new(kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.into(), name: name.into(), href: None }
    }

    /// Its page.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

fn name(name: String, href: Option<String>) -> AnyView {
    match href {
        Some(href) => view! { <a href=href>{name}</a> }.into_any(),
        None => view! { <b>{name}</b> }.into_any(),
    }
}

/// Why an identity holds something: identity → rule → role → entitlement. In a
/// line inside lists; as a rail where there is room. Without steps it says that
/// nothing explains the grant.
#[component]
pub fn WhyPath(
    /// The steps, from the identity to the entitlement.
    steps: Vec<Step>,
    /// Below each other.
    #[prop(optional)]
    rail: bool,
) -> impl IntoView {
    if steps.is_empty() {
        return view! {
            <p class="banner banner--warning">
                <super::icon::Icon name="warn"/>
                <span><strong>"No path explains this grant."</strong>" Adopt it or remove it."</span>
            </p>
        }
        .into_any();
    }
    let steps = steps.into_iter().map(|step| {
        let kind = step.kind;
        if rail {
            let mut title = kind.chars();
            let kind = title.next().map(|first| first.to_uppercase().chain(title).collect::<String>());
            view! { <li><span>{name(step.name, step.href)}<small>{kind}</small></span></li> }.into_any()
        } else {
            view! { <li><span><i>{kind}</i>" "{name(step.name, step.href)}</span></li> }.into_any()
        }
    });
    view! { <ol class=if rail { "why why--rail" } else { "why" } aria-label="Why">{steps.collect_view()}</ol> }.into_any()
}
