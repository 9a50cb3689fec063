//! `/credentials/new`

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use tenure_app::components::FormErrors;
use tenure_app::pages::credentials::new::{Model, page};
use tenure_domain::access::{Portal, actions, authorize};
use tenure_domain::credential::CredentialKind;
use tenure_domain::id::CredentialId;
use tenure_services::access::list_catalogue;
use tenure_services::credentials::{NewCredential, check_credential, record_credential};
use tenure_services::identities::{find_identity, propose_people};
use tenure_services::{Ctx, FieldError, ServiceError};

use crate::http::{Caller, Posted, Reply, Route, SignedIn, Web, get, post};
use crate::web::read::TypedDay;
use crate::web::{again, errors, frame, html, see_other};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/credentials/new", show), post("/credentials/new", record)]
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    Ok(html(render(&web, &caller, Model::default()).await?))
}

async fn render(web: &Web, caller: &Caller, model: Model) -> Result<String, ServiceError> {
    authorize::<actions::RecordCredential, _>(&caller.ctx.principal, &Portal)?;
    let applications = list_catalogue(&caller.ctx).await?.applications.into_iter().map(|a| (a.id.to_string(), a.name)).collect();
    let people = propose_people(&caller.ctx, None).await?;
    Ok(page(&frame(web, caller, ""), Model { applications, people, ..model }))
}

async fn record(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let (created, ends) = (TypedDay::read(&form, "created_at"), TypedDay::read(&form, "expires_at"));
    match take(&caller.ctx, &form, &created, &ends).await {
        Ok(id) => Ok(see_other(format!("/credentials/{id}?said=recorded"))),
        Err(error) => {
            let errors: FormErrors = errors(error)?.renamed("created_at", "created_at-day").renamed("expires_at", "expires_at-day");
            let text = |name: &str| form.text(name);
            let model = Model {
                label: text("label"),
                kind: text("kind"),
                purpose: text("purpose"),
                issuer: text("issuer"),
                external_id: text("external_id"),
                owner: text("identity_id"),
                application: text("application_id"),
                created: created.typed,
                ends: ends.typed,
                errors,
                ..Model::default()
            };
            Ok(again(render(&web, &caller, model).await?))
        }
    }
}

/// The fields in their order on the page, so that the summary has it too.
const FIELDS: [&str; 9] =
    ["label", "kind", "purpose", "identity_id", "application_id", "issuer", "external_id", "created_at", "expires_at"];

async fn take(ctx: &Ctx, form: &Posted, created: &TypedDay, ends: &TypedDay) -> Result<CredentialId, ServiceError> {
    // Before anything that was typed is looked up.
    ctx.authorize::<actions::RecordCredential, _>(&Portal).await?;
    let mut faults = Vec::new();
    for (day, field) in [(created, "created_at"), (ends, "expires_at")] {
        if day.is_wrong() {
            faults.push(FieldError::new(field, "there is no such day: type day, month and year, for instance 31 12 2026"));
        }
    }
    let kind: Option<CredentialKind> = form.parse("kind");
    if kind.is_none() {
        faults.push(FieldError::new("kind", "choose what it is"));
    }
    let identity_id = match find_identity(ctx, "identity_id", &form.text("identity_id")).await {
        Ok(found) => found,
        Err(ServiceError::Invalid(more)) => {
            faults.extend(more);
            None
        }
        Err(error) => return Err(error),
    };
    let new = NewCredential {
        kind: kind.unwrap_or(CredentialKind::ApiKey),
        label: form.text("label"),
        purpose: form.text("purpose"),
        issuer: form.text("issuer"),
        external_id: form.text("external_id"),
        identity_id,
        application_id: form.parse("application_id"),
        created_at: created.day.map_or(ctx.now, first_moment),
        expires_at: ends.day.map(last_moment),
    };
    // What cannot be read, and everything else that is wrong, at once.
    for fault in check_credential(ctx, &new).await? {
        if !faults.iter().any(|f| f.field == fault.field) {
            faults.push(fault);
        }
    }
    if faults.is_empty() {
        return record_credential(ctx, &new).await;
    }
    faults.sort_by_key(|f| FIELDS.iter().position(|field| *field == f.field));
    Err(ServiceError::Invalid(faults))
}

fn first_moment(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// What ends on a day works on that day.
fn last_moment(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(23, 59, 59).map_or_else(|| first_moment(day), |at| at.and_utc())
}
