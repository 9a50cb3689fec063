//! `/imports/{id}` of people: map, preview, apply; and what it did once it is over.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::people::{Change, LimitExceeded, PeoplePlan, by_date};
use tenure_services::operations::TargetProgress;
use tenure_services::people::StagedImport;

use super::counts::many;
use super::{crumbs, mapping, outcome, plan, state};
use crate::components::{
    Banner, Button, Checklist, Choice, ChoiceGroup, Done, ErrorSummary, Fact, Facts, FactsLook, FormErrors, LinkButton, Look, PageHeader,
    Panel, PostForm, Stat, Stats, TextField, Time, Tone, Width, count, date,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::progress;
use crate::pages::words::capital;

/// What was typed in the form that applies it.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// Rejected rows are left out.
    pub accept_rejected: bool,
    /// The box for leavers beyond the limit, and the number typed.
    pub leavers: Option<String>,
    /// The box for changes beyond the limit, and the number typed.
    pub changes: Option<String>,
    /// The box for a list that is older than the last one.
    pub older: bool,
}

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The import with its plan.
    pub staged: StagedImport,
    /// Whether the person may go on with it.
    pub may_import: bool,
    /// What was typed.
    pub typed: Typed,
    /// What was wrong.
    pub errors: FormErrors,
    /// What targets are owed meanwhile; nothing if the person may not see that.
    pub owed: Vec<TargetProgress>,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    let title = model.errors.title(&title(&model.staged));
    frame.page(title, Some(NavItem::Identities), move || body(model, token, now))
}

fn title(staged: &StagedImport) -> String {
    let word = if staged.import.state == "staged" { "Import preview" } else { "Import" };
    format!("{word}: {}, {}", staged.import.source_name, date(staged.import.as_of))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { staged, may_import, typed, errors, owed } = model;
    let import = &staged.import;
    let waits = import.state == "staged";
    let (file, actor, sent) = (import.file_name.clone(), import.actor.clone(), import.created_at);
    let ending = match (waits, import.applied_at) {
        (true, _) => view! { ". "<strong>"Nothing has changed yet."</strong> }.into_any(),
        (false, Some(at)) => view! { ". "{state(&import.state)}" "<Time at now/>"." }.into_any(),
        (false, None) => ".".into_any(),
    };
    let lead = view! { <code>{file}</code>", sent by "{actor}" "<Time at=sent now/>{ending} };
    let csv = (waits && staged.plan.is_ok()).then(|| view! { <LinkButton href=format!("/imports/{}/preview.csv", import.id) icon="download" download=true>"CSV of this preview"</LinkButton> });
    let discard = (waits && may_import).then(|| {
        view! { <PostForm action=format!("/imports/{}/discard", import.id) token=token.clone() class=""><Button look=Look::Danger>"Discard"</Button></PostForm> }
    });
    let content = if waits { staged_view(&staged, may_import, &typed, &errors, token) } else { outcome::outcome(&staged) };
    let owed = progress::panel(&owed, &format!("/imports/{}", staged.import.id), now);
    view! {
        <ErrorSummary errors/>
        <PageHeader title=title(&staged) crumbs=crumbs() lead>{csv}{discard}</PageHeader>
        {content}
        {owed}
    }
    .into_any()
}

