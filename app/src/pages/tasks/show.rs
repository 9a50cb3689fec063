//! `/tasks/{id}`: one thing to be done by hand, how, until when, and the form that says that it is done.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::operation::OperationKind;
use tenure_services::tasks::TaskPage;

use super::{about, due, zone};
use crate::components::{
    Button, ErrorSummary, Fact, Facts, FactsLook, FileField, FormErrors, Look, PageHeader, Panel, PostForm, Proof, ProofMark, TextArea,
    TextField, Time, Width,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// How it is known that it is done.
    pub note: String,
    /// The name of the account that was made.
    pub account: String,
    /// Why it cannot be done.
    pub reason: String,
}

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The task.
    pub page: TaskPage,
    /// What was typed.
    pub typed: Typed,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    let title = capital(model.page.task.kind.label());
    frame.page(model.errors.title(&title), Some(NavItem::Home), move || body(model, title, token, now))
}

fn body(model: Model, title: String, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { page, typed, errors } = model;
    let lead = match &page.task.identity {
        Some(who) => format!("{}, for {who}.", about(&page.task)),
        None => format!("{}.", about(&page.task)),
    };
    let facts = facts(&page, now);
    let steps = if page.steps.trim().is_empty() {
        view! { <p class="sub">"Nobody wrote down how this is done."</p> }.into_any()
    } else {
        let lines = page.steps.lines().map(|line| view! { <p>{line.to_owned()}</p> }).collect_view();
        view! { <div class="measure">{lines}</div> }.into_any()
    };
    let forms = (page.may_settle && page.task.state.is_open()).then(|| forms(&page, typed, &errors, token));
    view! {
        <ErrorSummary errors/>
        <PageHeader title crumbs=vec![("My tasks".to_owned(), "/tasks".to_owned())] lead/>
        <Facts facts look=FactsLook::Wide/>
        <Panel title="How it is done">{steps}</Panel>
        {forms}
    }
    .into_any()
}

fn facts(page: &TaskPage, now: DateTime<Utc>) -> Vec<Fact> {
    let (task, zone) = (&page.task, zone(&page.zone));
    let mut facts = vec![
        Fact::new("State", view! { <ProofMark state=Proof::from_word(task.state.as_str())/> }),
        Fact::new("Due", due(task, now, zone)),
        Fact::new("Done by", task.doer.clone().unwrap_or_else(|| "An administrator".to_owned())),
        Fact::new("Owed since", view! { <Time at=task.created_at now zone/> }),
    ];
    if let Some(account) = task.account.clone() {
        facts.push(Fact::new("Account there", view! { <span class="mono">{account}</span> }));
    }
    if !task.said.is_empty() {
        facts.push(Fact::new("Last word", task.said.clone()));
    }
    if let Some(at) = task.settled_at {
        facts.push(Fact::new("Settled", view! { <Time at now zone/> }));
    }
    if let (Some(name), Some(size)) = (task.file.clone(), task.file_size) {
        let words = format!("{name} ({} kB)", (size + 999) / 1000);
        facts.push(Fact::new("File", view! { <a href=format!("/tasks/{}/file", task.id)>{words}</a> }));
    }
    facts
}

fn forms(page: &TaskPage, typed: Typed, errors: &FormErrors, token: String) -> AnyView {
    let (done, cannot) = (format!("/tasks/{}/done", page.task.id), format!("/tasks/{}/cannot", page.task.id));
    let again = token.clone();
    let [note_error, file_error, account_error, reason_error] = ["note", "file", "account", "reason"].map(|field| errors.at(field));
    let account = (page.task.kind == OperationKind::CreateAccount).then(|| {
        let value = if typed.account.is_empty() { page.suggested.clone() } else { typed.account.clone() };
        view! { <TextField label="What the account is called there" name="account" value error=account_error hint="By this name it is taken away again" width=Width::Medium autocomplete="off" required=true/> }
    });
    view! {
        <Panel title="It is done">
            <PostForm action=done token multipart=true>
                {account}
                <TextArea label="How do you know?" name="note" value=typed.note rows=3 error=note_error hint="Your word, with your name, for the record."/>
                <FileField label="A file that shows it" name="file" error=file_error hint="If there is one: a picture, a PDF or a text (.txt, .csv, .log, .eml, .json); 5 MB at most."/>
                <div class="row"><Button look=Look::Main>"State that it is done"</Button></div>
            </PostForm>
        </Panel>
        <Panel title="It cannot be done">
            <PostForm action=cannot token=again>
                <TextArea label="What stands in the way?" name="reason" value=typed.reason rows=2 error=reason_error hint="It stays owed, and an administrator is asked to look."/>
                <div class="row"><Button>"Ask for help"</Button></div>
            </PostForm>
        </Panel>
    }
    .into_any()
}
