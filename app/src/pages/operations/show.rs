//! `/operations/{id}`: one change owed to a target, every step of it, and what a person can do.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::operation::OperationState;
use tenure_store::operations::{OperationDetail, OperationStep};

use crate::components::{
    Button, ErrorSummary, Fact, Facts, FactsLook, FormErrors, Happening, Look, PageHeader, Panel, PostForm, Proof, ProofMark, Tag,
    TextArea, Time, Timeline, Tone,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The operation.
    pub operation: OperationDetail,
    /// Its steps, newest first.
    pub steps: Vec<OperationStep>,
    /// Whether the reader may settle it.
    pub may_settle: bool,
    /// What was typed as note.
    pub note: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    frame.page(model.errors.title(title(&model.operation)), Some(NavItem::Access), move || body(model, token, now))
}

fn title(operation: &OperationDetail) -> &str {
    operation.owed.subject.as_deref().unwrap_or("Something that is gone")
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { operation, steps, may_settle, note, errors } = model;
    let is_open = operation.owed.state.is_open();
    let lead = capital(operation.owed.kind.label());
    let what = title(&operation).to_owned();
    let facts = facts(&operation, now);
    let history = if steps.is_empty() {
        view! { <p class="sub">"Nobody has tried yet."</p> }.into_any()
    } else {
        view! { <Timeline happenings=steps.into_iter().map(happening).collect() now/> }.into_any()
    };
    let forms = (may_settle && is_open).then(|| forms(&operation, note, &errors, token));
    view! {
        <ErrorSummary errors/>
        <PageHeader title=what crumbs=vec![("Owed to targets".to_owned(), "/operations".to_owned())] lead/>
        <Facts facts look=FactsLook::Wide/>
        {forms}
        <Panel title="Steps" note="Newest first; at most a hundred.">{history}</Panel>
    }
    .into_any()
}

fn facts(o: &OperationDetail, now: DateTime<Utc>) -> Vec<Fact> {
    let mut facts = vec![Fact::new("State", view! { <ProofMark state=Proof::from_word(o.owed.state.as_str())/> })];
    if !o.said.is_empty() {
        facts.push(Fact::new(if o.owed.state == OperationState::Verified { "Evidence" } else { "Last word" }, o.said.clone()));
    }
    if let (Some(id), Some(name)) = (o.owed.identity_id, o.owed.identity.clone()) {
        facts.push(Fact::new("For", view! { <a href=format!("/identities/{id}")>{name}</a> }));
    }
    if let (Some(id), Some(name)) = (o.application_id, o.owed.application.clone()) {
        facts.push(Fact::new("Target", view! { <a href=format!("/applications/{id}/target")>{name}</a> }));
    }
    if let Some(account) = o.account.clone() {
        facts.push(Fact::new("Account there", view! { <span class="mono">{account}</span> }));
    }
    if let Some(at) = o.owed.due_at {
        let late = (o.owed.state.is_open() && at < now).then(|| view! { " "<Tag tone=Tone::Danger>"Overdue"</Tag> });
        let who = o.owed.doer.clone().unwrap_or_else(|| "An administrator".to_owned());
        facts.push(Fact::new("Done by hand by", view! { <a href=format!("/tasks/{}", o.owed.id)>{who}</a> }));
        facts.push(Fact::new("Due", view! { <Time at now/>{late} }));
    }
    facts.push(Fact::new("Owed since", view! { <Time at=o.owed.created_at now/> }));
    match o.settled_at {
        Some(at) => facts.push(Fact::new("Settled", view! { <Time at now/> })),
        None if o.owed.due_at.is_some() => {}
        None => {
            facts.push(Fact::new(
                "Next turn",
                if o.next_at <= now { "Now".into_any() } else { view! { <Time at=o.next_at now/> }.into_any() },
            ));
            facts.push(Fact::new("Failed attempts in a row", o.failures.to_string()));
        }
    }
    facts
}

fn happening(step: OperationStep) -> Happening {
    let tone = match step.state {
        OperationState::Verified => Tone::Success,
        OperationState::Attested => Tone::Info,
        OperationState::NeedsHuman => Tone::Danger,
        _ => Tone::Plain,
    };
    let note = if step.actor.is_empty() { step.said } else { format!("{}: {}", step.actor, step.said) };
    Happening::new(step.at, capital(step.state.label())).tone(tone).note(note)
}

fn forms(o: &OperationDetail, note: String, errors: &FormErrors, token: String) -> AnyView {
    let at = format!("/operations/{}", o.owed.id);
    let error = errors.at("note");
    let again = token.clone();
    // Nobody tries but the person who does it.
    let retry = o.owed.due_at.is_none().then(|| {
        view! { <PostForm action=format!("{at}/retry") token=again class=""><Button>"Try again now"</Button></PostForm> }
    });
    view! {
        <Panel title="What you can do">
            {retry}
            <PostForm action=format!("{at}/attest") token>
                <TextArea label="It is done: how do you know?" name="note" value=note rows=3 error hint="Your word, with your name, for the record. It is kept apart from what Tenure reads back itself."/>
                <div class="row"><Button look=Look::Danger>"State that it is done"</Button></div>
            </PostForm>
        </Panel>
    }
    .into_any()
}
