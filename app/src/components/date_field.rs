use super::field::{described_by, error_line, field_class, hint_line};
use super::values::{Slot, Words};
use leptos::prelude::*;

/// A date that is known by heart or read off a paper: day, month and year as
/// three fields. They are sent as `{name}-day`, `{name}-month`, `{name}-year`.
#[component]
pub fn DateField(
    /// What it is.
    #[prop(into)]
    legend: String,
    /// Begins the names and ids of the three fields.
    #[prop(into)]
    name: String,
    /// Day, month and year as they were typed.
    #[prop(optional)]
    value: (String, String, String),
    /// Help in one sentence, with an example.
    #[prop(into, optional)]
    hint: Slot,
    /// What is wrong with it.
    #[prop(into, optional)]
    error: Words,
) -> impl IntoView {
    let described = described_by(&name, hint.is_some(), !error.is_none());
    let invalid = (!error.is_none()).then_some("true");
    let part = |part: &str, label: &'static str, class: &'static str, value: String| {
        let id = format!("{name}-{part}");
        view! {
            <div>
                <label for=id.clone()>{label}</label>
                <input
                    class=class
                    id=id.clone()
                    name=id
                    inputmode="numeric"
                    autocomplete="off"
                    value=value
                    aria-invalid=invalid
                    aria-describedby=described.clone()
                />
            </div>
        }
    };
    let (day, month, year) = value;
    let class = field_class(&error);
    view! {
        <fieldset class=class>
            <legend class="label">{legend}</legend>
            {hint_line(&name, hint)}
            {error_line(&name, error)}
            <div class="dates">
                {part("day", "Day", "input w-5", day)}
                {part("month", "Month", "input w-5", month)}
                {part("year", "Year", "input w-10", year)}
            </div>
        </fieldset>
    }
    .into_any()
}
