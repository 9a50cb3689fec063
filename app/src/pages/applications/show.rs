//! `/applications/{id}`: its entitlements, and how many hold them.

use leptos::prelude::*;
use tenure_domain::grant::Risk;
use tenure_services::access::{ApplicationDetail, HeldEntitlement};

use super::list::finding;
use crate::components::{
    Button, Column, Empty, ErrorSummary, FormErrors, Hide, LinkButton, PageHeader, Panel, PostForm, SelectField, Stat, Stats, Table,
    TableLook, Tag, TextField, Tone, Width, count, options,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::roles::show::risk;
use crate::pages::words::capital;

/// What was typed of a new entitlement.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// Its name.
    pub name: String,
    /// What it allows.
    pub description: String,
    /// How much harm it can do.
    pub risk: String,
}

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The application.
    pub detail: ApplicationDetail,
    /// Whether the person may record entitlements.
    pub may_manage: bool,
    /// What was typed of a new one.
    pub typed: Typed,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    frame.page(model.errors.title(&model.detail.application.name), Some(NavItem::Access), move || body(model, token))
}

fn body(model: Model, token: String) -> AnyView {
    let Model { detail, may_manage, typed, errors } = model;
    let ApplicationDetail { application, owner, entitlements } = detail;
    let sum = |pick: fn(&HeldEntitlement) -> i64| entitlements.iter().map(pick).sum::<i64>();
    let (grants, found, owed) = (count(sum(|e| e.holders)), sum(|e| e.out_of_band), sum(|e| e.removal_owed));
    let found_tone = if found > 0 { Tone::Warning } else { Tone::Plain };
    let critical = entitlements.iter().filter(|e| e.entitlement.risk == Risk::Critical).count();
    let lead = match owner {
        Some(o) => {
            let ended = o.state.has_ended().then(|| view! { " "<Tag tone=Tone::Warning>"Has ended"</Tag> });
            let about = if application.description.is_empty() {
                String::new()
            } else {
                format!("{}. ", application.description.trim_end_matches('.'))
            };
            view! { {about}"Owned by "<a href=format!("/identities/{}", o.id)>{o.display_name}</a>"."{ended} }.into_any()
        }
        None if application.description.is_empty() => "Nobody answers for it.".into_any(),
        None => format!("{}. Nobody answers for it.", application.description.trim_end_matches('.')).into_any(),
    };
    let n = entitlements.len();
    let list = if n == 0 {
        view! { <Empty title="No entitlements yet" icon="layers">"An entitlement is one right on this application: a group, a role of a database, a permission."</Empty> }.into_any()
    } else {
        let rows = entitlements.iter().map(row).collect_view();
        let columns = vec![
            Column::new("Entitlement"),
            Column::new("Risk"),
            Column::new("Holders").numeric(),
            Column::new("Out of band").numeric(),
            Column::new("Removals owed").numeric().hide(Hide::Small),
        ];
        view! { <Table caption=format!("Entitlements by name, {n} shown") name="List of entitlements" columns look=TableLook::Top>{rows}</Table> }.into_any()
    };
    let form = may_manage.then(|| add(&application.id.to_string(), typed, &errors, token));
    view! {
        <ErrorSummary errors/>
        <PageHeader title=application.name crumbs=vec![("Applications".to_owned(), "/applications".to_owned())] lead>
            <LinkButton href=format!("/applications/{}/target", application.id)>"How it is reached"</LinkButton>
            <LinkButton href=format!("/applications/{}/accounts", application.id)>"Accounts"</LinkButton>
        </PageHeader>
        <Stats>
            <Stat label="Entitlements" value=count(n as i128)/>
            <Stat label="Privileged" value=count(critical as i128)/>
            <Stat label="Grants" value=grants/>
            <Stat label="Out of band" value=count(found) tone=found_tone note="held, and no role says why"/>
            <Stat label="Removals owed" value=count(owed)/>
        </Stats>
        <Panel title="Entitlements">{list}</Panel>
        {form}
    }
    .into_any()
}

fn row(e: &HeldEntitlement) -> AnyView {
    let note = e.entitlement.description.clone();
    view! {
        <tr>
            <th scope="row">{e.entitlement.name.clone()}{(!note.is_empty()).then(|| view! { <br/><span class="faint">{note}</span> })}</th>
            <td>{risk(e.entitlement.risk)}</td>
            <td class="num">{count(e.holders)}</td>
            <td class="num">{finding(e.out_of_band)}</td>
            <td class="num hide-s">{count(e.removal_owed)}</td>
        </tr>
    }
    .into_any()
}

fn add(id: &str, typed: Typed, errors: &FormErrors, token: String) -> AnyView {
    let risks = options(Risk::ALL.iter().map(|r| {
        (r.as_str(), if *r == Risk::Critical { "Privileged: can change security itself".to_owned() } else { capital(r.label()) })
    }));
    let value = if typed.risk.is_empty() { Risk::Low.as_str().to_owned() } else { typed.risk };
    let (name_error, about_error, risk_error) = (errors.at("name"), errors.at("description"), errors.at("risk"));
    let action = format!("/applications/{id}/entitlements");
    view! {
        <Panel title="Add an entitlement" id="add">
            <PostForm action token>
                <TextField label="Name" name="name" value=typed.name error=name_error width=Width::Medium required=true hint="As it is called on the application."/>
                <TextField label="What it allows" name="description" value=typed.description error=about_error hint="In plain words: reviewers decide by it."/>
                <SelectField label="Risk" name="risk" options=risks value error=risk_error/>
                <div class="row"><Button>"Add"</Button></div>
            </PostForm>
        </Panel>
    }
    .into_any()
}
