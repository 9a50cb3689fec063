//! `/roles/new`, `/roles/{id}/edit`: a draft, that is planned before it is applied.

use std::collections::HashMap;

use leptos::prelude::*;
use tenure_domain::id::RoleId;
use tenure_domain::role::RoleKind;
use tenure_services::access::{Catalogue, RoleDraft};
use tenure_services::identities::Proposal;
use tenure_store::access::EntitlementRow;

use super::crumbs;
use crate::components::{
    Button, Choice, ChoiceGroup, ComboField, ErrorSummary, Field, FormErrors, LinkButton, Look, PageHeader, PostForm, SelectField,
    TextArea, TextField, Width, options,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The draft.
    pub draft: RoleDraft,
    /// What was typed as owner.
    pub owner: String,
    /// What was typed as grace time.
    pub grace: String,
    /// Applications and entitlements to choose from.
    pub catalogue: Catalogue,
    /// All roles, to put inside.
    pub roles: Vec<(RoleId, String)>,
    /// Whom to propose as owner.
    pub proposals: Vec<Proposal>,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    let title = model.errors.title(title(&model.draft));
    frame.page(title, Some(NavItem::Access), move || body(model, token))
}

fn title(draft: &RoleDraft) -> &'static str {
    if draft.id.is_some() { "Change a role" } else { "New role" }
}

fn body(model: Model, token: String) -> AnyView {
    let Model { draft, owner, grace, catalogue, roles, proposals, errors } = model;
    let back = draft.id.map_or_else(|| "/roles".to_owned(), |id| format!("/roles/{id}"));
    let of = draft.application_id.map(|id| id.to_string()).unwrap_or_default();
    let application = view! {
        <SelectField label="Application" name="application_id" none="Choose" value=of options=options(catalogue.applications.iter().map(|a| (a.id.to_string(), a.name.clone()))) error=errors.at("application_id")/>
    };
    let kinds = vec![
        Choice::new("business", "Business role")
            .hint("Of a job: may hold roles of several applications.")
            .checked(draft.kind == RoleKind::Business),
        Choice::new("application", "Application role")
            .hint("Of one application.")
            .checked(draft.kind == RoleKind::Application)
            .more(application),
    ];
    let proposals: Vec<String> = proposals.into_iter().map(|p| p.user_name).collect();
    // What is chosen comes first: the list may be long.
    let (chosen, others): (Vec<_>, Vec<_>) = roles.into_iter().partition(|(id, _)| draft.induced.contains(id));
    let inside = chosen
        .into_iter()
        .chain(others)
        .filter(|(id, _)| Some(*id) != draft.id)
        .map(|(id, name)| {
            let checked = draft.induced.contains(&id);
            Choice::new(id.to_string(), name).checked(checked)
        })
        .collect::<Vec<_>>();
    let inside = (!inside.is_empty()).then(|| induced(inside, draft.induced.len(), errors.at("induced")));
    let hidden = draft.id.map(|id| id.to_string()).unwrap_or_default();
    let entitlements = entitlements(&draft, &catalogue, errors.at("entitlements"));
    let (name_error, about_error, owner_error, grace_error) =
        (errors.at("name"), errors.at("description"), errors.at("owner_id"), errors.at("grace_days"));
    view! {
        <ErrorSummary errors/>
        <PageHeader title=title(&draft) crumbs=crumbs() lead="You see by name who gains and who loses before anything changes."/>
        <PostForm action="/roles/plan" token>
            <input type="hidden" name="id" value=hidden/>
            <input type="hidden" name="version" value=draft.version.to_string()/>
            <TextField label="Name" name="name" value=draft.name error=name_error width=Width::Medium required=true/>
            <TextArea label="What it is for" name="description" value=draft.description rows=2 error=about_error/>
            <ChoiceGroup legend="Kind" name="kind" choices=kinds/>
            <ComboField label="Owner" name="owner_id" options=proposals value=owner error=owner_error hint="The user name of who answers for it. May be empty."/>
            <TextField label="Grace time" name="grace_days" value=grace error=grace_error inputmode="numeric" width=Width::Tiny hint="Days for which a mover keeps it after the rule stopped matching; 0 for none."/>
            {entitlements}
            {inside}
            <div class="row"><Button look=Look::Main>"Work out the plan"</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}

/// Boxes by application; those with a chosen one are open.
fn entitlements(draft: &RoleDraft, catalogue: &Catalogue, error: Option<String>) -> AnyView {
    let mut of: HashMap<_, Vec<&EntitlementRow>> = HashMap::new();
    for e in &catalogue.entitlements {
        of.entry(e.application_id).or_default().push(e);
    }
    let groups: Vec<AnyView> = catalogue
        .applications
        .iter()
        .filter_map(|a| {
            let all = of.get(&a.id)?;
            let chosen = all.iter().filter(|e| draft.entitlements.contains(&e.id)).count();
            let summary = if chosen == 0 { format!("{} ({})", a.name, all.len()) } else { format!("{} ({chosen} of {})", a.name, all.len()) };
            let choices = all
                .iter()
                .map(|e| {
                    let risk = match e.risk.as_str() {
                        "low" => String::new(),
                        word => format!("{word} risk"),
                    };
                    let hint = [e.description.clone(), risk].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" · ");
                    Choice::new(e.id.to_string(), e.name.clone()).hint(hint).checked(draft.entitlements.contains(&e.id))
                })
                .collect::<Vec<_>>();
            let (legend, id) = (format!("Entitlements of {}", a.name), format!("of-{}", a.id));
            Some(view! { <details class="disclose" open=chosen != 0><summary>{summary}</summary><ChoiceGroup legend name="entitlement" id choices multiple=true/></details> }.into_any())
        })
        .collect();
    let content = if groups.is_empty() {
        view! { <p class="sub">"No application has entitlements yet. "<a href="/applications">"Applications"</a></p> }.into_any()
    } else {
        groups.into_any()
    };
    view! { <Field id="entitlements" label="What it gives" hint="Open an application to choose its entitlements." error>{group("entitlements", content)}</Field> }.into_any()
}

fn induced(choices: Vec<Choice>, chosen: usize, error: Option<String>) -> AnyView {
    let summary = if chosen == 0 { format!("Roles ({})", choices.len()) } else { format!("Roles ({chosen} of {})", choices.len()) };
    let open = chosen != 0 || error.is_some();
    let boxes = view! { <details class="disclose" open=open><summary>{summary}</summary><ChoiceGroup legend="Roles inside this one" name="induced_role" choices multiple=true/></details> }.into_any();
    view! { <Field id="induced" label="Roles inside it" hint="Who has this role has what these give, too." error>{group("induced", boxes)}</Field> }.into_any()
}

/// What a label and an error of several controls lead to.
fn group(id: &'static str, content: AnyView) -> AnyView {
    view! { <div id=id tabindex="-1">{content}</div> }.into_any()
}
