//! `/applications/{id}/target`: how an application is reached.

mod readings;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::target::{OnEnd, TargetKind, TargetState};
use tenure_services::operations::TargetProgress;
use tenure_services::targets::TargetPage;
use tenure_store::targets::TargetRow;

use crate::components::{
    Banner, Button, ErrorSummary, Fact, Facts, FactsLook, FormErrors, LinkButton, Look, PageHeader, Panel, PostForm, SelectField, Tag,
    TextArea, TextField, Time, Tone, Width, count, options,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::progress;
use crate::pages::words::capital;

/// What was typed.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The version that is being changed.
    pub version: String,
    /// By what it is reached.
    pub kind: String,
    /// The settings, as TOML.
    pub settings: String,
    /// What becomes of accounts.
    pub on_end: String,
    /// Operations at the same time.
    pub at_once: String,
    /// Operations begun within a minute.
    pub per_minute: String,
    /// The longest wait in seconds.
    pub timeout_seconds: String,
    /// Minutes from one reading to the next; empty: only when somebody asks.
    pub read_minutes: String,
    /// Days after which everything is read.
    pub full_days: String,
}

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The application and how it is reached.
    pub target: TargetPage,
    /// What is owed there, if anything is.
    pub owed: Option<TargetProgress>,
    /// What was typed.
    pub typed: Typed,
    /// Whether the reader may change it.
    pub may_manage: bool,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    frame.page(model.errors.title("How it is reached"), Some(NavItem::Access), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { target: TargetPage { application, target, accounts, orphans, readings: list }, owed, typed, may_manage, errors } = model;
    let at = format!("/applications/{}", application.id);
    let crumbs = vec![("Applications".to_owned(), "/applications".to_owned()), (application.name.clone(), at.clone())];
    let lead = match &target {
        Some(t) if t.reach.kind == TargetKind::Ssh => format!(
            "Hosts of {} ask Tenure at each login which keys let that person in. What is owed there is done by Tenure itself, and read back.",
            application.name
        ),
        Some(t) if t.reach.kind.is_by_hand() => {
            format!("Tenure does not reach {}: what is owed there is a task for a person, who says when it is done.", application.name)
        }
        Some(t) => {
            format!("Tenure reaches {} as a {}. What it is owed is done by itself, and read back.", application.name, t.reach.kind.label())
        }
        None => format!("Tenure does not reach {} yet: what it is owed waits for a person.", application.name),
    };
    let status = target.as_ref().map(|t| status(t, &at, accounts, orphans, owed.as_ref(), now));
    let actions = target.as_ref().filter(|_| may_manage).map(|t| actions(t, &at, &token, readings::is_doubtful(&list)));
    let reads = target.as_ref().is_some_and(|t| !t.reach.kind.is_by_hand() && !t.reach.kind.is_own());
    let readings = reads.then(|| readings::panel(&list, &at, may_manage, &token, now));
    let form = may_manage.then(|| form(&at, target.is_some(), typed, &errors, token));
    view! {
        <ErrorSummary errors/>
        <PageHeader title="How it is reached" crumbs lead>{actions}</PageHeader>
        {status}
        {readings}
        {form}
    }
    .into_any()
}

fn status(t: &TargetRow, at: &str, accounts: i64, orphans: i64, owed: Option<&TargetProgress>, now: DateTime<Utc>) -> AnyView {
    let word = match (t.reach.state, t.failures) {
        (TargetState::Held, _) => view! { <Tag tone=Tone::Warning icon="lock">"Held"</Tag> }.into_any(),
        (TargetState::Live, 0) => "Nothing stands in the way".into_any(),
        (TargetState::Live, n) => view! { <Tag tone=Tone::Danger>{format!("{n} failures in a row")}</Tag> }.into_any(),
    };
    let mut facts = vec![Fact::new("State", word)];
    if !t.said.is_empty() {
        facts.push(Fact::new("Last word", t.said.clone()));
    }
    if let Some(until) = t.open_until {
        facts.push(Fact::new("Asked again", view! { <Time at=until now/> }));
    }
    facts.extend(owed.map(|owed| progress::facts(owed, now)).unwrap_or_default());
    facts.push(Fact::new("Accounts", view! { <a href=format!("{at}/accounts")>{count(accounts)}</a> }));
    facts.push(Fact::new("Of nobody", view! { <a href=format!("{at}/accounts?orphans=yes")>{count(orphans)}</a> }));
    if t.reach.kind == TargetKind::Ssh {
        facts.push(Fact::new("Hosts", view! { <a href=format!("{at}/hosts")>"Those that may ask"</a> }));
    } else if !t.reach.kind.is_by_hand() {
        facts.push(Fact::new(
            "Everything read",
            match t.reconciled_at {
                Some(at) => view! { <Time at now/> }.into_any(),
                None => "Never".into_any(),
            },
        ));
        facts.push(Fact::new("Read by itself", next(t, now)));
    }
    let makes = if t.reach.mapping.is_some() { "As the mapping says" } else { "By hand only" };
    facts.push(Fact::new("New accounts", view! { <a href=format!("{at}/mapping")>{makes}</a> }));
    facts.push(Fact::new("Recorded, and not there", view! { <a href=format!("{at}/missing")>"List"</a> }));
    facts.push(Fact::new("Otherwise than recorded", view! { <a href=format!("{at}/accounts?drifted=yes")>"List"</a> }));
    let message = (t.reconciled_at.is_none() && !t.reach.kind.is_by_hand()).then(|| {
        view! { <Banner title="Read it once.">"Until then Tenure does not know which accounts are there, and whose they are."</Banner> }
    });
    view! { {message}<Facts facts look=FactsLook::Wide/> }.into_any()
}

