//! `/applications/new`: recording an application.

use leptos::prelude::*;
use tenure_services::identities::Proposal;

use crate::components::{Button, ComboField, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, PostForm, TextArea, TextField, Width};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// What was typed as name.
    pub name: String,
    /// What was typed about it.
    pub description: String,
    /// What was typed as owner.
    pub owner: String,
    /// Whom to propose as owner.
    pub proposals: Vec<Proposal>,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    frame.page(model.errors.title("New application"), Some(NavItem::Access), move || body(model, token))
}

fn body(model: Model, token: String) -> AnyView {
    let Model { name, description, owner, proposals, errors } = model;
    let (name_error, about_error, owner_error) = (errors.at("name"), errors.at("description"), errors.at("owner_id"));
    let proposals: Vec<String> = proposals.into_iter().map(|p| p.user_name).collect();
    view! {
        <ErrorSummary errors/>
        <PageHeader title="New application" crumbs=vec![("Applications".to_owned(), "/applications".to_owned())] lead="A target on which people and machines hold entitlements."/>
        <PostForm action="/applications" token>
            <TextField label="Name" name="name" value=name error=name_error width=Width::Medium required=true/>
            <TextArea label="What it is for" name="description" value=description rows=2 error=about_error/>
            <ComboField label="Owner" name="owner_id" options=proposals value=owner error=owner_error hint="The user name of who answers for it. May be empty."/>
            <div class="row"><Button look=Look::Main>"Record"</Button><LinkButton href="/applications" look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}
