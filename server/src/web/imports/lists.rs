//! `/imports/memberships/new`, `/imports/credentials/new`

use std::sync::Arc;

use axum::extract::State;
use tenure_app::components::FormErrors;
use tenure_app::pages::imports::new::{Of, page};
use tenure_domain::access::actions;
use tenure_services::list_imports::{ListKind, stage_list};

use super::new::{checked, model};
use crate::http::{Caller, Reply, SignedIn, Upload, Web};
use crate::web::{again, errors, frame, html, see_other};

pub(super) async fn new_memberships(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    let model = model(&caller, Of::Memberships, None, FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, ""), model)))
}

pub(super) async fn new_credentials(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    let model = model(&caller, Of::Credentials, None, FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, ""), model)))
}

pub(super) async fn send_memberships(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    upload: Upload<actions::ManageSources>,
) -> Reply {
    let kind = ListKind::Memberships { source: upload.form.text("source"), application: upload.form.text("application") };
    send(&web, &caller, Of::Memberships, &kind, &upload).await
}

pub(super) async fn send_credentials(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    upload: Upload<actions::ManageSources>,
) -> Reply {
    send(&web, &caller, Of::Credentials, &ListKind::Credentials, &upload).await
}

async fn send(web: &Web, caller: &Caller, of: Of, kind: &ListKind, upload: &Upload<actions::ManageSources>) -> Reply {
    let (word, dated) = if of == Of::Memberships { ("memberships", true) } else { ("credentials", false) };
    let faults = match checked(upload, word, dated) {
        Ok(day) => {
            let as_of = if dated { day } else { caller.ctx.today() };
            match stage_list(&caller.ctx, kind, &upload.file.name, as_of, &upload.file.content).await {
                Ok(id) => return Ok(see_other(format!("/imports/{id}"))),
                Err(error) => errors(error)?,
            }
        }
        Err(faults) => faults,
    };
    let model = model(caller, of, Some(&upload.form), faults).await?;
    Ok(again(page(&frame(web, caller, ""), model)))
}
