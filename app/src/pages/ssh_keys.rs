//! Registering an SSH public key, one's own or a non-human identity's.

use leptos::prelude::*;

use crate::components::{
    Banner, Button, ErrorSummary, ForWhom, FormErrors, LinkButton, Look, PageHeader, PostForm, SelectField, TextArea, TextField, Width,
    options,
};
use crate::page::Frame;

/// What was typed.
#[derive(Debug, Clone)]
pub struct Typed {
    /// What the key is called.
    pub label: String,
    /// The line of a `.pub` file.
    pub key: String,
    /// How many days hosts are given it, as a word.
    pub days: String,
}

impl Default for Typed {
    fn default() -> Self {
        Self { label: String::new(), key: String::new(), days: "180".to_owned() }
    }
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Model {
    /// For whom.
    pub whom: ForWhom,
    /// What was typed.
    pub typed: Typed,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The form.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    let title = model.whom.title("New SSH key");
    frame.page(model.errors.title(&title), None, move || body(model, title, token))
}

fn body(model: Model, title: String, token: String) -> AnyView {
    let Model { whom: ForWhom { holder, crumbs, action, back }, typed, errors } = model;
    let who = if holder.is_empty() { "you have".to_owned() } else { format!("{holder} has") };
    let lead = format!("Hosts on which {who} an account are given it at each login, until it ends or is revoked.");
    let lives = options([("30", "30 days"), ("90", "90 days"), ("180", "180 days"), ("365", "365 days, the longest")]);
    let [key_error, label_error, days_error] = ["key", "label", "days"].map(|field| errors.at(field));
    view! {
        <ErrorSummary errors/>
        <PageHeader title crumbs lead/>
        <Banner title="The public half only.">"It is one line, in the file that ends in .pub. The private half stays where it is: never type it here."</Banner>
        <PostForm action token>
            <TextArea label="Public key" name="key" value=typed.key rows=4 error=key_error hint="Ed25519, ECDSA, one of a security key (sk-…), or RSA with 3072 bits or more"/>
            <TextField label="Name" name="label" value=typed.label hint="The machine that it is on, for instance. Empty for the comment behind the key" error=label_error width=Width::Medium autocomplete="off"/>
            <SelectField label="Hosts are given it for" name="days" options=lives value=typed.days error=days_error/>
            <div class="row"><Button look=Look::Main>"Register it"</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}
