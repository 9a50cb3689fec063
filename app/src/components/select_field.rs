use super::field::{Field, described_by};
use super::text_field::Width;
use super::values::{Slot, Words, classes};
use leptos::prelude::*;

/// Value and words of an option.
pub type Options = Vec<(String, String)>;

/// Options from plain words.
pub fn options<V: Into<String>, W: Into<String>>(pairs: impl IntoIterator<Item = (V, W)>) -> Options {
    pairs.into_iter().map(|(value, words)| (value.into(), words.into())).collect()
}

/// One of a list that is known and short enough to read. States as a text field's.
#[component]
pub fn SelectField(
    /// What it is.
    #[prop(into)]
    label: String,
    /// What the form sends; also its id unless `id` says otherwise.
    #[prop(into)]
    name: String,
    /// What can be chosen.
    options: Options,
    /// The value that is chosen.
    #[prop(into, optional)]
    value: String,
    /// Words of a first option without a value: `Choose …`, `Any`.
    #[prop(into, optional)]
    none: Words,
    /// Help in one sentence.
    #[prop(into, optional)]
    hint: Slot,
    /// What is wrong with it.
    #[prop(into, optional)]
    error: Words,
    /// Its id, when the name is not alone on the page.
    #[prop(into, optional)]
    id: Words,
    /// As wide as its words.
    #[prop(default = Width::Medium)]
    width: Width,
    /// It must be given.
    #[prop(optional)]
    required: bool,
    /// It cannot be used now; say why in the hint.
    #[prop(optional)]
    disabled: bool,
) -> impl IntoView {
    let id = id.0.unwrap_or_else(|| name.clone());
    let described = described_by(&id, hint.is_some(), !error.is_none());
    let invalid = (!error.is_none()).then_some("true");
    let option = move |(known, words): (String, String)| {
        let selected = known == value;
        view! { <option value=known selected=selected>{words}</option> }
    };
    view! {
        <Field id=id.clone() label hint error>
            <select
                class=classes(&["select", width.class()])
                id=id
                name=name
                required=required
                disabled=disabled
                aria-invalid=invalid
                aria-describedby=described
            >
                {none.0.map(|words| view! { <option value="">{words}</option> })}
                {options.into_iter().map(option).collect_view()}
            </select>
        </Field>
    }
    .into_any()
}
