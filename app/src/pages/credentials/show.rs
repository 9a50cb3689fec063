//! `/credentials/{id}`: one credential, and what can be done about it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::credential::{CredentialKind, CredentialOrigin, CredentialState};
use tenure_services::credentials::{CredentialDetail, ISSUER};
use tenure_services::identities::Proposal;

use super::list::owner;
use super::words::{name, state_tag};
use crate::components::{
    Button, Card, ComboField, Empty, ErrorSummary, Fact, Facts, FactsLook, FormErrors, Icon, LinkButton, Look, PageHeader, Panel, PostForm,
    Slot, TextField, Time,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// It, and what may be done with it.
    pub detail: CredentialDetail,
    /// Whom to propose as owner.
    pub people: Vec<Proposal>,
    /// Whether the person may open the audit log.
    pub sees_audit: bool,
    /// What was typed into its forms.
    pub typed: Typed,
    /// What was wrong with it.
    pub errors: FormErrors,
}

/// What was typed into the forms of the page.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The new owner.
    pub owner: String,
    /// Why it is revoked.
    pub reason: String,
    /// Its name, typed as a confirmation.
    pub confirm: String,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    let title = model.errors.title(&name(&model.detail.view.credential));
    frame.page(title, Some(NavItem::Credentials), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { detail, people, sees_audit, typed, errors } = model;
    let c = &detail.view.credential;
    let title = name(c);
    let lead = [Some(capital(c.kind.label())), detail.view.application.clone(), Some(capital(c.origin.label()))]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ");
    let crumbs = vec![("Credentials".to_owned(), "/credentials".to_owned())];
    let tags = if c.state == CredentialState::Active { Slot::default() } else { state_tag(c.state).into() };
    let events = sees_audit.then(|| view! { <LinkButton href=format!("/audit?target={}", c.id) icon="book">"Its events"</LinkButton> });
    let revoke = detail.may_revoke.then(|| revoke(&detail, &typed, &errors, token.clone()));
    let hand = (detail.may_edit && c.origin == CredentialOrigin::Recorded && c.state.is_live())
        .then(|| give_owner(&detail, people, &typed, &errors, token));
    let acts = (revoke.is_some() || hand.is_some()).then(|| view! { <div class="flow">{hand}{revoke}</div> });
    let found = findings(&detail);
    let facts = facts(&detail, now);
    let depend = dependents(&detail);
    let class = if acts.is_some() { "cols cols--main-side" } else { "" };
    view! {
        <ErrorSummary errors=errors/>
        <PageHeader title crumbs lead tags>{events}</PageHeader>
        <div class=class>
            <div class="flow">{found}{facts}{depend}</div>
            {acts}
        </div>
    }
    .into_any()
}

fn findings(detail: &CredentialDetail) -> Option<AnyView> {
    if detail.findings.is_empty() {
        return None;
    }
    let rows = detail
        .findings
        .iter()
        .map(|f| {
            let class = if f.is_grave() { "t-danger" } else { "t-warning" };
            view! { <li><Icon name="warn" class=class/><div><b>{f.label()}</b><p class="sub">{f.words()}</p></div></li> }
        })
        .collect_view();
    Some(view! { <Panel title="Findings"><ul class="list queue">{rows}</ul></Panel> }.into_any())
}

fn facts(detail: &CredentialDetail, now: DateTime<Utc>) -> AnyView {
    let c = &detail.view.credential;
    let moment = |at: Option<DateTime<Utc>>, none: &'static str| match at {
        Some(at) => view! { <Time at now/> }.into_any(),
        None => view! { <span class="faint">{none}</span> }.into_any(),
    };
    let target = match (c.application_id, detail.view.application.clone()) {
        (Some(id), Some(name)) => view! { <a href=format!("/applications/{id}")>{name}</a> }.into_any(),
        _ => view! { <span class="faint">"None named"</span> }.into_any(),
    };
    let mut facts = vec![
        Fact::new("Owner", owner(&detail.view)),
        Fact::new("For", if c.purpose.is_empty() { "Nothing is recorded".to_owned() } else { c.purpose.clone() }),
        Fact::new("Works on", target),
        Fact::new("Issued by", c.issuer.clone()),
        Fact::new("Name there", view! { <code>{c.external_id.clone()}</code> }.into_any()),
        Fact::new("State", view! { {state_tag(c.state)}" "<span class="faint">{said_state(detail)}</span> }.into_any()),
        Fact::new("Created", moment(Some(c.created_at), "")),
        Fact::new("Secret replaced", moment(c.rotated_at, "Never")),
        Fact::new("Last used", moment(c.last_used_at, "No data: nobody tells. It may be in use.")),
        Fact::new("Ends", moment(c.expires_at, "Never by itself")),
    ];
    if let Some(note) = &detail.token {
        let from = if note.networks.is_everywhere() { "From everywhere".to_owned() } else { note.networks.to_string().replace(' ', ", ") };
        facts.push(Fact::new("It may", crate::pages::account::may(note)));
        facts.push(Fact::new("Used from", from));
        if !note.last_used_from.is_empty() {
            facts.push(Fact::new("Last used from", note.last_used_from.clone()));
        }
    }
    if c.ended_at.is_some() {
        facts.push(Fact::new("Ended", moment(c.ended_at, "")));
    }
    view! { <Panel title="Facts"><Facts facts look=FactsLook::Lines/></Panel> }.into_any()
}

