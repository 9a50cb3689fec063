//! `/imports/new`

use std::sync::Arc;

use axum::extract::State;
use chrono::{Datelike, NaiveDate};
use tenure_app::components::FormErrors;
use tenure_app::pages::imports::new::{Model, Of, page};
use tenure_domain::access::{Portal, actions};
use tenure_services::people::{list_imports, stage_upload};
use tenure_store::PageRequest;

use crate::http::{Caller, Failure, Posted, Reply, SignedIn, Upload, Web};
use crate::web::read::{TypedDay, allowed};
use crate::web::{again, errors, frame, html, see_other};

pub(super) async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    let model = model(&caller, Of::People, None, FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, ""), model)))
}

pub(super) async fn send(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, upload: Upload<actions::ManageSources>) -> Reply {
    let faults = match checked(&upload, "people", true) {
        Ok(as_of) => match stage_upload(&caller.ctx, &upload.form.text("source"), &upload.file.name, as_of, &upload.file.content).await {
            Ok(id) => return Ok(see_other(format!("/imports/{id}"))),
            Err(error) => errors(error)?,
        },
        Err(faults) => faults,
    };
    let model = model(&caller, Of::People, Some(&upload.form), faults).await?;
    Ok(again(page(&frame(&web, &caller, ""), model)))
}

/// The day that was typed, and a file that is not too large.
pub(super) fn checked<A>(upload: &Upload<A>, word: &str, dated: bool) -> Result<NaiveDate, FormErrors> {
    let mut faults = FormErrors::new();
    let day = if dated { TypedDay::read(&upload.form, "as_of").day } else { Some(NaiveDate::default()) };
    if day.is_none() {
        faults.add("as_of-day", NO_DAY);
    }
    if upload.file.too_large {
        faults.add("file", format!("The file is larger than 64 MB: use `tenure import {word}` on the command line"));
    }
    match day {
        Some(day) if faults.is_empty() => Ok(day),
        _ => Err(faults),
    }
}

/// What is said where a day is needed and none was typed.
pub(super) const NO_DAY: &str = "Write the day as three numbers, such as 1 11 2026";

/// The form; with what was typed, or as it is at first.
pub(super) async fn model(caller: &Caller, of: Of, typed: Option<&Posted>, faults: FormErrors) -> Result<Model, Failure> {
    allowed::<actions::ManageSources, _>(caller, &Portal)?;
    let (sources, _) = list_imports(&caller.ctx, &PageRequest { limit: 1, ..PageRequest::default() }).await?;
    let applications = match of {
        Of::Memberships => tenure_services::access::list_catalogue(&caller.ctx).await?.applications.into_iter().map(|a| a.name).collect(),
        _ => Vec::new(),
    };
    let today = caller.ctx.today();
    let text = |name: &str| typed.map(|form| form.text(name)).unwrap_or_default();
    let as_of = match typed {
        Some(form) => TypedDay::read(form, "as_of").typed,
        None => (today.day().to_string(), today.month().to_string(), today.year().to_string()),
    };
    let sources: Vec<String> = sources.into_iter().map(|s| s.name).collect();
    // Most have one source.
    let source = if typed.is_none() && sources.len() == 1 { sources[0].clone() } else { text("source") };
    Ok(Model { of, sources, applications, source, application: text("application"), as_of, errors: faults })
}
