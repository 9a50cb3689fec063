use super::values::{Slot, Words};
use leptos::prelude::*;

/// The ids of hint and error, as a control names them.
pub(crate) fn described_by(id: &str, hint: bool, error: bool) -> Option<String> {
    match (hint, error) {
        (true, true) => Some(format!("{id}-hint {id}-error")),
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (false, false) => None,
    }
}

/// The class of a field, with its error or without.
pub(crate) fn field_class(error: &Words) -> &'static str {
    if error.is_none() { "field" } else { "field field--error" }
}

/// The line that says what is wrong, in the words of the error summary.
pub(crate) fn error_line(id: &str, error: Words) -> impl IntoView + use<> {
    let id = format!("{id}-error");
    error.0.map(|words| view! { <p class="error" id=id><span class="vh">"Error: "</span>{words}</p> })
}

/// The line that helps before anything is typed.
pub(crate) fn hint_line(id: &str, hint: Slot) -> impl IntoView + use<> {
    let id = format!("{id}-hint");
    hint.0.map(|hint| view! { <p class="hint" id=id>{hint}</p> })
}

/// Label, hint, error, control: always in this order. The controls below use it;
/// use it yourself only for a control that none of them draws.
#[component]
pub fn Field(
    /// The id of the control.
    #[prop(into)]
    id: String,
    /// What it is.
    #[prop(into)]
    label: String,
    /// Help in one sentence.
    #[prop(into, optional)]
    hint: Slot,
    /// What is wrong with it.
    #[prop(into, optional)]
    error: Words,
    /// What stands below the control.
    #[prop(into, optional)]
    after: Slot,
    /// The control.
    children: Children,
) -> impl IntoView {
    let class = field_class(&error);
    view! {
        <div class=class>
            <label class="label" for=id.clone()>{label}</label>
            {hint_line(&id, hint)}
            {error_line(&id, error)}
            {children()}
            {after.0.map(|after| view! { <p class="hint">{after}</p> })}
        </div>
    }
    .into_any()
}
