//! `/applications/new`

use std::sync::Arc;

use axum::extract::State;
use tenure_app::components::FormErrors;
use tenure_app::pages::applications::new::{Model, page};
use tenure_domain::access::{Portal, actions};
use tenure_services::access::{NewApplication, create_application};
use tenure_services::identities::{find_identity, propose_people};

use crate::http::{Posted, Reply, SignedIn, Web};
use crate::web::read::allowed;
use crate::web::{again, errors, frame, html, see_other};

pub(super) async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    allowed::<actions::ManageApplications, _>(&caller, &Portal)?;
    let proposals = propose_people(&caller.ctx, None).await?;
    let model = Model { name: String::new(), description: String::new(), owner: String::new(), proposals, errors: FormErrors::new() };
    Ok(html(page(&frame(&web, &caller, ""), model)))
}

pub(super) async fn create(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, form: Posted) -> Reply {
    let (name, description, owner) = (form.text("name"), form.text("description"), form.text("owner_id"));
    // Before anything that was typed is looked up.
    caller.ctx.authorize::<actions::ManageApplications, _>(&Portal).await?;
    let done = match find_identity(&caller.ctx, "owner_id", &owner).await {
        Ok(owner_id) => {
            create_application(&caller.ctx, &NewApplication { name: name.clone(), description: description.clone(), owner_id }).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(id) => Ok(see_other(format!("/applications/{id}?said=created"))),
        Err(error) => {
            let errors = errors(error)?;
            let proposals = propose_people(&caller.ctx, None).await?;
            Ok(again(page(&frame(&web, &caller, ""), Model { name, description, owner, proposals, errors })))
        }
    }
}
