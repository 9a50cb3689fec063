use leptos::prelude::*;

use super::field::error_line;
use super::values::Words;

/// The list of proposals of a page.
const LIST: &str = "people";

/// Where somebody types who answers for one row of a list: the line that says what is wrong with it, and the control.
/// Label, hint and button are the list's own. All of a page have the same [`Proposals`].
pub fn owner_input(id: &str, value: String, error: Option<String>, hint: Option<&str>) -> (AnyView, AnyView) {
    let fault = error.is_some().then(|| format!("{id}-error"));
    let invalid = fault.is_some().then_some("true");
    let described: Vec<&str> = fault.as_deref().into_iter().chain(hint).collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    let input = view! {
        <input class="input" id=id.to_owned() name="owner" list=LIST autocomplete="off" value=value aria-invalid=invalid aria-describedby=described/>
    };
    (error_line(id, Words(error)).into_any(), input.into_any())
}

/// Whom to propose in each [`owner_input`] of a page.
#[component]
pub fn Proposals(
    /// The user name and the name of each.
    people: Vec<(String, String)>,
) -> impl IntoView {
    let people = people.into_iter().map(|(user_name, name)| view! { <option value=user_name>{name}</option> }).collect_view();
    view! { <datalist id=LIST>{people}</datalist> }.into_any()
}
