use super::field::{Field, described_by};
use super::values::{Slot, Words};
use leptos::prelude::*;

/// A file to send; its form needs `multipart=true`.
#[component]
pub fn FileField(
    /// What it is.
    #[prop(into)]
    label: String,
    /// What the form sends; also its id.
    #[prop(into)]
    name: String,
    /// Which files: `.csv,text/csv`.
    #[prop(into, optional)]
    accept: Words,
    /// Help in one sentence: which columns, how large at most.
    #[prop(into, optional)]
    hint: Slot,
    /// What is wrong with it.
    #[prop(into, optional)]
    error: Words,
    /// It must be given.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let described = described_by(&name, hint.is_some(), !error.is_none());
    let invalid = (!error.is_none()).then_some("true");
    view! {
        <Field id=name.clone() label hint error>
            <input
                class="input input--file"
                type="file"
                id=name.clone()
                name=name
                accept=accept.0
                required=required
                aria-invalid=invalid
                aria-describedby=described
            />
        </Field>
    }
    .into_any()
}
