use super::field::{Field, described_by};
use super::values::{Slot, Words, classes};
use leptos::prelude::*;

/// How wide a control is: as wide as what is typed into it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Width {
    /// As wide as the form.
    #[default]
    Full,
    /// A name.
    Medium,
    /// A year, a code.
    Short,
    /// A day.
    Tiny,
}

impl Width {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Full => "",
            Self::Medium => "w-20",
            Self::Short => "w-10",
            Self::Tiny => "w-5",
        }
    }
}

/// A text field of one line. States: plain, with hint, with error, required, read only, disabled.
#[component]
pub fn TextField(
    /// What it is.
    #[prop(into)]
    label: String,
    /// What the form sends; also its id unless `id` says otherwise.
    #[prop(into)]
    name: String,
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
    /// `text`, `email`, `password`, `search`, `number`, `date`, `url`.
    #[prop(default = "text")]
    kind: &'static str,
    /// `username`, `current-password`, `new-password`, `name`, `one-time-code`, `off`.
    #[prop(into, optional)]
    autocomplete: Words,
    /// `numeric`, `email`.
    #[prop(into, optional)]
    inputmode: Words,
    /// An example; never in place of a label.
    #[prop(into, optional)]
    placeholder: Words,
    /// As wide as what is typed into it.
    #[prop(optional)]
    width: Width,
    /// Monospaced and not spell-checked: names of accounts, codes, keys.
    #[prop(optional)]
    mono: bool,
    /// It must be given.
    #[prop(optional)]
    required: bool,
    /// It can be read and copied only.
    #[prop(optional)]
    readonly: bool,
    /// It cannot be used now; say why in the hint.
    #[prop(optional)]
    disabled: bool,
    /// The cursor starts here: only on a page with this one task.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let id = id.0.unwrap_or_else(|| name.clone());
    let described = described_by(&id, hint.is_some(), !error.is_none());
    let invalid = (!error.is_none()).then_some("true");
    let spellcheck = (mono || matches!(kind, "email" | "password" | "url")).then_some("false");
    view! {
        <Field id=id.clone() label hint error after>
            <input
                class=classes(&["input", width.class(), if mono { "mono" } else { "" }])
                id=id
                name=name
                type=kind
                value=value
                autocomplete=autocomplete.0
                inputmode=inputmode.0
                placeholder=placeholder.0
                spellcheck=spellcheck
                required=required
                readonly=readonly
                disabled=disabled
                autofocus=autofocus
                aria-invalid=invalid
                aria-describedby=described
            />
        </Field>
    }
    .into_any()
}
