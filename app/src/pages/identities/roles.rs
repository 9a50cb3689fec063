//! `/identities/{id}/roles/…`: giving a role by hand, and taking it away.

use leptos::prelude::*;
use tenure_domain::identity::Identity;
use tenure_services::identities::IdentityDetail;
use tenure_store::access::AssignmentView;

use super::access::note;
use crate::components::{
    Banner, Button, DateField, Diff, DiffKind, ErrorSummary, FormErrors, Kind, LinkButton, Look, Options, PageHeader, Panel, PostForm,
    SelectField, TextField, Tone,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page for giving shows.
#[derive(Debug, Clone)]
pub struct Give {
    /// To whom.
    pub identity: Identity,
    /// The roles that there are: key and name.
    pub roles: Options,
    /// The chosen one's key.
    pub role: String,
    /// What was typed as reason.
    pub note: String,
    /// The last day, as it was typed: day, month, year.
    pub until: (String, String, String),
    /// What was wrong; the day's fault under `until-day`.
    pub errors: FormErrors,
}

/// The page for giving a role.
pub fn give_page(frame: &Frame, model: Give) -> String {
    let token = frame.token();
    let title = format!("Give {} a role", model.identity.display_name);
    frame.page(model.errors.title(&title), Some(NavItem::Identities), move || give_body(model, title, token))
}

fn crumbs(identity: &Identity) -> Vec<(String, String)> {
    vec![("Identities".to_owned(), "/identities".to_owned()), (identity.display_name.clone(), format!("/identities/{}", identity.id))]
}

fn give_body(model: Give, title: String, token: String) -> AnyView {
    let Give { identity, roles, role, note, until, errors } = model;
    let back = format!("/identities/{}", identity.id);
    if roles.is_empty() {
        return view! {
            <PageHeader title crumbs=crumbs(&identity)/>
            <crate::components::Empty title="There is no role yet" icon="layers" level=2 action=view! { <LinkButton href="/roles" look=Look::Main>"Roles"</LinkButton> }>"Make one first: a named bundle of entitlements."</crate::components::Empty>
        }
        .into_any();
    }
    view! {
        <ErrorSummary errors=errors.clone()/>
        <PageHeader title crumbs=crumbs(&identity) kind=Kind::from_word(identity.kind.as_str()) named=identity.display_name.clone() lead="A role given by hand stays until somebody takes it away, or until its last day. Where a rule can give it, a rule is better."/>
        <PostForm action=format!("{back}/roles/new") token>
            <SelectField label="Role" name="role" options=roles value=role none="Choose a role" error=errors.at("role") required=true/>
            <TextField label="Reason" name="note" value=note hint="Shown wherever the access is, to whoever reviews it" error=errors.at("note") required=true/>
            <DateField legend="Last day (may stay empty)" name="until" value=until hint="The day counts as it is in UTC" error=errors.at("until-day")/>
            <div class="row"><Button look=Look::Main>"Give the role"</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}

/// What the page for taking away shows.
#[derive(Debug, Clone)]
pub struct Take {
    /// From whom, with all that it holds.
    pub detail: IdentityDetail,
    /// What is taken away, by its place in the list.
    pub place: usize,
    /// What was typed as reason.
    pub reason: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page for taking a role away.
pub fn take_page(frame: &Frame, model: Take) -> String {
    let token = frame.token();
    let role = model.detail.assignments.get(model.place).map(|a| a.role.clone()).unwrap_or_default();
    let title = format!("Take {role} from {}", model.detail.identity.display_name);
    frame.page(model.errors.title(&title), Some(NavItem::Identities), move || take_body(model, title, token))
}

fn take_body(model: Take, title: String, token: String) -> AnyView {
    let Take { detail, place, reason, errors } = model;
    let Some(assignment) = detail.assignments.get(place) else { return ().into_any() };
    let back = format!("/identities/{}", detail.identity.id);
    let lead = given(assignment);
    view! {
        <ErrorSummary errors=errors.clone()/>
        <PageHeader title crumbs=crumbs(&detail.identity) kind=Kind::from_word(detail.identity.kind.as_str()) named=detail.identity.display_name.clone() lead/>
        {effect(&detail, place)}
        <PostForm action=format!("{back}/roles/{}/end", assignment.id) token>
            <TextField label="Reason" name="reason" value=reason hint="It stands in the timeline" error=errors.at("reason")/>
            <div class="row"><Button look=Look::Danger>"Take it away"</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}

fn given(a: &AssignmentView) -> String {
    let how = if a.reason == tenure_domain::grant::AssignmentReason::Direct { "by hand" } else { a.reason.label() };
    format!("Given {} ({how}): {}.", crate::components::date(a.since.date_naive()), note(a))
}

/// What goes with the role, and what another path keeps.
fn effect(detail: &IdentityDetail, place: usize) -> AnyView {
    let of_it = detail.grants.iter().filter(|g| g.paths.iter().any(|(p, _)| *p == place));
    let lines: Vec<_> = of_it
        .map(|g| {
            let kept = g.paths.iter().find(|(p, _)| *p != place).map(|(p, _)| format!("stays, by {}", detail.assignments[*p].role));
            let kind = if kept.is_some() { DiffKind::Same } else { DiffKind::Minus };
            (
                kind,
                g.grant.entitlement.clone(),
                Some(kept.map_or_else(|| g.grant.application.clone(), |k| format!("{}, {k}", g.grant.application))),
            )
        })
        .collect();
    if lines.is_empty() {
        return view! { <Banner tone=Tone::Plain title="It takes nothing away.">"The role gives nothing that is held now."</Banner> }
            .into_any();
    }
    view! { <Panel title="What goes with it" note="Each removal is owed to its target until it is read back."><Diff lines/></Panel> }
        .into_any()
}
