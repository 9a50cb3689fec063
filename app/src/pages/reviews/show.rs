//! `/drift-reviews/{id}`: one question, both values, and the form that decides it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_services::reviews::ReviewPage;
use tenure_store::reviews::ReviewRow;

use super::{due, said, state};
use crate::components::{
    Button, Column, ErrorSummary, Fact, Facts, FactsLook, FormErrors, Look, PageHeader, Panel, PostForm, Table, TextArea, TextField, Time,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The question.
    pub page: ReviewPage,
    /// The reason that was typed.
    pub typed: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    let title = title(&model.page.review);
    frame.page(model.errors.title(&title), Some(NavItem::Home), move || body(model, title, token, now))
}

fn title(review: &ReviewRow) -> String {
    format!("May {} stay as it is?", review.account)
}

fn body(model: Model, title: String, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { page, typed, errors } = model;
    let review = &page.review;
    let columns = vec![Column::new("Attribute"), Column::new("On the target"), Column::new("Recorded")];
    let rows = review
        .question
        .iter()
        .map(|(name, drifted)| {
            view! { <tr><th scope="row"><span class="mono">{name.clone()}</span></th><td>{said(&drifted.real)}</td><td>{said(&drifted.recorded)}</td></tr> }
        })
        .collect_view();
    let lead = format!("The account of {} on {}.", review.identity, review.application);
    let crumbs = vec![("Drift reviews".to_owned(), "/drift-reviews".to_owned())];
    let facts = facts(review, now);
    let note = review.note.clone();
    let by = format!("{} asks", review.asker);
    let decide = page.may_decide.then(|| decide(review, typed, &errors, token.clone()));
    let withdraw = page.may_withdraw.then(|| withdraw(review, token));
    view! {
        <ErrorSummary errors/>
        <PageHeader title crumbs lead/>
        <Facts facts look=FactsLook::Wide/>
        <Panel title=by><p class="measure">{note}</p></Panel>
        <Panel title="What is otherwise"><Table caption="What the target has, and what is recorded" name="Attributes" columns>{rows}</Table></Panel>
        {decide}
        {withdraw}
    }
    .into_any()
}

fn facts(review: &ReviewRow, now: DateTime<Utc>) -> Vec<Fact> {
    let today = now.date_naive();
    let decides = review.reviewer.clone().unwrap_or_else(|| "An administrator".to_owned());
    let mut facts = vec![
        Fact::new("State", state(review.state)),
        Fact::new("Due", due(review, today)),
        Fact::new("Asked", review.asked.clone()),
        Fact::new("Since", view! { <Time at=review.asked_at now/> }),
    ];
    if review.state.is_open() && review.reviewer_id != Some(review.asked_id) {
        facts.push(Fact::new("Decided by", format!("{decides}, since {} cannot", review.asked)));
    }
    if let Some(at) = review.decided_at {
        let by = if review.decided_by.is_empty() { "Tenure".to_owned() } else { review.decided_by.clone() };
        facts.push(Fact::new("Decided by", by));
        facts.push(Fact::new("Decided", view! { <Time at now/> }));
    }
    if !review.reason.is_empty() {
        facts.push(Fact::new("Because", review.reason.clone()));
    }
    facts
}

fn decide(review: &ReviewRow, typed: String, errors: &FormErrors, token: String) -> AnyView {
    let action = format!("/drift-reviews/{}/accept", review.id);
    let repair = format!("/drift-reviews/{}/repair", review.id);
    let error = errors.at("reason");
    view! {
        <Panel title="Your decision" note="It is done at once, with your name. What stays as it is stays so until it changes, here or there.">
            <PostForm action token>
                <TextArea label="Why" name="reason" value=typed rows=2 error=error hint="Needed where it stays as it is."/>
                <div class="row">
                    <Button look=Look::Main>"Leave it as it is"</Button>
                    <Button formaction=repair>"Make it as recorded"</Button>
                </div>
            </PostForm>
        </Panel>
    }
    .into_any()
}

fn withdraw(review: &ReviewRow, token: String) -> AnyView {
    let action = format!("/drift-reviews/{}/withdraw", review.id);
    view! {
        <Panel title="Ask no more" note="What is otherwise stays listed with the account." light=true>
            <PostForm action token>
                <TextField label="Why (may stay empty)" name="reason" id="withdraw-reason" autocomplete="off"/>
                <div class="row"><Button>"Withdraw the question"</Button></div>
            </PostForm>
        </Panel>
    }
    .into_any()
}
