//! `/credentials/new`: recording one by hand. Never its secret.

use leptos::prelude::*;
use tenure_domain::credential::CredentialKind;
use tenure_services::identities::Proposal;

use crate::components::{
    Banner, Button, ComboField, DateField, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, PostForm, SelectField, TextField,
    options,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// What was typed, and what can be chosen.
#[derive(Debug, Default)]
pub struct Model {
    /// Its name for people.
    pub label: String,
    /// What it is.
    pub kind: String,
    /// What it is for.
    pub purpose: String,
    /// Who issued it.
    pub issuer: String,
    /// Its name there.
    pub external_id: String,
    /// Its owner's user name.
    pub owner: String,
    /// The target's key.
    pub application: String,
    /// Day, month, year of its making.
    pub created: (String, String, String),
    /// Day, month, year of its end.
    pub ends: (String, String, String),
    /// Targets: key and name.
    pub applications: Vec<(String, String)>,
    /// Whom to propose as owner.
    pub people: Vec<Proposal>,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    frame.page(model.errors.title("Record a credential"), Some(NavItem::Credentials), move || body(model, token))
}

fn body(model: Model, token: String) -> AnyView {
    let Model { label, kind, purpose, issuer, external_id, owner, application, created, ends, applications, people, errors } = model;
    // Sessions are Tenure's own.
    let kinds = options(CredentialKind::ALL.iter().filter(|k| **k != CredentialKind::Session).map(|k| (k.as_str(), capital(k.label()))));
    let named = people.into_iter().map(|p| (p.user_name, p.display_name)).collect::<Vec<_>>();
    let at = |field: &str| errors.at(field);
    let (e_label, e_kind, e_purpose, e_issuer, e_external) = (at("label"), at("kind"), at("purpose"), at("issuer"), at("external_id"));
    let (e_owner, e_application, e_created, e_ends) = (at("identity_id"), at("application_id"), at("created_at-day"), at("expires_at-day"));
    let crumbs = vec![("Credentials".to_owned(), "/credentials".to_owned())];
    view! {
        <ErrorSummary errors=errors/>
        <PageHeader title="Record a credential" crumbs lead="One that another system issued. What Tenure issues it records itself."/>
        <Banner title="Never type the secret itself.">"Tenure keeps what is known about a credential, not the credential."</Banner>
        <PostForm action="/credentials/new" token>
            <TextField label="Name" name="label" value=label error=e_label hint="As people call it: payroll-sftp, release signing key" required=true/>
            <SelectField label="Kind" name="kind" options=kinds value=kind none="Choose …" error=e_kind required=true/>
            <TextField label="What it is for" name="purpose" value=purpose error=e_purpose hint="What would stop without it" required=true/>
            <ComboField label="Owner" name="identity_id" named value=owner error=e_owner hint="The user name of the person or service that holds it" required=true/>
            <SelectField label="Works on" name="application_id" options=applications value=application none="No application named" error=e_application/>
            <TextField label="Issued by" name="issuer" value=issuer error=e_issuer hint="The system that made it and can end it" required=true/>
            <TextField label="Name or number there" name="external_id" value=external_id error=e_external mono=true hint="A key id, serial number or account name; unique at the issuer" required=true/>
            <DateField legend="Made on" name="created_at" value=created error=e_created hint="Empty for today"/>
            <DateField legend="Ends on" name="expires_at" value=ends error=e_ends hint="Empty if it never ends by itself"/>
            <div class="row"><Button look=Look::Main>"Record"</Button><LinkButton href="/credentials" look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}
