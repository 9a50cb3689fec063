//! `/applications/{id}/accounts` and below.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::applications::accounts::{Model, page};
use tenure_domain::access::{Relation, actions, authorize};
use tenure_domain::id::{AccountId, ApplicationId};
use tenure_domain::target::OnEnd;
use tenure_services::identities::find_identity;
use tenure_services::targets::{
    accept_drift, correlate_orphan, give_to_service, list_accounts, owe_removal_of_account, reject_drift, repair_account, show_account,
    show_target, suggest_owners,
};
use tenure_services::{Ctx, ServiceError};
use tenure_store::targets::AccountFilter;

use crate::http::{Caller, Failure, Posted, Reply, SignedIn, Web};
use crate::web::proposals::people;
use crate::web::read::key;
use crate::web::{again, errors, frame, html, page_request, see_other};

async fn model(
    caller: &Caller,
    id: ApplicationId,
    query: Query,
    typed: Option<(AccountId, String)>,
    errors: FormErrors,
) -> Result<Model, Failure> {
    let target = show_target(&caller.ctx, id).await?;
    let [orphans, drifted, accepted, of_ended] = ["orphans", "drifted", "accepted", "ended"].map(|which| query.get(which).is_some());
    let filter = AccountFilter { application_id: Some(id), orphans, drifted, accepted, of_ended };
    let mut accounts = list_accounts(&caller.ctx, &filter, &page_request(&query)).await?;
    // What was typed is shown with its account, also where that is on another page by now.
    if let Some((typed, _)) = typed.as_ref().filter(|(typed, _)| accounts.rows.iter().all(|row| row.account.id != *typed)) {
        accounts.rows.insert(0, show_account(&caller.ctx, *typed).await?);
    }
    let people = people(&caller.ctx, None).await?;
    let may_manage = authorize::<actions::ManageTarget, _>(&caller.ctx.principal, &(id, Relation::None)).is_ok();
    let suggested = suggest_owners(&caller.ctx, &accounts.rows).await?;
    let on_end = target.target.map_or(OnEnd::Disable, |t| t.reach.on_end);
    Ok(Model { application: target.application, accounts, query, people, suggested, on_end, may_manage, typed, errors })
}

pub(super) async fn show(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let said = match query.get("said") {
        Some("done") => "The account has an owner.",
        Some("accepted") => "It stays as it is, until it changes here or there.",
        Some("rejected") => "It is otherwise than recorded again.",
        Some("service") => "A service was recorded, and the account is its.",
        Some("removal") => "What an end takes is owed to the account.",
        Some("owed") => "It is owed to the target that the account is made as recorded.",
        _ => "",
    };
    let model = model(&caller, key(&id)?, query, None, FormErrors::new()).await?;
    Ok(html(page(&frame(&web, &caller, said), model)))
}

pub(super) async fn correlate(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path((id, account)): Path<(String, String)>,
    form: Posted,
) -> Reply {
    decided(&web, &caller, &id, &account, &form, false).await
}

pub(super) async fn service(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path((id, account)): Path<(String, String)>,
    form: Posted,
) -> Reply {
    decided(&web, &caller, &id, &account, &form, true).await
}

async fn decided(web: &Web, caller: &Caller, id: &str, account: &str, form: &Posted, is_service: bool) -> Reply {
    let (id, account): (ApplicationId, AccountId) = (key(id)?, key(account)?);
    let typed = form.text("owner");
    // Before anything that was typed is looked up.
    caller.ctx.authorize::<actions::ManageTarget, _>(&(id, Relation::None)).await?;
    match decide(&caller.ctx, account, &typed, is_service).await {
        Ok(()) => {
            let said = if is_service { "service" } else { "done" };
            Ok(back(id, form, said))
        }
        Err(error) => {
            let errors = errors(error)?.renamed("owner", &format!("owner-{account}"));
            let model = model(caller, id, Query::parse(&form.raw("view")), Some((account, typed)), errors).await?;
            Ok(again(page(&frame(web, caller, ""), model)))
        }
    }
}

pub(super) async fn remove(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path((id, account)): Path<(String, String)>,
    _form: Posted,
) -> Reply {
    let id: ApplicationId = key(&id)?;
    match owe_removal_of_account(&caller.ctx, key(&account)?).await {
        Ok(()) => Ok(see_other(format!("/applications/{id}/accounts?orphans=yes&said=removal"))),
        Err(error) => {
            let model = model(&caller, id, Query::parse("orphans=yes"), None, errors(error)?).await?;
            Ok(again(page(&frame(&web, &caller, ""), model)))
        }
    }
}

pub(super) async fn repair(SignedIn(caller): SignedIn, Path((id, account)): Path<(String, String)>, _form: Posted) -> Reply {
    let id: ApplicationId = key(&id)?;
    repair_account(&caller.ctx, key(&account)?).await?;
    Ok(see_other(format!("/applications/{id}/accounts?drifted=yes&said=owed")))
}

/// Leaves what is otherwise as it is, or does so no longer.
pub(super) async fn accept(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path((id, account)): Path<(String, String)>,
    form: Posted,
) -> Reply {
    let (id, account): (ApplicationId, AccountId) = (key(&id)?, key(&account)?);
    if form.ticked("no-longer") {
        reject_drift(&caller.ctx, account).await?;
        return Ok(back(id, &form, "rejected"));
    }
    let typed = form.text("note");
    let seen = serde_json::from_str(&form.raw("seen")).unwrap_or_default();
    match accept_drift(&caller.ctx, account, &seen, &typed).await {
        Ok(()) => Ok(back(id, &form, "accepted")),
        Err(error) => {
            let errors = errors(error)?.renamed("note", &format!("note-{account}"));
            let model = model(&caller, id, Query::parse(&form.raw("view")), Some((account, typed)), errors).await?;
            Ok(again(page(&frame(&web, &caller, ""), model)))
        }
    }
}

/// Back to where one looked.
fn back(id: ApplicationId, form: &Posted, said: &str) -> axum::response::Response {
    see_other(Query::parse(&form.raw("view")).without("said").and("said", said).to_href(&format!("/applications/{id}/accounts")))
}

async fn decide(ctx: &Ctx, account: AccountId, typed: &str, is_service: bool) -> Result<(), ServiceError> {
    let owner = find_identity(ctx, "owner", typed).await?;
    let Some(owner) = owner else { return Err(ServiceError::field("owner", "say whose it is: their user name")) };
    if is_service {
        return give_to_service(ctx, account, owner).await.map(|_| ());
    }
    // The form is that of an account of nobody's.
    correlate_orphan(ctx, account, owner).await
}
