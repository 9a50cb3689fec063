//! `/drift-reviews` and below: what somebody is asked to decide; and the form that asks.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::reviews::{
    ask,
    list::{self, Model as ListModel},
    show::{Model, page},
};
use tenure_domain::access::{Portal, Relation, actions, authorize};
use tenure_domain::id::{AccountId, ReviewId};
use tenure_services::access::list_applications;
use tenure_services::identities::find_identity;
use tenure_services::reviews::{Asking, Decision, ask_review, check_asks, decide_review, list_reviews, show_review, withdraw_review};
use tenure_services::targets::show_account;
use tenure_services::{Ctx, ServiceError};
use tenure_store::reviews::ReviewFilter;
use tenure_store::targets::AccountView;

use super::proposals::people;
use super::read::{TypedDay, allowed, key};
use super::{again, errors, frame, html, page_request, see_other};
use crate::http::{Caller, Failure, Posted, Reply, Route, SignedIn, Web, get, post};

/// How many days somebody has who is asked, if nobody says otherwise.
const USUAL_DAYS: u64 = 7;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/drift-reviews", all),
        get("/drift-reviews/{id}", show),
        post("/drift-reviews/{id}/accept", accept),
        post("/drift-reviews/{id}/repair", repair),
        post("/drift-reviews/{id}/withdraw", withdraw),
        get("/applications/{id}/accounts/{account}/review", form),
        post("/applications/{id}/accounts/{account}/review", send),
    ]
}

async fn all(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let said = match query.get("said") {
        Some("accepted") => "It stays as it is, until it changes here or there.",
        Some("repaired") => "It is owed to the target that the account is made as recorded.",
        _ => "",
    };
    let of = caller.ctx.principal.identity_id().filter(|_| query.get("mine").is_some());
    let filter = ReviewFilter { settled: query.get("settled").is_some(), of, application_id: None };
    let reviews = list_reviews(&caller.ctx, &filter, &page_request(&query)).await?;
    let sees_all = authorize::<actions::ViewAccess, _>(&caller.ctx.principal, &Portal).is_ok();
    Ok(html(list::page(&frame(&web, &caller, said), ListModel { reviews, query, sees_all })))
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, RawQuery(query): RawQuery) -> Reply {
    let said = match Query::parse(&query.unwrap_or_default()).get("said") {
        Some("asked") => "The question waits for them.",
        Some("withdrawn") => "The question waits for nobody any more.",
        _ => "",
    };
    let model = Model { page: show_review(&caller.ctx, key(&id)?).await?, typed: String::new(), errors: FormErrors::new() };
    Ok(html(page(&frame(&web, &caller, said), model)))
}

async fn accept(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    decided(&web, &caller, key(&id)?, Decision::Accept, &form).await
}

async fn repair(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    decided(&web, &caller, key(&id)?, Decision::Repair, &form).await
}

async fn decided(web: &Web, caller: &Caller, id: ReviewId, decision: Decision, form: &Posted) -> Reply {
    let typed = form.text("reason");
    let said = if decision == Decision::Accept { "accepted" } else { "repaired" };
    match decide_review(&caller.ctx, id, decision, &typed).await {
        Ok(()) => Ok(see_other(format!("/drift-reviews?said={said}"))),
        Err(error) => once_more(web, caller, id, typed, error).await,
    }
}

async fn withdraw(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    match withdraw_review(&caller.ctx, id, &form.text("reason")).await {
        Ok(()) => Ok(see_other(format!("/drift-reviews/{id}?said=withdrawn"))),
        Err(error) => once_more(&web, &caller, id, String::new(), error).await,
    }
}

async fn once_more(web: &Web, caller: &Caller, id: ReviewId, typed: String, error: ServiceError) -> Reply {
    let errors = errors(error)?;
    let model = Model { page: show_review(&caller.ctx, id).await?, typed, errors };
    Ok(again(page(&frame(web, caller, ""), model)))
}

async fn form(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path((_, account)): Path<(String, String)>) -> Reply {
    let account = show_account(&caller.ctx, key(&account)?).await?;
    allowed::<actions::ManageTarget, _>(&caller, &(account.account.application_id, Relation::None))?;
    if let Some(id) = account.review_id {
        return Ok(see_other(format!("/drift-reviews/{id}")));
    }
    if account.drift.is_none() {
        return Err(ServiceError::Refused("the account is as recorded: there is nothing to ask".to_owned()).into());
    }
    let (user_name, suggested) = suggested(&caller.ctx, &account).await?;
    let due = caller.ctx.today() + chrono::Days::new(USUAL_DAYS);
    let day = due.format("%-d %-m %Y").to_string();
    let mut parts = day.split(' ').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let typed = ask::Typed { reviewer: user_name, due_on: (part(), part(), part()), note: String::new() };
    Ok(html(ask::page(&frame(&web, &caller, ""), model(&caller, account, suggested, typed, FormErrors::new()).await?)))
}

/// The application's owner, who is asked unless it is their own account: their user name, and words that say so.
async fn suggested(ctx: &Ctx, account: &AccountView) -> Result<(String, String), Failure> {
    let applications = list_applications(ctx).await?;
    let application = applications.into_iter().find(|a| a.application.id == account.account.application_id);
    let owner = application.and_then(|a| a.owner).filter(|owner| Some(owner.id) != account.account.identity_id && !owner.state.has_ended());
    Ok(owner.map_or_else(Default::default, |owner| {
        let words = format!("Suggested: {}, who answers for {}. Never whose account it is.", owner.display_name, account.application);
        (owner.user_name, words)
    }))
}

async fn model(
    caller: &Caller,
    account: AccountView,
    suggested: String,
    typed: ask::Typed,
    errors: FormErrors,
) -> Result<ask::Model, Failure> {
    Ok(ask::Model { people: people(&caller.ctx, account.account.identity_id).await?, account, suggested, typed, errors })
}

async fn send(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path((_, account)): Path<(String, String)>, form: Posted) -> Reply {
    let id: AccountId = key(&account)?;
    // Before anything that was typed is looked up.
    check_asks(&caller.ctx, id).await?;
    let typed = ask::Typed { reviewer: form.text("reviewer"), due_on: TypedDay::read(&form, "due_on").typed, note: form.text("note") };
    let done = match asking(&caller.ctx, &form, &typed).await {
        Ok(asking) => ask_review(&caller.ctx, id, &asking).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(review) => Ok(see_other(format!("/drift-reviews/{review}?said=asked"))),
        Err(error) => {
            let errors = errors(error)?.renamed("due_on", "due_on-day");
            let account = show_account(&caller.ctx, id).await?;
            let (_, suggested) = suggested(&caller.ctx, &account).await?;
            Ok(again(ask::page(&frame(&web, &caller, ""), model(&caller, account, suggested, typed, errors).await?)))
        }
    }
}

async fn asking(ctx: &Ctx, form: &Posted, typed: &ask::Typed) -> Result<Asking, ServiceError> {
    let Some(due_on) = TypedDay::read(form, "due_on").day else {
        return Err(ServiceError::field("due_on", "say until when: day, month and year, such as 31 12 2026"));
    };
    let Some(reviewer) = find_identity(ctx, "reviewer", &typed.reviewer).await? else {
        return Err(ServiceError::field("reviewer", "say who decides: their user name"));
    };
    Ok(Asking { seen: serde_json::from_str(&form.raw("seen")).unwrap_or_default(), reviewer, due_on, note: typed.note.clone() })
}
