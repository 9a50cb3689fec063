use super::field::{described_by, error_line, field_class, hint_line};
use super::values::{Slot, Words, slug};
use leptos::prelude::*;

/// One choice of a group.
#[derive(Default)]
pub struct Choice {
    value: String,
    label: String,
    hint: Slot,
    more: Slot,
    checked: bool,
    disabled: bool,
}

impl Choice {
    /// A choice: what the form sends, and its words.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), ..Self::default() }
    }

    /// Help below its words.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Slot>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Fields that show once it is chosen. A browser without `:has()` shows them always.
    #[must_use]
    pub fn more(mut self, more: impl Into<Slot>) -> Self {
        self.more = more.into();
        self
    }

    /// Whether it is chosen.
    #[must_use]
    pub fn checked(mut self, checked: bool) -> Self {
        self.checked = checked;
        self
    }

    /// Whether it cannot be chosen; say why in the hint.
    #[must_use]
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.disabled = disabled;
        self
    }
}

fn draw(choice: Choice, id: String, name: String, kind: &'static str) -> impl IntoView {
    let described = choice.hint.is_some().then(|| format!("{id}-hint"));
    view! {
        <div class="choice">
            <input
                type=kind
                id=id.clone()
                name=name
                value=choice.value
                checked=choice.checked
                disabled=choice.disabled
                aria-describedby=described
            />
            <label for=id.clone()>{choice.label}</label>
            {hint_line(&id, choice.hint)}
            {choice.more.0.map(|more| view! { <div class="more">{more}</div> })}
        </div>
    }
}

/// One of a few, or with `multiple` any of a few, all of them seen. States: plain, with hint, with error;
/// each choice: chosen, disabled, with fields of its own.
#[component]
pub fn ChoiceGroup(
    /// What is asked.
    #[prop(into)]
    legend: String,
    /// What the form sends. The first choice has it as its id, so that the error summary leads there.
    #[prop(into)]
    name: String,
    /// The choices.
    choices: Vec<Choice>,
    /// Boxes to tick instead of one to pick.
    #[prop(optional)]
    multiple: bool,
    /// Help in one sentence.
    #[prop(into, optional)]
    hint: Slot,
    /// What is wrong.
    #[prop(into, optional)]
    error: Words,
    /// Begins the ids, when the name is not alone on the page.
    #[prop(into, optional)]
    id: Words,
) -> impl IntoView {
    let id = id.0.unwrap_or_else(|| name.clone());
    let kind = if multiple { "checkbox" } else { "radio" };
    let described = described_by(&id, hint.is_some(), !error.is_none());
    let choices = choices
        .into_iter()
        .enumerate()
        .map(|(at, choice)| {
            let own = if at == 0 { id.clone() } else { format!("{id}-{}", slug(&choice.value)) };
            draw(choice, own, name.clone(), kind)
        })
        .collect_view();
    // The group's own hint has another id than that of its first choice.
    let group = format!("{id}-group");
    let described = described.map(|ids| ids.replace(&format!("{id}-"), &format!("{group}-")));
    let class = field_class(&error);
    view! {
        <fieldset class=class aria-describedby=described>
            <legend class="label">{legend}</legend>
            {hint_line(&group, hint)}
            {error_line(&group, error)}
            <div class="choices">{choices}</div>
        </fieldset>
    }
    .into_any()
}

/// One box to tick: yes, or nothing said.
#[component]
pub fn Checkbox(
    /// What is agreed to.
    #[prop(into)]
    label: String,
    /// What the form sends; also its id unless `id` says otherwise.
    #[prop(into)]
    name: String,
    /// What the form sends when it is ticked.
    #[prop(into, default = "yes".to_owned())]
    value: String,
    /// Whether it is ticked.
    #[prop(optional)]
    checked: bool,
    /// Help below its words.
    #[prop(into, optional)]
    hint: Slot,
    /// What is wrong.
    #[prop(into, optional)]
    error: Words,
    /// Its id, when the name is not alone on the page.
    #[prop(into, optional)]
    id: Words,
    /// It cannot be ticked now; say why in the hint.
    #[prop(optional)]
    disabled: bool,
) -> impl IntoView {
    let id = id.0.unwrap_or_else(|| name.clone());
    let choice = Choice { value, label, hint, checked, disabled, more: Slot::default() };
    let class = field_class(&error);
    view! {
        <div class=class>
            {error_line(&id, error)}
            {draw(choice, id, name, "checkbox")}
        </div>
    }
    .into_any()
}
