//! `/sign-in`

use leptos::prelude::*;

use crate::components::{Banner, Button, ErrorSummary, FormErrors, Look, PasskeyForm, PostForm, TextField, Tone};
use crate::layout::Theme;
use crate::page::plain;

/// What happened before somebody came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// They signed out.
    SignedOut,
    /// Their session ran out, and a form that they sent was not taken.
    Lost,
    /// Their session ran out, and a form that they sent is kept.
    Kept,
    /// They showed their first factor, and the second one too late.
    Late,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct SignIn {
    /// What was typed as user name.
    pub user_name: String,
    /// Where to go afterwards: a path of ours.
    pub next: String,
    /// What was wrong.
    pub errors: FormErrors,
    /// The providers by which people sign in: keys and names.
    pub ways: Vec<(String, String)>,
    /// What happened before: somebody signed out, or was signed out and lost a change.
    pub said: Option<Said>,
    /// Whether passkeys work here.
    pub passkeys: bool,
    /// The nonce of the answer.
    pub nonce: String,
}

/// The page.
pub fn page(model: SignIn, theme: Theme) -> String {
    let title = model.errors.title("Sign in");
    plain(&title, theme, move || {
        let said = model.said.map(|said| match said {
            Said::Late => {
                view! { <p role="status">"The second factor took too long, or something changed meanwhile. Sign in again."</p> }.into_any()
            }
            Said::SignedOut => view! { <p role="status">"You are signed out."</p> }.into_any(),
            Said::Lost => view! {
                <Banner tone=Tone::Warning title="You were signed out.">"Your change was not made. Sign in and make it again."</Banner>
            }
            .into_any(),
            Said::Kept => view! {
                <Banner tone=Tone::Warning title="You were signed out.">"Your change was not made yet, but it is kept for ten minutes. Sign in, look at it, and send it again."</Banner>
            }
            .into_any(),
        });
        let next = model.next.clone();
        let ways = model
            .ways
            .into_iter()
            .map(|(id, name)| {
                let (action, next) = (format!("/sign-in/providers/{id}"), next.clone());
                view! {
                    <PostForm action token=String::new() class="">
                        <input type="hidden" name="next" value=next/>
                        <Button icon="key">{format!("Sign in with {name}")}</Button>
                    </PostForm>
                }
            })
            .collect::<Vec<_>>();
        let ways = (!ways.is_empty()).then(|| view! { <div class="ways">{ways}</div><h2>"Or with a password of the portal"</h2> });
        let passkey = model.passkeys.then(|| {
            let next = model.next.clone();
            view! {
                <PasskeyForm action="/sign-in/passkey" begin="/sign-in/passkey/begin" token="" label="Sign in with a passkey" nonce=model.nonce.clone()>
                    <input type="hidden" name="next" value=next/>
                </PasskeyForm>
            }
        });
        view! {
            <ErrorSummary errors=model.errors.clone()/>
            <h1>"Sign in"</h1>
            {said}
            {passkey}
            {ways}
            <PostForm action="/sign-in" token=String::new()>
                <input type="hidden" name="next" value=model.next/>
                <TextField label="User name" name="user_name" value=model.user_name autocomplete="username" required=true/>
                <TextField label="Password" name="password" kind="password" autocomplete="current-password" required=true/>
                <Button look=Look::Main>"Sign in"</Button>
            </PostForm>
            <p class="faint"><a href="/sign-in/forgotten">"Forgot your password?"</a>" If you have none yet, an administrator sends you a link with which you choose it yourself."</p>
            <p class="faint"><a href="/sign-in/break-glass">"Break-glass account"</a></p>
        }
    })
}

/// The page that sends a browser on to another site, and says where.
pub fn forward_page(title: &str, words: &str, url: &str, theme: Theme) -> String {
    let (words, url) = (words.to_owned(), url.to_owned());
    let heading = title.to_owned();
    plain(title, theme, move || {
        view! {
            <h1>{heading}</h1>
            <p>{words}</p>
            <p><a href=url>"Go on, if nothing happens"</a></p>
        }
    })
}
