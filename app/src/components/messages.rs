use super::heading::heading;
use super::icon::Icon;
use super::values::{Slot, Tone, Words, toned};
use leptos::prelude::*;

/// A message: what is so, then what to do. There are no toasts. `Success` is also
/// the confirmation after a change.
#[component]
pub fn Banner(
    /// What it means; plain is for information.
    #[prop(optional)]
    tone: Tone,
    /// What is so.
    #[prop(into, optional)]
    title: Words,
    /// Read aloud at once: only for what the person just did.
    #[prop(optional)]
    alert: bool,
    /// Another icon than the tone's.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// What to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let icon = icon.unwrap_or(match tone {
        Tone::Danger => "m-human",
        Tone::Warning => "warn",
        Tone::Success => "check",
        _ => "info",
    });
    let tone = if tone == Tone::Info { Tone::Plain } else { tone };
    view! {
        <div class=toned("banner", tone) role=alert.then_some("alert")>
            <Icon name=icon/>
            <div>{title.0.map(|title| view! { <strong>{title}</strong>" " })}{children.map(|children| children())}</div>
        </div>
    }
    .into_any()
}

/// Nothing here: why, and the next step if there is one.
#[component]
pub fn Empty(
    /// What is so: `No identity matches these filters`.
    #[prop(into)]
    title: String,
    /// What would be here.
    #[prop(default = "search")]
    icon: &'static str,
    /// The level of its title.
    #[prop(default = 3)]
    level: u8,
    /// What to do.
    #[prop(into, optional)]
    action: Slot,
    /// Why, in a sentence.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon/>
            {heading(level, None, title)}
            {children.map(|children| view! { <p>{children()}</p> })}
            {action.0}
        </div>
    }
    .into_any()
}

/// A native dialog, shut from the start; a `Button` with `opens` opens it, modal where
/// the browser knows invoker commands and as a popover elsewhere, without script either
/// way. An irreversible act has a page of its own; a dialog is for the rest.
#[component]
pub fn Dialog(
    /// Its id, for the button.
    #[prop(into)]
    id: String,
    /// What it asks.
    #[prop(into)]
    title: String,
    /// The level of its title.
    #[prop(default = 2)]
    level: u8,
    /// The content, most often a form.
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let (own, named_by) = (id.clone(), title_id.clone());
    view! {
        <dialog class="dialog" id=own popover="auto" aria-labelledby=named_by>
            <div class="stack">
                <div class="row row--between">
                    {heading(level, Some(title_id), title)}
                    <button
                        type="button"
                        class="btn btn--s btn--quiet btn--icon"
                        aria-label="Close"
                        popovertarget=id.clone()
                        popovertargetaction="hide"
                        commandfor=id
                        command="close"
                    >
                        <Icon name="x" small=true/>
                    </button>
                </div>
                {children()}
            </div>
        </dialog>
    }
    .into_any()
}

/// Text to take along: a hash, a token, an address. One click selects all of it, so it
/// needs no script; a page with islands hands over the island's button.
#[component]
pub fn Copy(
    /// The text.
    #[prop(into)]
    text: String,
    /// The button of the islands: `view! { <CopyButton text label/> }`.
    #[prop(into, optional)]
    button: Slot,
) -> impl IntoView {
    view! { <span class="copyable"><code>{text}</code>{button.0}</span> }.into_any()
}