fn said_state(detail: &CredentialDetail) -> &'static str {
    match detail.view.credential.state {
        CredentialState::Revoking => "The target still has to be told, or to be read back.",
        CredentialState::Revoked => "Nothing works with it any more.",
        CredentialState::Expired => "Its time is over.",
        CredentialState::Suspended => "It works again when it is let go on.",
        CredentialState::Compromised => "Somebody knows it who should not: revoke it.",
        _ => "",
    }
}

fn dependents(detail: &CredentialDetail) -> Option<AnyView> {
    let c = &detail.view.credential;
    if c.kind == CredentialKind::Session {
        return None;
    }
    let body = if c.dependents.is_empty() {
        view! { <Empty title="Nothing is recorded" icon="layers">"That does not mean that nothing depends on it."</Empty> }.into_any()
    } else {
        let rows = c.dependents.iter().map(|name| view! { <li>{name.clone()}</li> }).collect_view();
        view! { <ul class="list camp">{rows}</ul> }.into_any()
    };
    Some(view! { <Panel title="What stops when it dies" light=true>{body}</Panel> }.into_any())
}

fn give_owner(detail: &CredentialDetail, people: Vec<Proposal>, typed: &Typed, errors: &FormErrors, token: String) -> AnyView {
    let c = &detail.view.credential;
    let named = people.into_iter().map(|p| (p.user_name, p.display_name)).collect::<Vec<_>>();
    let (title, words) =
        if c.identity_id.is_some() { ("Give it another owner", "Hand over") } else { ("Give it an owner", "Set the owner") };
    let (value, error, action) = (typed.owner.clone(), errors.at("owner"), format!("/credentials/{}/owner", c.id));
    view! {
        <Card title>
            <PostForm action token>
                <ComboField label="User name" name="owner" named value error hint="A person, or the service that holds it"/>
                <div class="row"><Button>{words}</Button></div>
            </PostForm>
        </Card>
    }
    .into_any()
}

fn revoke(detail: &CredentialDetail, typed: &Typed, errors: &FormErrors, token: String) -> AnyView {
    let c = &detail.view.credential;
    let what = match c.origin {
        CredentialOrigin::Issued => "Tenure issued it, so it is dead at once. It cannot be brought back.".to_owned(),
        CredentialOrigin::Recorded if c.issuer == ISSUER => {
            "No host is given it from now on: it is refused at the next login. Sessions that are open go on. It cannot be taken back."
                .to_owned()
        }
        CredentialOrigin::Found => format!(
            "It was found on {0}, so its end is owed to {0}: it stays under “revocation owed” until that is read back. It cannot be taken back.",
            c.issuer
        ),
        CredentialOrigin::Recorded => format!(
            "{} issued it, so its end is owed to it: it stays under “revocation owed” until that is read back. It cannot be taken back.",
            c.issuer
        ),
    };
    let depend = match c.dependents.len() {
        0 => None,
        n => Some(
            view! { <p class="t-warning">{crate::pages::words::many(n as i64, "thing stops", "things stop")}" with it: "{c.dependents.join(", ")}"."</p> },
        ),
    };
    let action = format!("/credentials/{}/revoke", c.id);
    let (reason, confirm) = (typed.reason.clone(), typed.confirm.clone());
    let (reason_error, confirm_error) = (errors.at("reason"), errors.at("confirm"));
    // A session is signed in anew in a moment: nothing is lost with it.
    let confirm = (c.kind != CredentialKind::Session).then(|| {
        let hint = view! { "Type "<b>{c.label.clone()}</b>" to confirm" };
        view! { <TextField label="Its name" name="confirm" value=confirm error=confirm_error hint autocomplete="off" required=true/> }
    });
    view! {
        <Card title="Revoke it">
            <p class="sub">{what}</p>
            {depend}
            <PostForm action token>
                <TextField label="Why" name="reason" value=reason error=reason_error required=true/>
                {confirm}
                <div class="row"><Button look=Look::DangerMain>"Revoke"</Button></div>
            </PostForm>
        </Card>
    }
    .into_any()
}
