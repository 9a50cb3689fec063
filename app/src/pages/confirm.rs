//! `/confirm`: showing anew that it is you, and going on with what you did.

use leptos::prelude::*;
use tenure_services::factors::Ways;

use crate::components::{Button, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, Panel, PasskeyForm, PostForm, TextField, Width};
use crate::page::Frame;

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct Confirm {
    /// By what they can show it.
    pub ways: Ways,
    /// Where to go afterwards: a path of ours.
    pub back: String,
    /// The form that waits, sealed; empty where none does.
    pub kept: String,
    /// A form was sent that cannot be kept: with a file, or too long.
    pub lost: bool,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Confirm) -> String {
    let (token, nonce) = (frame.token(), frame.nonce.clone());
    frame.page(model.errors.title("Is it you?"), None, move || body(model, token, nonce))
}

fn body(model: Confirm, token: String, nonce: String) -> AnyView {
    let Confirm { ways, back, kept, lost, errors } = model;
    let lead = match (kept.is_empty(), lost) {
        (_, true) => {
            "This needs a fresh proof that it is you. Nothing was changed; afterwards you come back to the page, and send it again."
        }
        (false, _) => {
            "This needs a fresh proof that it is you. Nothing was changed yet; what you sent is kept, and you go on with it afterwards."
        }
        (true, _) => "This needs a fresh proof that it is you. Afterwards you go on where you were.",
    };
    let nothing = !ways.password && !ways.code && !ways.passkey && ways.providers.is_empty();
    let (b, k) = (back.clone(), kept.clone());
    let hidden = move || {
        let (back, kept) = (b.clone(), k.clone());
        view! { <input type="hidden" name="back" value=back/><input type="hidden" name="kept" value=kept/> }
    };
    let (code_fault, password_fault) = (errors.at("code"), errors.at("password"));
    let back_again = back.clone();
    let passkey = ways.passkey.then(|| {
        let hidden = hidden();
        view! { <PasskeyForm action="/confirm/passkey" begin="/confirm/passkey/begin" token=token.clone() label="Use a passkey" look=Look::Main nonce>{hidden}</PasskeyForm> }
    });
    let code = ways.code.then(|| {
        let hidden = hidden();
        view! {
            <PostForm action="/confirm" token=token.clone()>
                {hidden}
                <TextField label="Code of your authenticator app" name="code" autocomplete="one-time-code" inputmode="numeric" width=Width::Short mono=true error=code_fault required=true/>
                <div class="row"><Button look=Look::Main>"Go on"</Button><LinkButton href=back_again look=Look::Quiet>"Cancel"</LinkButton></div>
            </PostForm>
        }
    });
    let password = ways.password.then(|| {
        let hidden = hidden();
        view! {
            <PostForm action="/confirm" token=token.clone()>
                {hidden}
                <TextField label="Your password" name="password" kind="password" autocomplete="current-password" width=Width::Medium error=password_fault required=true/>
                <div class="row"><Button look=Look::Main>"Go on"</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
            </PostForm>
        }
    });
    let providers = ways
        .providers
        .into_iter()
        .map(|(id, name)| {
            let hidden = hidden();
            let action = format!("/confirm/providers/{id}");
            view! { <PostForm action token=token.clone() class="">{hidden}<Button icon="key">{format!("Sign in anew with {name}")}</Button></PostForm> }
        })
        .collect_view();
    let nothing = nothing.then(|| {
        view! { <p>"You have nothing here by which you could show it: sign out, and sign in again."</p> }
    });
    view! {
        <ErrorSummary errors/>
        <PageHeader title="Is it you?" lead/>
        <Panel title="Show that it is you"><div class="stack">{passkey}{code}{password}{providers}{nothing}</div></Panel>
    }
    .into_any()
}

/// The form that waited: it is sent by whoever looks at this page, and not by itself.
pub fn go_on_page(frame: &Frame, action: String, fields: Vec<(String, String)>, back: String) -> String {
    let token = frame.token();
    frame.page("Go on", None, move || {
        let hidden = fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
        view! {
            <PageHeader title="Go on" lead="It is you. What you sent before was kept, and not carried out yet."/>
            <PostForm action token>
                {hidden}
                <div class="row"><Button look=Look::Main>"Carry it out"</Button><LinkButton href=back look=Look::Quiet>"Do not"</LinkButton></div>
            </PostForm>
        }
    })
}
