//! `/api/v1/drift-reviews` and below: whether what a target has otherwise than recorded may stay so.

use std::collections::BTreeMap;

use axum::extract::Path;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{AccountId, ApplicationId, Id as _, IdentityId, ReviewId};
use tenure_services::ServiceError;
use tenure_services::reviews::{Asking, Decision, ask_review, decide_review, list_reviews, show_review, withdraw_review};
use tenure_store::reviews::{ReviewFilter, ReviewRow};
use utoipa::ToSchema;
use uuid::Uuid;

use super::accounts::Drifted;
use super::answer::{created, done, found};
use super::ask::{Asked, Sent};
use super::operation::op;
use super::page::list_query;
use super::words::ReviewState;
use super::{Reply, key};
use crate::http::{Route, get, post};

const OF: &str = "Drift reviews";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/drift-reviews", list).operation(
            op("listDriftReviews", OF, "Questions whether accounts may stay as they are, what is due first first")
                .more("All of them for who sees all, else those that you decide. Those that are settled: the newest first.")
                .query::<ReviewsQuery>()
                .gives_page::<Review>("A page."),
        ),
        post("/api/v1/drift-reviews", ask).operation(
            op("askDriftReview", OF, "Ask a person whether an account may stay as it is on its target")
                .more("One question about an account is open at a time. Whoever is asked decides, or the application's owner while they cannot, or an administrator; never the one whose account it is.")
                .sends::<ReviewDraft>()
                .gives::<Review>(201, "It waits for them.")
                .with_location(),
        ),
        get("/api/v1/drift-reviews/{id}", show).operation(op("getDriftReview", OF, "One question").gives::<Review>(200, "The question.")),
        post("/api/v1/drift-reviews/{id}/accept", accept).operation(
            op("acceptDriftReview", OF, "Decide that the account may stay as it is")
                .more("Until an attribute, or what is recorded of it, changes. 409 when it is otherwise than it was asked about.")
                .sends::<ReviewReason>()
                .gives_nothing("It stays as it is."),
        ),
        post("/api/v1/drift-reviews/{id}/repair", repair).operation(
            op("repairDriftReview", OF, "Decide that the account is made as recorded")
                .sends::<ReviewReason>()
                .gives_nothing("It is owed to the target."),
        ),
        post("/api/v1/drift-reviews/{id}/withdraw", withdraw).operation(
            op("withdrawDriftReview", OF, "Ask no more").sends::<ReviewReason>().gives_nothing("It waits for nobody; what is otherwise stays listed."),
        ),
    ]
}

/// A question to a reviewer.
#[derive(Serialize, ToSchema)]
struct Review {
    id: Uuid,
    state: ReviewState,
    account_id: Uuid,
    /// The account, by the name there.
    account: String,
    application_id: Uuid,
    application: String,
    /// Whose account it was when it was asked.
    identity_id: Uuid,
    identity: String,
    /// What it is about, as it was then.
    question: BTreeMap<String, Drifted>,
    /// Who asked, by name.
    asker: String,
    asked_id: Uuid,
    /// Who was asked, by name.
    asked: String,
    /// Who decides now; null where administrators do.
    reviewer_id: Option<Uuid>,
    reviewer: Option<String>,
    note: String,
    asked_at: DateTime<Utc>,
    due_on: NaiveDate,
    /// Who decided, by name; empty where nobody has, and where it came by itself.
    decided_by: String,
    reason: String,
    decided_at: Option<DateTime<Utc>>,
}

impl From<ReviewRow> for Review {
    fn from(r: ReviewRow) -> Self {
        Self {
            id: r.id.uuid(),
            state: r.state.into(),
            account_id: r.account_id.uuid(),
            account: r.account,
            application_id: r.application_id.uuid(),
            application: r.application,
            identity_id: r.identity_id.uuid(),
            identity: r.identity,
            question: r.question.into_iter().map(|(name, drifted)| (name, drifted.into())).collect(),
            asker: r.asker,
            asked_id: r.asked_id.uuid(),
            asked: r.asked,
            reviewer_id: r.reviewer_id.map(|id| id.uuid()),
            reviewer: r.reviewer,
            note: r.note,
            asked_at: r.asked_at,
            due_on: r.due_on,
            decided_by: r.decided_by,
            reason: r.reason,
            decided_at: r.decided_at,
        }
    }
}

list_query! {
    /// Which questions.
    ReviewsQuery {
        /// Those that are decided, withdrawn or moot; else those that are open.
        settled: bool,
        /// Only those that you decide.
        mine: bool,
        /// Only about accounts on one application.
        application_id: Uuid,
    }
}

async fn list(asked: Asked<ReviewsQuery>) -> Reply {
    let page = asked.page()?;
    let filter = ReviewFilter {
        settled: asked.query.settled == Some(true),
        of: asked.ctx.principal.identity_id().filter(|_| asked.query.mine == Some(true)),
        application_id: asked.query.application_id.map(ApplicationId::from_uuid),
    };
    let reviews = list_reviews(&asked.ctx, &filter, &page).await?;
    Ok(asked.answer(reviews, Review::from))
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    Ok(found(&Review::from(show_review(&asked.ctx, key(&id)?).await?.review)))
}

/// What somebody is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReviewDraft {
    account_id: Uuid,
    /// All attributes that are not as recorded, each with what the target has, as you read it. 409 when it is otherwise by now.
    attributes: BTreeMap<String, Vec<String>>,
    /// Who is asked: a person who is active, and not the one whose account it is.
    reviewer_id: Uuid,
    /// The last day, in UTC: today or later, within a year.
    due_on: NaiveDate,
    #[schema(example = "Is she still on the board?", min_length = 3, max_length = 500)]
    note: String,
}

async fn ask(asked: Asked, Sent(sent): Sent<ReviewDraft>) -> Reply {
    let asking = Asking { seen: sent.attributes, reviewer: IdentityId::from_uuid(sent.reviewer_id), due_on: sent.due_on, note: sent.note };
    let id = ask_review(&asked.ctx, AccountId::from_uuid(sent.account_id), &asking).await.map_err(|error| match error {
        ServiceError::Invalid(mut faults) => {
            faults.iter_mut().filter(|fault| fault.field == "reviewer").for_each(|fault| fault.field = "reviewer_id");
            ServiceError::Invalid(faults)
        }
        // What the body names is not there: the body is wrong, not the address.
        ServiceError::NotFound("account") => ServiceError::field("account_id", "there is no such account"),
        other => other,
    })?;
    let review = show_review(&asked.ctx, id).await?.review;
    Ok(created(&format!("/api/v1/drift-reviews/{id}"), &Review::from(review)))
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReviewReason {
    /// Needed where it stays as it is; else it may be empty.
    #[schema(example = "She is on the board until the summer.", max_length = 500)]
    reason: String,
}

async fn accept(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<ReviewReason>) -> Reply {
    decide(asked, &id, Decision::Accept, &sent.reason).await
}

async fn repair(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<ReviewReason>) -> Reply {
    decide(asked, &id, Decision::Repair, &sent.reason).await
}

async fn decide(asked: Asked, id: &str, decision: Decision, reason: &str) -> Reply {
    let id: ReviewId = key(id)?;
    decide_review(&asked.ctx, id, decision, reason).await?;
    Ok(done())
}

async fn withdraw(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<ReviewReason>) -> Reply {
    withdraw_review(&asked.ctx, key(&id)?, &sent.reason).await?;
    Ok(done())
}