fn staged_view(staged: &StagedImport, may_import: bool, typed: &Typed, errors: &FormErrors, token: String) -> AnyView {
    let form = may_import.then(|| mapping::form(staged, errors, token.clone()));
    match &staged.plan {
        Err(reason) => {
            let reason = capital(reason);
            view! {
                <Banner tone=Tone::Danger title="The file cannot be read like this.">{reason}"."</Banner>
                <Panel title="How the columns are read" id="mapping">{form}</Panel>
            }
            .into_any()
        }
        Ok((found, _)) => {
            let limit = |of: Change| staged.exceeded.iter().find_map(|e| limit_of(e, of)).map(str::to_owned);
            let lists = [Change::Leaver, Change::Joiner, Change::Rehire, Change::Mover, Change::Changed]
                .map(|kind| plan::people(staged, &found.planned, kind, limit(kind).as_deref()))
                .collect_view();
            let apply = may_import.then(|| apply_card(staged, found, typed, errors, token.clone()));
            let open = errors.at("mapping").is_some();
            let (held, numbers) = (held(&staged.exceeded), numbers(found, &staged.exceeded));
            let rejected = plan::rows(
                "Rejected rows",
                "rejected",
                "A rejected row changes nothing: whoever it is of stays as recorded, and is not taken for a leaver.",
                &found.rejected,
            );
            let warnings = plan::rows("To be looked at", "warnings", "These rows can be taken.", &found.warnings);
            let keyless = found.rejected.iter().any(|r| r.employee_id.is_none()).then(|| {
                view! { <Banner tone=Tone::Warning title="Nobody leaves by this file.">"It has rows of which the employee number cannot be read. They could be anybody’s, so whoever is not in the file stays as recorded."</Banner> }
            });
            let older = staged.newer.map(|newer| {
                let title = format!("A newer list of {} was applied: that of {}.", staged.import.source_name, date(newer));
                view! { <Banner tone=Tone::Danger title>"This one is older. Applying it would undo what the newer one brought: leavers would come back, and joiners would leave. Discard it, or correct the day it is of."</Banner> }
            });
            view! {
                {older}
                {held}
                {keyless}
                {numbers}
                <div class="cols cols--main-side">
                    <div class="flow">
                        {rejected}
                        {lists}
                        {warnings}
                        <Panel title="How the columns are read" id="mapping"><details class="disclose" open=open><summary>"Change it"</summary>{form}</details></Panel>
                    </div>
                    {apply}
                </div>
            }
            .into_any()
        }
    }
}

fn limit_of(exceeded: &LimitExceeded, of: Change) -> Option<&str> {
    match (exceeded, of) {
        (LimitExceeded::Leavers { limit, .. }, Change::Leaver) => Some(limit),
        (LimitExceeded::Changes { limit, .. }, Change::Mover | Change::Changed) => Some(limit),
        _ => None,
    }
}

fn held(exceeded: &[LimitExceeded]) -> Option<AnyView> {
    let what: Vec<String> = exceeded
        .iter()
        .map(|e| match e {
            LimitExceeded::Leavers { leavers, dated, live, limit } => {
                let by_date = by_date(*leavers, *dated);
                format!("end {} of {} people{by_date}, more than {limit}", count(*leavers as i128), count(*live as i128))
            }
            LimitExceeded::Changes { changes, live, limit } => {
                format!("change {} of {} people, more than {limit}", count(*changes as i128), count(*live as i128))
            }
        })
        .collect();
    (!what.is_empty()).then(|| {
        let title = format!("Held: this file would {}.", what.join(", and "));
        view! { <Banner tone=Tone::Danger title>"Most often such a file is not whole: a site or a page of the export is missing. Then discard it and send the whole list. If the lists below are right, allow exactly this number when you apply it."</Banner> }.into_any()
    })
}

fn numbers(found: &PeoplePlan, exceeded: &[LimitExceeded]) -> AnyView {
    let kinds = [Change::Joiner, Change::Rehire, Change::Mover, Change::Leaver, Change::Changed].map(|kind| {
        let (label, id) = plan::name(kind);
        let n = found.count(kind);
        let over = exceeded.iter().any(|e| limit_of(e, kind).is_some());
        let tone = if over { Tone::Danger } else { Tone::Plain };
        let href = (n > 0).then(|| format!("#{id}"));
        view! { <Stat label value=count(n as i128) href tone/> }
    });
    let rejected = found.rejected.len();
    let (href, tone) = if rejected > 0 { (Some("#rejected".to_owned()), Tone::Warning) } else { (None, Tone::Plain) };
    view! {
        <Stats>
            {kinds.collect_view()}
            <Stat label="Rejected" value=count(rejected as i128) href tone/>
        </Stats>
    }
    .into_any()
}

