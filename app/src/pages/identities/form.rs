//! `/identities/new` and `/identities/{id}/edit`: an identity recorded by hand.

use leptos::prelude::*;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::IdentityKind;

use crate::components::{
    Button, Choice, ChoiceGroup, ComboField, DateField, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, PostForm, TextField, Width,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The word of the kind.
    pub kind: String,
    /// User name.
    pub user_name: String,
    /// The name that people read.
    pub display_name: String,
    /// Mail address.
    pub email: String,
    /// Department.
    pub department: String,
    /// Title.
    pub title: String,
    /// What a non-human identity is for.
    pub purpose: String,
    /// Who answers for it, by user name.
    pub owner: String,
    /// Its main identity, by user name.
    pub persona_of: String,
    /// Whom they report to, by user name.
    pub manager: String,
    /// Time zone.
    pub time_zone: String,
    /// First day: day, month, year.
    pub start_on: (String, String, String),
    /// Last day: day, month, year.
    pub end_on: (String, String, String),
}

/// Which identity is edited.
#[derive(Debug, Clone)]
pub struct Edited {
    /// Its key.
    pub id: IdentityId,
    /// Its name, as it is recorded.
    pub name: String,
    /// Its kind.
    pub kind: IdentityKind,
    /// The version that was read.
    pub version: i64,
    /// Whether the first day is still to come, so that it can be moved.
    pub pre_hire: bool,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// What was typed.
    pub typed: Typed,
    /// The identity that is edited; None for a new one.
    pub edited: Option<Edited>,
    /// Whom to propose: user name and name.
    pub people: Vec<(String, String)>,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    let title = model.edited.as_ref().map_or_else(|| "New identity".to_owned(), |e| format!("Edit {}", e.name));
    frame.page(model.errors.title(&title), Some(NavItem::Identities), move || body(model, title, token))
}

fn body(model: Model, title: String, token: String) -> AnyView {
    let Model { typed, edited, people, errors } = model;
    let mut crumbs = vec![("Identities".to_owned(), "/identities".to_owned())];
    let (action, back) = match &edited {
        Some(e) => (format!("/identities/{}/edit", e.id), format!("/identities/{}", e.id)),
        None => ("/identities/new".to_owned(), "/identities".to_owned()),
    };
    if let Some(e) = &edited {
        crumbs.push((e.name.clone(), back.clone()));
    }
    let lead = if edited.is_some() {
        "Every change stands in its timeline, with your name."
    } else {
        "For a non-human identity, or for somebody whom no source knows. People come from a source by import."
    };
    let fields = match &edited {
        Some(e) => edit_fields(&typed, e, people, &errors),
        None => new_fields(&typed, people, &errors),
    };
    let words = if edited.is_some() { "Save" } else { "Record it" };
    view! {
        <ErrorSummary errors/>
        <PageHeader title crumbs lead/>
        <PostForm action token>
            {fields}
            <div class="row"><Button look=Look::Main>{words}</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}

fn new_fields(typed: &Typed, people: Vec<(String, String)>, errors: &FormErrors) -> AnyView {
    let hint = |kind| match kind {
        IdentityKind::Person => "Somebody who works for you. Needs no owner.",
        IdentityKind::Service => "A long-running service's own identity.",
        IdentityKind::Workload => "A job, a pod, a function.",
        IdentityKind::Agent => "Acts with some autonomy.",
        IdentityKind::Vendor => "An outside party that acts as one.",
    };
    let chosen = if typed.kind.is_empty() { IdentityKind::Service.as_str() } else { &typed.kind };
    let choices = IdentityKind::ALL
        .iter()
        .map(|k| Choice::new(k.as_str(), capital(k.label())).hint(hint(*k)).checked(k.as_str() == chosen))
        .collect();
    view! {
        <ChoiceGroup legend="Kind" name="kind" choices error=errors.at("kind")/>
        <TextField label="User name" name="user_name" value=typed.user_name.clone() hint="Unique, without blanks: svc-billing, m.tanaka-admin" error=errors.at("user_name") mono=true width=Width::Medium autocomplete="off" required=true/>
        <TextField label="Name" name="display_name" value=typed.display_name.clone() hint="As people read it" error=errors.at("display_name") autocomplete="off" required=true/>
        {purpose(typed, errors)}
        {owner(typed, people.clone(), errors)}
        {work(typed, people.clone(), errors)}
        {days(typed, Some("Empty for today. A day to come makes it a pre-hire, and it starts by itself"), errors)}
        <ComboField label="Persona of" name="persona_of" value=typed.persona_of.clone() named=people hint="Only for a second identity of somebody, such as an administrator's: the user name of the main one. It ends with it." error=errors.at("persona_of")/>
    }
    .into_any()
}

fn edit_fields(typed: &Typed, edited: &Edited, people: Vec<(String, String)>, errors: &FormErrors) -> AnyView {
    let non_human = edited.kind.is_non_human();
    let purpose = non_human.then(|| purpose(typed, errors));
    let owner = non_human.then(|| owner(typed, people.clone(), errors));
    view! {
        <input type="hidden" name="version" value=edited.version.to_string()/>
        <TextField label="Name" name="display_name" value=typed.display_name.clone() error=errors.at("display_name") autocomplete="off" required=true/>
        {purpose}
        {owner}
        {work(typed, people, errors)}
        {days(typed, edited.pre_hire.then_some("It starts by itself on that day. Empty leaves it as it is"), errors)}
    }
    .into_any()
}

fn purpose(typed: &Typed, errors: &FormErrors) -> AnyView {
    view! { <TextField label="Purpose" name="purpose" value=typed.purpose.clone() hint="What a non-human identity is for, in a sentence" error=errors.at("purpose")/> }.into_any()
}

fn owner(typed: &Typed, people: Vec<(String, String)>, errors: &FormErrors) -> AnyView {
    view! { <ComboField label="Owner" name="owner_id" value=typed.owner.clone() named=people hint="The person who answers for a non-human identity: their user name" error=errors.at("owner_id")/> }.into_any()
}

fn work(typed: &Typed, people: Vec<(String, String)>, errors: &FormErrors) -> AnyView {
    view! {
        <TextField label="Mail" name="email" value=typed.email.clone() hint="May stay empty" error=errors.at("email") kind="email" autocomplete="off"/>
        <TextField label="Department" name="department" value=typed.department.clone() hint="May stay empty. Rules look at it" error=errors.at("department") width=Width::Medium/>
        <TextField label="Title" name="title" value=typed.title.clone() hint="May stay empty. Rules look at it" error=errors.at("title") width=Width::Medium/>
        <ComboField label="Manager" name="manager_id" value=typed.manager.clone() named=people hint="May stay empty. Whom they report to: the user name" error=errors.at("manager_id")/>
    }
    .into_any()
}

fn days(typed: &Typed, first: Option<&'static str>, errors: &FormErrors) -> AnyView {
    let first = first.map(|hint| {
        view! { <DateField legend="First day" name="start_on" value=typed.start_on.clone() hint error=errors.at("start_on-day")/> }
    });
    view! {
        {first}
        <DateField legend="Last day" name="end_on" value=typed.end_on.clone() hint="Empty where there is none. When it is over, the identity ends by itself with all that it holds" error=errors.at("end_on-day")/>
        <TextField label="Time zone" name="time_zone" value=typed.time_zone.clone() hint="Where days begin and end for them, such as Europe/Vienna. Empty for UTC" error=errors.at("time_zone") width=Width::Medium autocomplete="off"/>
    }
    .into_any()
}