/// When it is read by itself, and what has to be first.
fn next(t: &TargetRow, now: DateTime<Utc>) -> AnyView {
    match (t.reach.read_minutes, t.reconciled_at, t.next_read_at) {
        (None, ..) => "Never: only when somebody asks".into_any(),
        (Some(_), None, _) => "Once somebody had it read".into_any(),
        (Some(_), Some(_), _) if t.reach.state == TargetState::Held => "When it is let go".into_any(),
        (Some(minutes), Some(_), Some(at)) if at > now => view! { {format!("Every {minutes} minutes, next ")}<Time at now/> }.into_any(),
        (Some(minutes), ..) => format!("Every {minutes} minutes, next at once").into_any(),
    }
}

fn actions(t: &TargetRow, at: &str, token: &str, was_refused: bool) -> AnyView {
    // Only after a refusal: it is the way past a guard.
    let again = was_refused
        .then(|| view! { <Button look=Look::Quiet name="many_gone" value="yes">"Read it, also if many accounts are gone"</Button> });
    let can_tell = t.reconciled_at.is_some() && t.watermark.as_deref().is_some_and(|mark| !mark.is_empty());
    let changes = can_tell.then(|| view! { <Button look=Look::Quiet name="kind" value="changes">"Read what changed"</Button> });
    let (word, state) = match t.reach.state {
        TargetState::Live => ("Hold", "held"),
        TargetState::Held => ("Let it go", "live"),
    };
    // Where Tenure's own records are what is told, there is nothing to be read.
    if t.reach.kind.is_by_hand() {
        return ().into_any();
    }
    let read = (!t.reach.kind.is_own()).then(|| {
        view! { <PostForm action=format!("{at}/target/read") token=token.to_owned() class=""><Button>"Read it now"</Button>{changes}{again}</PostForm> }
    });
    let hosts = (t.reach.kind == TargetKind::Ssh).then(|| view! { <LinkButton href=format!("{at}/hosts")>"Hosts"</LinkButton> });
    view! {
        {hosts}
        <PostForm action=format!("{at}/target/probe") token=token.to_owned() class=""><Button>"Try it"</Button></PostForm>
        {read}
        <PostForm action=format!("{at}/target/hold") token=token.to_owned() class=""><Button look=Look::Quiet name="state" value=state>{word}</Button></PostForm>
    }
    .into_any()
}

fn form(at: &str, exists: bool, typed: Typed, errors: &FormErrors, token: String) -> AnyView {
    let kinds = options(TargetKind::ALL.iter().map(|k| (k.as_str(), k.label().to_owned())));
    let ends = options(OnEnd::ALL.iter().map(|e| (e.as_str(), capital(e.label()))));
    let secret_hint = if exists {
        "Leave it empty to keep the one that is there."
    } else {
        "The password or token by which Tenure signs in; none for SSH hosts and by hand. It is sealed, and shown to nobody."
    };
    let [kind_error, settings_error, secret_error, end_error, once_error, minute_error, wait_error, read_error, days_error] =
        ["kind", "settings", "secret", "on_end", "at_once", "per_minute", "timeout_seconds", "read_minutes", "full_days"]
            .map(|field| errors.at(field));
    let (action, back) = (format!("{at}/target"), at.to_owned());
    let title = if exists { "Change" } else { "Say how" };
    view! {
        <Panel title>
            <PostForm action token>
                <input type="hidden" name="version" value=typed.version/>
                <SelectField label="Kind" name="kind" options=kinds value=typed.kind error=kind_error/>
                <TextArea label="Settings" name="settings" value=typed.settings rows=10 error=settings_error hint="One a line, as name = \"value\". The documentation lists those of each kind."/>
                <TextField label="Secret" name="secret" kind="password" autocomplete="off" error=secret_error hint=secret_hint width=Width::Medium/>
                <SelectField label="When an identity ends, its accounts are" name="on_end" options=ends value=typed.on_end error=end_error/>
                <TextField label="Operations at the same time" name="at_once" value=typed.at_once inputmode="numeric" error=once_error width=Width::Short/>
                <TextField label="Operations begun within a minute" name="per_minute" value=typed.per_minute inputmode="numeric" error=minute_error width=Width::Short/>
                <TextField label="Longest wait for one answer, in seconds" name="timeout_seconds" value=typed.timeout_seconds inputmode="numeric" error=wait_error width=Width::Short/>
                <TextField label="Read by itself every so many minutes" name="read_minutes" value=typed.read_minutes inputmode="numeric" error=read_error hint="Empty: only when somebody asks. Where the target can tell what changed, only that is read." width=Width::Short/>
                <TextField label="Read everything every so many days" name="full_days" value=typed.full_days inputmode="numeric" error=days_error hint="Only then is noticed what is gone." width=Width::Short/>
                <div class="row"><Button look=Look::Main>"Save"</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
            </PostForm>
        </Panel>
    }
    .into_any()
}
