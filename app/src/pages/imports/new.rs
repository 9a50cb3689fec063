//! `/imports/new`, `/imports/memberships/new`, `/imports/credentials/new`: sending a file.

use leptos::prelude::*;

use super::crumbs;
use crate::components::{
    Button, ComboField, DateField, Disclosure, ErrorSummary, FileField, FormErrors, LinkButton, Look, PageHeader, PostForm, SelectField,
    options,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What a file is a list of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A full list of people.
    People,
    /// What people hold on an application.
    Memberships,
    /// An inventory of credentials.
    Credentials,
}

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// What the file is a list of.
    pub of: Of,
    /// Names of the sources there are.
    pub sources: Vec<String>,
    /// Names of the applications there are.
    pub applications: Vec<String>,
    /// What was typed as source.
    pub source: String,
    /// What was typed as application.
    pub application: String,
    /// What was typed as day.
    pub as_of: (String, String, String),
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    let title = model.errors.title(title(model.of));
    frame.page(title, Some(NavItem::Identities), move || body(model, token))
}

fn title(of: Of) -> &'static str {
    match of {
        Of::People => "Import people",
        Of::Memberships => "Import memberships",
        Of::Credentials => "Import credentials",
    }
}

fn body(model: Model, token: String) -> AnyView {
    let Model { of, sources, applications, source, application, as_of, errors } = model;
    let (action, lead) = match of {
        Of::People => (
            "/imports/new",
            "A full list of the people of one source, as CSV. Who is not in it has left. You see what it would do before anything changes.",
        ),
        Of::Memberships => (
            "/imports/memberships/new",
            "Everything that people really hold on one application, as CSV. It is compared with what their roles give; you see the result before anything is recorded.",
        ),
        Of::Credentials => (
            "/imports/credentials/new",
            "An inventory of keys, tokens and certificates from elsewhere, as CSV: never the secrets themselves. What is not in the file stays as it is.",
        ),
    };
    let file_error = errors.at("file");
    let fields = match of {
        Of::People => view! {
            <ComboField label="Source" name="source" options=sources value=source error=errors.at("source") required=true hint="Where the list comes from: HR feed, directory. Always the same name for the same source: people of other sources are left alone."/>
            {day(as_of, &errors)}
        }
        .into_any(),
        Of::Memberships => view! {
            <SelectField label="Source of the people" name="source" options=options(sources.into_iter().map(|s| (s.clone(), s))) value=source none="Choose" error=errors.at("source") required=true hint="The file names people by their employee number in this source."/>
            <ComboField label="Application" name="application" options=applications value=application error=errors.at("application") required=true hint="The target on which the memberships are. A new name records a new application."/>
            {day(as_of, &errors)}
        }
        .into_any(),
        Of::Credentials => ().into_any(),
    };
    view! {
        <ErrorSummary errors/>
        <PageHeader title=title(of) crumbs=crumbs() lead/>
        <PostForm action token multipart=true>
            {fields}
            <FileField label="File" name="file" accept=".csv,text/csv" error=file_error required=true hint="CSV in UTF-8 with a header line, 64 MB at most. Excel: save as “CSV UTF-8”."/>
            <div class="row"><Button look=Look::Main>"Upload and preview"</Button><LinkButton href="/imports" look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
        <Disclosure summary="Which columns">{columns(of)}</Disclosure>
    }
    .into_any()
}

fn day(as_of: (String, String, String), errors: &FormErrors) -> AnyView {
    view! { <DateField legend="The list is of" name="as_of" value=as_of error=errors.at("as_of-day") hint="The day on which it was true. First and last days are judged against it."/> }.into_any()
}

fn columns(of: Of) -> AnyView {
    match of {
        Of::People => view! {
            <p class="measure">"Each person needs an employee number and a user name. Known besides are given and family name, mail, department, title, the manager’s employee number, first and last day, time zone and display name; any other column can be kept as an attribute or left out. You say which column is which on the next page, so that the names in the file do not matter."</p>
        }
        .into_any(),
        Of::Memberships => view! { <p class="measure"><code>"employee_id"</code>", "<code>"team"</code>", "<code>"role"</code>": one line for each membership. Team and role together are one entitlement of the application."</p> }.into_any(),
        Of::Credentials => view! {
            <p class="measure"><code>"issuer, external_id, kind, label, purpose, owner, application, created, last_used, rotated, expires, dependents"</code>" and, if it is there, "<code>"state"</code>". The owner is a user name; an empty one records a credential without an owner, which is a finding. Days are written 2026-01-31; dependents are separated by semicolons."</p>
        }
        .into_any(),
    }
}