fn apply_card(staged: &StagedImport, found: &PeoplePlan, typed: &Typed, errors: &FormErrors, token: String) -> AnyView {
    let n = found.planned.len();
    let words = if n == 0 { "Note that nothing changed".to_owned() } else { format!("Apply {}", many(n, "change", "changes")) };
    let import = &staged.import;
    let hash = found.hash();
    let short: String =
        hash.chars().take(20).collect::<Vec<_>>().chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    let facts = vec![
        Fact::new("Rows", format!("{} can be taken", count(found.people as i128))),
        Fact::new("On record", many(found.live_before, "person", "people")),
        Fact::new("Unchanged", count(found.unchanged as i128)),
        Fact::new("Kind", "Full list: who is not in it has left"),
        Fact::new("List of", date(import.as_of)),
        Fact::new("Plan", view! { <span class="hash">{short}</span> }),
    ];
    let held = !staged.exceeded.is_empty() || !found.rejected.is_empty() || staged.newer.is_some();
    let step = |done, title: &str, note: Option<String>| (done, title.to_owned(), note, None);
    let steps = vec![
        step(Done::Yes, "File read", Some(format!("{} columns", staged.columns.len()))),
        if held {
            step(Done::Now, "Yours to decide", Some("The boxes below".to_owned()))
        } else {
            step(Done::Yes, "Within the limits", None)
        },
        step(if held { Done::Later } else { Done::Now }, "Apply", Some("All of it or nothing".to_owned())),
    ];
    let accept = (!found.rejected.is_empty()).then(|| {
        let label = format!("Leave out the {}", many(found.rejected.len(), "rejected row", "rejected rows"));
        let choice = Choice::new("yes", label).hint("Whoever they are of stays as recorded.").checked(typed.accept_rejected);
        view! { <ChoiceGroup legend="Rejected rows" name="accept_rejected" choices=vec![choice] multiple=true error=errors.at("accept_rejected")/> }
    });
    let older = staged.newer.map(|newer| {
        let choice = Choice::new("yes", format!("Apply it although a list of {} was applied", date(newer)))
            .hint("What the newer list brought is undone where this one says otherwise.")
            .checked(typed.older);
        view! { <ChoiceGroup legend="Older list" name="allow_older" choices=vec![choice] multiple=true error=errors.at("allow_older")/> }
    });
    let limits: Vec<AnyView> = staged.exceeded.iter().map(|e| allow(e, typed, errors)).collect();
    let action = format!("/imports/{}/apply", import.id);
    view! {
        <aside class="card card--paper stack apply is-sticky" aria-labelledby="apply-title">
            <h2 id="apply-title">"Apply"</h2>
            <Facts facts look=FactsLook::Lines/>
            <Checklist steps/>
            <PostForm action token class="stack">
                <input type="hidden" name="plan" value=hash/>
                {older}
                {accept}
                {limits}
                <Button look=Look::Main>{words}</Button>
                <p class="sub">"If a record changes before you press this, nothing happens and the new plan is shown."</p>
            </PostForm>
        </aside>
    }
    .into_any()
}

fn allow(exceeded: &LimitExceeded, typed: &Typed, errors: &FormErrors) -> AnyView {
    let (what, n, was) = match exceeded {
        LimitExceeded::Leavers { leavers, .. } => ("leavers", *leavers, &typed.leavers),
        LimitExceeded::Changes { changes, .. } => ("changes", *changes, &typed.changes),
    };
    let value = was.clone().unwrap_or_default();
    let name = format!("number_{what}");
    let (label, wrong) = (format!("Type {n} to confirm"), errors.at(&name));
    let field = view! { <TextField label name=name value inputmode="numeric" autocomplete="off" width=Width::Short error=wrong/> };
    let choice = Choice::new("yes", format!("Allow exactly {} {what} for this file", count(n as i128)))
        .hint("The limit itself stays.")
        .checked(was.is_some())
        .more(field);
    let error = errors.at(&format!("allow_{what}"));
    view! { <ChoiceGroup legend=format!("Limit of {what}") name=format!("allow_{what}") choices=vec![choice] multiple=true error/> }
        .into_any()
}
