//! Issuing an API token, one's own or a non-human identity's, and the one page that shows it.

use leptos::prelude::*;
use tenure_domain::access::{TokenScope, TokenScopes};
use tenure_frontend::CopyButton;

use crate::components::{
    Banner, Button, Choice, ChoiceGroup, Copy, ErrorSummary, ForWhom, FormErrors, LinkButton, Look, PageHeader, PostForm, SelectField,
    Slot, TextArea, TextField, Tone, Width, options,
};
use crate::page::Frame;

/// What was typed.
#[derive(Debug, Clone)]
pub struct Typed {
    /// What the token is called.
    pub label: String,
    /// What it is for.
    pub purpose: String,
    /// How its scopes are chosen: `read`, `write` or `chosen`.
    pub access: String,
    /// Those that were ticked.
    pub scopes: TokenScopes,
    /// From where it may be used.
    pub networks: String,
    /// How many days it lives, as a word.
    pub days: String,
}

impl Default for Typed {
    fn default() -> Self {
        Self {
            label: String::new(),
            purpose: String::new(),
            access: "read".to_owned(),
            scopes: TokenScopes::default(),
            networks: String::new(),
            days: "90".to_owned(),
        }
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
    let title = model.whom.title("New API token");
    frame.page(model.errors.title(&title), None, move || body(model, title, token))
}

fn body(model: Model, title: String, token: String) -> AnyView {
    let Model { whom: ForWhom { holder, crumbs, action, back }, typed, errors } = model;
    let who = if holder.is_empty() { "you".to_owned() } else { holder };
    let lead = format!(
        "A program that shows it acts as {who}, and may never do more than {who} may. It dies at once when {who} end{}.",
        if who == "you" { "" } else { "s" }
    );
    let lives = options([("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("180", "180 days"), ("365", "365 days, the longest")]);
    let e = errors.clone();
    let scopes = TokenScope::ALL
        .iter()
        .map(|scope| Choice::new(scope.as_str(), scope.label()).hint(scope.as_str()).checked(typed.scopes.iter().any(|s| s == *scope)))
        .collect::<Vec<_>>();
    let scopes = view! { <ChoiceGroup legend="Only this" name="scope" choices=scopes multiple=true error=e.at("scope")/> }.into_any();
    let access = vec![
        Choice::new("read", "Only read").hint("Enough for reports and checks").checked(typed.access == "read"),
        Choice::new("write", "Read and change").hint(format!("Whatever {who} may change")).checked(typed.access == "write"),
        Choice::new("chosen", "Only what you choose").hint("The least that it needs").checked(typed.access == "chosen").more(scopes),
    ];
    view! {
        <ErrorSummary errors/>
        <PageHeader title crumbs lead/>
        <p>"What a program can ask is told at " <a href="/api/docs">"API"</a> "."</p>
        <PostForm action token>
            <TextField label="Name" name="label" value=typed.label hint="By which you find it again: nightly-report" error=e.at("label") width=Width::Medium autocomplete="off" required=true/>
            <TextField label="Purpose" name="purpose" value=typed.purpose hint="What uses it, and for what" error=e.at("purpose") autocomplete="off" required=true/>
            <ChoiceGroup legend="It may" name="access" choices=access/>
            <TextArea label="It may be used from" name="networks" value=typed.networks rows=2 hint="Addresses and networks: 192.0.2.7, 10.0.0.0/8, fd00::/8. Empty: from everywhere." error=e.at("networks")/>
            <SelectField label="It lives" name="days" options=lives value=typed.days error=e.at("days")/>
            <div class="row"><Button look=Look::Main>"Issue it"</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}

/// The page that shows a token, once: it stands in this one answer and nowhere else.
pub fn issued_page(frame: &Frame, label: String, secret: String, back: String) -> String {
    let islands = frame.islands;
    frame.page("The new token", None, move || {
        let button = Slot(islands.then(|| { let text = secret.clone(); view! { <CopyButton text what="the token".to_owned()/> }.into_any() }));
        view! {
            <PageHeader title="The new token" lead=format!("{label}. Programs send it as: Authorization: Bearer …")/>
            <Banner tone=Tone::Warning title="It is shown only now.">"Put it where secrets are kept. Tenure holds a hash of it alone: when it is lost, issue another and revoke this one."</Banner>
            <p><Copy text=secret button/></p>
            <p><LinkButton href=back look=Look::Main>"Done, I have it"</LinkButton></p>
        }
    })
}
