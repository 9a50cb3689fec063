//! `/identities/{id}/end`: what the end would do, then the name, then it is done.

use std::collections::BTreeMap;

use leptos::prelude::*;
use tenure_domain::credential::{CredentialKind, CredentialOrigin};
use tenure_services::identities::EndPreview;
use tenure_store::credentials::CredentialView;

use super::confirm::confirm_field;
use super::{list, side};
use crate::components::{
    Button, Chip, Column, ErrorSummary, FormErrors, GroupRow, Kind, LinkButton, Look, PageHeader, Panel, PostForm, Stat, Stats, Table,
    TableLook, Tag, TextField, Tone, count,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::browser::browser;
use crate::pages::words::{capital, many};

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// What the end would do.
    pub preview: EndPreview,
    /// What was typed as reason.
    pub reason: String,
    /// What was typed to confirm.
    pub confirm: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    let title = format!("End {}", model.preview.identity.display_name);
    frame.page(model.errors.title(&title), Some(NavItem::Identities), move || body(model, title, token))
}

fn body(model: Model, title: String, token: String) -> AnyView {
    let Model { preview, reason, confirm, errors } = model;
    let i = &preview.identity;
    let back = format!("/identities/{}", i.id);
    let crumbs = vec![("Identities".to_owned(), "/identities".to_owned()), (i.display_name.clone(), back.clone())];
    let state = view! { {list::state(i.state)} }.into_any();
    let act = act(&preview, &back, reason, confirm, &errors, token);
    view! {
        <ErrorSummary errors/>
        <PageHeader title crumbs kind=Kind::from_word(i.kind.as_str()) named=i.display_name.clone() lead="Nothing has changed yet. This is what Tenure knows of now; whatever is added before the end is ended with it." tags=state/>
        {stats(&preview)}
        <div class="cols cols--main-side">
            <div class="flow">
                {owners(&preview)}
                {side::names("Personas that end with it", &preview.personas, None, "Each ends in the same moment, with all that it holds; that is not counted above.")}
                {dies(&preview)}
                {owed(&preview)}
                {side::names("Who reports to it", &preview.reports, Some(format!("/identities?manager={}", i.id)), "They keep this manager until their source names another.")}
            </div>
            {act}
        </div>
    }
    .into_any()
}

fn number(n: usize) -> String {
    count(i128::try_from(n).unwrap_or_default())
}

fn stats(preview: &EndPreview) -> AnyView {
    let e = preview.effects.clone();
    let dead = e.sessions + e.api_tokens + e.issued_revoked;
    let owed = e.removals_owed + e.revocations_owed + e.accounts_owed;
    let of = |n: usize, one: &str, more: &str| many(i64::try_from(n).unwrap_or(i64::MAX), one, more);
    let dying =
        [of(e.sessions, "session", "sessions"), of(e.api_tokens, "token", "tokens"), format!("{} more", e.issued_revoked)].join(", ");
    let owing = [
        of(e.accounts_owed, "account", "accounts"),
        of(e.removals_owed, "grant", "grants"),
        of(e.revocations_owed, "credential", "credentials"),
    ]
    .join(", ");
    let link = |n: usize, to: &str| (n > 0).then(|| to.to_owned());
    let heirs = if e.hand_overs > 0 { Tone::Danger } else { Tone::Plain };
    let personas = preview.personas.len();
    let more = (personas > 0)
        .then(|| view! { <Stat label="Personas end too" value=number(personas) href="#personas-that-end-with-it" tone=Tone::Warning/> });
    view! {
        <Stats>
            <Stat label="Dies at once" value=number(dead) href=link(dead, "#dies-at-once") note=dying/>
            <Stat label="Owed to targets" value=number(owed) href=link(owed, "#owed-to-targets") note=owing/>
            <Stat label="Roles that end" value=number(e.assignments)/>
            <Stat label="Needs a new owner" value=number(e.hand_overs) href=link(e.hand_overs, "#needs-a-new-owner") tone=heirs note="a task is opened for each"/>
            {more}
        </Stats>
    }
    .into_any()
}

fn owners(preview: &EndPreview) -> AnyView {
    if preview.owned.is_empty() {
        return ().into_any();
    }
    let rows = preview
        .owned
        .iter()
        .map(|o| view! { <li><Chip kind=Kind::from_word(o.kind.as_str()) name=o.display_name.clone() href=format!("/identities/{}", o.id) note=o.user_name.clone()/></li> })
        .collect_view();
    let n = preview.owned.len();
    let aside = view! { <Tag tone=Tone::Danger>{if n == 1 { "1 task".to_owned() } else { format!("{n} tasks") }}</Tag> }.into_any();
    view! {
        <Panel title="Needs a new owner" aside note="They keep running. Until somebody takes them over nobody answers for them, so each becomes a task under Hand-overs.">
            <ul class="stack stack--s">{rows}</ul>
        </Panel>
    }
    .into_any()
}

