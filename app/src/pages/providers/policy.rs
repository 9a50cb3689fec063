//! `/settings/sign-in/policy`: who must have a second factor.

use leptos::prelude::*;
use tenure_domain::access::PortalRole;
use tenure_domain::sign_in::Need;
use tenure_services::factors::{Lacking, PolicyDraft};

use super::crumbs;
use crate::components::{
    Banner, Button, Column, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, Panel, PostForm, SelectField, Table, TableLook,
    TextField, Tone, Width, count, date, options,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// The roles that people sign in with, and the fields that say what each asks.
pub const ROLES: [(PortalRole, &str); 4] = [
    (PortalRole::Admin, "need_admin"),
    (PortalRole::Auditor, "need_auditor"),
    (PortalRole::Manager, "need_manager"),
    (PortalRole::Employee, "need_employee"),
];

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// What is or was chosen.
    pub draft: PolicyDraft,
    /// The fields of numbers, as they were typed.
    pub typed: (String, String),
    /// What it would do, and the hash of that; none before it was looked at.
    pub plan: Option<(Vec<Lacking>, String)>,
    /// Whether the reader may change it.
    pub may_manage: bool,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    frame.page(model.errors.title("Second factors by role"), Some(NavItem::Audit), move || body(model, token))
}

fn body(model: Model, token: String) -> AnyView {
    let Model { draft, typed, plan, may_manage, errors } = model;
    let e = errors.clone();
    let fields = ROLES
        .into_iter()
        .map(|(role, name)| {
            let need = draft.needs.get(&role).copied().unwrap_or(Need::Allowed);
            let options = options(Need::ALL.iter().map(|need| (need.as_str(), capital(need.label()))));
            view! { <SelectField label=capital(role.label()) name value=need.as_str() options width=Width::Medium/> }
        })
        .collect_view();
    let version = draft.version.to_string();
    let form = may_manage.then(|| {
        let (token, version, days, minutes) = (token.clone(), version.clone(), typed.0.clone(), typed.1.clone());
        view! {
            <PostForm action="/settings/sign-in/policy/plan" token>
                <input type="hidden" name="version" value=version/>
                {fields}
                <TextField label="Days to enrol" name="grace_days" value=days inputmode="numeric" hint="Where a role asks for more than before. Until then people are told; afterwards they do nothing else before they have enrolled" error=e.at("grace_days") width=Width::Tiny/>
                <TextField label="Minutes for which a proof counts" name="proof_minutes" value=minutes inputmode="numeric" hint="Afterwards, what ends people, gives power or shows secrets asks anew who it is" error=e.at("proof_minutes") width=Width::Tiny/>
                <div class="row"><Button look=Look::Main>"Show who would have to enrol"</Button><LinkButton href="/settings/sign-in" look=Look::Quiet>"Cancel"</LinkButton></div>
            </PostForm>
        }
    });
    let now_is = (!may_manage).then(|| {
        let rows = ROLES.into_iter().map(|(role, _)| {
            let need = draft.needs.get(&role).copied().unwrap_or(Need::Allowed);
            view! { <li>{format!("{}: {}", capital(role.label()), need.label())}</li> }
        });
        view! { <ul class="list">{rows.collect_view()}</ul> }
    });
    let planned = plan.map(|(lacking, hash)| planned(lacking, &hash, &draft, &typed, token));
    view! {
        <ErrorSummary errors/>
        <PageHeader title="Second factors by role" lead="What each role of the portal asks of who signs in. Of several roles, the strictest counts." crumbs=crumbs()/>
        {planned}
        <Panel title="What each role asks">{form}{now_is}</Panel>
    }
    .into_any()
}

fn planned(lacking: Vec<Lacking>, hash: &str, draft: &PolicyDraft, typed: &(String, String), token: String) -> AnyView {
    let people: i64 = lacking.iter().map(|l| l.people).max().unwrap_or(0);
    let title = match people {
        0 => "Nobody would have to enrol.".to_owned(),
        _ => "These would have to enrol.".to_owned(),
    };
    let rows = lacking
        .into_iter()
        .map(|l| {
            let named =
                l.named.iter().map(|(id, name)| view! { <li><a href=format!("/identities/{id}")>{name.clone()}</a></li> }).collect_view();
            let more = usize::try_from(l.people).unwrap_or_default().saturating_sub(l.named.len());
            let more = (more > 0).then(|| view! { <li class="faint">{format!("and {} more", count(more as u64))}</li> });
            view! {
                <tr>
                    <th scope="row">{capital(l.role.label())}</th>
                    <td>{capital(l.rule.need.label())}</td>
                    <td class="nowrap">{date(l.rule.from.date_naive())}</td>
                    <td class="num">{l.people.to_string()}</td>
                    <td><ul class="list">{named}{more}</ul></td>
                </tr>
            }
        })
        .collect_view();
    let hidden = ROLES
        .into_iter()
        .map(|(role, name)| {
            let need = draft.needs.get(&role).copied().unwrap_or(Need::Allowed);
            view! { <input type="hidden" name=name value=need.as_str()/> }
        })
        .collect_view();
    let (version, hash, typed) = (draft.version.to_string(), hash.to_owned(), typed.clone());
    let columns =
        vec![Column::new("Role"), Column::new("Asks"), Column::new("From"), Column::new("People without").numeric(), Column::new("Who")];
    view! {
        <Panel title="What this would do">
            <Banner tone=Tone::Plain title>"It is not applied yet."</Banner>
            <Table caption="Who lacks what their role would ask" name="Plan" columns look=TableLook::Top>{rows}</Table>
            <PostForm action="/settings/sign-in/policy" token>
                <input type="hidden" name="version" value=version/>
                <input type="hidden" name="hash" value=hash/>
                <input type="hidden" name="grace_days" value=typed.0/>
                <input type="hidden" name="proof_minutes" value=typed.1/>
                {hidden}
                <div><Button look=Look::Main>"Apply it"</Button></div>
            </PostForm>
        </Panel>
    }
    .into_any()
}
