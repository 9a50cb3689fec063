//! `/account/factors/app`: the secret of an authenticator app, until its first code is typed.

use leptos::prelude::*;

use super::crumbs;
use crate::components::{Button, Copy, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, Panel, PostForm, Qr, TextField, Width};
use crate::page::Frame;

/// What the page shows: a secret, which stands here alone.
pub struct Shown {
    /// To be typed.
    pub text: String,
    /// To be scanned.
    pub uri: String,
    /// What comes back with the code.
    pub sealed: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, shown: Shown) -> String {
    let token = frame.token();
    frame.page(shown.errors.title("Add an authenticator app"), None, move || {
        let Shown { text, uri, sealed, errors } = shown;
        let error = errors.at("code");
        view! {
            <ErrorSummary errors/>
            <PageHeader title="Add an authenticator app" lead="An app on your phone that shows a new code of six digits every half minute." crumbs=crumbs()/>
            <Panel title="1. Scan this with the app, or type it in">
                <div class="stack"><Qr text=uri label="The secret below, for the camera of your phone"/><p><Copy text/></p></div>
            </Panel>
            <Panel title="2. Type the code that it shows">
                <PostForm action="/account/factors/app/confirm" token>
                    <input type="hidden" name="sealed" value=sealed/>
                    <TextField label="Code" name="code" autocomplete="one-time-code" inputmode="numeric" width=Width::Short mono=true error required=true/>
                    <div class="row"><Button look=Look::Main>"Add it"</Button><LinkButton href="/account/factors" look=Look::Quiet>"Cancel"</LinkButton></div>
                </PostForm>
            </Panel>
        }
    })
}
