use super::values::Words;
use leptos::prelude::*;

/// A form that changes something: it posts, with the token that proves that the
/// page was ours. It is checked on the server alone, so that a script that never
/// came changes nothing: hence `novalidate`.
#[component]
pub fn PostForm(
    /// Where it is sent.
    #[prop(into)]
    action: String,
    /// The token of the session.
    #[prop(into)]
    token: String,
    /// It sends a file.
    #[prop(optional)]
    multipart: bool,
    /// `form` for fields below each other; `""` for a button alone.
    #[prop(into, default = "form".to_owned())]
    class: String,
    /// Its id, for buttons that stand outside it.
    #[prop(into, optional)]
    id: Words,
    /// What it is called, when a heading does not say it.
    #[prop(into, optional)]
    label: Words,
    /// The fields and buttons.
    children: Children,
) -> impl IntoView {
    view! {
        <form
            method="post"
            action=action
            class=(!class.is_empty()).then_some(class)
            id=id.0
            aria-label=label.0
            enctype=multipart.then_some("multipart/form-data")
            novalidate=true
        >
            <input type="hidden" name="_token" value=token/>
            {children()}
        </form>
    }
    .into_any()
}
