//! `/hand-overs`: what ended people owned, and who answers for it from now on.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::id::HandOverId;
use tenure_store::Page;
use tenure_store::hand_overs::HandOverView;

use crate::components::{
    Button, Chip, Empty, ErrorSummary, FormErrors, Kind, LinkButton, PageHeader, Pager, PostForm, Proposals, Query, owner_input, relative,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The open tasks, oldest first.
    pub tasks: Page<HandOverView>,
    /// Whom to propose: user name and name.
    pub people: Vec<(String, String)>,
    /// Whether the reader may choose.
    pub may_hand_over: bool,
    /// The task whose form was sent, and what was typed.
    pub typed: Option<(HandOverId, String)>,
    /// What was wrong, under `owner-` and the task's key.
    pub errors: FormErrors,
}

const PATH: &str = "/hand-overs";

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    frame.page(model.errors.title("Hand-overs"), Some(NavItem::Identities), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let errors = model.errors.clone();
    let list = if model.tasks.rows.is_empty() { nothing() } else { tasks(&model, &token, now) };
    let link = |cursor: &Option<tenure_store::Cursor>, key: &str| cursor.as_ref().map(|c| Query::new().with(key, c.encode()).to_href(PATH));
    let (prev, next) = (link(&model.tasks.previous, "before"), link(&model.tasks.next, "after"));
    let paged = prev.is_some() || next.is_some();
    let shown = format!("{} on this page, oldest first", model.tasks.rows.len());
    let pager = paged.then(|| view! { <Pager shown prev next/> });
    view! {
        <ErrorSummary errors/>
        <PageHeader title="Hand-overs" crumbs=vec![("Identities".to_owned(), "/identities".to_owned())] lead="What people owned who have ended. It keeps running, and nobody answers for it until somebody takes it over."/>
        {list}
        <Proposals people=model.people/>
        {pager}
    }
    .into_any()
}

fn nothing() -> AnyView {
    view! { <Empty title="Nothing waits for a new owner" icon="check" level=2 action=view! { <LinkButton href="/identities?kind=non-human">"Non-human identities"</LinkButton> }>"When somebody ends who owns a service, a workload, an agent or a vendor's identity, a task appears here."</Empty> }.into_any()
}

fn tasks(model: &Model, token: &str, now: DateTime<Utc>) -> AnyView {
    let rows = model.tasks.rows.iter().map(|task| one(model, task, token, now)).collect_view();
    view! { <ul class="list heirs">{rows}</ul> }.into_any()
}

fn one(model: &Model, task: &HandOverView, token: &str, now: DateTime<Utc>) -> AnyView {
    let purpose = if task.purpose.is_empty() { capital(task.kind.label()) } else { task.purpose.clone() };
    let former = format!("/identities/{}", task.former_owner_id);
    let since = format!(", until {}", relative(task.created_at, now));
    let was = view! { <p class="faint">"Was "<a href=former>{format!("{}'s", task.former_owner)}</a>{since}</p> };
    let form = model.may_hand_over.then(|| field(model, task, token));
    view! {
        <li>
            <div>
                <Chip kind=Kind::from_word(task.kind.as_str()) name=task.display_name.clone() href=format!("/identities/{}", task.identity_id) note=purpose/>
                {was}
            </div>
            {form}
        </li>
    }
    .into_any()
}

fn field(model: &Model, task: &HandOverView, token: &str) -> AnyView {
    let id = format!("owner-{}", task.id);
    let hint = format!("{id}-hint");
    let value = model.typed.as_ref().filter(|(of, _)| *of == task.id).map(|(_, typed)| typed.clone()).unwrap_or_default();
    let (error, input) = owner_input(&id, value, model.errors.at(&id), Some(&hint));
    let label = format!("New owner of {}", task.display_name);
    let button = format!("Hand over {}", task.display_name);
    let action = format!("{PATH}/{}", task.id);
    view! {
        <PostForm action token=token.to_owned() class="">
            <label class="label-s" for=id>{label}</label>
            {error}
            {input}
            <p class="faint" id=hint>"The user name of a person who has not ended"</p>
            <Button small=true label=button>"Hand over"</Button>
        </PostForm>
    }
    .into_any()
}
