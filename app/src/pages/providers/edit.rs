//! `/settings/sign-in/new` and `/settings/sign-in/{id}/edit`: a provider as it is to be.

use leptos::prelude::*;
use tenure_domain::id::ProviderId;
use tenure_domain::sign_in::{ClientAuth, LinkBy};

use super::crumbs;
use crate::components::{
    Button, Checkbox, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, PostForm, SelectField, TextField, Width, options,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What was typed.
#[derive(Debug, Clone)]
pub struct Typed {
    /// What it is called.
    pub name: String,
    /// `iss`.
    pub issuer: String,
    /// Who Tenure is there.
    pub client_id: String,
    /// How Tenure proves that, as a word.
    pub client_auth: String,
    /// What is asked for.
    pub scopes: String,
    /// By what people are found, as a word.
    pub link_by: String,
    /// By which claim.
    pub link_claim: String,
    /// Whose addresses are believed.
    pub link_domains: String,
    /// Whether to sign out there too.
    pub sign_out_there: bool,
}

impl Default for Typed {
    fn default() -> Self {
        Self {
            name: String::new(),
            issuer: String::new(),
            client_id: String::new(),
            client_auth: ClientAuth::Basic.to_string(),
            scopes: "profile email".to_owned(),
            link_by: LinkBy::EmployeeId.to_string(),
            link_claim: "employee_id".to_owned(),
            link_domains: String::new(),
            sign_out_there: true,
        }
    }
}

/// What the page shows.
#[derive(Debug, Default)]
pub struct Model {
    /// Which, with its version; None for a new one.
    pub of: Option<(ProviderId, i64)>,
    /// What was typed.
    pub typed: Typed,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    let title = if model.of.is_some() { "Edit a provider" } else { "Add a provider" };
    frame.page(model.errors.title(title), Some(NavItem::Audit), move || body(model, title, token))
}

fn body(model: Model, title: &'static str, token: String) -> AnyView {
    let Model { of, typed, errors } = model;
    let error = |field: &str| errors.at(field);
    let (name_error, issuer_error, client_error, auth_error) = (error("name"), error("issuer"), error("client_id"), error("client_auth"));
    let (secret_error, scopes_error, by_error) = (error("secret"), error("scopes"), error("link_by"));
    let (claim_error, domains_error) = (error("link_claim"), error("link_domains"));
    let auths = options(ClientAuth::ALL.iter().map(|auth| (auth.as_str(), auth.label())));
    let bys =
        options([LinkBy::EmployeeId, LinkBy::UserName, LinkBy::Email, LinkBy::Administrator].iter().map(|by| (by.as_str(), by.label())));
    let (action, back) = match of {
        Some((id, _)) => (format!("/settings/sign-in/{id}/edit"), format!("/settings/sign-in/{id}")),
        None => ("/settings/sign-in".to_owned(), "/settings/sign-in".to_owned()),
    };
    let version = of.map(|(_, version)| view! { <input type="hidden" name="version" value=version.to_string()/> });
    let known = of.is_some();
    let issuer = if known {
        view! { <TextField label="Issuer" name="issuer" value=typed.issuer error=issuer_error readonly=true hint="It stays: people are linked by it."/> }.into_any()
    } else {
        view! { <TextField label="Issuer" name="issuer" value=typed.issuer error=issuer_error hint="Exactly as its own configuration has it: https://login.example.com/tenant" autocomplete="off" required=true/> }.into_any()
    };
    let secret = if known { "Empty keeps the one that is there." } else { "Kept sealed, and never shown again." };
    let (submit, main) = if known { ("Save", Look::Main) } else { ("Look at it, and add it", Look::Main) };
    view! {
        <ErrorSummary errors/>
        <PageHeader title crumbs=crumbs() lead="At the provider, register Tenure as a confidential web application with the authorization code flow. Its addresses stand on the provider's page here."/>
        <PostForm action token>
            {version}
            <TextField label="Name" name="name" value=typed.name error=name_error hint="It stands on the button: Sign in with …" width=Width::Medium autocomplete="off" required=true/>
            {issuer}
            <TextField label="Client ID" name="client_id" value=typed.client_id error=client_error width=Width::Medium autocomplete="off" required=true/>
            <SelectField label="How Tenure proves itself" name="client_auth" options=auths value=typed.client_auth error=auth_error/>
            <TextField label="Client secret" name="secret" kind="password" error=secret_error hint=secret width=Width::Medium autocomplete="off"/>
            <TextField label="Scopes" name="scopes" value=typed.scopes error=scopes_error hint="Beside openid, separated by blanks." width=Width::Medium autocomplete="off"/>
            <SelectField label="Who comes for the first time is found by" name="link_by" options=bys value=typed.link_by error=by_error/>
            <TextField label="Claim that says it" name="link_claim" value=typed.link_claim error=claim_error hint="For employee number and user name. Choose one that people cannot change themselves at the provider." width=Width::Medium autocomplete="off"/>
            <TextField label="Domains of mail addresses" name="link_domains" value=typed.link_domains error=domains_error hint="For mail addresses alone: example.com example.org" width=Width::Medium autocomplete="off"/>
            <Checkbox label="Who signs out here is sent on to sign out there, where the provider offers it" name="sign_out_there" checked=typed.sign_out_there/>
            <div class="row"><Button look=main>{submit}</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}