/// How we know that something of Tenure's own is dead.
fn known(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Session => "Deleted, and the epoch is raised: the next request is refused",
        CredentialKind::Token => "Deleted, and the epoch is raised: the answer is 401",
        CredentialKind::Password => "Deleted: sign-in is refused",
        _ => "Revoked by Tenure itself",
    }
}

fn dies(preview: &EndPreview) -> AnyView {
    let mut groups: BTreeMap<&str, (CredentialKind, Vec<&CredentialView>)> = BTreeMap::new();
    for c in preview.credentials.iter().filter(|c| c.credential.origin == CredentialOrigin::Issued) {
        groups.entry(c.credential.kind.label()).or_insert((c.credential.kind, Vec::new())).1.push(c);
    }
    if groups.is_empty() {
        return view! { <Panel title="Dies at once" id="dies-at-once"><p class="sub">"Tenure itself issued nothing that lives. The epoch is raised all the same."</p></Panel> }.into_any();
    }
    let rows = groups
        .into_values()
        .map(|(kind, all)| {
            let title = format!("{}: {}", capital(kind.label()), all.len());
            let rows = all
                .into_iter()
                .map(|v| {
                    let label = if kind == CredentialKind::Session { browser(&v.credential.label) } else { v.credential.label.clone() };
                    view! { <tr><th scope="row">{label}</th><td>{known(kind)}</td></tr> }
                })
                .collect_view();
            view! { <GroupRow span=2>{title}</GroupRow>{rows} }
        })
        .collect_view();
    view! {
        <Panel title="Dies at once" note="In the same transaction as the end itself.">
            <Table caption="What dies at once, and how we know" name="Table of what dies at once" look=TableLook::Last columns=vec![Column::new("What"), Column::new("How we know")]>{rows}</Table>
        </Panel>
    }
    .into_any()
}

fn owed(preview: &EndPreview) -> AnyView {
    let mut targets: BTreeMap<String, Vec<(String, &'static str)>> = BTreeMap::new();
    for g in &preview.grants {
        targets.entry(g.application.clone()).or_default().push((g.entitlement.clone(), "Remove"));
    }
    for v in preview.credentials.iter().filter(|c| c.credential.origin == CredentialOrigin::Recorded) {
        let target = v.application.clone().unwrap_or_else(|| format!("Issuer {}", v.credential.issuer));
        targets.entry(target).or_default().push((format!("{} ({})", v.credential.label, v.credential.kind.label()), "Revoke"));
    }
    for v in preview.credentials.iter().filter(|c| c.credential.origin == CredentialOrigin::Found) {
        let target = v.application.clone().unwrap_or_else(|| v.credential.issuer.clone());
        targets
            .entry(target)
            .or_default()
            .push((format!("{} ({})", v.credential.label, v.credential.kind.label()), "Dies with its account"));
    }
    if targets.is_empty() {
        return view! { <Panel title="Owed to targets"><p class="sub">"It holds nothing on any target that is recorded here."</p></Panel> }
            .into_any();
    }
    let n = targets.len();
    let rows = targets
        .into_iter()
        .map(|(target, owed)| {
            let title = format!("{target}: {}", owed.len());
            let rows = owed.into_iter().map(|(what, how)| view! { <tr><th scope="row">{what}</th><td>{how}</td></tr> }).collect_view();
            view! { <GroupRow span=2>{title}</GroupRow>{rows} }
        })
        .collect_view();
    let aside = view! { <span class="sub">{if n == 1 { "1 target".to_owned() } else { format!("{n} targets") }}</span> }.into_any();
    view! {
        <Panel title="Owed to targets" aside note="Tenure cannot do these by itself. Each stays open until it is read back, or somebody attests it.">
            <Table caption="What is owed, by target" name="Table of what is owed" look=TableLook::Last columns=vec![Column::new("What"), Column::new("To be done")]>{rows}</Table>
        </Panel>
    }
    .into_any()
}

fn act(preview: &EndPreview, back: &str, reason: String, confirm: String, errors: &FormErrors, token: String) -> AnyView {
    let (name, user_name) = (preview.identity.display_name.clone(), preview.identity.user_name.clone());
    let field = confirm_field(&user_name, confirm, errors);
    let (action, back) = (format!("{back}/end"), back.to_owned());
    let error = errors.at("reason");
    let words = format!("End {name} now");
    view! {
        <aside class="card card--paper apply is-sticky stack" aria-labelledby="act">
            <h2 id="act">"End it"</h2>
            <PostForm action token class="stack">
                <TextField label="Reason" name="reason" value=reason hint="It stands in the record for ever" error required=true/>
                {field}
                <Button look=Look::DangerMain>{words}</Button>
            </PostForm>
            <p class="sub">"It can be undone only by a rehire, which gives nothing back unasked."</p>
            <p><LinkButton href=back look=Look::Quiet>"Cancel, change nothing"</LinkButton></p>
        </aside>
    }
    .into_any()
}
