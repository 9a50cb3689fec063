use super::icon::Icon;
use super::values::{Words, classes, slug};
use leptos::prelude::*;

/// How much a button asks for. One `Main` on a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Look {
    /// A thing one may do.
    #[default]
    Plain,
    /// The thing this page is for.
    Main,
    /// No frame until it is pointed at: cancel, clear.
    Quiet,
    /// The way towards an irreversible act.
    Danger,
    /// The last step of an irreversible act.
    DangerMain,
    /// A button that reads as a link inside a sentence.
    Link,
}

fn look_class(look: Look, small: bool, bare: bool) -> String {
    let look = match look {
        Look::Plain => "btn",
        Look::Main => "btn btn--main",
        Look::Quiet => "btn btn--quiet",
        Look::Danger => "btn btn--danger",
        Look::DangerMain => "btn btn--danger-main",
        Look::Link => return "link".to_owned(),
    };
    classes(&[look, if small { "btn--s" } else { "" }, if bare { "btn--icon" } else { "" }])
}

/// A button; it submits its form unless `kind` says `button`. States: plain,
/// disabled with its reason beside it, busy.
#[component]
pub fn Button(
    /// How much it asks for.
    #[prop(optional)]
    look: Look,
    /// For toolbars, tables and lists.
    #[prop(optional)]
    small: bool,
    /// An icon before the words.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// What it is called where its words alone do not say it, or when it has only an icon.
    #[prop(into, optional)]
    label: Words,
    /// What the form sends.
    #[prop(into, optional)]
    name: Words,
    /// What the form sends.
    #[prop(into, optional)]
    value: Words,
    /// `submit` or `button`.
    #[prop(default = "submit")]
    kind: &'static str,
    /// Another address for this button of a form.
    #[prop(into, optional)]
    formaction: Words,
    /// The form it belongs to, when it stands outside it.
    #[prop(into, optional)]
    form: Words,
    /// The id of the popover or dialog that it opens.
    #[prop(into, optional)]
    opens: Words,
    /// It works on something just now.
    #[prop(optional)]
    busy: bool,
    /// Why it cannot be used; it is disabled and the reason stands beside it.
    #[prop(into, optional)]
    disabled_because: Words,
    /// The words.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let bare = children.is_none();
    let disabled = !disabled_because.is_none();
    // Two buttons may wait for the same thing, so the value tells their ids apart.
    let own = value.get().or(label.get()).unwrap_or_default().to_owned();
    let reason = disabled_because.0.map(|words| (format!("why-{}", slug(&format!("{own} {words}"))), words));
    let described = reason.as_ref().map(|(id, _)| id.clone());
    // A browser that knows invoker commands opens a real modal dialog; another opens a popover.
    let command = opens.get().map(|_| "show-modal");
    view! {
        <button
            class=look_class(look, small, bare)
            type=(kind != "submit").then_some(kind)
            name=name.0
            value=value.0
            formaction=formaction.0
            form=form.0
            popovertarget=opens.0.clone()
            commandfor=opens.0
            command=command
            aria-label=label.0
            aria-busy=busy.then_some("true")
            aria-describedby=described
            disabled=disabled
        >
            {icon.map(|name| view! { <Icon name small=true/> })}
            {children.map(|children| children())}
        </button>
        {reason.map(|(id, words)| view! { <span class="faint" id=id>{words}</span> })}
    }
    .into_any()
}

/// A link that looks like a button: it leads somewhere and changes nothing.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// How much it asks for.
    #[prop(optional)]
    look: Look,
    /// For toolbars, tables and lists.
    #[prop(optional)]
    small: bool,
    /// An icon before the words.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// The whole name, where the words alone repeat on a page: `Resolve: …`.
    #[prop(into, optional)]
    label: Words,
    /// It is a file.
    #[prop(optional)]
    download: bool,
    /// The words.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let class = look_class(look, small, children.is_none());
    view! {
        <a class=class href=href aria-label=label.0 download=download.then_some("")>
            {icon.map(|name| view! { <Icon name small=true/> })}
            {children.map(|children| children())}
        </a>
    }
    .into_any()
}

/// One of a few values of a setting, each a button of the form around it.
#[component]
pub fn Segmented(
    /// What is set.
    #[prop(into)]
    label: String,
    /// What the form sends.
    #[prop(into)]
    name: String,
    /// Value and words of each.
    options: Vec<(&'static str, &'static str)>,
    /// The value that holds now.
    #[prop(into)]
    current: String,
) -> impl IntoView {
    view! {
        <span class="seg" role="group" aria-label=label>
            {options
                .into_iter()
                .map(|(value, words)| {
                    let pressed = if value == current { "true" } else { "false" };
                    view! { <button name=name.clone() value=value aria-pressed=pressed>{words}</button> }
                })
                .collect_view()}
        </span>
    }
    .into_any()
}
