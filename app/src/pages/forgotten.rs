//! `/sign-in/forgotten`: asking for a link by which one chooses a new password.

use leptos::prelude::*;

use crate::components::{Button, ErrorSummary, FormErrors, LinkButton, Look, PostForm, TextField};
use crate::layout::Theme;
use crate::page::plain;

/// The page.
pub fn page(user_name: String, errors: FormErrors, theme: Theme) -> String {
    let title = errors.title("Choose a new password");
    plain(&title, theme, move || {
        view! {
            <ErrorSummary errors=errors.clone()/>
            <h1>"Choose a new password"</h1>
            <p>"We send a link to your mail address, by which you choose it yourself. Until then your password stays as it is."</p>
            <PostForm action="/sign-in/forgotten" token=String::new()>
                <TextField label="User name" name="user_name" value=user_name autocomplete="username" error=errors.at("user_name") required=true/>
                <div class="row"><Button look=Look::Main>"Send me a link"</Button><LinkButton href="/sign-in" look=Look::Quiet>"Back to sign-in"</LinkButton></div>
            </PostForm>
        }
    })
}

/// The page afterwards: it says the same whoever was named.
pub fn asked_page(minutes: i64, theme: Theme) -> String {
    plain("Look into your mail", theme, move || {
        view! {
            <h1>"Look into your mail"</h1>
            <p role="status">{format!("If somebody with this user name has a password and a mail address here, a link is on its way. It works once, for {minutes} minutes.")}</p>
            <p>"Nothing came? Look whether the name is right, and into the folder of unwanted mail. An administrator can send a link too."</p>
            <p><LinkButton href="/sign-in" look=Look::Main>"Back to sign-in"</LinkButton></p>
        }
    })
}
