use super::field::{Field, described_by};
use super::values::{Slot, Words};
use leptos::prelude::*;

/// One of a list that is long, or open: typed, with proposals. Without script it
/// is the browser's own list; `source` names the address from which an island
/// may fetch more while one types.
#[component]
pub fn ComboField(
    /// What it is.
    #[prop(into)]
    label: String,
    /// What the form sends; also its id unless `id` says otherwise.
    #[prop(into)]
    name: String,
    /// The proposals that the page knows.
    #[prop(optional)]
    options: Vec<String>,
    /// The same, with the words that a person knows each by: a user name, and the name.
    #[prop(optional)]
    named: Vec<(String, String)>,
    /// What was typed.
    #[prop(into, optional)]
    value: String,
    /// Help in one sentence.
    #[prop(into, optional)]
    hint: Slot,
    /// What is wrong with it.
    #[prop(into, optional)]
    error: Words,
    /// What stands below the control.
    #[prop(into, optional)]
    after: Slot,
    /// Its id, when the name is not alone on the page.
    #[prop(into, optional)]
    id: Words,
    /// Where an island finds more.
    #[prop(into, optional)]
    source: Words,
    /// An example; never in place of a label.
    #[prop(into, optional)]
    placeholder: Words,
    /// It must be given.
    #[prop(optional)]
    required: bool,
    /// It cannot be used now; say why in the hint.
    #[prop(optional)]
    disabled: bool,
) -> impl IntoView {
    let id = id.0.unwrap_or_else(|| name.clone());
    let list = format!("{id}-list");
    let described = described_by(&id, hint.is_some(), !error.is_none());
    let invalid = (!error.is_none()).then_some("true");
    view! {
        <Field id=id.clone() label hint error after>
            <input
                class="input"
                id=id
                name=name
                list=list.clone()
                value=value
                autocomplete="off"
                placeholder=placeholder.0
                required=required
                disabled=disabled
                aria-invalid=invalid
                aria-describedby=described
                data-source=source.0
            />
            <datalist id=list>
                {options.into_iter().map(|value| view! { <option value=value></option> }).collect_view()}
                {named.into_iter().map(|(value, words)| view! { <option value=value>{words}</option> }).collect_view()}
            </datalist>
        </Field>
    }
    .into_any()
}
