use super::button::{Button, Look};
use crate::layout::asset;
use leptos::prelude::*;

/// A form that a passkey answers. It is hidden until the script of it runs, so there is always another way beside it.
#[component]
pub fn PasskeyForm(
    /// Where the answer is sent.
    #[prop(into)]
    action: String,
    /// Where the script asks what the passkey is to be asked.
    #[prop(into)]
    begin: String,
    /// The token of the session; empty where nobody is signed in.
    #[prop(into)]
    token: String,
    /// A new passkey is made, and not an old one asked for.
    #[prop(optional)]
    creates: bool,
    /// The words of the button.
    #[prop(into)]
    label: String,
    /// How much the button asks for.
    #[prop(optional)]
    look: Look,
    /// The nonce of the policy, for the script.
    #[prop(into)]
    nonce: String,
    /// More fields.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let kind = if creates { "create" } else { "get" };
    view! {
        <form method="post" action=action class="form" data-passkey=kind data-begin=begin hidden=true novalidate=true>
            <input type="hidden" name="_token" value=token/>
            <input type="hidden" name="asked"/>
            <input type="hidden" name="answer"/>
            {children.map(|children| children())}
            <div><Button look icon="key">{label}</Button></div>
            <p class="t-danger" role="alert" data-said=""></p>
        </form>
        <script type="module" src=asset("passkey.js") nonce=nonce></script>
    }
    .into_any()
}
