//! `/imports/{id}` of memberships or credentials: what it would do, and what it did.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_services::list_imports::{ListImport, ListKind, ListSummary};

use super::counts::many;
use super::{crumbs, plan, state};
use crate::components::{
    Banner, Button, Choice, ChoiceGroup, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, PostForm, Stat, Stats, Time, Tone, count,
    date,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The import.
    pub list: ListImport,
    /// Whether the person may go on with it.
    pub may_import: bool,
    /// Rejected rows are left out.
    pub accept_rejected: bool,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    let title = model.errors.title(&title(&model.list));
    frame.page(title, Some(NavItem::Identities), move || body(model, token, now))
}

fn title(list: &ListImport) -> String {
    let word = if list.import.state == "staged" { "Import preview" } else { "Import" };
    match &list.kind {
        ListKind::Memberships { application, .. } => format!("{word}: memberships of {application}, {}", date(list.import.as_of)),
        ListKind::Credentials => format!("{word}: credentials"),
    }
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { list, may_import, accept_rejected, errors } = model;
    let waits = list.import.state == "staged";
    let (file, actor, sent) = (list.import.file_name.clone(), list.import.actor.clone(), list.import.created_at);
    let ending = match (waits, list.import.applied_at) {
        (true, _) => view! { ". "<strong>"Nothing has changed yet."</strong> }.into_any(),
        (false, Some(at)) => view! { ". "{state(&list.import.state)}" "<Time at now/>"." }.into_any(),
        (false, None) => ".".into_any(),
    };
    let lead = view! { <code>{file}</code>", sent by "{actor}" "<Time at=sent now/>{ending} };
    let discard = (waits && may_import).then(|| {
        view! { <PostForm action=format!("/imports/{}/discard", list.import.id) token=token.clone() class=""><Button look=Look::Danger>"Discard"</Button></PostForm> }
    });
    let content = match &list.outcome {
        None if waits => view! { <Banner title="It waits.">"Who may apply it sees here what it would do."</Banner> }.into_any(),
        None => view! { <Banner title="This import was discarded.">"It changed nothing, and its file is not kept."</Banner> }.into_any(),
        Some(Err(reason)) => {
            let reason = capital(reason);
            view! { <Banner tone=Tone::Danger title="The file cannot be taken.">{reason}". Correct it, discard this one and send it again."</Banner> }.into_any()
        }
        Some(Ok(summary)) => counted(&list, summary, waits && may_import, accept_rejected, &errors, token),
    };
    view! {
        <ErrorSummary errors/>
        <PageHeader title=title(&list) crumbs=crumbs() lead>{discard}</PageHeader>
        {content}
    }
    .into_any()
}

fn counted(
    list: &ListImport,
    summary: &ListSummary,
    may_apply: bool,
    accept_rejected: bool,
    errors: &FormErrors,
    token: String,
) -> AnyView {
    let rejected = summary.rejected().to_vec();
    let stats = match summary {
        ListSummary::Memberships(s) => view! {
            {stat("Explained", s.explained, Tone::Plain, "held, and a role says why")}
            {stat("Out of band", s.out_of_band, if s.out_of_band > 0 { Tone::Warning } else { Tone::Plain }, &format!("held, and no role says why; {} new", count(s.newly_out_of_band as i128)))}
            {stat("Missing", s.missing, Tone::Plain, "recorded, and not seen")}
            {stat("Removals verified", s.removals_verified, Tone::Plain, "owed, and now gone")}
            {stat("Removals open", s.removals_open, if s.removals_open > 0 { Tone::Danger } else { Tone::Plain }, &if s.newly_owed > 0 { format!("owed, and still there; {} of them from now on", count(s.newly_owed as i128)) } else { "owed, and still there".to_owned() })}
            {(s.removals_unproven > 0).then(|| stat("Removals unproven", s.removals_unproven, Tone::Warning, "owed, and this list proves nothing of them"))}
            {stat("New entitlements", s.new_entitlements, Tone::Plain, "not known before")}
            {stat("Rejected", s.rejected.len(), if s.rejected.is_empty() { Tone::Plain } else { Tone::Warning }, "rows")}
        }
        .into_any(),
        ListSummary::Credentials(s) => view! {
            {stat("New", s.new, Tone::Plain, "recorded for the first time")}
            {stat("Changed", s.changed, Tone::Plain, "")}
            {stat("Unchanged", s.unchanged, Tone::Plain, "")}
            {stat("Without an owner", s.without_owner, if s.without_owner > 0 { Tone::Warning } else { Tone::Plain }, "findings")}
            {stat("Rejected", s.rejected.len(), if s.rejected.is_empty() { Tone::Plain } else { Tone::Warning }, "rows")}
        }
        .into_any(),
    };
    let form = may_apply.then(|| {
        let accept = (!rejected.is_empty()).then(|| {
            let label = format!("Leave out the {}", many(rejected.len(), "rejected row", "rejected rows"));
            let choice = Choice::new("yes", label).hint("Whoever they are of stays as recorded.").checked(accept_rejected);
            view! { <ChoiceGroup legend="Rejected rows" name="accept_rejected" choices=vec![choice] multiple=true error=errors.at("accept_rejected")/> }
        });
        let seen = list.seen.clone();
        view! {
            <PostForm action=format!("/imports/{}/apply", list.import.id) token>
                <input type="hidden" name="plan" value=seen/>
                {accept}
                <div class="row"><Button look=Look::Main>"Apply"</Button><span class="sub">"All of it or nothing."</span></div>
            </PostForm>
        }
    });
    let (words, href) = match summary {
        ListSummary::Memberships(_) => ("Applications", "/applications"),
        ListSummary::Credentials(_) => ("Credentials", "/credentials"),
    };
    let links = (list.import.state != "staged").then(
        || view! { <div class="row"><LinkButton href>{words}</LinkButton><LinkButton href="/imports">"All imports"</LinkButton></div> },
    );
    view! {
        <Stats>{stats}</Stats>
        {plan::rows("Rejected rows", "rejected", "A rejected row changes nothing.", &rejected)}
        {form}
        {links}
    }
    .into_any()
}

fn stat(label: &'static str, n: usize, tone: Tone, note: &str) -> AnyView {
    let note = note.to_owned();
    view! { <Stat label value=count(n as i128) tone note/> }.into_any()
}
