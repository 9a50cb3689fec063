//! `/applications/{id}/accounts/{account}/review`: asking somebody whether an account may stay as it is.

use std::collections::BTreeMap;

use leptos::prelude::*;
use tenure_store::targets::AccountView;

use super::said;
use crate::components::{Button, ComboField, DateField, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, Panel, PostForm, TextArea};
use crate::layout::NavItem;
use crate::page::Frame;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// Who is asked, by user name.
    pub reviewer: String,
    /// Until when: day, month, year.
    pub due_on: (String, String, String),
    /// What they are told.
    pub note: String,
}

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The account.
    pub account: AccountView,
    /// Whom to propose: user name and name.
    pub people: Vec<(String, String)>,
    /// Who is suggested, and why; empty where nobody is.
    pub suggested: String,
    /// What was typed.
    pub typed: Typed,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    frame.page(model.errors.title("Ask somebody"), Some(NavItem::Access), move || body(model, token))
}

fn body(model: Model, token: String) -> AnyView {
    let Model { account: view, people, suggested, typed, errors } = model;
    let account = &view.account;
    let at = format!("/applications/{}", account.application_id);
    let back = format!("{at}/accounts?drifted=yes");
    let crumbs = vec![
        ("Applications".to_owned(), "/applications".to_owned()),
        (view.application.clone(), at.clone()),
        ("Accounts".to_owned(), back.clone()),
    ];
    let drift = view.drift.clone().unwrap_or_default();
    let real: BTreeMap<&String, &Vec<String>> = drift.iter().map(|(name, drifted)| (name, &drifted.real)).collect();
    let seen = serde_json::to_string(&real).unwrap_or_default();
    let lines = drift
        .iter()
        .map(|(name, d)| {
            view! { <li><span class="mono">{name.clone()}</span>{format!(" is {}, recorded is {}", said(&d.real), said(&d.recorded))}</li> }
        })
        .collect_view();
    let lead = format!(
        "Whether {}, the account of {}, may stay as it is on {}.",
        account.name,
        view.identity.clone().unwrap_or_default(),
        view.application
    );
    let action = format!("{at}/accounts/{}/review", account.id);
    let [note_error, due_error] = ["note", "due_on-day"].map(|field| errors.at(field));
    let who_error = errors.at("reviewer");
    let hint = if suggested.is_empty() { "The user name of a person; never whose account it is.".to_owned() } else { suggested };
    view! {
        <ErrorSummary errors/>
        <PageHeader title="Ask somebody" crumbs lead/>
        <Panel title="What is otherwise"><ul>{lines}</ul></Panel>
        <PostForm action token>
            <input type="hidden" name="seen" value=seen/>
            <ComboField label="Who decides" name="reviewer" named=people value=typed.reviewer hint error=who_error/>
            <DateField legend="Until" name="due_on" value=typed.due_on hint="The day counts as it is in UTC" error=due_error/>
            <TextArea label="What is asked" name="note" value=typed.note rows=3 error=note_error hint="What they should know, or look at."/>
            <div class="row"><Button look=Look::Main>"Ask"</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}
