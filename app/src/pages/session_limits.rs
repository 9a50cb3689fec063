//! `/settings/sessions`: how long sessions last, by portal role.

use leptos::prelude::*;
use tenure_domain::access::PortalRole;
use tenure_domain::session::{GOVERNED, SessionLimits};
use tenure_services::session_limits::{Limits, LimitsPlan, fields};

use crate::components::{
    Banner, Button, Column, ErrorSummary, FormErrors, Look, PageHeader, Panel, PostForm, SelectField, Table, TableLook, TextField, Tone,
    Width, count, options,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::{capital, many};

/// Where it is.
pub const PATH: &str = "/settings/sessions";

/// What was typed for one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Which role.
    pub role: PortalRole,
    /// `aal2`, `aal3` or `own`.
    pub preset: String,
    /// Minutes over all.
    pub overall: String,
    /// Minutes without use.
    pub idle: String,
}

/// The limits of each role as the form shows them.
pub fn typed_of(limits: &Limits) -> Vec<Typed> {
    let of = |role: PortalRole| {
        let found = limits.iter().find(|(of, _)| *of == role).map_or(SessionLimits::AAL2, |(_, limits)| *limits);
        let preset = match found {
            SessionLimits::AAL2 => "aal2",
            SessionLimits::AAL3 => "aal3",
            _ => "own",
        };
        Typed { role, preset: preset.to_owned(), overall: found.overall.to_string(), idle: found.idle.to_string() }
    };
    GOVERNED.map(of).to_vec()
}

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// What stands in the form.
    pub typed: Vec<Typed>,
    /// What would come of it, once somebody asked.
    pub plan: Option<LimitsPlan>,
    /// Whether the person may change them.
    pub may_manage: bool,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    frame.page(model.errors.title("Sessions"), Some(NavItem::Audit), move || body(model, token))
}

/// Minutes in words.
pub(crate) fn lasts(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => many(m, "minute", "minutes"),
        (h, 0) => many(h, "hour", "hours"),
        (h, m) => format!("{h} h {m} min"),
    }
}

fn body(model: Model, token: String) -> AnyView {
    let Model { typed, plan, may_manage, errors } = model;
    let planned = plan.map(|plan| planned(&plan));
    let content = if may_manage { form(typed, &errors, planned, token) } else { table(&typed) };
    view! {
        <ErrorSummary errors/>
        <PageHeader title="Sessions" lead="How long somebody stays signed in: over all, and without use. Who holds several portal roles has the strictest of each."/>
        {content}
    }
    .into_any()
}

fn table(typed: &[Typed]) -> AnyView {
    let minutes = |text: &str| lasts(text.parse().unwrap_or_default());
    let rows = typed
        .iter()
        .map(|t| view! { <tr><th scope="row">{capital(t.role.label())}</th><td>{minutes(&t.overall)}</td><td>{minutes(&t.idle)}</td></tr> })
        .collect_view();
    let columns = vec![Column::new("Portal role"), Column::new("Over all"), Column::new("Without use")];
    view! { <Table caption="Limits of sessions by portal role" name="Limits" look=TableLook::Last columns>{rows}</Table> }.into_any()
}

fn form(typed: Vec<Typed>, errors: &FormErrors, planned: Option<AnyView>, token: String) -> AnyView {
    let roles = typed
        .into_iter()
        .map(|t| {
            let (overall, idle) = fields(t.role);
            let (overall_error, idle_error) = (errors.at(overall), errors.at(idle));
            let presets = options([
                ("aal2", "AAL2: 24 hours, 1 hour without use"),
                ("aal3", "AAL3: 12 hours, 15 minutes without use"),
                ("own", "As typed below"),
            ]);
            view! {
                <Panel title=capital(t.role.label()) level=2>
                    <SelectField label="Limits" name=format!("{}_preset", t.role) options=presets value=t.preset/>
                    <TextField label="Minutes over all" name=overall value=t.overall error=overall_error inputmode="numeric" autocomplete="off" width=Width::Medium/>
                    <TextField label="Minutes without use" name=idle value=t.idle error=idle_error inputmode="numeric" autocomplete="off" width=Width::Medium/>
                </Panel>
            }
        })
        .collect_view();
    let apply = planned.is_some().then(|| view! { <Button look=Look::Main name="do" value="apply">"Put it into force"</Button> });
    view! {
        {planned}
        <PostForm action=PATH token>
            {roles}
            <div class="row"><Button name="do" value="plan">"See what would change"</Button>{apply}</div>
        </PostForm>
    }
    .into_any()
}

fn planned(plan: &LimitsPlan) -> AnyView {
    if plan.changes.is_empty() {
        return view! { <Banner tone=Tone::Plain title="Nothing would change.">"These are the limits that hold now."</Banner> }.into_any();
    }
    let said = |l: &SessionLimits| format!("{}, {} without use", lasts(l.overall), lasts(l.idle));
    let changes = plan
        .changes
        .iter()
        .map(
            |(role, before, after)| view! { <li>{format!("{}: {} instead of {}.", capital(role.label()), said(after), said(before))}</li> },
        )
        .collect_view();
    let loose = plan.changes.iter().any(|(_, _, after)| after.is_loose());
    let loose = loose.then(|| view! { <p>"Some of it is longer than NIST SP 800-63B-4 asks for at AAL2."</p> });
    let title = match plan.ends {
        0 => "No session would end at once.".to_owned(),
        1 => "1 session would end at once.".to_owned(),
        n => format!("{} sessions would end at once.", count(n)),
    };
    view! { <Banner tone=Tone::Warning title><ul class="list">{changes}</ul>{loose}</Banner> }.into_any()
}
