//! `/rules/new`, `/rules/{id}/edit`: a draft, tried before it is planned.

use leptos::prelude::*;
use tenure_domain::id::{Id, RoleId};
use tenure_services::access::{RuleDraft, RuleMatches};

use super::crumbs;
use super::matches::matches;
use crate::components::{
    Button, Checkbox, Disclosure, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, Panel, PostForm, SelectField, TextArea,
    TextField, Width, options,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The draft.
    pub draft: RuleDraft,
    /// All roles, to choose from.
    pub roles: Vec<(RoleId, String)>,
    /// Who it matches, when that was asked.
    pub matches: Option<RuleMatches>,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    let title = model.errors.title(title(&model.draft));
    frame.page(title, Some(NavItem::Access), move || body(model, token))
}

fn title(draft: &RuleDraft) -> &'static str {
    if draft.id.is_some() { "Change a rule" } else { "New rule" }
}

fn body(model: Model, token: String) -> AnyView {
    let Model { draft, roles, matches: found, errors } = model;
    let back = draft.id.map_or_else(|| "/rules".to_owned(), |id| format!("/rules/{id}"));
    let hidden = draft.id.map(|id| id.to_string()).unwrap_or_default();
    let role = if draft.role_id.uuid().is_nil() { String::new() } else { draft.role_id.to_string() };
    let roles = options(roles.into_iter().map(|(id, name)| (id.to_string(), name)));
    let (name_error, text_error, role_error) = (errors.at("name"), errors.at("expression"), errors.at("role_id"));
    let found = found.map(|found| view! { <Panel title="Who matches" id="matches" note="Of the text as it stands above. Nothing was changed.">{matches(&found)}</Panel> });
    view! {
        <ErrorSummary errors/>
        <PageHeader title=title(&draft) crumbs=crumbs() lead="You see by name who gains and who loses before anything changes."/>
        <PostForm action="/rules/plan" token>
            <input type="hidden" name="id" value=hidden/>
            <input type="hidden" name="version" value=draft.version.to_string()/>
            <TextField label="Name" name="name" value=draft.name error=name_error width=Width::Medium required=true/>
            <SelectField label="Gives the role" name="role_id" options=roles value=role none="Choose" error=role_error required=true/>
            <div class="stack stack--s">
                <TextArea label="To everybody for whom" name="expression" value=draft.expression error=text_error rows=4 required=true hint=view! { "For instance "<code>"department == \"Finance\" and title contains \"analyst\""</code> }/>
                {help()}
                <div class="row"><Button formaction="/rules/match#matches">"Show who matches"</Button></div>
            </div>
            <Checkbox label="In force" name="enabled" checked=draft.enabled hint="A rule that is off gives nobody anything."/>
            <div class="row"><Button look=Look::Main>"Work out the plan"</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
        {found}
    }
    .into_any()
}

fn help() -> AnyView {
    let rows = [
        ("department == \"Finance\"", "is exactly this, whatever its case; != is anything else"),
        ("department in (\"Finance\", \"Treasury\")", "is one of these; not in is none of them"),
        ("title starts with \"Head\"", "begins so; contains has it anywhere"),
        ("start_on < 2026-01-31", "a day: <, <=, >, >=, == and != without quotes"),
        ("cost_centre is empty", "has no value; is not empty has one"),
        ("… and (… or …) and not …", "joins them; parentheses say what belongs together"),
        ("true", "everybody"),
    ]
    .map(|(text, words)| view! { <li><code>{text}</code>" "<span class="sub">{words}</span></li> })
    .collect_view();
    view! {
        <Disclosure summary="How it is written">
            <ul class="stack stack--s">{rows}</ul>
            <p class="sub">"Attributes: "<code>"kind, state, department, title, user_name, given_name, family_name, display_name, employee_id, email, time_zone, start_on, end_on"</code>", and those that an import keeps."</p>
        </Disclosure>
    }
    .into_any()
}
