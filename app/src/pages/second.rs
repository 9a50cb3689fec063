//! `/sign-in/second`: the second factor.

use leptos::prelude::*;

use crate::components::{Button, ErrorSummary, FormErrors, LinkButton, Look, PasskeyForm, PostForm, TextField};
use crate::layout::Theme;
use crate::page::plain;

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct Second {
    /// Whether a passkey serves.
    pub passkey: bool,
    /// Whether a code serves.
    pub code: bool,
    /// What was wrong.
    pub errors: FormErrors,
    /// The nonce of the answer.
    pub nonce: String,
}

/// The page.
pub fn page(model: Second, theme: Theme) -> String {
    let title = model.errors.title("Your second factor");
    plain(&title, theme, move || {
        let e = model.errors.clone();
        let passkey = model.passkey.then(|| {
            view! { <PasskeyForm action="/sign-in/second/passkey" begin="/sign-in/second/passkey/begin" token="" label="Use a passkey" look=Look::Main nonce=model.nonce.clone()/> }
        });
        let only = (model.passkey && !model.code)
            .then(|| view! { <p>"Your role asks for a passkey. It needs a browser that knows them, with script."</p> });
        let code = model.code.then(|| {
            view! {
                <PostForm action="/sign-in/second" token="">
                    <TextField label="Code" name="code" autocomplete="one-time-code" mono=true hint="Of your authenticator app; or one of your recovery codes" error=e.at("code") required=true/>
                    <div><Button look=Look::Main>"Sign in"</Button></div>
                </PostForm>
            }
        });
        let none = (!model.passkey && !model.code).then(|| view! { <p>"None of your second factors serves any more."</p> });
        view! {
            <ErrorSummary errors=model.errors.clone()/>
            <h1>"Your second factor"</h1>
            {passkey}
            {only}
            {code}
            {none}
            <p class="faint">"If you lost it and have no recovery codes, tell an administrator: two of them can let you begin anew."</p>
            <p><LinkButton href="/sign-in" look=Look::Quiet>"Sign in as somebody else"</LinkButton></p>
        }
    })
}
