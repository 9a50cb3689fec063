//! `/set-up`: choosing a first password by a link that works once.

use leptos::prelude::*;

use crate::components::{Button, ErrorSummary, FormErrors, LinkButton, Look, PostForm, TextField};
use crate::layout::Theme;
use crate::page::plain;

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct SetUp {
    /// The link's token, sent back with the form.
    pub token: String,
    /// Whose password it will be.
    pub display_name: String,
    /// The name to sign in with.
    pub user_name: String,
    /// The fewest characters.
    pub minimum: usize,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page of a link that was used: what it was for is done.
pub fn used_page(theme: Theme) -> String {
    plain("Your password is set", theme, || {
        view! {
            <h1>"Your password is set"</h1>
            <p>"This link was used, and works only once. Sign in with the password that was chosen by it."</p>
            <p><LinkButton href="/sign-in" look=Look::Main>"Sign in"</LinkButton></p>
            <p class="faint">"If it was not you who chose it, tell an administrator at once: a new link takes its place."</p>
        }
    })
}

/// The page.
pub fn page(model: SetUp, theme: Theme) -> String {
    let title = model.errors.title("Choose your password");
    plain(&title, theme, move || {
        let hint =
            format!("At least {} characters. A few unrelated words are easy to remember; no digits or signs are asked for.", model.minimum);
        view! {
            <ErrorSummary errors=model.errors.clone()/>
            <h1>"Choose your password"</h1>
            <p>"For " <b>{model.display_name}</b> ", who signs in as " <span class="mono">{model.user_name.clone()}</span> "."</p>
            <PostForm action="/set-up" token=String::new()>
                <input type="hidden" name="token" value=model.token/>
                <input type="hidden" name="user_name" value=model.user_name autocomplete="username"/>
                <TextField label="New password" name="password" kind="password" autocomplete="new-password" hint error=model.errors.at("password") required=true/>
                <TextField label="The same again" name="repeated" kind="password" autocomplete="new-password" error=model.errors.at("repeated") required=true/>
                <Button look=Look::Main>"Set password"</Button>
            </PostForm>
        }
    })
}
